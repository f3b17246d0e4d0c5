"""Which operation of which model a request is, in each of AWS's protocols."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from awsactivate.frozen import dataclass, field
from awsactivate.guard import said
from awsactivate.guard.call import Head
from awsactivate.guard.forms import Pairs, pairs, stated
from awsactivate.guard.models import Model, Route
from awsactivate.guard.said import CBOR, Said

_FREE_PATHS = ("sqs",)  # where a query may be sent to a path, which is a queue's
_SLASH = re.compile("%2f", re.IGNORECASE)
_ELSEWHERE = ("ListDirectoryBuckets",)  # of a host of its own, with the path of ListBuckets
# In a query beside what an operation takes: signatures, and how SDKs name the operation for a log
_ANYWHERE = ("x-amz-", "x-id")
# By which a server may take the method for another one
_OTHER_METHODS = ("x-http-method-override", "x-http-method", "x-method-override")


@dataclass(frozen=True)
class Match:
    """An operation that a request is, or may be."""

    model: Model
    operation: str
    protocol: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """What stands in the path, by the labels of the model's"""


def matches(head: Head, path: str, body: bytes, models: Sequence[Model]) -> tuple[Match, ...]:
    """Find all operations that a request can be read as; `path` is its own, or has S3's bucket before it.

    More than one are found where the request contradicts itself, or where services share a host. None are
    where it says what it is in a way that is not known: AWS might take it for that.
    """
    by_path = tuple(_by_path(head, path, models))
    twins = tuple(one for one in _by_slashes(head, path, models) if one not in by_path)
    told = said.said(head, body, models, has_path=bool(by_path or twins))
    ways = (
        (told.target is not None, tuple(_by_target(head, models))),
        (bool(told.actions), tuple(_by_action(head, told, models))),
        (told.is_cbor, tuple(_by_service_path(head, models))),
    )
    if any(is_said and not known for is_said, known in ways) or any(head.get(one) for one in _OTHER_METHODS):
        return ()
    found = (*(one for _, known in ways for one in known), *by_path)
    named = {(one.operation, one.protocol) for one in found}
    # services that were one once, or are parts of one, say the same by the same names
    return (*(found[:1] if len(named) == 1 else found), *twins)


def called(head: Head, body: bytes, models: Sequence[Model]) -> str:
    """Say what a request, of which no model knows the operation, is called by itself.

    One that says it in several ways, or in an unusual one, is called by its path: it is nobody's name.
    """
    told = said.said(head, body, models)
    if head.path in ("", "/") and not told.is_cbor:
        if told.target and not told.actions and head.method == "POST":
            return told.target.rpartition(".")[2] or told.target
        if told.actions and told.target is None:
            return told.actions[0] or f"{head.method} {head.path}"
    return f"{head.method} {head.path}"


def protocol_of(head: Head, body: bytes, models: Sequence[Model]) -> str:
    """Guess the protocol of a request of which no model knows the operation."""
    if head.get("x-amz-target"):
        return "json"
    if said.said(head, body, models).actions:
        return "ec2" if any(one.protocols == ("ec2",) for one in models) else "query"
    known = next((one.protocols[0] for one in models), "")
    return known if known.startswith("rest-") else "rest-json"


def _by_target(head: Head, models: Sequence[Model]) -> Iterator[Match]:
    targets = [value for name, value in head.headers if name.lower() == "x-amz-target"]
    if len(targets) != 1 or head.method != "POST" or head.path not in ("", "/"):
        return
    prefix, _, operation = targets[0].rpartition(".")
    for model in models:
        known = "json" in model.protocols and operation in model.operations
        if known and model.metadata.get("targetPrefix") == prefix:
            yield Match(model, operation, "json")


def _by_action(head: Head, told: Said, models: Sequence[Model]) -> Iterator[Match]:
    if head.method not in ("GET", "POST"):
        return
    for action in told.actions:
        having = [
            (model, protocol)
            for model in models
            for protocol in model.protocols
            if protocol in ("query", "ec2")
            and action in model.operations
            and (head.path in ("", "/") or model.service in _FREE_PATHS)
        ]
        of_version = [one for one in having if one[0].metadata["apiVersion"] == told.version]
        for model, protocol in of_version or having:
            yield Match(model, action, protocol)


