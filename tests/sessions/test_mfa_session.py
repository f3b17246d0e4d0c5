"""An MFA session as a shell keeps it, and what a plan may begin with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.mfa_session import MfaSession, parsed, shown, written
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.sources import Source
from awsactivate.sessions.steps import Step

NOW = 1_795_425_300.0
SERIAL = "arn:aws:iam::111122223333:mfa/alice"
HELD = MfaSession(
    Source("keyring", "alice"),
    SERIAL,
    Credentials("ASIAKEY", 'it\'s "secret"\n', "token", datetime.fromtimestamp(NOW + 3600, UTC)),
)
STEP = Step("AssumeRole", 3600, role_arn="arn:aws:iam::111122223333:role/terraform", mfa_serial=SERIAL)
PLAN = Plan("prod", "prod", Source("keyring", "alice"), (STEP,))


def test_what_is_written_is_read_back_and_shows_no_secret() -> None:
    assert parsed(written(HELD)) == HELD
    assert shown(HELD) == f"{SERIAL} {int(NOW) + 3600}"
    assert "secret" not in repr(HELD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "{}",
        "null",
        '{"source": 1}',
        '{"source": ["a", "b"], "credentials": [1, 2], "serial": ""}',
        '{"source": ["a", "b"], "serial": "", "credentials": ["a", "b", "c", "tomorrow"]}',
        '{"source": ["a", "b"], "serial": "", "credentials": ["a", "b", "c", "2026-11-23T10:00:00"]}',
        "[" * 10_000,
    ],
)
def test_what_is_not_whole_is_no_session(text: str) -> None:
    assert parsed(text) is None


@pytest.mark.parametrize(
    ("plan", "now", "serves"),
    [
        (PLAN, NOW, True),
        (PLAN, NOW + 3539, True),
        (PLAN, NOW + 3541, False),
        (replace(PLAN, source=Source("keyring", "bob")), NOW, False),
        (replace(PLAN, source=Source("profile", "alice")), NOW, False),
        (replace(PLAN, steps=(replace(STEP, mfa_serial=SERIAL + "2"),)), NOW, False),
        (replace(PLAN, steps=(replace(STEP, mfa_serial=None),)), NOW, True),
        (replace(PLAN, steps=()), NOW, False),
        (replace(PLAN, steps=(Step("GetSessionToken", 3600, mfa_serial=SERIAL),)), NOW, False),
    ],
)
def test_it_serves_the_same_key_and_device_as_long_as_it_lasts(plan: Plan, now: float, serves: bool) -> None:
    assert HELD.serves(plan, now) is serves


def test_another_key_in_the_environment_could_be_another_users() -> None:
    held = replace(HELD, source=Source("environment", "AWS_ACCESS_KEY_ID"))
    plan = replace(PLAN, source=held.source)
    assert held.serves(plan, NOW)
    assert not held.serves(replace(plan, steps=(replace(STEP, mfa_serial=None),)), NOW)
