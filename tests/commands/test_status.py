"""What `status` reads out of an environment."""

from __future__ import annotations

import pytest

from awsactivate.commands.status import MFA_SESSION_SHOWN, Held, MfaSessionHeld, describe, filled
from awsactivate.errors import UsageError
from awsactivate.sessions.durations import seconds

NOW = 1_795_425_300.0
ACTIVE = {
    "AWS_ACCESS_KEY_ID": "ASIAKEY",
    "AWS_REGION": "eu-west-1",
    "AWS_CREDENTIAL_EXPIRATION": "2026-11-23T10:15:00Z",
    "AWSACTIVATE_PROFILE": "prod",
    "AWSACTIVATE_ROLE_ARN": "arn:aws:iam::111122223333:role/team/terraform",
    "AWSACTIVATE_ASSUMED_ROLE_ID": "AROAID:alice=0123456789",
    "AWSACTIVATE_EXPIRATION": "1795428900",
}


def test_an_active_session_is_told_whole() -> None:
    assert describe(ACTIVE, NOW) == Held(
        profile="prod",
        role_arn="arn:aws:iam::111122223333:role/team/terraform",
        account="111122223333",
        region="eu-west-1",
        session_name="alice=0123456789",
        expiration="2026-11-23T10:15:00Z",
        seconds_left=3600,
    )


def test_an_expired_session_has_no_second_left() -> None:
    assert describe(ACTIVE, NOW + 4000).seconds_left == 0


@pytest.mark.parametrize("gone", ["AWSACTIVATE_PROFILE", "AWS_ACCESS_KEY_ID"])
def test_without_a_profile_or_a_key_there_is_no_session(gone: str) -> None:
    assert describe({name: value for name, value in ACTIVE.items() if name != gone}, NOW) == Held()


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{profile} {minutes}", "prod 60\n"),
        ("({profile} {role} {account} {region})", "(prod terraform 111122223333 eu-west-1)\n"),
        ("{seconds_left} {expiration} {session_name}", "3600 2026-11-23T10:15:00Z alice=0123456789\n"),
        ("{{{profile}}} {{minutes}}", "{prod} {minutes}\n"),
        ("", "\n"),
    ],
)
def test_a_format_is_filled_in(template: str, text: str) -> None:
    assert filled(template, describe(ACTIVE, NOW)) == text


@pytest.mark.parametrize(
    "template", ["{x}", "{}", "{profile.name}", "{profile!r}", "{profile", "profile}", "{ profile}"]
)
def test_a_format_of_what_is_not_there_is_refused(template: str) -> None:
    with pytest.raises(UsageError, match="--format: there is no"):
        filled(template, describe(ACTIVE, NOW))


def test_a_format_shows_what_is_not_known_as_nothing_and_controls_escaped() -> None:
    held = describe({"AWS_ACCESS_KEY_ID": "A", "AWSACTIVATE_PROFILE": "a\x1b[2Jb"}, NOW)
    assert filled("{profile}|{minutes}|{role}", held) == "'a\\x1b[2Jb'||\n"
    assert filled("{profile}", describe({}, NOW)) == ""


def test_a_session_that_is_served_is_one_too() -> None:
    environ = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/", "AWSACTIVATE_PROFILE": "prod"}
    assert describe(environ, NOW) == Held(profile="prod")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (f"arn {NOW + 60:.0f}", MfaSessionHeld("arn", "2026-11-23T09:16:00Z", 60)),
        (f"arn {NOW:.0f}", None),
        ("arn soon", None),
        ("arn " + "9" * 400, None),
        ("", None),
    ],
)
def test_the_mfa_session_of_a_shell_is_told(text: str, held: MfaSessionHeld | None) -> None:
    assert describe({MFA_SESSION_SHOWN: text}, NOW) == Held(mfa_session=held)


@pytest.mark.parametrize("hostile", ["", "9" * 400, "soon", "1e9", "a[$(id)]", "١٢٣", "-5"])
def test_an_expiration_that_is_not_all_digits_is_no_expiration(hostile: str) -> None:
    assert describe({**ACTIVE, "AWSACTIVATE_EXPIRATION": hostile}, NOW).seconds_left is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3600", 3600), ("45m", 2700), ("1h", 3600), ("1h30m", 5400), ("90s", 90), ("0", 0)],
)
def test_durations_are_read_as_people_write_them(text: str, expected: int) -> None:
    assert seconds("--duration", text) == expected


@pytest.mark.parametrize("text", ["", "h", "1d", "1.5h", "-5", "1h 30m", "٣"])
def test_what_is_no_duration_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match=r"--duration .*: a duration is written 45m, 1h, 1h30m or 3600"):
        seconds("--duration", text)
