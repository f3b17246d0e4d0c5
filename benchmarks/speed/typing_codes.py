"""A code typed at a program's question, as a quick person types it."""

from __future__ import annotations

import time

import pexpect
import pyotp

_BETWEEN = 0.15  # seconds from one digit to the next
_WINDOW = 30  # seconds for which a device shows one code
_used: dict[str, int] = {}  # device → the window whose code AWS has seen


def fresh_code(serial: str, seed: str) -> str:
    """Return the device's code, which AWS is going to see."""
    now = time.time()
    _used[serial] = int(now) // _WINDOW
    return pyotp.TOTP(seed).at(int(now))


def wait_until_unused(serial: str) -> None:
    """Wait until the device shows another code than the one that AWS has seen: it takes none twice."""
    while _used.get(serial, -1) >= int(time.time()) // _WINDOW:
        time.sleep(0.2)


def type_code(child: pexpect.spawn, serial: str, seed: str) -> float:
    """Answer the question for a device's code, which ends in its serial; return when the last digit went.

    Whoever starts the program waits beforehand until the device has a code that was not used.
    """
    child.expect_exact(f"{serial}: ")
    digits = fresh_code(serial, seed)
    for digit in digits[:-1]:
        time.sleep(_BETWEEN)
        child.send(digit)
    time.sleep(_BETWEEN)
    begin = time.perf_counter()
    child.send(digits[-1] + "\r")
    return begin
