"""`login` and `logout`: begun by us, ended by us, and `status` and `doctor` that tell until when."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from awsactivate.aws import sign_on
from awsactivate.commandline import Context, Parser
from awsactivate.commands import login, logout, status
from awsactivate.commands.doctor import keyring, sign_ins
from awsactivate.errors import (
    AwsactivateError,
    AwsError,
    KeyringError,
    ProfileError,
    SignInNeededError,
    UnreachableError,
    UsageError,
)
from awsactivate.keychain import index
from awsactivate.keychain.index_entry import SignInEntry
from awsactivate.profiles.read import read_profiles
from awsactivate.signin import cli_cache
from awsactivate.signin.key import Key
from awsactivate.signin.sso_token import SsoToken
from harness.keyrings import MemoryKeyring

from .conftest import START_URL, Desk

CORP = Key("sso", "corp")
NO_KEYRING = {"AWSACTIVATE_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture(autouse=True)
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be somebody to ask."""
    monkeypatch.setattr("awsactivate.person.terminal.can_ask", lambda: True)


def context(desk: Desk) -> Context:
    """Make what a command is given."""
    return Context(environ=desk.environ, clock=desk.aws.clock.now, program="x", release_stdout=lambda: None)


def run(desk: Desk, command: ModuleType, *words: str) -> list[str]:
    """Run a command, and return what it said."""
    parser = Parser("x")
    command.add_arguments(parser)
    desk.said.clear()
    assert command.run(parser.parse(list(words)), context(desk)) == 0
    return desk.said


def run_login(desk: Desk, *words: str) -> list[str]:
    return run(desk, login, *words)


def test_begun_and_ended(desk: Desk) -> None:
    said = run_login(desk, "corp")
    assert said[-1].startswith("signed in to corp until 20")
    assert said[-1].endswith(", and renewed by itself from then on")
    token = json.loads(next(iter(MemoryKeyring.items.values())))["accessToken"]
    assert desk.credentials().session_token
    assert token in desk.aws._state.portal
    said = run(desk, logout, "dev")
    assert said == [
        "signed out of corp",
        "credentials that were handed out before live until their own end",
    ]
    assert token not in desk.aws._state.portal
    assert desk.aws._state.sign_on.refresh_tokens == {}
    assert MemoryKeyring.items == {}
    with pytest.raises(SignInNeededError):
        desk.credentials()
    assert run(desk, logout) == ["nobody was signed in to corp"]
    assert run(desk, logout, "--all") == ["nobody was signed in"]


def test_a_token_of_the_aws_clis_is_ended_and_forgotten_too(desk: Desk) -> None:
    run_login(desk, "--share")
    file = cli_cache.path(CORP, desk.environ)
    assert (file.stat().st_mode & 0o777, MemoryKeyring.items) == (0o600, {})
    desk.aws.clock.advance(3601)  # its refresh token lives on at AWS
    assert run(desk, logout, "--all")[0] == "signed out of corp"
    assert not file.exists()
    assert desk.aws._state.sign_on.refresh_tokens == {}


def test_both_tokens_are_ended_where_the_aws_cli_has_one_too(desk: Desk) -> None:
    run_login(desk, "--share")
    run_login(desk)
    assert len(desk.aws._state.portal) == 2
    assert run(desk, logout)[0] == "signed out of corp"
    assert desk.aws._state.portal == {}
    assert not cli_cache.path(CORP, desk.environ).exists()


@pytest.mark.parametrize(
    ("code", "status", "kind", "said"),
    [
        (
            "ForbiddenException",
            403,
            AwsError,
            "profile 'dev': Logout: x (ForbiddenException): forgotten here",
        ),
        ("InternalServerException", 500, AwsError, "Logout: x (InternalServerException): forgotten here"),
    ],
)
def test_what_aws_refuses_is_forgotten_here_and_said(
    desk: Desk, code: str, status: int, kind: type[AwsactivateError], said: str
) -> None:
    run_login(desk)
    desk.aws.levers.fail_next("Logout", code, "x", status)
    with pytest.raises(kind) as raised:
        run(desk, logout, "dev")
    assert said in raised.value.message
    assert raised.value.exit_code == 6
    assert MemoryKeyring.items == {}


