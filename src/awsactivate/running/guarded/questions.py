"""The calls that wait for the person: asked together, each answered within its time, each answer kept."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from awsactivate.frozen import dataclass
from awsactivate.guard.call import Asked
from awsactivate.guard.consents import ALWAYS, MINUTES, NO, Consents, can_last
from awsactivate.person.printable import escaped, printable

SECONDS = 45.0  # SDKs give up at 60
NOBODY, TOO_LATE, INTERRUPTED = "no terminal", "no answer", "interrupted"
"""What becomes of a question besides the person's answers; each is a no."""
_GATHER = 0.1  # seconds: what waits at the same time is one question
_LOOK_EVERY = 0.1  # seconds
_SECONDS_TO_END = 2.0


@dataclass(frozen=True)
class Call:
    """One call that waits, as it is shown."""

    number: int
    text: str
    """What it would do"""
    where: str
    can_last: bool = True
    """It can be allowed for longer than once."""
    details: tuple[str, ...] = ()
    """All that it would do, where `text` leaves something out"""


@dataclass(frozen=True)
class Shown:
    """What a place shows: the whole list that waits."""

    calls: tuple[Call, ...]
    who: str
    note: str = ""


class Place(Protocol):
    """A terminal on which can be asked."""

    is_own: bool
    """It is COMMAND's own, where the person looks."""

    def show(self, shown: Shown) -> None:
        """Show the list that waits now; an empty one ends the question."""

    def answers(self) -> Mapping[int, str] | None:
        """Return what was answered since; None where nobody can be asked here any more."""


class Places(Protocol):
    """All the terminals that there are."""

    def free(self) -> Place | None:
        """Return the one on which can be asked now."""

    def can_come(self) -> bool:
        """Tell whether one may get free while a question waits."""

    def tell(self, text: str) -> None:
        """Tell the person otherwise that a question waits, which does not stand on COMMAND's terminal."""


class _Waiting:
    """A call that waits, for all who made it."""

    def __init__(self, key: object, asked: tuple[Asked, ...], call: Call, until: float) -> None:
        self.key = key
        self.asked = asked
        self.call = call
        self.until = until
        self.answer = ""
        self.is_answered = threading.Event()


class Questions:
    """What the person is asked in one run of COMMAND.

    `who` asks. `clock` is monotonic.
    """

    def __init__(
        self,
        who: str,
        places: Places,
        *,
        clock: Callable[[], float],
        seconds: float = SECONDS,
        gather: float = _GATHER,
    ) -> None:
        self._who = printable(who)
        self._places = places
        self._clock = clock
        self._seconds = seconds
        self._gather = gather
        self._lock = threading.Condition()
        self._waiting: dict[object, _Waiting] = {}
        self._consents: dict[str, Consents] = {}  # by where: what was allowed there is allowed nowhere else
        self._numbers = itertools.count(1)
        self._has_ended = False
        self._thread: threading.Thread | None = None

    def ask(
        self, key: object, asked: Sequence[Asked], text: str, where: str, details: tuple[str, ...] = ()
    ) -> str:
        """Return the answer to what is `asked`, which `text` says in words: it may take its 45 seconds.

        `where` it would be done. `details` say all of it, where `text` leaves something out.
        Calls of the same `key` are one: a retry joins the question that stands.
        """
        with self._lock:
            now = self._clock()
            consents = self._consents.setdefault(where, Consents())
            left = tuple(one for one in asked if not consents.covers(one, now))
            if not left:
                return _covered_by(consents, asked)
            if self._has_ended:
                return NOBODY
            waiting = self._waiting.get(key)
            if waiting is None:
                number = next(self._numbers)
                call = Call(number, escaped(text), where, can_last(left), tuple(map(escaped, details)))
                waiting = _Waiting(key, left, call, now + self._seconds)
                self._waiting[key] = waiting
                self._lock.notify_all()
                if self._thread is None:
                    self._thread = threading.Thread(target=self._serve, daemon=True)
                    self._thread.start()
        waiting.is_answered.wait()
        return waiting.answer

    def end(self) -> None:
        """Ask nothing any more."""
        with self._lock:
            self._has_ended = True
            self._lock.notify_all()
            for one in list(self._waiting.values()):
                self._settle(one, NOBODY)
        if self._thread is not None:  # it has a last word to say
            self._thread.join(_SECONDS_TO_END)

    @property
    def stands(self) -> bool:
        """Whether something waits for an answer."""
        return bool(self._waiting)

    def _serve(self) -> None:
        while True:
            with self._lock:
                while not self._waiting and not self._has_ended:
                    self._lock.wait()
                if self._has_ended:
                    return
                self._lock.wait_for(lambda: self._has_ended, self._gather)
            self._ask_all()

    def _ask_all(self) -> None:
        """Ask until nothing waits any more, wherever that can be."""
        place: Place | None = None
        shown: Shown | None = None
        has_told = False
        note = ""
        while self._waiting and not self._has_ended:
            if place is None:
                place, shown = self._places.free(), None
                if place is None and not self._places.can_come():
                    return self._settle_all(NOBODY)
            if not has_told and (place is None or not place.is_own):
                has_told = True
                self._places.tell(self._in_words())
            if place is not None and (now_shown := self._shown()) != shown:
                place.show(now_shown)
                shown = now_shown
            if place is not None and not self._take(place.answers()):
                place = None
            note = self._expire() or note
            with self._lock:
                self._lock.wait_for(lambda: not self._waiting or self._has_ended, _LOOK_EVERY)
        if place is not None:
            place.show(Shown((), self._who, note))
        return None

    def _shown(self) -> Shown:
        with self._lock:
            return Shown(tuple(one.call for one in self._waiting.values()), self._who)

    def _in_words(self) -> str:
        calls = self._shown().calls
        first = f" {calls[0].text} in {escaped(calls[0].where)}" if calls else ""
        more = f", and {len(calls) - 1} more" if len(calls) > 1 else ""
        return f"{self._who} wants{first}{more}"

    def _take(self, answers: Mapping[int, str] | None) -> bool:
        if answers is None:
            return False
        with self._lock:
            for one in list(self._waiting.values()):
                if answer := answers.get(one.call.number):
                    self._settle(one, answer)
            # what was allowed for longer may allow others that wait
            now = self._clock()
            for one in list(self._waiting.values()):
                consents = self._consents[one.call.where]
                if all(consents.covers(each, now) for each in one.asked):
                    self._settle(one, _covered_by(consents, one.asked))
        return True

    def _expire(self) -> str:
        with self._lock:
            late = [one for one in self._waiting.values() if one.until <= self._clock()]
            for one in late:
                self._settle(one, TOO_LATE)
        return f"no answer within {self._seconds:.0f} s: refused" if late else ""

    def _settle_all(self, answer: str) -> None:
        with self._lock:
            for one in list(self._waiting.values()):
                self._settle(one, answer)

    def _settle(self, one: _Waiting, answer: str) -> None:
        where = one.call.where
        self._consents[where] = self._consents[where].after(answer, one.asked, self._clock())
        one.answer = answer
        self._waiting.pop(one.key, None)
        one.is_answered.set()


def allows(answer: str) -> bool:
    """Tell whether an answer lets the call pass."""
    return answer not in (NO, NOBODY, TOO_LATE, INTERRUPTED)


def _covered_by(consents: Consents, asked: Sequence[Asked]) -> str:
    return ALWAYS if all(one.action in consents.always for one in asked) else MINUTES
