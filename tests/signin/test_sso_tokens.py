"""Signing in to IAM Identity Center: by browser and by code, kept in the right place, renewed silently."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.aws.sign_on import Oidc
from awsactivate.aws.unsigned_service import Unsigned
from awsactivate.commandline import Context
from awsactivate.errors import (
    AwsactivateError,
    AwsError,
    SignInNeededError,
    TokenOutOfReachError,
    UnreachableError,
)
from awsactivate.keychain import index
from awsactivate.keychain.index_entry import SignInEntry
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.plan_for import plan_of
from awsactivate.person import terminal
from awsactivate.sessions.steps import Options
from awsactivate.signin import cli_cache, sso_settings, sso_token
from awsactivate.signin.ending import Ended
from awsactivate.signin.key import Key
from awsactivate.signin.one_at_a_time import alone
from awsactivate.signin.sso_tokens import SsoTokens
from awsactivate.signin.store import Kept, Store
from awsactivate.signin.undisturbed import undisturbed
from harness.browsers import visit
from harness.keyrings import MemoryKeyring

from .conftest import PERSON, START_URL, Desk

CORP = Key("sso", "corp")
OLD = Key("sso", START_URL)
BY_BROWSER = ["RegisterClient", "CreateToken", "GetRoleCredentials"]
BY_CODE = ["RegisterClient", "StartDeviceAuthorization", "CreateToken", "GetRoleCredentials"]


def told(seconds: float) -> str:
    """Write a time as the AWS CLI does."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tokens(desk: Desk) -> list[str]:
    """Return the secrets that the keyring keeps."""
    kept = [json.loads(text) for text in MemoryKeyring.items.values()]
    return [value for one in kept for name, value in one.items() if name in ("accessToken", "refreshToken")]


def corp(desk: Desk) -> SsoTokens:
    """Return the tokens of the session, as `login` has them."""
    settings = sso_settings.of_session("corp", desk.profiles)
    return SsoTokens(settings, desk.environ, desk.aws.clock.now)


def test_by_a_browser_and_never_again_while_it_lasts(desk: Desk) -> None:
    with pytest.raises(SignInNeededError) as raised:
        desk.credentials()
    assert (raised.value.exit_code, raised.value.message, raised.value.hint) == (
        3,
        "profile 'dev': nobody is signed in to corp",
        "awsactivate login dev",
    )
    assert desk.operations() == []
    assert desk.sign_in().access_key_id.startswith("ASIA")
    assert desk.operations() == BY_BROWSER
    assert "state=" in desk.said[0], "the address is shown too"
    assert desk.opened[0].startswith("http://127.0.0.1:")
    assert "=" not in desk.opened[0], "what everybody may read holds nothing of the sign-in"
    assert desk.credentials().session_token
    assert desk.operations() == ["GetRoleCredentials"]
    until = told(desk.aws.clock.now() + 3600)
    entry = Store(desk.environ).read_entry(CORP)
    assert entry is not None
    assert (entry.place, entry.renews, entry.until[:15]) == ("keyring", True, until[:15])
    assert len(tokens(desk)) == 2
    assert not any(secret in desk.files() + "".join(desk.said) for secret in tokens(desk))


def test_a_token_is_renewed_without_a_word(desk: Desk) -> None:
    desk.sign_in()
    before, said = tokens(desk), len(desk.said)
    desk.operations()
    for seconds in (3000, 3601):  # within its last quarter of an hour, and after its end
        desk.aws.clock.advance(seconds)
        desk.credentials()
        assert desk.operations() == ["CreateToken", "GetRoleCredentials"]
    assert len(desk.said) == said
    assert not set(before) & set(tokens(desk))
    entry = Store(desk.environ).read_entry(CORP)
    assert entry is not None
    assert entry.until > told(desk.aws.clock.now() + 3500)


def test_a_sign_in_that_was_ended_on_the_server_is_told_with_aws_s_own_sentence(desk: Desk) -> None:
    desk.sign_in()
    desk.aws._state.portal.clear()
    with pytest.raises(SignInNeededError) as raised:
        desk.credentials()
    assert raised.value.message == (
        "profile 'dev': GetRoleCredentials: Session token not found or invalid (UnauthorizedException):"
        " the sign-in has ended"
    )
    assert raised.value.refused
    desk.sign_in(refused=raised.value.refused)
    assert desk.credentials().session_token


