"""Codes are those of RFC 6238."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest

from awsactivate.errors import MfaError
from awsactivate.mfa import totp

# RFC 6238, appendix B: the ASCII digits repeated to the length of each hash.
KEYS = {
    "SHA1": b"12345678901234567890",
    "SHA256": b"12345678901234567890123456789012",
    "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
SEED = base64.b32encode(KEYS["SHA1"]).decode()


@pytest.mark.parametrize(
    ("at", "algorithm", "expected"),
    [
        (59, "SHA1", "94287082"),
        (59, "SHA256", "46119246"),
        (59, "SHA512", "90693936"),
        (1111111109, "SHA1", "07081804"),
        (1111111109, "SHA256", "68084774"),
        (1111111109, "SHA512", "25091201"),
        (1111111111, "SHA1", "14050471"),
        (1111111111, "SHA256", "67062674"),
        (1111111111, "SHA512", "99943326"),
        (1234567890, "SHA1", "89005924"),
        (1234567890, "SHA256", "91819424"),
        (1234567890, "SHA512", "93441116"),
        (2000000000, "SHA1", "69279037"),
        (2000000000, "SHA256", "90698825"),
        (2000000000, "SHA512", "38618901"),
        (20000000000, "SHA1", "65353130"),
        (20000000000, "SHA256", "77737706"),
        (20000000000, "SHA512", "47863826"),
    ],
)
def test_the_vectors_of_the_rfc_hold(at: int, algorithm: str, expected: str) -> None:
    seed = base64.b32encode(KEYS[algorithm]).decode()
    assert totp.code(seed, at, digits=8, algorithm=algorithm) == expected


def test_by_default_a_code_is_six_digits_of_sha1() -> None:
    assert totp.code(SEED, 59.9) == "287082"


@pytest.mark.parametrize(
    "seed",
    [
        SEED.lower(),
        " ".join(SEED[i : i + 4] for i in range(0, len(SEED), 4)),
        "-".join(SEED[i : i + 4] for i in range(0, len(SEED), 4)),
        f" {SEED}\n",
        SEED.lower() + "====",
    ],
)
def test_a_seed_is_read_as_sites_print_it(seed: str) -> None:
    assert totp.code(seed, 59) == "287082"


def test_a_seed_without_its_padding_is_read() -> None:
    key = b"1234567890123456"
    padded = base64.b32encode(key).decode()
    assert padded.endswith("=")
    assert totp.code(padded.rstrip("="), 59) == totp.code(padded, 59)


@pytest.mark.parametrize(
    "seed", ["", "  ", "SECRET1SECRET1SECRET1SECRET1", "SECRETÜ" * 4, "SECRET" * 4 + "A", "SECRET"]
)
def test_what_is_no_seed_is_refused_without_being_shown(seed: str) -> None:
    with pytest.raises(MfaError, match="the TOTP seed is") as refusal:
        totp.code(seed, 59)
    assert "SECRET" not in refusal.value.message
    assert "SECRET" not in repr(refusal.value.__cause__)


def test_an_unknown_algorithm_is_named() -> None:
    with pytest.raises(MfaError, match="'MD5' is not one of SHA1, SHA256, SHA512"):
        totp.code(SEED, 59, algorithm="MD5")


@pytest.mark.parametrize(
    ("at", "number", "left"), [(0, 0, 30), (29.5, 0, 1), (30, 1, 30), (59.999, 1, 1), (31, 1, 29)]
)
def test_a_window_lasts_thirty_seconds(at: float, number: int, left: int) -> None:
    assert (totp.window(at), totp.seconds_to_next_window(at)) == (number, left)


def test_the_hour_that_local_time_repeats_in_autumn_has_its_own_codes() -> None:
    """At 2026-10-25 00:30 UTC and an hour later, clocks in Berlin show 02:30 both times."""
    program = (
        "from awsactivate.mfa import totp\n"
        f"print(totp.code({SEED!r}, 1792888200), totp.code({SEED!r}, 1792891800))"
    )
    shown = {
        zone: subprocess.run(
            [sys.executable, "-c", program], env={"TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ("UTC", "Europe/Berlin")
    }
    assert shown["UTC"] == shown["Europe/Berlin"]
    assert len(set(shown["UTC"].split())) == 2


def test_the_module_alone_does_not_load_pyotp() -> None:
    program = "import sys, awsactivate.mfa.totp; sys.exit('pyotp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
