"""A code typed at a program's question, as a quick person types it."""

from __future__ import annotations

import time

import pexpect
import pyotp

_BETWEEN = 0.15  # seconds from one digit to the next


def type_code(child: pexpect.spawn, serial: str, seed: str) -> float:
    """Answer the question for a device's code, which ends in its serial; return when the last digit went."""
    child.expect_exact(f"{serial}: ")
    digits = pyotp.TOTP(seed).now()
    for digit in digits[:-1]:
        time.sleep(_BETWEEN)
        child.send(digit)
    time.sleep(_BETWEEN)
    begin = time.perf_counter()
    child.send(digits[-1] + "\r")
    return begin