def _by_service_path(head: Head, models: Sequence[Model]) -> Iterator[Match]:
    found = said.service_path(head)
    if found is None or head.method != "POST" or head.get("smithy-protocol") != "rpc-v2-cbor":
        return
    service, operation = found
    for model in models:
        names = (model.metadata.get("targetPrefix"), model.metadata.get("serviceId"))
        if CBOR in model.protocols and service in names and operation in model.operations:
            yield Match(model, operation, CBOR)


def _by_slashes(head: Head, path: str, models: Iterable[Model]) -> Iterator[Match]:
    """Read a quoted slash, which stands in a name, as whoever unquotes first does: then both count."""
    if _SLASH.search(path):
        yield from _by_path(head, _SLASH.sub("/", path), models)


def _by_path(head: Head, path: str, models: Iterable[Model]) -> Iterator[Match]:
    asked = pairs(head.query)
    for model in models:
        fitting = [
            (route, labels)
            for route in model.routes
            if route.method == head.method
            and route.operation not in _ELSEWHERE
            and (labels := _labels(route, path, model.service)) is not None
        ]
        yield from _meant(head, asked, fitting, model)


def _labels(route: Route, path: str, service: str) -> dict[str, str] | None:
    """Return what stands in the places of a route's labels; None where the path is another one."""
    free = service == "s3"  # a key may have empty parts, and dots
    words = path.removeprefix("/").split("/") if path.strip("/") or (free and path != "/") else []
    if words and not words[-1] and (len(words) == 2 or not free):
        words.pop()
    if not free and not all(word and word not in (".", "..") for word in words):
        return None
    labels: dict[str, str] = {}
    segments = route.segments
    for number, segment in enumerate(segments):
        if segment.endswith("+}"):
            after = len(segments) - number - 1
            taken = words[: len(words) - after] if after else words
            if not any(taken):
                return None
            labels[segment[1:-2]] = unquote("/".join(taken))
            words = words[len(taken) :]
            continue
        if not words or not words[0]:
            return None
        word = unquote(words[0])
        words = words[1:]
        begin, brace, rest = segment.partition("{")
        if not brace:
            if word != segment:
                return None
            continue
        name, _, end = rest.partition("}")
        if not (word.startswith(begin) and word.endswith(end) and len(word) > len(begin) + len(end)):
            return None
        labels[name] = word[len(begin) : len(word) - len(end)]
    return None if words else labels


def _meant(
    head: Head, asked: Pairs, fitting: Sequence[tuple[Route, dict[str, str]]], model: Model
) -> Iterator[Match]:
    """Tell which of the routes that fit by their path is meant by the query and the headers."""
    names = {name for name, _ in asked}
    own = {name for name in names if not name.lower().startswith(_ANYWHERE)}
    meant = [
        (route, labels)
        for route, labels in fitting
        if all(stated(asked, name, value) for name, value in route.literals)
        and route.needs <= names
        and all(head.get(name) is not None for name in route.headers)
    ]
    if not meant:
        return
    best = max(route.weight for route, _ in meant)
    chosen = [one for one in meant if one[0].weight == best]
    chosen = [one for one in chosen if not one[0].is_deprecated] or chosen
    # what another route of this path is known by: it may be taken for that one
    rest = own - {name for route, _ in chosen for name in _names(route)}
    chosen += [one for one in meant if one not in chosen and rest & _known_by(one[0])]
    strange = rest - {name for route, _ in fitting for name in _names(route)}
    if model.service == "s3" and any(not value for name, value in asked if name in strange):
        return  # a part of a bucket or an object that no model knows
    protocol = next(one for one in model.protocols if one.startswith("rest-"))
    for route, labels in chosen:
        yield Match(model, route.operation, protocol, labels)


def _names(route: Route) -> frozenset[str]:
    return route.query | _known_by(route)


def _known_by(route: Route) -> frozenset[str]:
    return route.needs | {name for name, _ in route.literals}
