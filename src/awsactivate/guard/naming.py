"""What a call to AWS is: from a request as it was sent to operations, actions and resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from awsactivate.frozen import dataclass, field, replace
from awsactivate.guard import batches, matching, parameters, resources, s3_hosts, service_hosts
from awsactivate.guard.actions import Actions, Need, Service
from awsactivate.guard.bodies import UnclearError
from awsactivate.guard.call import Asked, Head, Named
from awsactivate.guard.forms import pairs
from awsactivate.guard.hosts import is_of_this_machine
from awsactivate.guard.matching import Match
from awsactivate.guard.models import Model
from awsactivate.guard.resources import Where
from awsactivate.guard.unsupported import UnacceptableError
from awsactivate.sessions import arn_parts
from awsactivate.sessions.partitions import partition_of

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_S3 = ("s3", "s3-object-lambda", "s3-outposts")
# What a host of S3's says → the model that is meant
_OF_KIND = {
    "control": "s3control",
    "outposts": "s3",
    "accesspoint": "s3",
    "object-lambda": "s3",
    "bucket": "s3",
}
_OF_OUTPOSTS = ("s3control", "s3outposts")  # they share a host, where no access point's name is before it
# Whatever looks otherwise is no bucket's own name: the alias of an access point, whose bucket isn't known
_BUCKET = re.compile(r"(?!.*(?:-s3alias|--[a-z]+-s3)$)[A-Za-z0-9._*-]+")
_NO_BUCKETS = "/WriteGetObjectResponse"  # its host begins with a token


@dataclass(frozen=True)
class SignedFor:
    """For what a request is signed, and whose session stands behind it."""

    signing_name: str
    region: str
    account_id: str = ""
    """The session's; '' where it isn't known"""


@dataclass(frozen=True)
class Knowledge:
    """What is known of AWS: `aws.models`, `guard.table_file` and `guard.handing_out_table` have it."""

    model: Callable[[str], Model | None]
    """A service's model, by botocore's name"""
    actions: Actions
    handing_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Signing name → operations whose answers hold credentials"""


def needs_body(head: Head, signing_name: str) -> bool:
    """Tell whether a request can only be named by its body: not where that is an object of S3's."""
    if signing_name not in _S3 or head.method != "PUT":
        return True
    place = s3_hosts.place(head.host)
    if place is None or place.kind == "control":
        return True
    words = head.path.strip("/").split("/")
    in_bucket = bool(place.name) or len(words) > 1
    names = {name for name, _ in pairs(head.query)}
    return not in_bucket or bool(names & {"acl", "legal-hold", "retention", "tagging", "restore", "select"})


def name(head: Head, body: bytes, signed: SignedFor, knowledge: Knowledge) -> Named:
    """Name it; what no model knows is a write, called as the request calls it.

    UnacceptableError where a call of the query protocol does not say one action, or is for a host of another
    service than it is signed for.
    """
    models = _models(signed.signing_name, knowledge)
    _check_host(head.host.partition(":")[0], signed.signing_name, models)
    place = s3_hosts.place(head.host) if signed.signing_name in _S3 else None
    path = head.path
    if signed.signing_name in _S3:
        candidates, path = _of_s3(head, place, models)
        head = _with_headers_of_query(head)
    else:
        candidates = _of_host(head.host, models)
    found = matching.matches(head, path, body, candidates)
    if not found:
        return _unknown(head, body, signed, knowledge, candidates or models)
    where = Where(partition_of(signed.region), signed.region, signed.account_id)
    asked: list[Asked] = []
    for match in found:
        service = knowledge.actions.service(match.model.service, signed.signing_name)
        asked += [_placed(one, place, where) for one in _asked(match, head, body, service, where)]
    told = next((one for one in found if one.operation in _writing(found, knowledge, signed)), found[0])
    service = knowledge.actions.service(told.model.service, signed.signing_name)
    handing = knowledge.handing_out.get(signed.signing_name, ())
    return Named(
        service.prefix,
        told.operation,
        told.protocol,
        tuple(dict.fromkeys(asked)),
        hands_out=any(one.operation in handing for one in found),
        model=told.model.service,
        service_id=_service_id(told.model),
    )


def _writing(found: Sequence[Match], knowledge: Knowledge, signed: SignedFor) -> set[str]:
    """Name those of the operations that write: of several, one of these tells what the call is."""
    return {
        one.operation
        for one in found
        if any(
            need.level == "W"
            for need in _needs(one, knowledge.actions.service(one.model.service, signed.signing_name))
        )
    }


def _check_host(host: str, signing_name: str, models: Sequence[Model]) -> None:
    prefixes = [str(model.metadata["endpointPrefix"]) for model in models]
    if not (is_of_this_machine(host) or service_hosts.is_of(host, signing_name, prefixes)):
        raise UnacceptableError("InvalidRequest", f"{host} is no host of the service {signing_name}")


def _models(signing_name: str, knowledge: Knowledge) -> list[Model]:
    names = knowledge.actions.by_signing_name.get(signing_name, (signing_name,))
    # the service that has the name itself comes first: others are parts of it, or its kin
    ordered = sorted(names, key=lambda one: (one != signing_name, one))
    return [model for one in ordered if (model := knowledge.model(one)) is not None]


