"""Whether a text is a session policy by IAM's grammar: its form, never which actions there are.

Those grow every week, and a policy may name what was added yesterday. STS's own check comes after an MFA code
was typed, so what it would refuse is found here first.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from awsactivate.sessions.limits import LONGEST_SESSION_POLICY

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


_CHARACTERS = re.compile(r"[\t\n\r\x20-\xff]+")
_VERSIONS = ("2012-10-17", "2008-10-17")
_SID = re.compile(r"[A-Za-z0-9]*")
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?._-]+")
# partition, service, region, account, and the rest, in which anything may stand
_ARN = re.compile(r"arn:[^:]+:[A-Za-z0-9-]+:[^:]*:(?:[^:$]|\$\{[^}]*\})*:.+", re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9-]+:\S(?:.*\S)?")
_COMPARISONS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan"),
    *(
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
    ),
    *(
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
    ),
    *("IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
)
_OPERATORS = {one.casefold() for name in _COMPARISONS for one in (name, f"{name}IfExists")} | {"null"}
_QUANTIFIERS = ("forallvalues:", "foranyvalue:")


class _TwiceError(ValueError):
    """A JSON object names something twice, of which readers take one or the other."""


def compact(text: str) -> str:
    """Write the policy `text` in as few characters as it can be said in.

    Where it names no version it gets the present one, which not every call of AWS's does without; but not
    where that would make variables of what was text.
    """
    document = json.loads(text)
    if "Version" not in document and "${" not in text:
        document = {"Version": _VERSIONS[0], **document}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def faults(text: str, *, longest: int | None = LONGEST_SESSION_POLICY) -> tuple[str, ...]:
    """Say what of `text` IAM would refuse as a session policy; nothing where it is one.

    `longest` is how many characters it may have; None where AWS never sees it.
    """
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except _TwiceError as error:
        return (str(error),)
    except json.JSONDecodeError as error:
        return (f"it is no JSON: line {error.lineno}, column {error.colno}: {error.msg}",)
    except RecursionError:
        return ("it is no policy: it is nested too deep",)
    found = tuple(_of_document(document))
    if found:
        return found
    written = compact(text)
    if longest is not None and not _CHARACTERS.fullmatch(written):
        strange = next(one for one in written if not _CHARACTERS.fullmatch(one))
        return (f"it holds the character {strange!r}, and AWS takes none beyond U+00FF",)
    if longest is not None and len(written) > longest:
        return (f"it has {len(written)} characters without white space, and AWS takes {longest}",)
    return ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"it says {twice!r} twice in one place")
    return told


def _of_document(document: Any) -> Iterator[str]:
    if not isinstance(document, dict):
        yield "it is no JSON object"
        return
    yield from _unknown(document, ("Version", "Id", "Statement"), "the policy")
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        yield f"Version: must be {' or '.join(_VERSIONS)}"
    if not isinstance(document.get("Id", ""), str):
        yield "Id: must be a text"
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        yield "Statement: must be a statement, or a list of them"
        return
    sids: set[str] = set()
    for number, statement in enumerate(statements, 1):
        if not isinstance(statement, dict):
            yield f"statement {number}: must be an object"
            continue
        for fault in _of_statement(statement):
            yield f"statement {number}: {fault}"
        sid = statement.get("Sid")
        if isinstance(sid, str) and sid:
            if sid in sids:
                yield f"statement {number}: Sid: {sid} is another statement's already"
            sids.add(sid)


def _of_statement(statement: dict[str, Any]) -> Iterator[str]:
    for name in ("Principal", "NotPrincipal"):
        if name in statement:
            yield f"{name}: a session policy has none: it is about this session"
    known = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
    yield from _unknown(statement, (*known, "Principal", "NotPrincipal"), "a statement")
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or not _SID.fullmatch(sid):
        yield "Sid: must be letters and digits"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Effect: must be Allow or Deny"
    yield from _one_of(statement, "Action", _fault_of_action)
    yield from _one_of(statement, "Resource", _fault_of_resource)
    if "Condition" in statement:
        yield from _of_condition(statement["Condition"])


def _unknown(given: dict[str, Any], known: tuple[str, ...], what: str) -> Iterator[str]:
    for name in given:
        if name not in known:
            meant = next((one for one in known if one.casefold() == name.casefold()), None)
            yield f"{name}: {what} has no such element" + (f" (it is written {meant})" if meant else "")


def _one_of(statement: dict[str, Any], name: str, fault_of: Callable[[str], str | None]) -> Iterator[str]:
    """Check `name` or `Not`+`name`, of which there must be one and not both."""
    present = [one for one in (name, f"Not{name}") if one in statement]
    if len(present) != 1:
        yield f"{name}: must be there, or Not{name}" + (", and not both" if present else "")
        return
    given = statement[present[0]]
    texts = given if isinstance(given, list) else [given]
    if not texts or not all(isinstance(text, str) for text in texts):
        yield f"{present[0]}: must be a text, or a list of texts"
        return
    for text in texts:
        if fault := fault_of(text):
            yield f"{present[0]}: {text!r} {fault}"


def _fault_of_action(text: str) -> str | None:
    if _ACTION.fullmatch(text):
        return None
    service = text.partition(":")[0]
    if ":" in text and ("*" in service or "?" in service):
        return "names no service: AWS takes no wildcard before the colon"
    return "must be SERVICE:ACTION, or *"


def _fault_of_resource(text: str) -> str | None:
    if text == "*" or _ARN.fullmatch(text):
        return None
    return "must be an ARN, or *"


def _of_condition(condition: Any) -> Iterator[str]:
    if not isinstance(condition, dict):
        yield "Condition: must be an object"
        return
    for operator, keys in condition.items():
        name = operator.casefold()
        quantifier = next((one for one in _QUANTIFIERS if name.startswith(one)), "")
        if name.removeprefix(quantifier) not in _OPERATORS:
            yield f"Condition: there is no operator {operator!r}"
        if not isinstance(keys, dict) or not keys:
            yield f"Condition: {operator} must hold keys with their values"
            continue
        for key, given in keys.items():
            if not _KEY.fullmatch(key):
                yield f"Condition: {key!r} is no key of AWS's: they are written SERVICE:NAME"
            values = given if isinstance(given, list) else [given]
            if not values or not all(isinstance(value, str | int | float | bool) for value in values):
                yield f"Condition: {key}: must be a text, a number, true or false, or a list of these"