def test_a_token_that_aws_takes_no_longer_is_forgotten_at_once(desk: Desk) -> None:
    desk.sign_in()
    desk.aws._state.portal.clear()
    with pytest.raises(SignInNeededError, match="the sign-in has ended"):
        desk.credentials()
    assert (MemoryKeyring.items, Store(desk.environ).read_entry(CORP)) == ({}, None)
    desk.operations()
    with pytest.raises(SignInNeededError, match="nobody is signed in to corp"):
        desk.credentials()
    assert desk.operations() == []


def test_a_token_that_another_shell_has_got_since_is_not_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sign_in()
    (name, old), call = next(iter(MemoryKeyring.items.items())), Unsigned.call
    desk.aws._state.portal.clear()
    desk.sign_in()
    new, MemoryKeyring.items[name] = MemoryKeyring.items[name], old

    def meanwhile(self: Unsigned, operation: str, asked: dict[str, Any]) -> Any:
        MemoryKeyring.items[name] = new
        return call(self, operation, asked)

    monkeypatch.setattr(Unsigned, "call", meanwhile)
    assert desk.credentials().session_token, "it is the next that is kept"
    assert Store(desk.environ).read_entry(CORP) is not None


@pytest.mark.parametrize("is_ours", [True, False])
def test_the_aws_clis_file_of_a_token_that_has_ended_stays(desk: Desk, is_ours: bool) -> None:
    document = of_cli(desk)
    store = Store(desk.environ)
    if is_ours:
        store.share(Kept(CORP, "cli", document), until=document["expiresAt"], renews=True, tell=pytest.fail)
    desk.aws._state.portal.clear()
    with pytest.raises(SignInNeededError, match="the sign-in has ended"):
        desk.credentials()
    assert store.read_entry(CORP) is None
    assert json.loads(cli_cache.path(CORP, desk.environ).read_text()) == document


def test_a_401_that_is_none_of_aws_s_forgets_nothing(desk: Desk) -> None:
    desk.sign_in()
    desk.aws.levers.fail_next("GetRoleCredentials", "ProxyAuthentication", "Log in first", 401)
    with pytest.raises(SignInNeededError):
        desk.credentials()
    assert desk.credentials().session_token


def test_what_can_t_be_forgotten_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.sign_in()
    desk.aws._state.portal.clear()
    monkeypatch.setattr(MemoryKeyring, "delete_password", lambda *_: None)
    with pytest.raises(SignInNeededError, match="the sign-in has ended"):
        desk.credentials()
    assert "the sign-in to corp has ended, and is not forgotten: the keyring" in desk.said[-1]


def test_the_device_code_is_shown_and_given_in_a_browser_elsewhere(desk: Desk) -> None:
    person = threading.Thread(target=lambda: visit(whole_address(desk), PERSON, desk.phone.code))
    person.start()
    desk.sign_in(device_code=True)
    person.join()
    assert [name for name in desk.operations() if name != "Device"][-1] == "GetRoleCredentials"
    assert desk.opened == []
    entry = Store(desk.environ).read_entry(CORP)
    assert entry is not None
    assert entry.renews


def whole_address(desk: Desk) -> str:
    """Wait until the code's address is shown."""
    wait_for(lambda: bool(desk.said))
    return desk.said[0].rpartition(" ")[2]


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")


def test_a_profile_without_a_session_signs_in_by_a_code_and_is_not_renewed(desk: Desk) -> None:
    desk.sign_in("old")
    assert desk.said[0].rpartition("=")[2] not in desk.opened[0], "everybody may read a program's arguments"
    assert Store(desk.environ).read_entry(OLD) is not None
    desk.credentials("old")
    desk.aws.clock.advance(3601)
    with pytest.raises(SignInNeededError, match=r"profile 'old': the sign-in to .* has ended \(20"):
        desk.credentials("old")


