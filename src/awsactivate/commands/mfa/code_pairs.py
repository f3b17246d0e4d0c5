"""Two codes that follow each other, as AWS wants them to enable a device or to learn its clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from awsactivate.commandline import Context
from awsactivate.errors import MfaCodeRefusedError, MfaError
from awsactivate.files.user_folders import state_folder
from awsactivate.keychain.item import Seed
from awsactivate.mfa import totp
from awsactivate.mfa.used_codes import UsedCodes
from awsactivate.person import terminal

_TRIES = 3
_DIGITS = 6

EXPLANATION = "type two codes of the device: the one it shows now, then the next one"


def send(
    serial: str,
    seed: Seed | None,
    use: Callable[[tuple[str, str]], None],
    context: Context,
    *,
    is_explained: bool = False,
) -> None:
    """Give `use` pairs of codes, from `seed` or as typed, until AWS takes one; remember that it did.

    `is_explained` tells that the person knows already what is to be typed. MfaError where three pairs were
    refused, or the one that the seed gave.
    """
    used = UsedCodes(state_folder(context.environ), warn=terminal.say_of_state)
    pairs = (
        _type(serial, is_explained=is_explained) if seed is None else iter([_compute(seed, used, context)])
    )
    for codes in pairs:
        try:
            use(codes)
        except MfaCodeRefusedError as error:
            terminal.say(f"{error.message}: they must be of this device, and follow each other")
        else:
            used.record(serial, codes[1], context.clock())
            return
    raise MfaError(
        f"AWS took no pair of codes for {serial}",
        "set the clock of the device, or of this machine, and begin again",
    )


def _compute(seed: Seed, used: UsedCodes, context: Context) -> tuple[str, str]:
    first_at = context.clock()
    window = totp.window(first_at, seed.period)
    # AWS has seen both after this, and takes neither to sign in with
    used.reserve(seed.serial, window + 1)
    wait = (window + 1) * seed.period - first_at
    terminal.countdown(wait, "the second code comes in", clock=context.clock, sleep=time.sleep)
    return seed.code(first_at), seed.code((window + 1) * seed.period)


def _type(serial: str, *, is_explained: bool) -> Iterator[tuple[str, str]]:
    for number in range(_TRIES):
        if number > 0 or not is_explained:
            terminal.say(EXPLANATION)
        first = _ask_six_digits(serial)
        terminal.say("now wait until the device shows another one")
        second = _ask_six_digits(serial)
        if second == first:
            terminal.say("that was the same code again")
            second = _ask_six_digits(serial)
        yield first, second


def _ask_six_digits(serial: str) -> str:
    for _ in range(_TRIES):
        code = terminal.ask_code(serial)
        if len(code) == _DIGITS:
            return code
        terminal.say(f"an MFA code is six digits; this one had {len(code)}")
    raise MfaError(f"three tries gave no MFA code for {serial}")
