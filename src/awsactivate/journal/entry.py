"""One line of the journal: what was begun, handed out or revoked; names and times, and never a secret."""

from __future__ import annotations

import json

from awsactivate.frozen import asdict, dataclass, field
from awsactivate.sessions import arn_parts

ACTIVATED, SWITCHED, RAN, EXPORTED, CONSOLE, NARROWED, SERVED, REVOKED, ASKED = (
    "activated",
    "switched",
    "ran",
    "exported",
    "console",
    "narrowed",
    "served",
    "revoked",
    "asked",
)
_LONGEST = 512  # characters of a text: what is longer was not written by us


@dataclass(frozen=True)
class Entry:
    """What happened to a session; '' and None say nothing."""

    time: int
    """Seconds since the epoch, as all times here"""
    event: str
    profile: str = ""
    role_arn: str = ""
    assumed_role_id: str = ""
    """It names the session in CloudTrail and in revocations: AROA…:NAME"""
    key_id: str = ""
    """The access key's id, by which CloudTrail tells apart what has one session's name"""
    under: str = ""
    """The access key's id of the session that it was narrowed from"""
    scope: str = ""
    purpose: str = ""
    command: str = ""
    """The name of what got it, without its arguments, which may be secrets"""
    process: int | None = None
    """The id of COMMAND's process."""
    action: str = ""
    """What a guarded command wanted, in IAM's words"""
    resource: str = ""
    answer: str = ""
    """What the person said to that"""
    ends: int | None = None
    """In seconds since the epoch."""

    @property
    def session_name(self) -> str:
        """The session's name in CloudTrail."""
        return arn_parts.session_of(self.assumed_role_id)

    @property
    def query(self) -> str:
        """The AWS CLI's words that find on the server what was done with it; '' where nothing names it."""
        if self.key_id:
            key, value = "AccessKeyId", self.key_id
        elif self.session_name:
            key, value = "Username", self.session_name
        else:
            return ""
        return f"aws cloudtrail lookup-events --lookup-attributes AttributeKey={key},AttributeValue={value}"


def fitting(text: str) -> str:
    """Return as much of a text of others as an entry may hold."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def written(entry: Entry) -> str:
    """Write an entry as one line."""
    said = {name: value for name, value in asdict(entry).items() if value not in ("", None)}
    return json.dumps(said, separators=(",", ":")) + "\n"


def parsed(text: str) -> list[Entry]:
    """Read the entries of a file's text; a line that is damaged, or half, is passed by."""
    entries = []
    for line in text.splitlines():
        try:
            said = json.loads(line)
            entries.append(_entry(said))
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
    return entries


def _entry(said: dict[str, object]) -> Entry:
    for name, value in said.items():
        is_number = name in ("time", "process", "ends")
        if type(value) is not (int if is_number else str) or (
            isinstance(value, str) and len(value) > _LONGEST
        ):
            raise TypeError(f"{name} is none")
    return Entry(**said)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Node:
    """A session that lives, and what was narrowed from it and lives."""

    entry: Entry
    is_revoked: bool
    children: tuple[Node, ...] = field(default_factory=tuple)


def tree(entries: list[Entry], now: float) -> list[Node]:
    """Arrange the sessions that have not ended, each below what it was narrowed from, if that lives."""
    revoked = {entry.assumed_role_id: entry.time for entry in entries if entry.event == REVOKED}
    alive = {
        entry.key_id: entry
        for entry in entries
        if entry.key_id and entry.event != REVOKED and entry.ends is not None and entry.ends > now
    }
    under: dict[str, list[Entry]] = {}
    for entry in alive.values():
        parent = entry.under if entry.under in alive and entry.under != entry.key_id else ""
        under.setdefault(parent, []).append(entry)

    def node(entry: Entry, seen: frozenset[str]) -> Node:
        known = [child for child in under.get(entry.key_id, []) if child.key_id not in seen]
        is_revoked = bool(entry.assumed_role_id) and entry.assumed_role_id in revoked
        return Node(entry, is_revoked, tuple(node(child, seen | {child.key_id}) for child in known))

    return [node(entry, frozenset({entry.key_id})) for entry in under.get("", [])]
