"""The tag by which a user's sessions are denied, as a value."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.revocation.tag import (
    Revocations,
    TooLongError,
    age_seconds,
    parse,
    stamped,
    text,
    with_all_revoked,
    with_exempt,
    with_revoked,
    without,
    without_all,
    without_expired,
)
from awsactivate.sessions import limits, session_names

NOW = 1_795_425_300
HOUR = 3600


def id_of(user: str = "alice", seconds_ago: int = 0, salt: str = "00000") -> str:
    """Make the AssumedRoleId of a session named some time before NOW."""
    minutes = (NOW - seconds_ago - session_names.EPOCH_2026) // 60
    return f"AROAEXAMPLEROLEID0001:{user}={session_names.nonce(minutes, salt)}"


A, B, C = id_of(salt="aaaaa"), id_of(salt="bbbbb"), id_of(salt="ccccc")


@pytest.mark.parametrize(
    ("revocations", "value"),
    [
        (Revocations(), ""),
        (Revocations(revoked=(A,)), f"-{A}/"),
        (Revocations(revoked=(A, B)), f"-{A}/-{B}/"),
        (Revocations(all_since=NOW), f"ALL/t{NOW}/"),
        (Revocations(exempt=(C,), all_since=NOW), f"ALL/t{NOW}/+{C}/"),
        (Revocations((A,), (C,), NOW), f"ALL/t{NOW}/-{A}/+{C}/"),
    ],
)
def test_a_value_is_written_and_read_by_its_grammar(revocations: Revocations, value: str) -> None:
    assert text(revocations) == value
    assert parse(value) == revocations


@pytest.mark.parametrize(
    "value", ["x", "ALL/", "-a", f"-{A}", f"{A}/", f"-{A}/ALL/t1/", "ALL/t1", "*", "-A:b*/"]
)
def test_what_is_not_of_the_grammar_is_somebody_elses(value: str) -> None:
    with pytest.raises(ValueError, match="did not write"):
        parse(value)


@pytest.mark.parametrize("user", ["alice", "a=b", "a.b@c+d,e", "u" * 53])
def test_any_users_name_survives_the_tag(user: str) -> None:
    one = id_of(user)
    assert parse(text(Revocations(revoked=(one,)))).revoked == (one,)


def test_a_revoked_session_is_denied_and_no_other() -> None:
    revocations = with_revoked(Revocations(), {A: NOW}, now=NOW)
    assert [revocations.denies(id_) for id_ in (A, B)] == [True, False]


def test_all_denies_every_session_but_the_exempt() -> None:
    revocations = with_all_revoked(Revocations(), now=NOW, living=[C])
    assert [revocations.denies(id_) for id_ in (A, B, C)] == [True, True, False]


def test_revoking_an_exempt_session_ends_its_exemption() -> None:
    revocations = with_revoked(
        with_all_revoked(Revocations(), now=NOW, living=[C]), {C: NOW + 9}, now=NOW + 9
    )
    assert revocations == Revocations(revoked=(C,), all_since=NOW)


def test_a_list_that_does_not_fit_becomes_all_but_the_living() -> None:
    revocations, ids = Revocations(), [id_of(salt=f"{n:05d}") for n in range(12)]
    for id_ in ids:
        revocations = with_revoked(revocations, {id_: NOW}, now=NOW, living=[C])
        assert len(text(revocations)) <= limits.LONGEST_TAG_VALUE
    assert all(revocations.denies(id_) for id_ in ids)
    assert not revocations.denies(C)
    assert revocations.all_since == NOW


def test_of_too_many_living_sessions_the_first_that_fit_are_exempt() -> None:
    living = [id_of(salt=f"{n:05d}") for n in range(12)]
    revocations = with_all_revoked(Revocations(), now=NOW, living=living)
    assert revocations == Revocations(exempt=tuple(living[:6]), all_since=NOW)


def test_an_exemption_for_which_there_is_no_room_is_refused() -> None:
    full = with_all_revoked(Revocations(), now=NOW, living=[id_of(salt=f"{n:05d}") for n in range(12)])
    with pytest.raises(TooLongError, match="more than a tag's 256"):
        with_exempt(full, A)


def test_what_was_revoked_before_all_was_needs_no_entry_of_its_own() -> None:
    everything = Revocations(all_since=NOW)
    revocations = with_revoked(everything, {A: NOW - 9, B: NOW, C: NOW + 1}, now=NOW + 9)
    assert revocations == Revocations(revoked=(C,), all_since=NOW)


def test_an_earlier_all_never_replaces_a_later_one() -> None:
    assert with_all_revoked(Revocations(all_since=NOW), now=NOW - 9) == Revocations(all_since=NOW)


def test_a_session_whose_end_is_known_is_kept_until_then_whatever_its_name_says() -> None:
    """A person may leave the question for the code open: then the name is older than the session."""
    early, late, unknown = (id_of(seconds_ago=ago, salt=f"{ago:05d}") for ago in (600, 9000, 9001))
    revocations = Revocations(revoked=(early, late, unknown))
    ends = {early: NOW - 301, late: NOW - 299}
    assert without_expired(revocations, NOW, HOUR, ends) == Revocations(revoked=(late,))


def test_an_entry_lives_as_long_as_its_session_can_and_five_minutes() -> None:
    young, old = id_of(seconds_ago=HOUR + 240), id_of(seconds_ago=HOUR + 420)
    assert without_expired(Revocations(revoked=(young, old)), NOW, HOUR).revoked == (young,)


def test_all_is_dropped_with_its_exemptions_when_no_session_from_before_can_live() -> None:
    revocations = Revocations((A,), (C,), NOW - HOUR - 301)
    assert without_expired(revocations, NOW, HOUR) == Revocations(revoked=(A,))
    kept = Revocations((A,), (C,), NOW - HOUR - 299)
    assert without_expired(kept, NOW, HOUR) == kept


def test_a_name_from_a_clock_ahead_is_new_not_sixty_years_old() -> None:
    ahead = id_of(seconds_ago=-180)
    assert age_seconds(ahead, NOW) == 0
    assert without_expired(Revocations(revoked=(ahead,)), NOW, HOUR).revoked == (ahead,)


def test_a_name_that_tells_no_age_stays() -> None:
    plain = "AROAEXAMPLEROLEID0001:alice"
    assert age_seconds(plain, NOW) is None
    assert without_expired(Revocations(revoked=(plain,)), NOW, HOUR).revoked == (plain,)


def test_one_denial_can_be_lifted() -> None:
    assert without(Revocations(revoked=(A, B)), A) == Revocations(revoked=(B,))


def test_the_denial_of_all_can_be_lifted() -> None:
    assert without_all(Revocations((A,), (C,), NOW)) == Revocations(revoked=(A,))


def test_a_new_session_is_exempted_once() -> None:
    revocations = with_exempt(with_exempt(Revocations(all_since=NOW), A), A)
    assert revocations == Revocations(exempt=(A,), all_since=NOW)


@given(st.integers(0, 2**32))
def test_a_thousand_revocations_over_days_lose_none_that_lives_and_keep_none_that_does_not(seed: int) -> None:
    rng = random.Random(seed)
    now, tag = NOW, ""
    denied: dict[str, int] = {}
    for number in range(60):
        now += rng.randrange(0, 2400)
        minutes = (now - session_names.EPOCH_2026) // 60
        salt = "".join(rng.choice(session_names.ALPHABET) for _ in range(5))
        one = f"AROAEXAMPLEROLEID0001:alice={session_names.nonce(minutes, salt)}"
        denied[one] = number and now
        current = without_expired(parse(tag), now, HOUR)
        tag = text(with_revoked(current, {one: now}, now=now))
        alive = [id_ for id_ in denied if (age_seconds(id_, now) or 0) <= HOUR]
        assert all(parse(tag).denies(id_) for id_ in alive)
        assert len(tag) <= limits.LONGEST_TAG_VALUE
    ended = without_expired(parse(tag), now + 2 * HOUR + 1000, HOUR)
    assert ended == Revocations()


def lying(minutes_from_now: int, salt: str = "aaaaa") -> str:
    """The id of a session whose name tells of another time than that at which it began."""
    return id_of(seconds_ago=-60 * minutes_from_now, salt=salt)


@pytest.mark.parametrize("minutes", [-70, -3 * 24 * 60, -10 * 365 * 24 * 60, 7, 60, 5 * 365 * 24 * 60])
def test_an_entry_whose_name_lies_about_its_age_is_kept_by_the_time_of_its_writing(minutes: int) -> None:
    """A name is chosen by whoever assumes the role; dropped too early, its entry lifts the revocation."""
    one = lying(minutes)
    revoked = stamped(with_revoked(Revocations(), {one: NOW}, now=NOW), NOW, HOUR)
    assert text(revoked) == f"-{one}/t{NOW}/"
    assert parse(text(revoked)) == revoked
    for later, is_kept in ((0, True), (HOUR + 299, True), (HOUR + 301, False)):
        kept = without_expired(parse(text(revoked)), NOW + later, HOUR)
        assert (one in kept.revoked) == is_kept, later
        assert kept.denies(one) == is_kept


@pytest.mark.parametrize("minutes", [-64, -30, 0, 4])
def test_an_entry_whose_name_may_be_true_needs_no_time(minutes: int) -> None:
    one = lying(minutes)
    assert text(stamped(Revocations(revoked=(one,)), NOW, HOUR)) == f"-{one}/"


def test_a_time_once_written_stays_and_goes_with_its_entry() -> None:
    one, other = lying(90), lying(-90, "bbbbb")
    first = stamped(Revocations(revoked=(one,)), NOW, HOUR)
    second = stamped(with_revoked(first, {other: NOW + 60}, now=NOW + 60), NOW + 60, HOUR)
    assert text(second) == f"-{one}/t{NOW}/-{other}/t{NOW + 60}/"
    assert without(second, one).revoked == (other,)
    assert text(stamped(without(second, one), NOW + 60, HOUR)) == f"-{other}/t{NOW + 60}/"
    assert without_expired(second, NOW + HOUR + 330, HOUR) == Revocations((other,), at={other: NOW + 60})


def test_an_exemption_under_a_lying_name_is_kept_too() -> None:
    one = lying(600)
    exempt = stamped(with_exempt(Revocations(all_since=NOW), one), NOW, HOUR)
    assert text(exempt) == f"ALL/t{NOW}/+{one}/t{NOW}/"
    assert not without_expired(parse(text(exempt)), NOW + HOUR, HOUR).denies(one)


def test_times_for_which_there_is_no_room_deny_all_but_the_living() -> None:
    liars = [lying(60 + n, f"{n:05d}") for n in range(6)]
    full = Revocations()
    for one in liars:
        full = with_revoked(full, {one: NOW}, now=NOW)
    assert full.all_since is None
    result = stamped(full, NOW, HOUR, living=[C])
    assert len(text(result)) <= limits.LONGEST_TAG_VALUE
    assert all(result.denies(one) for one in liars)
    assert not result.denies(C)