def test_a_sign_in_that_aws_has_ended_is_forgotten(desk: Desk) -> None:
    run_login(desk)
    desk.aws._state.portal.clear()
    assert run(desk, logout)[0] == "forgot the sign-in, which had ended already, to corp"
    assert MemoryKeyring.items == {}


def test_without_a_network_it_is_forgotten_here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run_login(desk)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(UnreachableError) as raised:
        run(desk, logout)
    assert raised.value.message.endswith("refuses the connection: forgotten here all the same")
    assert MemoryKeyring.items == {}


def test_what_no_configuration_names_is_ended_by_all_or_by_its_name(desk: Desk) -> None:
    for words in (["--all"], ["corp"]):
        run_login(desk, "--start-url", START_URL, "--sso-region", "us-east-1", "corp")
        (desk.home / ".aws/config").write_text("[profile x]\n")
        said = run(desk, logout, *words)
        assert said[0] == "signed out of corp, which no configuration names"
        assert (MemoryKeyring.items, desk.aws._state.portal) == ({}, {})


@pytest.mark.parametrize("words", [["--all"], ["corp"]])
def test_half_a_section_keeps_no_sign_in_from_being_ended(desk: Desk, words: list[str]) -> None:
    run_login(desk)
    (desk.home / ".aws/config").write_text(
        "[sso-session half]\nsso_region = us-east-1\n"
        f"[sso-session corp]\nsso_start_url = {START_URL}\n"
        f"[profile old]\nsso_start_url = {START_URL}\n"
    )
    assert run(desk, logout, *words)[0] == "signed out of corp"
    assert (MemoryKeyring.items, desk.aws._state.portal) == ({}, {})


def test_a_token_of_another_region_than_the_configuration_s_is_ended_where_it_is_from(desk: Desk) -> None:
    run_login(desk)
    config = desk.home / ".aws/config"
    config.write_text(config.read_text().replace("sso_region = us-east-1", "sso_region = eu-west-1"))
    assert run(desk, logout, "corp")[0] == "signed out of corp"
    assert (MemoryKeyring.items, desk.aws._state.portal) == ({}, {})


def test_a_shared_token_takes_the_place_of_the_keyring_s(desk: Desk) -> None:
    run_login(desk)
    run_login(desk, "--share")
    assert MemoryKeyring.items == {}
    assert cli_cache.path(CORP, desk.environ).exists()


def both(desk: Desk) -> None:
    """Have a token in each place."""
    run_login(desk, "--share")
    run_login(desk)
    desk.operations()


def test_where_one_is_refused_the_other_is_ended_all_the_same(desk: Desk) -> None:
    both(desk)
    desk.aws.levers.fail_next("Logout", "InternalServerException", "x", 500)
    with pytest.raises(AwsError) as raised:
        run(desk, logout)
    assert raised.value.message.endswith(": forgotten here all the same")
    assert raised.value.exit_code == 6
    assert desk.operations() == ["Logout", "Logout"]
    assert len(desk.aws._state.portal) == 1
    assert not cli_cache.path(CORP, desk.environ).exists()