def test_the_person_says_no(desk: Desk) -> None:
    desk.person = lambda url: visit(url, PERSON, lambda: "", action="deny")
    with pytest.raises(AwsError, match="dev': the sign-in was refused: The person has denied") as raised:
        desk.sign_in()
    assert raised.value.hint == "awsactivate login dev"
    with pytest.raises(AwsError, match=r"CreateToken: The person has denied the request \(AccessDenied"):
        desk.sign_in("old")
    assert MemoryKeyring.items == {}


def test_a_window_that_was_closed_is_not_waited_for_forever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.person = lambda _url: None
    monkeypatch.setattr("awsactivate.signin.by_browser.wait_for_code.__kwdefaults__", {"seconds": 0.01})
    with pytest.raises(SignInNeededError, match="nobody has signed in within"):
        desk.sign_in()


def sign_in_beside(desk: Desk, second: Callable[[], object]) -> None:
    """Have a second one begin while the first waits for its person, and both end."""
    arrived = threading.Event()

    def person(url: str) -> None:
        arrived.wait(30)
        visit(url, PERSON, desk.phone.code)

    desk.person = person
    first = threading.Thread(target=desk.sign_in)
    first.start()
    wait_for(lambda: bool(desk.opened))
    other = threading.Thread(target=second)
    other.start()
    wait_for(lambda: any("waiting for it" in line for line in desk.said))
    arrived.set()
    first.join()
    other.join()


def test_two_at_once_sign_in_once(desk: Desk) -> None:
    sign_in_beside(desk, desk.sign_in)
    assert len(desk.opened) == 1
    assert desk.operations().count("GetRoleCredentials") == 2


def test_who_comes_when_another_has_just_signed_in_takes_that_token(desk: Desk) -> None:
    """Both were refused the same token, and the second is not so fast as to wait for the first."""
    desk.sign_in()
    refused = sso_token.read(json.loads(next(iter(MemoryKeyring.items.values())))).digest
    desk.aws._state.portal.clear()
    desk.opened.clear()
    desk.sign_in(refused=refused)
    desk.sign_in(refused=refused)
    assert len(desk.opened) == 1
    desk.sign_in()  # who found nobody signed in, a moment ago
    assert len(desk.opened) == 1


def test_a_second_token_that_aws_does_not_take_is_passed_over(desk: Desk) -> None:
    """One of the AWS CLI's cache and one of the keyring have both ended on the server."""
    document = of_cli(desk)
    corp(desk).sign_in(must_keep=True)
    refused = sso_token.read(document).digest
    desk.aws._state.portal.clear()
    desk.opened.clear()
    desk.aws.clock.advance(90)  # the phone shows new codes
    assert desk.sign_in(refused=refused).session_token
    assert len(desk.opened) == 1


def test_with_share_a_token_of_the_keyring_is_not_what_was_waited_for(desk: Desk) -> None:
    sign_in_beside(desk, lambda: corp(desk).sign_in(share=True, must_keep=True))
    assert len(desk.opened) == 2
    assert (MemoryKeyring.items, cli_cache.path(CORP, desk.environ).exists()) == ({}, True)


