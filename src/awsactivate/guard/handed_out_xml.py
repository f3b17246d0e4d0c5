"""Credentials in an answer of the query protocol, read and replaced; not a byte beside them is touched."""

from __future__ import annotations

from datetime import datetime
from xml.parsers import expat

from awsactivate.frozen import dataclass
from awsactivate.guard.stand_ins import StandIn
from awsactivate.sessions.credentials import Credentials

_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


@dataclass(frozen=True)
class _Text:
    """What one element holds, and where that stands."""

    text: str
    begin: int
    end: int


def read(body: bytes) -> Credentials:
    """Read the credentials; a ValueError where they aren't there once, and whole."""
    found = _texts(body)
    expiration = datetime.fromisoformat(found["Expiration"].text) if "Expiration" in found else None
    key_id, secret, token = (found[name].text for name in _KEYS)
    return Credentials(key_id, secret, token, expiration)


def written(body: bytes, stand_in: StandIn) -> bytes:
    """Put a stand-in in their place."""
    found = _texts(body)
    said = (stand_in.access_key_id, stand_in.secret_access_key, stand_in.session_token or "")
    places = sorted(
        (found[name].begin, found[name].end, text) for name, text in zip(_KEYS, said, strict=True)
    )
    parts, at = [], 0
    for begin, end, text in places:
        parts += [body[at:begin], text.encode()]
        at = end
    return b"".join((*parts, body[at:]))


def _texts(body: bytes) -> dict[str, _Text]:
    """Find what stands in the one element `Credentials`, by name."""
    parser = expat.ParserCreate("utf-8", "}")
    parser.buffer_text = True
    above: list[tuple[str, int]] = []
    text: list[str] = []
    found: dict[str, _Text] = {}

    def start(name: str, _attributes: object) -> None:
        above.append((name.rpartition("}")[2], body.index(b">", parser.CurrentByteIndex) + 1))
        text.clear()

    def end(_name: str) -> None:
        name, begin = above.pop()
        if [one for one, _ in above[-1:]] == ["Credentials"]:
            if name in found:
                raise ValueError(f"{name} is there twice")
            found[name] = _Text("".join(text), begin, parser.CurrentByteIndex)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    try:
        parser.Parse(body, True)
    except expat.ExpatError as problem:
        raise ValueError(f"no XML: {expat.ErrorString(problem.code)}") from None
    if not all(name in found and found[name].text for name in _KEYS):
        raise ValueError("the credentials are not whole")
    return found