def test_where_ctrl_c_breaks_it_off_what_lives_at_aws_is_still_here(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was refused, and forgotten, is told then as well."""
    both(desk)
    log_out, calls = sign_on.Portal.log_out, list[str]()

    def broken_off(self: sign_on.Portal, token: SsoToken) -> None:
        calls.append(token.access)
        if len(calls) == 2:
            raise KeyboardInterrupt
        log_out(self, token)

    monkeypatch.setattr("awsactivate.aws.sign_on.Portal.log_out", broken_off)
    desk.aws.levers.fail_next("Logout", "InternalServerException", "x", 500)
    with pytest.raises(KeyboardInterrupt):
        run(desk, logout)
    assert ["forgotten here all the same" in line for line in desk.said] == [True]
    assert MemoryKeyring.items == {}
    left = json.loads(cli_cache.path(CORP, desk.environ).read_text())
    assert left["accessToken"] == calls[1]
    assert run(desk, logout)[0] == "signed out of corp"


def test_a_bare_401_is_no_end_of_a_sign_in(desk: Desk) -> None:
    run_login(desk)
    desk.aws.levers.fail_next("Logout", "", "a proxy wants a password", 401)
    with pytest.raises(AwsactivateError) as raised:
        run(desk, logout)
    assert raised.value.message.endswith(": forgotten here all the same")


@pytest.mark.parametrize(
    ("code", "said"),
    [("InvalidGrantException", None), ("InvalidClientException", "CreateToken: x (InvalidClientException)")],
)
def test_only_what_aws_says_has_ended_counts_as_ended(desk: Desk, code: str, said: str | None) -> None:
    """The token that lies here has ended; whether another can follow it, AWS alone knows."""
    run_login(desk)
    desk.aws.clock.advance(3601)
    desk.aws.levers.fail_next("CreateToken", code, "x")
    if said is None:
        assert run(desk, logout)[0] == "forgot the sign-in, which had ended already, to corp"
    else:
        with pytest.raises(AwsError) as raised:
            run(desk, logout)
        assert f"{said}: forgotten here all the same" in raised.value.message
    assert MemoryKeyring.items == {}


@pytest.mark.parametrize("place", ["keyring", "cli"])
def test_a_token_that_can_t_be_read_is_told_and_forgotten(desk: Desk, place: str) -> None:
    run_login(desk, *(["--share"] if place == "cli" else []))
    if place == "cli":
        cli_cache.path(CORP, desk.environ).write_text('{"accessToken": "hal')
    else:
        MemoryKeyring.items.update(dict.fromkeys(MemoryKeyring.items, "damaged"))
    with pytest.raises(AwsError, match="ended at AWS") as raised:
        run(desk, logout)
    assert raised.value.message.endswith(": forgotten here all the same")
    assert (MemoryKeyring.items, index.read_sign_ins(desk.environ)) == ({}, {})
    assert not cli_cache.path(CORP, desk.environ).exists()


def test_a_keyring_that_does_not_give_a_token_keeps_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    both(desk)
    with monkeypatch.context() as patched:
        patched.setattr(MemoryKeyring, "get_password", lambda *_: 1 / 0)
        with pytest.raises(KeyringError) as raised:
            run(desk, logout)
    assert raised.value.exit_code == 4
    assert desk.operations() == ["Logout"]
    assert not cli_cache.path(CORP, desk.environ).exists()
    assert run(desk, logout)[0] == "signed out of corp"
    assert desk.aws._state.portal == {}


def test_an_index_that_tells_of_a_token_which_is_gone_tells_so_no_more(desk: Desk) -> None:
    run_login(desk)
    MemoryKeyring.items.clear()
    assert run(desk, logout) == ["nobody was signed in to corp"]
    assert index.read_sign_ins(desk.environ) == {}


def test_where_the_token_could_not_be_kept_no_browser_is_opened(desk: Desk) -> None:
    file = cli_cache.path(CORP, desk.environ)
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    file.chmod(0o400)
    with pytest.raises(AwsactivateError, match="it is read-only") as raised:
        run_login(desk, "--share")
    assert "sso-session 'corp': the sign-in could not be kept: /" in raised.value.message
    run_login(desk)
    index.index_path(desk.environ).chmod(0o400)
    with pytest.raises(AwsactivateError, match=r"identities\.json can't be changed: it is read-only"):
        run_login(desk)
    assert len(desk.opened) == 1


def test_without_a_keyring_no_browser_is_opened(desk: Desk) -> None:
    desk.environ.update(NO_KEYRING)
    with pytest.raises(KeyringError) as raised:
        run_login(desk)
    assert (raised.value.exit_code, desk.opened, desk.operations()) == (4, [], [])
    assert "--share" in (raised.value.hint or "")
    run_login(desk, "--share")
    assert cli_cache.path(CORP, desk.environ).exists()


def test_without_a_terminal_nobody_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("awsactivate.person.terminal.can_ask", lambda: False)
    with pytest.raises(SignInNeededError):
        run_login(desk)
    assert (desk.opened, desk.operations()) == ([], [])


def test_who_begins_with_nothing_gets_the_section(desk: Desk) -> None:
    config = desk.home / ".aws/config"
    config.unlink()
    said = run_login(desk, "--start-url", START_URL, "--sso-region", "us-east-1")
    assert said[0] == f"{config} has the section [sso-session demo]"
    assert read_profiles(desk.environ).sso_sessions["demo"] == {
        "sso_start_url": START_URL,
        "sso_region": "us-east-1",
        "sso_registration_scopes": "sso:account:access",
    }
    before = config.read_text()
    run_login(desk, "demo", "--start-url", START_URL, "--sso-region", "us-east-1")
    assert config.read_text() == before


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (["--start-url", START_URL], UsageError, "go together"),
        (["--sso-region", "us-east-1"], UsageError, "go together"),
        (["--start-url", "http://x", "--sso-region", "us-east-1"], UsageError, "https address"),
        (["--start-url", "https://x\n[profile y]", "--sso-region", "us-east-1"], UsageError, "https address"),
        (["--start-url", START_URL, "--sso-region", "us-east-1a"], UsageError, "--sso-region must be"),
        (["a]b", "--start-url", START_URL, "--sso-region", "us-east-1"], UsageError, "letters"),
        (["dev", "--start-url", START_URL, "--sso-region", "us-east-1"], ProfileError, "is a profile"),
        (["corp", "--start-url", "https://x", "--sso-region", "us-east-1"], ProfileError, "says otherwise"),
        (["crop"], ProfileError, "neither a profile nor an sso-session is called 'crop'"),
        (["keys"], ProfileError, "rests on no sign-in to IAM Identity Center, but on profile keys"),
    ],
)
def test_what_can_t_be_meant_is_told(
    desk: Desk, words: list[str], kind: type[AwsactivateError], said: str
) -> None:
    with (desk.home / ".aws/config").open("a") as config:
        config.write("[profile keys]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")
    before = (desk.home / ".aws/config").read_text()
    with pytest.raises(kind) as raised:
        run_login(desk, *words)
    assert said in raised.value.message
    assert (desk.home / ".aws/config").read_text() == before
    assert desk.opened == []


def test_a_profile_is_meant_before_a_session_and_a_role_by_its_source(desk: Desk) -> None:
    with (desk.home / ".aws/config").open("a") as config:
        config.write(
            f"[profile corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"
            "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = dev\n"
        )
    assert f"signed in to {START_URL} until" in run_login(desk, "corp")[-1]
    assert "signed in to corp until" in run_login(desk, "role")[-1]
    desk.environ["AWS_PROFILE"] = "role"
    assert run(desk, logout)[0] == "signed out of corp"


def doctors(desk: Desk) -> list[tuple[str, str]]:
    """Return what doctor finds of sign-ins."""
    return [(found.status, found.message) for found in sign_ins.check_sign_ins(context(desk))]


def shown(desk: Desk) -> str:
    """Return what status tells."""
    held = status.describe(desk.environ, desk.aws.clock.now())
    return status.answer(held, minimum=0, as_json=False)[0]


@pytest.mark.parametrize("place", ["keyring", "cli"])
def test_status_and_doctor_tell_until_when_and_open_no_keyring(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    assert "sign-in" not in shown(desk)
    assert doctors(desk) == []
    run_login(desk, *([] if place == "keyring" else ["--share"]))
    keyring_s_own: Callable[..., None] = lambda *_words: pytest.fail("the keyring was opened")  # noqa: E731
    monkeypatch.setattr(MemoryKeyring, "get_password", keyring_s_own)
    assert "sign-in       corp until 20" in shown(desk)
    assert "(60 min), then renewed by itself\n" in shown(desk)
    assert doctors(desk)[0][1].startswith("signed in to corp until 20")
    held = status.describe(desk.environ, desk.aws.clock.now())
    whole = json.loads(status.answer(held, minimum=0, as_json=True)[0])["sign_ins"]
    assert [(one["name"], one["kind"], one["renews"]) for one in whole] == [("corp", "sso", True)]
    desk.aws.clock.advance(3601)
    assert shown(desk).endswith("sign-in       corp has ended, renewed when it is used\n")
    assert "renewed when it is used" in doctors(desk)[0][1]


def test_doctor_knows_the_aws_clis_own_of_aws_login(desk: Desk, account: str) -> None:
    user, other = (desk.aws.user(name, account=account) for name in ("carol", "mallory"))
    named = Key("login", user.arn)
    with (desk.home / ".aws/config").open("a") as config:
        config.write(f"[profile me]\nlogin_session = {user.arn}\n")
    cli_cache.write(named, desk.aws.aws_login(user).document, desk.environ)
    assert doctors(desk)[0][1].startswith(f"signed in to {user.arn} until 20")
    desk.aws.clock.advance(12 * 3600)
    found = list(sign_ins.check_sign_ins(context(desk)))
    assert found[0].message == f"the sign-in to {user.arn} has ended (the AWS CLI's cache)"
    assert found[0].hint == "awsactivate login me"
    document = desk.aws.aws_login(user).document
    claims = base64.urlsafe_b64encode(json.dumps({"sub": user.arn, "iat": 10**20}).encode()).decode()
    cli_cache.write(named, {**document, "idToken": f"e30.{claims}.c2ln"}, desk.environ)
    assert doctors(desk)[0][1].startswith(f"signed in to {user.arn} until 20")
    cli_cache.write(named, desk.aws.aws_login(other).document, desk.environ)
    assert doctors(desk) == [("warning", f"the token of {user.arn} is {other.arn}'s")]


def test_doctor_knows_the_aws_clis_own(desk: Desk) -> None:
    file = cli_cache.path(CORP, desk.environ)
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"accessToken": "t", "expiresAt": "2026-01-01T00:00:00Z"}))
    assert doctors(desk) == [("ok", "the sign-in to corp has ended (the AWS CLI's cache)")]
    for text in ("", "{}"):
        file.write_text(text)
        assert doctors(desk)[0][0] == "warning"
    assert Path(file).exists()


def test_doctor_looks_behind_a_sign_in_of_ours_that_has_ended(desk: Desk) -> None:
    with index.locked(desk.environ):
        ended = SignInEntry("2026-01-01T00:00:00Z", "keyring")
        index.write_sign_in(CORP.text, ended, desk.environ)
    assert doctors(desk) == [("ok", "the sign-in to corp has ended (the keyring)")]
    cli_cache.write(CORP, {"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z"}, desk.environ)
    told = "signed in to corp until 2099-01-01T00:00:00Z (the AWS CLI's cache)"
    assert doctors(desk) == [("ok", told)]


def test_a_keyring_that_is_gone_is_an_error_where_a_token_is_in_it(desk: Desk) -> None:
    desk.environ["AWSACTIVATE_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    (found,) = keyring.check_keyring(context(desk))
    assert (found.status, "nothing is kept" in found.message) == ("warning", True)
    with index.locked(desk.environ):
        index.write_sign_in(CORP.text, SignInEntry("2026-01-01T00:00:00Z", "keyring"), desk.environ)
    (found,) = keyring.check_keyring(context(desk))
    assert (found.status, "nothing is kept" in found.message) == ("error", False)
