"""The ARNs of what a call is about, from its parameters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping

from awsactivate.frozen import dataclass
from awsactivate.guard import accounts
from awsactivate.sessions import arn_parts

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_WHOLE = re.compile(r"-[A-Za-z0-9]{6}$")
_HALF = re.compile("[\ud800-\udfff]")
_PLACE = re.compile(r"\{([^}]*)\}")
_MOST = 1000  # ARNs of one form
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:.+", re.DOTALL)
_FUNCTION = re.compile(  # one that begins with a region is not read
    r"(?![a-z]{2,4}(?:-[a-z]+)+-[0-9]:)(?:[0-9]{12}:)?(?:function:)?([A-Za-z0-9_-]+)(?::[A-Za-z0-9$_-]+)?"
)


@dataclass(frozen=True)
class Where:
    """Whose resources, and where."""

    partition: str
    region: str
    account_id: str
    """'' where it isn't known"""


@dataclass(frozen=True)
class Resource:
    """What a call is about."""

    arn: str
    vague: bool = False
    """In `arn`, `*` and `?` stand for what is not known."""


ANY = Resource("*", vague=True)


def named(form: str, parameters: Mapping[str, Any], where: Where) -> tuple[Resource, ...]:
    """Name the resources of a form; `form` ends in `?` where there may be none."""
    optional, form = form.endswith("?"), form.removesuffix("?")
    if form == "*":
        return (ANY,)
    places = _PLACE.findall(form)
    values = [tuple(_values(place, parameters)) for place in places]
    if optional and not any(values):
        return ()
    said = [value for place in places for value in _values(place, parameters, is_cut=False)]
    form = _in_place(form, where, accounts.of(said, parameters, where.account_id))
    if re.fullmatch(r"\{[^}]*\}", form):
        return tuple(dict.fromkeys(_whole(value) for value in values[0])) or (ANY,)
    nothing = {place: ("",) if place.endswith("|folder") else (None,) for place in places}
    filled = [value or nothing[place] for place, value in zip(places, values, strict=True)]
    found = itertools.islice(itertools.product(*filled), _MOST + 1)
    resources = tuple(dict.fromkeys(_filled(form, one) for one in found))
    return resources if len(resources) <= _MOST else (ANY,)


def _whole(value: str) -> Resource:
    return Resource(value) if _ARN.fullmatch(value) else ANY


def _in_place(form: str, where: Where, account: str) -> str:
    if not form.startswith("arn:"):
        return form
    parts = form.split(":", 5)
    for number, known in ((1, where.partition), (3, where.region), (4, account or "*")):
        if parts[number] == "$":
            parts[number] = known
    return ":".join(parts)


def _filled(form: str, values: tuple[str | None, ...]) -> Resource:
    """Put values in; one that is an ARN of the same service, and names the last part, is the whole."""
    free = form.startswith("arn:") and arn_parts.service_of(form) == "s3"  # whose keys may look like anything
    last = values[-1] if values else None
    if last is not None and not free and _ARN.fullmatch(last) and form.endswith("}"):
        if arn_parts.service_of(last) != arn_parts.service_of(form):
            return ANY
        # so AWS tells an ARN that is whole from one that lacks its end
        return Resource(last) if _WHOLE.search(last) else _as_kept(last, vague=False)
    vague = "*" in _PLACE.sub("", form)
    parts = _PLACE.split(form)[::2]
    written = parts[0]
    for value, part in zip(values, parts[1:], strict=True):
        unknown = value is None or (value.startswith("arn:") and not free)
        written += ("*" if value is None or unknown else value) + part
        vague = vague or unknown
    return _as_kept(written, vague=vague)


def _as_kept(arn: str, *, vague: bool) -> Resource:
    """Return the ARN that AWS has: a secret's ends in six characters that nobody need say."""
    if arn_parts.service_of(arn) != "secretsmanager" or arn.endswith("*"):
        return Resource(arn, vague)
    return Resource(f"{arn}-??????", vague=True)


def _values(place: str, parameters: Mapping[str, Any], *, is_cut: bool = True) -> Iterator[str]:
    """Give the values of `A,B[].C|cut`, as they are cut or as they are."""
    for one in place.split(","):
        path, _, cut = one.partition("|")
        for value in _at(parameters, path.split(".")):
            told = _CUTS[cut](value) if cut and is_cut else value
            if told:
                yield told


def _at(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path:
        # half a character, which JSON can say, can be printed nowhere
        if isinstance(value, str | int) and not isinstance(value, bool) and not _HALF.search(str(value)):
            yield str(value)
    elif isinstance(value, dict):
        if path[0] == "*":
            if len(path) == 1:
                yield from value
            else:
                for item in value.values():
                    yield from _at(item, path[1:])
        else:
            yield from _at(value.get(path[0].removesuffix("[]")), path[1:])


def _last(value: str) -> str:
    return value if value.startswith("arn:") else value.rstrip("/").rpartition("/")[2]


def _key(value: str) -> str:
    # a key is what a policy names, and which one an alias stands for is not known here
    return "" if "alias/" in value else value


def _function(value: str) -> str:
    if value.startswith("arn:"):
        return ":".join(value.split(":")[:7])
    found = _FUNCTION.fullmatch(value)
    return found[1] if found else ""


def _folder(value: str) -> str:
    return value.lstrip("/")


_CUTS: dict[str, Callable[[str], str]] = {
    "last": _last,
    "key": _key,
    "function": _function,
    "folder": _folder,
    "rooted": _folder,
    "before": lambda value: value.partition(":")[0],
    "id": lambda value: re.sub(r"^(?:p|h|ou)-", "", value),
}
