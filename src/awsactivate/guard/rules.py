"""What the rules say to a call: it passes, it is refused, or the person is asked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Asked, Named

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

READ_ONLY, ASK, LEARN = "read-only", "ask", "learn"
PRESETS = (READ_ONLY, ASK, LEARN)


class Verdict(Enum):
    """What becomes of a call."""

    PASS = "passes"
    ASK = "asks"
    REFUSE = "is refused"


@dataclass(frozen=True)
class Ruling:
    """What the rules say."""

    verdict: Verdict
    reason: str = ""
    """Why not; the end of a sentence: `with an explicit deny in FILE`"""
    asked: tuple[Asked, ...] = ()
    """What of the call the person must be asked for"""


@dataclass(frozen=True)
class Document:
    """The policy of a `--deny` or an `--allow`."""

    name: str
    """Its file's"""
    policy: Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """All that has a say before the person has."""

    preset: str = ASK
    denies: tuple[Document, ...] = ()
    allows: tuple[Document, ...] = ()


def read(text: str, name: str, effect: str) -> Document:
    """Read the file of `--deny` or `--allow`, whose `effect` is Deny or Allow; UsageError says what is wrong."""
    raise NotImplementedError


def judge(named: Named, rules: Rules, context: Mapping[str, str | tuple[str, ...]]) -> Ruling:
    """Weigh them; `context` holds the condition keys that are known, in lower case (`aws:requestedregion`)."""
    raise NotImplementedError
