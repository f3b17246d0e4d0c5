"""The names of role sessions: one session, one name."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.sessions.session_names import (
    ALPHABET,
    EPOCH_2026,
    is_nonce,
    nonce,
    nonce_age,
    renewed,
    session_name,
    user_of,
)

NONCE = "k3v9q2m7xd"


def test_the_alphabet_has_32_digits_and_letters_in_order() -> None:
    left_out = set("ilou")
    assert [*ALPHABET] == [
        letter for letter in string.digits + string.ascii_lowercase if letter not in left_out
    ]
    assert len(ALPHABET) == 32


def test_the_epoch_is_the_first_minute_of_2026() -> None:
    assert datetime(2026, 1, 1, tzinfo=UTC).timestamp() == EPOCH_2026


@pytest.mark.parametrize(
    ("minutes", "made"),
    [
        (0, "00000abcde"),
        (1, "00001abcde"),
        (31, "0000zabcde"),
        (32, "00010abcde"),
        (32**5 - 1, "zzzzzabcde"),
        (32**5, "00000abcde"),
        (470_000, "0eazgabcde"),
    ],
)
def test_a_nonce_begins_with_the_minutes_as_five_digits(minutes: int, made: str) -> None:
    assert nonce(minutes, "abcde") == made


@given(minutes=st.integers(0, 32**5 - 1), later=st.integers(0, 32**5 - 1))
def test_the_age_of_a_nonce_can_be_read_off_it_even_after_the_count_began_anew(
    minutes: int, later: int
) -> None:
    assert nonce_age(nonce(minutes, "zzzzz"), minutes + later) == later


@pytest.mark.parametrize("random", ["", "abcd", "abcdef", "abcdE", "abcdl"])
def test_a_nonce_needs_five_random_characters_of_the_alphabet(random: str) -> None:
    with pytest.raises(ValueError, match="a nonce needs 5 characters of 0123456789abcdefghjkmnpqrstvwxyz"):
        nonce(0, random)


@pytest.mark.parametrize("text", ["", "0000", "0000000000a", "000000000l", "000000000A", "00000 0000"])
def test_what_is_no_nonce_has_no_age(text: str) -> None:
    assert not is_nonce(text)
    with pytest.raises(ValueError, match="is not 10 characters of 0123456789abcdefghjkmnpqrstvwxyz"):
        nonce_age(text, 0)


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("alice", "alice=k3v9q2m7xd"),
        ("a+b=c,d.e@f-g_h", "a+b=c,d.e@f-g_h=k3v9q2m7xd"),
        ("DOMAIN\\bob smith", "DOMAINbobsmith=k3v9q2m7xd"),
        ("jörg", "jrg=k3v9q2m7xd"),
        ("李", "awsactivate=k3v9q2m7xd"),
        ("", "awsactivate=k3v9q2m7xd"),
        ("x" * 53, "x" * 53 + "=k3v9q2m7xd"),
        ("x" * 64, "x" * 53 + "=k3v9q2m7xd"),
    ],
)
def test_a_name_is_what_aws_allows_of_the_user_and_fits_64(user: str, name: str) -> None:
    assert session_name(user, NONCE) == name
    assert len(name) <= 64


@pytest.mark.parametrize("user", ["alice", "a=b", "a=b=0123456789", "u" * 53, "a.b@c+d,e"])
def test_the_user_can_be_read_off_a_name(user: str) -> None:
    assert user_of(session_name(user, NONCE)) == user


@pytest.mark.parametrize("name", ["alice", "=0123456789", "0123456789", "alice=012345678"])
def test_a_name_without_a_nonce_is_the_users(name: str) -> None:
    assert user_of(name) == name


def test_a_name_can_be_given_another_nonce() -> None:
    assert renewed("a=b=k3v9q2m7xd", "0000000000") == "a=b=0000000000"