def test_a_renewal_waits_for_no_person_at_a_browser(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a token that lasts still it goes on; else it is told who is at it."""
    monkeypatch.setattr("awsactivate.signin.sso_tokens.RENEWAL_SECONDS", 0.3)
    desk.sign_in()
    with alone(CORP, desk.environ, lambda: None):
        desk.aws.clock.advance(3000)
        assert desk.credentials().session_token
        desk.aws.clock.advance(700)
        with pytest.raises(SignInNeededError, match="'dev': another awsactivate signs in to corp now"):
            desk.credentials()
    assert desk.credentials().session_token


def test_where_the_index_can_t_be_written_the_token_is_used_once(desk: Desk) -> None:
    index.index_path(desk.environ).parent.mkdir(parents=True)
    index.index_path(desk.environ).write_text('{"version": 1, "identities": {}}')
    index.index_path(desk.environ).chmod(0o400)
    assert desk.sign_in().session_token
    assert "the sign-in to corp is used once, and kept nowhere: " in desk.said[-1]
    assert MemoryKeyring.items == {}


def test_without_a_keyring_the_token_is_used_once_and_dropped(desk: Desk) -> None:
    desk.environ["AWSACTIVATE_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    assert desk.sign_in().session_token
    assert "used once, and kept nowhere" in desk.said[-1]
    with pytest.raises(SignInNeededError):
        desk.credentials()
    assert "accessToken" not in desk.files()


def of_cli(desk: Desk, key: Key = CORP, **changed: Any) -> dict[str, Any]:
    """Let the AWS CLI have signed in: what it writes down, and the mode that it has."""
    desk.sign_in("dev" if key == CORP else "old")
    document = {**json.loads(next(iter(MemoryKeyring.items.values()))), **changed}
    Store(desk.environ).forget(key, "keyring")
    MemoryKeyring.items.clear()
    cli_cache.write(key, document, desk.environ)
    cli_cache.path(key, desk.environ).chmod(0o640)
    desk.operations()
    return document


def test_the_aws_clis_token_is_used_and_renewed_where_it_is(desk: Desk) -> None:
    document = of_cli(desk, other="kept")
    desk.credentials()
    desk.aws.clock.advance(3601)
    desk.credentials()
    assert desk.operations() == ["GetRoleCredentials", "CreateToken", "GetRoleCredentials"]
    file = cli_cache.path(CORP, desk.environ)
    renewed = json.loads(file.read_text())
    assert renewed["accessToken"] != document["accessToken"]
    assert renewed["other"] == "kept"
    assert file.stat().st_mode & 0o777 == 0o640
    assert (MemoryKeyring.items, Store(desk.environ).read_entry(CORP)) == ({}, None)


def test_a_token_that_is_renewed_and_can_t_be_written_is_used_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_cli(desk)
    desk.aws.clock.advance(3601)

    def fail(*_arguments: object) -> None:
        raise AwsactivateError("the disk is full")

    monkeypatch.setattr("awsactivate.signin.cli_cache.write", fail)
    desk.said.clear()
    desk.credentials()
    assert desk.said == ["the renewed sign-in to corp is not kept: the disk is full"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"accessToken": "with\nbreak"}, "can't be used: it has no accessToken"),
        ({"accessToken": None}, "can't be used: it has no accessToken"),
        ({"accessToken": " "}, "can't be used: it has no accessToken"),
        ({"expiresAt": "soon"}, "can't be used: its expiresAt is no time"),
        ({"expiresAt": 17}, "can't be used: its expiresAt is no time"),
        ({"expiresAt": "2099-01-01T00:00:00"}, "can't be used: its expiresAt is no time"),
        ({"expiresAt": "2020-06-17T10:02:08UTC", "refreshToken": None}, "has ended (2020-06-17T10:02:08Z)"),
        ({"expiresAt": "2020-06-17T10:02:08Z", "clientSecret": ""}, "has ended"),
        ({"expiresAt": "2020-06-17T10:02:08Z", "registrationExpiresAt": "2020-06-17T10:02:08Z"}, "has ended"),
        ({"expiresAt": "2020-06-17T10:02:08Z", "refreshToken": "forged"}, "has ended"),
    ],
)
def test_a_token_that_can_t_be_used_asks_for_a_sign_in(
    desk: Desk, changed: dict[str, Any], said: str
) -> None:
    of_cli(desk, **changed)
    with pytest.raises(SignInNeededError) as raised:
        desk.credentials()
    assert (raised.value.exit_code, raised.value.hint) == (3, "awsactivate login dev")
    assert raised.value.message.startswith("profile 'dev': ")
    assert said in raised.value.message
    assert desk.sign_in().session_token


@pytest.mark.parametrize(
    "changed", [{"expiresAt": "2099-01-01T00:00:00UTC"}, {"refreshToken": None}, {"startUrl": "x"}]
)
def test_a_token_of_another_form_is_used(desk: Desk, changed: dict[str, Any]) -> None:
    of_cli(desk, **changed)
    assert desk.credentials().session_token
    assert desk.operations() == ["GetRoleCredentials"]


@pytest.mark.parametrize(
    ("status", "code", "said", "error", "hint", "times"),
    [
        (403, "ForbiddenException", "No access", AwsError, "profiles sync corp --dry-run", 1),
        (404, "ResourceNotFoundException", "There is no such role", AwsError, "profiles sync corp", 1),
        (400, "InvalidRequestException", "Bad role", AwsError, "profiles sync corp", 1),
        (429, "TooManyRequestsException", "HTTP 429", AwsError, "try again", 3),
        (500, "InternalServerException", "Our fault", AwsError, "try again", 1),
        (
            401,
            "UnauthorizedException",
            "Session token not found or invalid",
            SignInNeededError,
            "awsactivate login dev",
            1,
        ),
    ],
)
def test_what_the_portal_refuses_is_one_line(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: str,
    said: str,
    error: type,
    hint: str,
    times: int,
) -> None:
    monkeypatch.setattr("awsactivate.opening.sso_source._PAUSES", (0.0, 0.0))
    desk.sign_in()
    desk.operations()
    desk.aws.levers.fail_next("GetRoleCredentials", code, said, status, times=times)
    with pytest.raises(error) as raised:
        desk.credentials()
    assert f"profile 'dev': GetRoleCredentials: {said} ({code})" in raised.value.message
    assert hint in (raised.value.hint or "")
    assert desk.operations() == ["GetRoleCredentials"] * times
    assert bool(tokens(desk)) == (status != 401)
    assert desk.sign_in().session_token if status == 401 else desk.credentials().session_token


@pytest.mark.parametrize("operation", ["RegisterClient", "CreateToken", "StartDeviceAuthorization"])
def test_what_sso_oidc_refuses_is_one_line(desk: Desk, operation: str) -> None:
    desk.aws.levers.fail_next(operation, "InvalidRequestException", "Not like this")
    with pytest.raises(AwsError, match=rf"profile '\w+': {operation}: Not like this \(InvalidRequest"):
        desk.sign_in("old" if operation == "StartDeviceAuthorization" else "dev")


def test_a_network_that_is_not_there_is_told_with_the_profile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(UnreachableError, match="profile 'dev': "):
        desk.sign_in()


@pytest.mark.parametrize(("times", "is_had"), [(3, True), (4, False)])
def test_a_network_that_is_away_for_a_moment_ends_no_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, times: int, is_had: bool
) -> None:
    call, left = Unsigned.call, [times]

    def now_and_then(self: Unsigned, name: str, asked: dict[str, Any]) -> Any:
        if name == "CreateToken" and left[0]:
            left[0] -= 1
            raise NoAnswer("Could not connect")
        return call(self, name, asked)

    monkeypatch.setattr(Unsigned, "call", now_and_then)
    monkeypatch.setattr("awsactivate.signin.sso_by_person.time.sleep", lambda _seconds: None)
    desk.person = lambda _url: None
    if not is_had:
        with pytest.raises(UnreachableError):
            desk.sign_in("old")
        return
    desk.aws.levers.fail_next("CreateToken", "AccessDeniedException", "no")
    with pytest.raises(AwsError, match="CreateToken: no"):
        desk.sign_in("old")


def test_a_service_in_trouble_signs_nobody_out(desk: Desk) -> None:
    desk.sign_in()
    desk.aws.clock.advance(3000)
    desk.aws.levers.fail_next("CreateToken", "InternalServerException", "x", 500, times=2)
    assert desk.credentials().session_token  # by the token that lasts still
    desk.aws.clock.advance(700)
    with pytest.raises(AwsError, match="profile 'dev': CreateToken: x"):
        desk.credentials()
    assert desk.credentials().session_token


def test_by_botocore_where_the_configuration_says_more_than_the_short_way_knows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(desk.home))
    assert desk.sign_in().session_token
    desk.aws.levers.fail_next("CreateToken", "InvalidGrantException", "Not like this")
    desk.aws.clock.advance(3601)
    with pytest.raises(SignInNeededError):
        desk.credentials()
    desk.aws.levers.fail_next("CreateToken", "InvalidGrantException", "Not like this")
    with pytest.raises(AwsError, match="CreateToken: Not like this"):
        desk.sign_in()


def test_an_index_that_tells_of_another_start_url_s_token_misleads_nobody(desk: Desk) -> None:
    desk.sign_in()
    name, text = next(iter(MemoryKeyring.items.items()))
    MemoryKeyring.items[name] = text.replace(START_URL, "https://elsewhere.example")
    with pytest.raises(SignInNeededError):
        desk.credentials()
    MemoryKeyring.items[name] = "damaged"
    with pytest.raises(SignInNeededError):
        desk.credentials()
    MemoryKeyring.items.clear()
    with pytest.raises(SignInNeededError):
        desk.credentials()
    assert Store(desk.environ).read_entry(CORP) == SignInEntry(
        Store(desk.environ).read_entry(CORP).until,
        "keyring",
        renews=True,  # type: ignore[union-attr]
    )


def test_where_one_token_is_refused_the_next_that_is_kept_is_used_before_a_person(desk: Desk) -> None:
    """The AWS CLI's lasts by its clock and was ended on the server; ours has to be renewed."""
    desk.sign_in()
    own = json.loads(next(iter(MemoryKeyring.items.values())))
    desk.aws.clock.advance(3700)
    gone = {**own, "accessToken": "gone", "refreshToken": "gone", "expiresAt": "2099-01-01T00:00:00Z"}
    cli_cache.write(CORP, gone, desk.environ)
    desk.operations()
    assert desk.credentials().session_token
    assert desk.operations() == ["GetRoleCredentials", "CreateToken", "GetRoleCredentials"]
    desk.aws._state.portal.clear()
    with pytest.raises(SignInNeededError, match="the sign-in has ended"):
        desk.credentials()


def test_a_keyring_that_is_gone_asks_a_person_or_is_what_is_told(desk: Desk) -> None:
    desk.sign_in()
    document = json.loads(next(iter(MemoryKeyring.items.values())))
    desk.environ["AWSACTIVATE_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with pytest.raises(TokenOutOfReachError) as raised:
        desk.credentials()
    assert raised.value.exit_code == 4
    assert raised.value.message == "profile 'dev': there is no keyring on this machine"
    assert "sudo apt install pass" in (raised.value.hint or "")
    assert desk.sign_in().session_token
    assert "used once, and kept nowhere" in desk.said[-1]
    cli_cache.write(CORP, document, desk.environ)
    assert desk.credentials().session_token, "the AWS CLI's cache is behind it"


def test_a_keyring_that_has_not_answered_is_asked_once_a_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sign_in()
    asked: list[str] = []

    def silent(*_: object) -> None:
        asked.append("asked")
        raise OSError

    for name in ("get_password", "set_password"):
        monkeypatch.setattr(MemoryKeyring, name, silent)
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    context = Context(environ=desk.environ, clock=desk.aws.clock.now, program="", release_stdout=lambda: None)
    plan = plan_of("dev", desk.profiles, context, Options())
    assert open_after_sign_in(plan, desk.profiles, context).credentials.session_token
    assert asked == ["asked"]


def test_a_refresh_token_is_not_used_up_where_the_next_can_t_be_kept(desk: Desk) -> None:
    of_cli(desk)
    file = cli_cache.path(CORP, desk.environ)
    file.chmod(0o400)
    desk.aws.clock.advance(3000)
    assert desk.credentials().session_token, "while it lasts it is used"
    desk.aws.clock.advance(700)
    with pytest.raises(SignInNeededError, match=r"corp can't be renewed, for .* it is read-only"):
        desk.credentials()
    assert "CreateToken" not in desk.operations()
    file.chmod(0o600)
    assert desk.credentials().session_token


def test_ctrl_c_during_a_renewal_signs_nobody_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.sign_in()
    desk.aws.clock.advance(3700)
    write = MemoryKeyring.set_password

    def interrupted(self: MemoryKeyring, *item: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        write(self, *item)

    with monkeypatch.context() as patched:
        patched.setattr(MemoryKeyring, "set_password", interrupted)
        with pytest.raises(KeyboardInterrupt):
            desk.credentials()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    desk.operations()
    assert desk.credentials().session_token
    assert desk.operations() == ["GetRoleCredentials"]


def test_a_second_ctrl_c_does_not_wait() -> None:
    ends: list[str] = []

    def work() -> None:
        with undisturbed():
            for end in ("first", "second"):
                signal.raise_signal(signal.SIGINT)
                ends.append(end)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert ends == ["first"]


@pytest.mark.parametrize("has_waited", [True, False])
def test_what_was_forgotten_during_a_renewal_does_not_come_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, has_waited: bool
) -> None:
    """Who signs out waits for the renewal, or has been told and goes on without."""
    monkeypatch.setattr("awsactivate.signin.ending._WAITING_SECONDS", 30 if has_waited else 0.1)
    desk.sign_in()
    desk.aws.clock.advance(3000)
    renew, renewing, goes_on = Oidc.renew, threading.Event(), threading.Event()

    def slowly(self: Oidc, token: sso_token.SsoToken) -> sso_token.SsoToken:
        renewing.set()
        goes_on.wait(30)
        return renew(self, token)

    monkeypatch.setattr(Oidc, "renew", slowly)
    errors: list[AwsactivateError] = []
    renewal = threading.Thread(target=lambda: suppress_needed(corp(desk)))
    renewal.start()
    assert renewing.wait(30)
    end = threading.Thread(target=lambda: corp(desk).end(errors.append))
    end.start()
    wait_for(lambda: any("waiting for it" in line for line in desk.said))
    if not has_waited:
        wait_for(lambda: "Logout" in [one.operation for one in desk.aws.requests])
    goes_on.set()
    renewal.join()
    end.join()
    assert (MemoryKeyring.items, Store(desk.environ).read_entry(CORP), errors) == ({}, None, [])


def suppress_needed(tokens: SsoTokens) -> None:
    """Renew, whatever comes of it."""
    with suppress(SignInNeededError):
        tokens.get_current()


def test_a_token_that_the_index_has_lost_is_ended_too(desk: Desk) -> None:
    desk.sign_in()
    index.index_path(desk.environ).unlink()
    errors: list[AwsactivateError] = []
    assert corp(desk).end(errors.append) == Ended(were_kept=True, at_aws=True)
    assert (errors, MemoryKeyring.items, desk.aws._state.portal) == ([], {}, {})


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "2099-01-01T00:00:00", "", None, 5]
)
def test_a_time_that_is_none_makes_a_token_that_can_t_be_used(text: object) -> None:
    with pytest.raises(ValueError, match=r"^its expiresAt is no time with a zone$"):
        sso_token.read({"accessToken": "t", "expiresAt": text})


