"""The smallest policy that would have let a run pass."""

from __future__ import annotations

from collections.abc import Iterable

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Asked


@dataclass(frozen=True)
class Learned:
    """What was learned of a run."""

    policy: str
    """For `--allow`, with line breaks"""
    fits_scope: bool
    """It is short enough for `--scope` too."""


def policy_of(asked: Iterable[Asked]) -> Learned:
    """Write the policy of all that a run asked for."""
    raise NotImplementedError
