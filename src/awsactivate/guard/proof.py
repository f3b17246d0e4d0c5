"""Whether a signature proves a stand-in key, and its time is right."""

from __future__ import annotations

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Head
from awsactivate.guard.canonical import Form
from awsactivate.guard.claims import Claim
from awsactivate.guard.stand_ins import StandIn, StandIns


@dataclass(frozen=True)
class Proved:
    """A request that was signed with a stand-in key of this run."""

    claim: Claim
    stand_in: StandIn
    form: Form
    """How its path and query were written for the signature."""
    payload: str
    """What stands for its body in the signature."""


def prove(head: Head, claim: Claim, stand_ins: StandIns, now: float, body: bytes | None = None) -> Proved:
    """Verify; an UnacceptableError says what is wrong.

    `body` is the whole one where it has been read: a claim with `needs_body` can't do without. A hash of the body
    that the request names is held to it.
    """
    raise NotImplementedError
