"""What the person allowed for longer than one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from awsactivate.frozen import dataclass, field
from awsactivate.guard.call import Asked

ONCE, MINUTES, ALWAYS, NO = "once", "5 minutes", "always", "no"
"""What a person can answer."""
ANSWERS = {"o": ONCE, "5": MINUTES, "a": ALWAYS, "n": NO}
"""By which letter."""
_SECONDS = 300.0


@dataclass(frozen=True)
class Consents:
    """What stands of the answers that a run has got."""

    always: frozenset[str] = frozenset()
    """Actions, on whatever resource."""
    until: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """An action on one resource, and when that ends."""

    def covers(self, asked: Asked, now: float) -> bool:
        """Tell whether it was allowed already."""
        if asked.guessed:
            return False
        return asked.action in self.always or now < self.until.get((asked.action, asked.resource), 0.0)

    def after(self, answer: str, asked: Iterable[Asked], now: float) -> Consents:
        """Return what stands after `answer` to what was `asked`."""
        asked = [one for one in asked if _is_known(one)]
        if answer == ALWAYS:
            return Consents(self.always | {one.action for one in asked}, self.until)
        if answer == MINUTES:
            ends = {(one.action, one.resource): now + _SECONDS for one in asked}
            return Consents(self.always, {**self.until, **ends})
        return self


def can_last(asked: Iterable[Asked]) -> bool:
    """Tell whether it can be allowed for longer than once: it must be known what that is."""
    return all(map(_is_known, asked))


def _is_known(asked: Asked) -> bool:
    return not asked.guessed and not (asked.vague and asked.resource == "*")