def _of_host(host: str, models: Sequence[Model]) -> list[Model]:
    """Leave those models whose host it is; all of them where it is none's."""
    labels = f".{host.partition(':')[0]}."

    def length(model: Model) -> int:
        prefix = str(model.metadata["endpointPrefix"])
        return len(prefix) if f".{prefix}." in labels or f".{prefix}-fips." in labels else 0

    longest = max(map(length, models), default=0)
    return [one for one in models if length(one) == longest]


def _of_s3(head: Head, place: s3_hosts.S3Host | None, models: list[Model]) -> tuple[list[Model], str]:
    """Choose S3's model by the host, and put the bucket before the path where the host has it."""
    if place is None:
        return [], head.path
    wanted = _OF_KIND.get(place.kind)
    if wanted is None:
        controls = head.get("x-amz-account-id") is not None and head.path.startswith("/v20180820/")
        wanted = "s3control" if controls and not place.name else "s3"
    path = head.path
    if place.kind == "outposts" and not place.name:
        return [one for one in models if one.service in _OF_OUTPOSTS], path
    answers = head.method == "POST" and path == _NO_BUCKETS
    if place.name and wanted == "s3" and not answers:
        path = f"/{place.name}{path if path.startswith('/') else '/' + path}"
    return [one for one in models if one.service == wanted], path


def _with_headers_of_query(head: Head) -> Head:
    """Return it with the headers that a presigned link may have in its query."""
    told = tuple((name, value) for name, value in pairs(head.query) if name.lower().startswith("x-amz-"))
    known = {name.lower() for name, _ in head.headers}
    more = tuple((name, value) for name, value in told if name.lower() not in known)
    return replace(head, headers=head.headers + more) if more else head


def _unknown(
    head: Head, body: bytes, signed: SignedFor, knowledge: Knowledge, models: Sequence[Model]
) -> Named:
    names = knowledge.actions.by_signing_name.get(signed.signing_name, ())
    service = knowledge.actions.service(names[0], signed.signing_name) if names else None
    prefix = service.prefix if service else signed.signing_name
    operation = matching.called(head, body, models)
    return Named(
        prefix,
        operation,
        matching.protocol_of(head, body, models),
        (Asked(f"{prefix}:{operation}", vague=True, guessed=True),),
        # whatever it calls itself: it may be what hands out
        hands_out=signed.signing_name in knowledge.handing_out,
        known=False,
        model=models[0].service if models else "",
        service_id=_service_id(models[0]) if models else "",
    )


def _service_id(model: Model) -> str:
    return str(model.metadata.get("serviceId", "")).lower().replace(" ", "_").replace("-", "_")


def _needs(match: Match, service: Service) -> tuple[Need, ...]:
    told = service.needs.get(match.operation)
    return told or (Need(f"{service.prefix}:{match.operation}", "W", resources=("*",)),)


def _asked(match: Match, head: Head, body: bytes, service: Service, where: Where) -> Iterator[Asked]:
    """Tell what an operation would do, item by item; where it can't be read, a write on anything."""
    needs = _needs(match, service)
    guessed = match.operation not in service.needs
    try:
        given: dict[str, Any] = parameters.read(match, head, body)
        items = batches.items(service.name, match.operation, given)
        more = batches.besides(service.name, match.operation, given)
    except (UnclearError, KeyError, AttributeError):
        # AWS may read something else in it: no need's own level says what that does
        for one in needs:
            yield Asked(one.action, reads_secret=one.level == "S", vague=True, guessed=guessed)
        return
    if not items:
        items = [(need, given) for need in needs if _counts(need, given)]
    # there is nothing that asks for nothing
    for need, told in [*(items or [(need, given) for need in needs]), *more]:
        yield from (replace(one, guessed=guessed) for one in _of_need(need, told, where))


def _counts(need: Need, given: Mapping[str, Any]) -> bool:
    return all(one in given for one in need.only_with) and not any(one in given for one in need.only_without)


def _of_need(need: Need, given: Mapping[str, Any], where: Where) -> Iterator[Asked]:
    found = [one for form in need.resources for one in resources.named(form, given, where)]
    if not need.resources:
        found = [resources.Resource("*")]
    elif not found:
        found = [resources.ANY]
    for one in found:
        yield Asked(need.action, one.arn, need.level == "W", need.level == "S", vague=one.vague)


def _placed(asked: Asked, place: s3_hosts.S3Host | None, where: Where) -> Asked:
    """Return what is asked of a bucket as of the access point that the host names instead."""
    bucket = (arn_parts.resource_of(asked.resource) or "").partition("/")[0]
    if asked.resource.startswith(f"arn:{where.partition}:s3:::") and not _BUCKET.fullmatch(bucket):
        return replace(asked, resource="*", vague=True)
    if place is None or place.kind not in ("accesspoint", "object-lambda", "outposts"):
        return asked
    begin = f"arn:{where.partition}:s3:::{place.name}"
    if not asked.resource.startswith(begin):
        return asked
    if place.kind == "outposts":
        return replace(asked, resource="*", vague=True)
    service = "s3" if place.kind == "accesspoint" else "s3-object-lambda"
    label, _, account = place.name.rpartition("-")
    key = asked.resource[len(begin) :]
    arn = f"arn:{where.partition}:{service}:{where.region}:{account}:accesspoint/{label}"
    return replace(asked, resource=f"{arn}/object{key}" if key else arn)
