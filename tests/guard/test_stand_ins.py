"""Stand-in keys look like real ones, show no secret, and lead to the credentials of now."""

from __future__ import annotations

import re

import pytest

from awsactivate.frozen import replace
from awsactivate.guard import stand_ins
from awsactivate.guard.stand_ins import RANDOMNESS, StandIns
from guard.keys import REAL, STAND_IN

BYTES = bytes(range(7, 7 + RANDOMNESS))


def test_they_have_the_form_of_real_ones() -> None:
    temporary = stand_ins.made(BYTES, temporary=True)
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", STAND_IN.access_key_id)
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", temporary.access_key_id)
    assert re.fullmatch(r"[A-Za-z0-9/+]{40}", temporary.secret_access_key)
    assert (STAND_IN.session_token, len(temporary.session_token or "")) == (None, 128)


def test_they_are_made_of_all_the_randomness_that_they_need() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        stand_ins.made(BYTES[:-1])
    keys = {
        stand_ins.made(bytes(BYTES[:at] + b"\0" + BYTES[at + 1 :]), temporary=True)
        for at in range(RANDOMNESS)
    }
    assert len(keys) == RANDOMNESS


def test_no_secret_is_shown() -> None:
    temporary = stand_ins.made(BYTES, temporary=True)
    shown = repr(temporary)
    assert temporary.secret_access_key not in shown
    assert str(temporary.session_token) not in shown


def test_the_own_one_leads_to_the_session_of_now() -> None:
    sessions = iter((REAL, replace(REAL, access_key_id="ASIARENEWED")))
    run = StandIns(STAND_IN, lambda: next(sessions))
    found = run.find(STAND_IN.access_key_id)
    assert found == STAND_IN
    assert [run.credentials(found).access_key_id for _ in range(2)] == [REAL.access_key_id, "ASIARENEWED"]


def test_one_that_was_handed_out_leads_to_what_it_was_for() -> None:
    role = replace(REAL, access_key_id="ASIAROLE")
    run = StandIns(STAND_IN, lambda: REAL)
    handed_out = run.hand_out(BYTES, role)
    assert run.find(handed_out.access_key_id) == handed_out
    assert run.credentials(handed_out) == role


def test_a_key_of_another_run_is_unknown() -> None:
    assert StandIns(STAND_IN, lambda: REAL).find("AKIAEXAMPLE") is None
