"""What counts once: the signatures of writes, for as long as each of them would be taken."""

from __future__ import annotations


class SpentSignatures:
    """The signatures that have counted; safe among threads, for one step of a dictionary decides."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, object]] = {}
        self._sweep_at = 0.0

    def counts(self, signature: str, now: float, until: float) -> bool:
        """Tell whether a signature counts, which it does once; past `until` nobody takes it any more."""
        self._sweep(now)
        mine = (until, object())
        return self._until.setdefault(signature, mine) is mine

    def _sweep(self, now: float) -> None:
        """Forget, once a minute, what is taken no longer by its time alone."""
        if now < self._sweep_at:
            return
        self._sweep_at = now + 60
        for signature, (until, _) in list(self._until.items()):
            if until < now:
                self._until.pop(signature, None)