@pytest.mark.parametrize(
    ("refused", "are_forgiven"),
    [
        (("InternalServerException", 500), 3),
        (("503", 503), 3),
        (("TooManyRequestsException", 429), 5),
        (("InvalidClientException", 401), 0),
    ],
)
def test_while_a_person_is_at_it_aws_may_be_away_for_a_moment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, refused: tuple[str, int], are_forgiven: int
) -> None:
    (code, status), left, slept = refused, [0], list[float]()
    call = Unsigned.call

    def stumbling(self: Unsigned, name: str, parameters: Any) -> Any:
        if name == "CreateToken" and left[0]:
            left[0] -= 1
            raise Refused(code, "oops", {}, status)
        return call(self, name, parameters)

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if not left[0] and len(slept) > are_forgiven:
            visit(whole_address(desk), PERSON, desk.phone.code)

    monkeypatch.setattr(Unsigned, "call", stumbling)
    monkeypatch.setattr("time.sleep", sleep)
    left[0] = are_forgiven
    assert desk.sign_in(device_code=True).session_token
    is_slower = slept[-1] > slept[0]
    assert is_slower is (status == 429)
    if status != 429:
        Store(desk.environ).forget(CORP, "keyring")
        left[0] = are_forgiven + 1
        with pytest.raises(AwsactivateError, match=f"{code}"):
            desk.sign_in(device_code=True)


@pytest.mark.parametrize(
    "odd_one",
    [
        *({"expiresIn": 10**12}, {"expiresIn": "soon"}, {"expiresIn": None}),
        *({"accessToken": "a\r\nb: c"}, {"accessToken": "→"}, {"accessToken": ""}, {"accessToken": 5}),
    ],
)
def test_a_token_that_can_be_none_is_no_answer_of_awss(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, odd_one: dict[str, object]
) -> None:
    call = Unsigned.call

    def odd(self: Unsigned, name: str, parameters: Any) -> Any:
        found = call(self, name, parameters)
        return {**found, **odd_one} if name == "CreateToken" else found

    monkeypatch.setattr(Unsigned, "call", odd)
    with pytest.raises(UnreachableError, match=r"profile 'dev': .* not AWS's answer"):
        desk.sign_in()
