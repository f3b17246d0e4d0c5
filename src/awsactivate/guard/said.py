"""In which ways a request says which operation it is, but for a path of REST's."""

from __future__ import annotations

from collections.abc import Sequence

from awsactivate.frozen import dataclass
from awsactivate.guard import bodies
from awsactivate.guard.call import Head
from awsactivate.guard.forms import only, pairs
from awsactivate.guard.models import Model
from awsactivate.guard.unsupported import UnacceptableError

CBOR = "smithy-rpc-v2-cbor"


@dataclass(frozen=True)
class Said:
    """In which ways a request says what it is."""

    target: str | None
    actions: tuple[str, ...]
    """One, or none"""
    version: str | None
    is_cbor: bool


def said(head: Head, body: bytes, models: Sequence[Model], *, has_path: bool = False) -> Said:
    """Tell them; UnacceptableError where a call of the query protocol does not say one action."""
    spoken = {protocol for model in models for protocol in model.protocols}
    target = head.get("x-amz-target")
    is_cbor = head.get("smithy-protocol") is not None or (CBOR in spoken and service_path(head) is not None)
    if all(one.startswith("rest-") for one in spoken):
        return Said(target, (), None, is_cbor)  # whose queries may say anything
    texts = [head.query]
    says_else = target is not None or is_cbor or has_path
    if not (says_else and bodies.is_document(head)):
        texts += _forms(head, body, wanted=bool(spoken & {"query", "ec2"}) and not says_else)
    told = [pair for text in texts for pair in pairs(text.replace(";", "&"))]  # some take either
    actions = [(name, value) for name, value in told if name.strip().casefold() == "action"]
    if len(actions) > 1 or any(name != "Action" for name, _ in actions):
        raise UnacceptableError("InvalidRequest", "it does not say once which action it is")
    if spoken & {"query", "ec2"} and not actions and not says_else:
        raise UnacceptableError("MissingAction", "it does not say which action it is")
    return Said(target, tuple(value for _, value in actions), only(told, "Version"), is_cbor)


def _forms(head: Head, body: bytes, *, wanted: bool) -> list[str]:
    """Return the texts that a body may be read as, as a form; with `wanted` it must be one."""
    told = [body.decode("utf-8", "replace")]
    try:
        plain = bodies.form(head, body) if wanted else bodies.unpacked(head, body).decode("utf-8", "replace")
    except bodies.UnclearError as error:
        if not wanted:
            return told
        raise UnacceptableError("InvalidRequest", f"the guard can't read its form: {error}") from error
    return list(dict.fromkeys((*told, plain)))


def service_path(head: Head) -> tuple[str, str] | None:
    """Return the service and the operation of a path of rpc-v2-cbor's; None where it is another one."""
    words = head.path.split("/")
    if len(words) != 5 or words[:2] != ["", "service"] or words[3] != "operation":
        return None
    return words[2], words[4]
