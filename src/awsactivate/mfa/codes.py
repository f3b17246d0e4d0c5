"""Where an MFA code comes from: the sources in their order, each asked as long as another code may help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, Protocol

from awsactivate.errors import MfaError
from awsactivate.frozen import dataclass, field
from awsactivate.mfa import totp
from awsactivate.mfa.piped_codes import read_code_from_process, read_code_from_stdin
from awsactivate.mfa.used_codes import UsedCodes
from awsactivate.person import terminal

_TRIES = 3
_RECENT = 60  # seconds after an accepted code in which a refusal may well mean "used already"
_NEXT_COMES_IN = "this MFA code was used already; the next one comes in"


@dataclass(frozen=True)
class Code:
    """A code to send to AWS once, and where it came from."""

    value: str = field(repr=False)
    origin: Literal["option", "environment", "process", "seed", "terminal"]


class Seed(Protocol):
    """A TOTP seed, such as `identity.Seed`."""

    @property
    def period(self) -> int:
        """The seconds for which a code is valid."""

    def code(self, at: float) -> str:
        """Return the code of the time `at`, in seconds since the epoch."""


class Countdown(Protocol):
    """A wait that says why and how long, as `terminal.countdown` does."""

    def __call__(
        self, seconds: float, text: str, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        """Wait for `seconds`."""


class Codes(Iterator[Code]):
    """The codes to try for the device `serial`, one after the other until AWS accepts one.

    Whoever sends a code says `note_accepted(code)` or, before asking for the next one, `note_refused(code)`.
    The iteration ends with MfaError where no code is left to try, saying why.

    `given` is what `--mfa-code` was given, `process` the profile's `mfa_process`, run with `environ`; `seed`
    finds the TOTP seed of a device, None where none is kept.
    """

    def __init__(
        self,
        serial: str,
        *,
        given: str | None,
        environ: Mapping[str, str],
        process: str | None,
        profile: str,
        used: UsedCodes,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        seed: Callable[[str], Seed | None] = lambda _serial: None,
        ask: Callable[[str], str] = terminal.ask_code,
        say: Callable[[str], None] = terminal.say,
        countdown: Countdown = terminal.countdown,
    ) -> None:
        self._serial = serial
        self._given = given
        self._environ = environ
        self._process = process
        self._profile = profile
        self._used = used
        self._clock = clock
        self._sleep = sleep
        self._seed = seed
        self._ask = ask
        self._say = say
        self._countdown = countdown
        self._skew = ""
        self._codes = self._sequence()

    def __next__(self) -> Code:
        """Return the next code to send; MfaError where there is none."""
        return next(self._codes)

    def note_accepted(self, code: Code) -> None:
        """Remember that AWS took `code`, and takes it no second time."""
        self._used.record(self._serial, code.value, self._clock())

    def note_refused(self, code: Code, skew: str = "") -> None:
        """Hear that AWS refused `code`; `skew` says how far this machine's clock is off, '' if it is not."""
        del code
        self._skew = skew

    def _sequence(self) -> Iterator[Code]:
        if self._given is not None:
            text = read_code_from_stdin() if self._given == "-" else self._given
            yield from self._once(Code(_without_spaces(text), "option"), "--mfa-code")
        elif self._environ.get("AWSACTIVATE_MFA_CODE"):
            text = self._environ["AWSACTIVATE_MFA_CODE"]
            yield from self._once(Code(_without_spaces(text), "environment"), "AWSACTIVATE_MFA_CODE")
        elif self._process:
            yield from self._from_process(self._process)
        elif seed := self._seed(self._serial):
            yield from self._from_seed(seed)
        else:
            yield from self._from_terminal()

    def _once(self, code: Code, name: str) -> Iterator[Code]:
        if not _is_code(code.value):
            raise MfaError(f"{name}: an MFA code is six digits")
        if wait := self._claim(code.value):
            raise MfaError(f"{name}: {_NEXT_COMES_IN} {wait} s")
        yield code
        raise MfaError(f"{name}: {self._refusal()}", self._hint())

    def _from_process(self, command: str) -> Iterator[Code]:
        name = f"mfa_process of profile {self._profile!r}"
        first = self._run_until_unclaimed(command, name)
        yield Code(first, "process")
        if not self._is_recent():
            raise MfaError(f"{name}: {self._refusal()}", self._hint())
        self._wait(totp.seconds_to_next_window(self._clock()))
        yield Code(self._run_until_unclaimed(command, name, before=first), "process")
        raise MfaError(f"{name}: {self._refusal()}", self._hint())

    def _run_until_unclaimed(self, command: str, name: str, before: str = "") -> str:
        """Run the command until it prints a code that nobody has sent; MfaError where it repeats itself."""
        while True:
            code = read_code_from_process(command, self._environ, name)
            if code == before:
                raise MfaError(f"{name} printed a used MFA code twice, and AWS takes none twice")
            if not (wait := self._claim(code)):
                return code
            before = code
            self._wait(wait)

    def _from_seed(self, seed: Seed) -> Iterator[Code]:
        yield Code(self._wait_for_unused_code(seed), "seed")
        if self._is_recent():
            yield Code(self._wait_for_unused_code(seed), "seed")
        raise MfaError(f"the TOTP seed of {self._serial}: {self._refusal()}", self._hint())

    def _wait_for_unused_code(self, seed: Seed) -> str:
        """Return the code of the first window from now on that no process has used."""
        while True:
            now = self._clock()
            code = seed.code(now)
            is_own = self._used.reserve(self._serial, totp.window(now, seed.period))
            if is_own and not self._claim(code):
                return code
            self._wait(totp.seconds_to_next_window(now, seed.period))

    def _from_terminal(self) -> Iterator[Code]:
        refusals = 0
        for tries_left in reversed(range(_TRIES)):
            code = self._ask_until_unused()
            if _is_code(code):
                yield Code(code, "terminal")
                refusals += 1
                trouble = self._refusal()
            else:
                trouble = f"an MFA code is six digits; this one had {len(code)}"
            if tries_left:
                self._say(trouble)
        if refusals == _TRIES:
            raise MfaError(self._refusal(f"three MFA codes for {self._serial}"), self._hint())
        raise MfaError(f"three tries gave no MFA code that AWS takes for {self._serial}", self._hint())

    def _ask_until_unused(self) -> str:
        """Ask until the answer is another code than the last accepted, which would only be refused again."""
        while True:
            code = _without_spaces(self._ask(self._serial))
            wait = self._seconds_until_unused(code)
            if not wait:
                return code
            self._say(f"{_NEXT_COMES_IN} {wait} s")

    def _wait(self, seconds: int) -> None:
        self._countdown(seconds, _NEXT_COMES_IN, clock=self._clock, sleep=self._sleep)

    def _claim(self, code: str) -> int:
        """Have no other process send `code`; the seconds to wait where one has, or is about to."""
        return self._used.claim(self._serial, code, self._clock())

    def _seconds_until_unused(self, code: str) -> int:
        return self._used.was_last_accepted(self._serial, code, self._clock())

    def _is_recent(self) -> bool:
        return self._used.accepted_within(self._serial, _RECENT, self._clock())

    def _refusal(self, what: str = "this MFA code") -> str:
        return describe_refusal(what, self._is_recent(), self._skew)

    def _hint(self) -> str:
        return f"awsactivate show {self._profile} tells which device is asked for, and why"


def describe_refusal(what: str, is_recent: bool, skew: str) -> str:
    """Say that AWS refused `what`, with why it may have: another was accepted just before, a clock is off."""
    used = "it may have been used already" if is_recent else ""
    return "; ".join(filter(None, (f"AWS refused {what}", used, skew)))


def _is_code(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdigit()


def _without_spaces(text: str) -> str:
    return "".join(text.split())
