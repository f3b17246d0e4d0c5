"""A sign-in as `aws login` has it: by the browser, or by a code that is pasted; kept, used, ended."""

from __future__ import annotations

import base64
import html
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from awsactivate.commandline import Context, Parser
from awsactivate.commands import login, logout
from awsactivate.errors import (
    AwsactivateError,
    AwsError,
    KeyringError,
    ProfileError,
    SignInNeededError,
    TokenOutOfReachError,
)
from awsactivate.keychain import index
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.plan_for import plan_of
from awsactivate.person import terminal
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions.steps import Options
from awsactivate.signin import by_browser, cli_cache, login_by_person, login_tokens, pasted_code
from awsactivate.signin.ending import Ended
from awsactivate.signin.key import Key
from awsactivate.signin.login_tokens import LoginTokens
from awsactivate.signin.one_at_a_time import alone
from awsactivate.signin.store import Store
from harness.keyrings import MemoryKeyring, memory_keyring

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws, MfaDevice, User

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass
class Person:
    """Somebody at a terminal and a browser, with an IAM user and its device."""

    aws: EmbeddedAws
    user: User
    device: MfaDevice
    environ: dict[str, str]
    home: Path
    says: str = "allow"
    name: str = ""
    """Who it is to the page; '' is the user."""
    pasted: Callable[[str], str] = str
    shown: str = ""
    """The code that the page showed."""
    said: list[str] = field(default_factory=list)
    failure: list[BaseException] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """The sign-in that is meant."""
        return Key("login", self.user.arn)

    def tokens(self, session: str = "", clock: Callable[[], float] | None = None) -> LoginTokens:
        """Return the tokens of a profile `me`."""
        now = clock or self.aws.clock.now
        return LoginTokens("me", session or self.user.arn, "us-east-1", self.environ, now)

    def who(self, tokens: LoginTokens) -> str:
        """Tell whose the current credentials are."""
        arn: str = self.aws.client("sts", tokens.get_current()).get_caller_identity()["Arn"]
        return arn

    def visit(self, page: str) -> str:
        """Sign in on AWS's page, and return what the browser shows in the end."""
        answer = urllib.request.urlopen(page)
        form = answer.read().decode()
        query = html.unescape(re.findall(r'name="query" value="([^"]*)"', form)[0])
        fields = {
            "query": query,
            "user": self.name or f"{self.user.account_id}/{self.user.name}",
            "mfa_code": self.device.code(),
            "action": self.says,
        }
        address = urlsplit(answer.url)  # the browser was sent on to it
        target = f"{address.scheme}://{address.netloc}{address.path}"
        shown: str = urllib.request.urlopen(target, urlencode(fields).encode()).read().decode()
        return shown


@pytest.fixture
def person(
    embedded_aws: EmbeddedAws, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Person]:
    """Make the person, whose profile `me` is the user's."""
    user = embedded_aws.user("alice", policies={"all": ANYTHING}, account=account)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(f"[profile me]\nlogin_session = {user.arn}\nregion = us-east-1\n")
    environ = {"HOME": str(tmp_path), "AWS_ENDPOINT_URL": embedded_aws.endpoint_url, "DISPLAY": ":0"}
    for name in ("AWS_CONFIG_FILE", "AWS_PROFILE", "AWS_LOGIN_CACHE_DIRECTORY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with memory_keyring() as keyring:
        person = Person(embedded_aws, user, embedded_aws.mfa_device(user), {**environ, **keyring}, tmp_path)

        def open_at(url: str, _environ: object) -> bool:
            def visit() -> None:
                try:
                    person.visit(url)
                except BaseException as error:  # told in the end
                    person.failure.append(error)

            threading.Thread(target=visit, daemon=True).start()
            return True

        def ask_secret(_prompt: str) -> str:
            if not person.shown:
                page = person.visit(re.findall(r"http://\S+", person.said[-1])[0])
                person.shown = re.findall(r'<code id="code">([^<]*)</code>', page)[0]
            return person.pasted(person.shown)

        monkeypatch.setattr(by_browser, "open_at", open_at)
        monkeypatch.setattr(terminal, "say", person.said.append)
        monkeypatch.setattr(terminal, "ask_secret", ask_secret)
        yield person


def files(person: Person) -> str:
    """Return all that stands in files of the home."""
    return "".join(path.read_text() for path in person.home.rglob("*") if path.is_file())


@pytest.mark.parametrize("device_code", [False, True], ids=["browser", "code"])
def test_a_person_signs_in_and_the_token_is_in_the_keyring_alone(person: Person, device_code: bool) -> None:
    tokens = person.tokens()
    with pytest.raises(SignInNeededError, match="nobody is signed in") as raised:
        tokens.get_current()
    assert raised.value.hint == "awsactivate login me"
    found = tokens.sign_in(device_code=device_code)
    assert person.who(tokens) == person.user.arn
    entry = Store(person.environ).read_entry(person.key)
    assert entry is not None
    assert (entry.place, entry.renews) == ("keyring", False)
    kept = Store(person.environ).read_keyring(person.key)
    assert kept is not None
    client = "cross" if device_code else "same"
    assert kept.document["clientId"] == f"arn:aws:signin:::devtools/{client}-device"
    assert kept.document["signInRegion"] == "us-east-1"
    assert kept.document["accessToken"]["accountId"] == person.user.account_id
    secrets = (kept.document["refreshToken"], kept.document["dpopKey"][40:90], found.secret_access_key)
    assert not any(secret in files(person) + "".join(person.said) for secret in secrets)
    assert not cli_cache.path(person.key, person.environ).exists()


def test_it_is_renewed_in_the_keyring_and_each_refresh_token_used_once(person: Person) -> None:
    tokens = person.tokens()
    first = tokens.sign_in()
    assert tokens.get_current() == first
    person.aws.clock.advance(200)  # less than twelve minutes are left
    second = tokens.get_current()
    assert second != first
    assert tokens.get_current() == second
    assert person.who(tokens) == person.user.arn


def test_with_share_the_aws_cli_has_it_and_the_keyring_no_more(person: Person) -> None:
    tokens = person.tokens()
    tokens.sign_in()
    assert MemoryKeyring.items
    tokens.sign_in(share=True, must_keep=True)
    assert MemoryKeyring.items == {}
    assert Store(person.environ).read_keyring(person.key) is None
    assert cli_cache.path(person.key, person.environ).stat().st_mode & 0o777 == 0o600
    assert person.who(tokens) == person.user.arn


def test_without_a_keyring_it_is_used_once_and_that_is_said(person: Person) -> None:
    person.environ["AWSACTIVATE_KEYRING_BACKEND"] = "none.at.all"
    found = person.tokens().sign_in()
    assert found.access_key_id.startswith("ASIA")
    assert "used once, and kept nowhere" in person.said[-1]
    assert found.secret_access_key not in files(person)


def test_whoever_else_signs_in_is_refused_and_not_kept(person: Person) -> None:
    other = person.aws.user("mallory", account=person.user.account_id)
    person.device = person.aws.mfa_device(other)
    person.name = f"{person.user.account_id}/mallory"
    with pytest.raises(ProfileError, match=r"user/mallory signed in, and login_session names .*user/alice"):
        person.tokens().sign_in()
    assert index.read_sign_ins(person.environ) == {}
    assert "the sign-in as arn:aws:iam:" in person.said[-1]
    assert "is kept nowhere, and is not ended at AWS: " in person.said[-1], "mallory may not"


def test_what_nobody_keeps_is_ended_at_aws(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryKeyring, "set_password", lambda *_: None)
    with pytest.raises(KeyringError, match="did not keep"):
        person.tokens().sign_in(must_keep=True)
    assert person.aws._state.signins[-1].is_revoked


def test_a_sign_in_that_aws_has_ended_is_forgotten(person: Person) -> None:
    """Neither the status nor the doctor tell of it then."""
    person.tokens().sign_in()
    person.aws._state.signins[-1].is_revoked = True
    now = person.aws.clock.now
    for seconds, is_kept in ((500, True), (1000, False)):  # what it gave lasts 900
        with suppress(SignInNeededError):
            person.tokens(clock=lambda more=seconds: now() + more).get_current()  # type: ignore[misc]
        assert bool(MemoryKeyring.items) is is_kept
        assert (Store(person.environ).read_entry(person.key) is not None) is is_kept


def test_a_keyring_that_is_gone_asks_a_person_or_is_what_is_told(person: Person) -> None:
    person.tokens().sign_in()
    person.environ["AWSACTIVATE_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with pytest.raises(TokenOutOfReachError, match="profile 'me': there is no keyring") as raised:
        person.tokens().get_current()
    assert raised.value.exit_code == 4
    assert person.tokens().sign_in().access_key_id.startswith("ASIA")
    assert "used once, and kept nowhere" in person.said[-1]


def test_who_says_no_is_told_so(person: Person) -> None:
    person.says = "deny"
    with pytest.raises(AwsError, match="the sign-in was refused: The person has denied the request"):
        person.tokens().sign_in()


def test_a_window_that_was_closed_is_told_in_time(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_browser, "open_at", lambda *_: False)
    monkeypatch.setattr(by_browser.wait_for_code, "__kwdefaults__", {"seconds": 0.05})
    with pytest.raises(SignInNeededError, match="nobody has signed in within"):
        person.tokens().sign_in()


def test_a_pasted_code_is_asked_for_again_where_it_is_none(person: Person) -> None:
    wrong = iter(["half", "ghost"])
    person.pasted = lambda code: next(wrong, code)
    person.tokens().sign_in(device_code=True)
    assert sum("not the code that the page shows" in line for line in person.said) == 2
    Store(person.environ).forget(person.key, "keyring")
    person.shown = ""
    wrong = iter(["a", "b", "c", "d"])
    with pytest.raises(SignInNeededError, match="not the code that the page shows"):
        person.tokens().sign_in(device_code=True)
    assert next(wrong) == "d"


def test_who_signs_out_is_signed_out_at_aws(person: Person) -> None:
    tokens = person.tokens()
    tokens.sign_in()
    kept = Store(person.environ).read_keyring(person.key)
    assert kept is not None
    errors: list[AwsactivateError] = []
    assert tokens.end(errors.append) == Ended(were_kept=True, at_aws=True)
    assert errors == []
    assert person.aws.requests[-1].operation == "RevokeOAuth2TokenWithIAM"
    assert Store(person.environ).read_keyring(person.key) is None
    assert index.read_sign_ins(person.environ) == {}
    # a copy of it is worth nothing
    cli_cache.write(person.key, kept.document, person.environ)
    person.aws.clock.advance(290)
    late = person.tokens(clock=lambda: person.aws.clock.now() + 900)
    with pytest.raises(SignInNeededError, match="expired or was revoked"):
        late.get_current()


def test_where_aws_refuses_to_end_it_it_is_forgotten_all_the_same(person: Person) -> None:
    tokens = person.tokens()
    tokens.sign_in()
    person.aws.levers.fail_next(
        "RevokeOAuth2TokenWithIAM", "AccessDeniedException", "AWS says no", status=403
    )
    errors: list[AwsactivateError] = []
    assert tokens.end(errors.append) == Ended(were_kept=True, at_aws=False)
    assert [error.exit_code for error in errors] == [6]
    assert errors[0].message.endswith(": forgotten here all the same")
    assert "profile 'me': RevokeOAuth2TokenWithIAM: " in errors[0].message
    assert Store(person.environ).read_keyring(person.key) is None


def test_whosever_token_lies_there_is_ended_before_it_is_forgotten(person: Person) -> None:
    other = person.aws.user("mallory", policies={"all": ANYTHING}, account=person.user.account_id)
    cli_cache.write(person.key, person.aws.aws_login(other).document, person.environ)
    with pytest.raises(ProfileError, match="user/mallory signed in"):
        person.tokens().get_current()
    errors: list[AwsactivateError] = []
    assert person.tokens().end(errors.append) == Ended(were_kept=True, at_aws=True)
    assert (errors, person.aws._state.signins[-1].is_revoked) == ([], True)
    assert not cli_cache.path(person.key, person.environ).exists()


@pytest.mark.parametrize("changed", [{"dpopKey": "none"}, {"refreshToken": ""}])
def test_a_token_that_can_t_be_ended_is_told_and_forgotten(person: Person, changed: dict[str, str]) -> None:
    document = {**person.aws.aws_login(person.user).document, **changed}
    document["accessToken"] = {**document["accessToken"], "expiresAt": "2020-01-01T00:00:00Z"}
    cli_cache.write(person.key, document, person.environ)
    errors: list[AwsactivateError] = []
    assert person.tokens().end(errors.append) == Ended(were_kept=True, at_aws=False)
    assert [error.exit_code for error in errors] == [6]
    assert "ended at AWS" in errors[0].message
    assert errors[0].message.endswith(": forgotten here all the same")
    assert not cli_cache.path(person.key, person.environ).exists()


def test_a_renewal_waits_for_no_person_at_a_browser(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what lasts still it goes on; else it is told who is at it."""
    monkeypatch.setattr(login_tokens, "RENEWAL_SECONDS", 0.3)
    person.tokens().sign_in()
    monkeypatch.setattr(terminal, "say", person.said.append)
    now = person.aws.clock.now
    soon, late = (person.tokens(clock=lambda more=more: now() + more) for more in (600, 1200))  # type: ignore[misc]
    with alone(person.key, person.environ, lambda: None):
        first = soon.get_current()
        with pytest.raises(SignInNeededError, match=r"'me': another awsactivate signs in to .* now"):
            late.get_current()
    assert late.get_current() != first


def context_of(person: Person) -> Context:
    """Return what a command knows."""
    return Context(
        environ=person.environ, clock=person.aws.clock.now, program="", release_stdout=lambda: None
    )


def run(person: Person, module: Any, *words: str) -> int:
    """Run `login` or `logout`."""
    parser = Parser("awsactivate")
    module.add_arguments(parser)
    status: int = module.run(parser.parse(list(words)), context_of(person))
    return status


def test_a_session_that_needs_it_begins_it_once(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with (person.home / ".aws/config").open("a") as config:
        role = person.aws.role("deploy", account=person.user.account_id)
        config.write(f"[profile deploy]\nrole_arn = {role.arn}\nsource_profile = me\n")
    context = context_of(person)
    profiles = read_profiles(person.environ)
    plan = plan_of("deploy", profiles, context, Options())
    monkeypatch.setattr(terminal, "can_ask", lambda: False)
    with pytest.raises(SignInNeededError) as raised:
        open_after_sign_in(plan, profiles, context)
    assert (raised.value.exit_code, raised.value.hint) == (3, "awsactivate login me")
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    with pytest.raises(SignInNeededError):
        open_after_sign_in(plan, profiles, context, may_sign_in=False)
    session = open_after_sign_in(plan, profiles, context)
    assert (session.arn or "").startswith(f"arn:aws:sts::{person.user.account_id}:assumed-role/deploy/")
    asked = len(person.said)
    assert (
        open_after_sign_in(plan_of("me", profiles, context, Options()), profiles, context).arn
        == person.user.arn
    )
    assert len(person.said) == asked


def test_login_and_logout_take_the_profile_or_one_that_rests_on_it(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    with (person.home / ".aws/config").open("a") as config:
        config.write("[profile other]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = me\n")
    assert run(person, login, "other") == 0
    assert person.said[-1].startswith(f"signed in as {person.user.arn}, for at most 12 hours")
    assert person.who(person.tokens()) == person.user.arn
    assert run(person, logout, "me") == 0
    assert person.said[-2] == f"signed out as {person.user.arn}"
    assert person.said[-1].startswith("what it gave lives on")
    assert person.aws.requests[-1].operation == "RevokeOAuth2TokenWithIAM"
    assert run(person, logout, "me") == 0
    assert person.said[-1] == f"nobody was signed in as {person.user.arn}"
    assert run(person, login, "me", "--share") == 0
    assert cli_cache.path(person.key, person.environ).exists()
    assert run(person, logout, "--all") == 0
    assert not cli_cache.path(person.key, person.environ).exists()
    person.aws.clock.advance(90)  # the phone shows new codes
    assert run(person, login, "me") == 0
    (person.home / ".aws/config").write_text("")
    assert run(person, logout, "--all") == 0
    assert person.said[-2] == f"signed out as {person.user.arn}, which no configuration names"
    assert person.aws._state.signins[-1].is_revoked


def test_login_needs_a_place_for_the_token_and_a_terminal(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "can_ask", lambda: False)
    with pytest.raises(SignInNeededError) as raised:
        run(person, login, "me")
    assert raised.value.exit_code == 3
    person.environ["AWSACTIVATE_KEYRING_BACKEND"] = "none.at.all"
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    with pytest.raises(KeyringError, match="profile 'me'"):
        run(person, login, "me")
    assert person.said == []


def test_what_aws_refuses_to_end_is_told_and_forgotten(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "can_ask", lambda: True)
    run(person, login, "me")
    name = "RevokeOAuth2TokenWithIAM"
    person.aws.levers.fail_next(name, "AccessDeniedException", "AWS says no", status=403)
    with pytest.raises(AwsError, match="AWS says no") as raised:
        run(person, logout, "me")
    assert raised.value.message.endswith(": forgotten here all the same")
    assert raised.value.exit_code == 6
    assert Store(person.environ).read_entry(person.key) is None


def pasted(**fields: str) -> str:
    """Write what the page shows."""
    return base64.b64encode(urlencode(fields).encode()).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not the code that the page shows"),
        ("code", "not the code that the page shows"),
        ("!!!!", "not the code that the page shows"),
        (pasted(code="c"), "not the code that the page shows"),
        (pasted(state="mine"), "not the code that the page shows"),
        (base64.b64encode(b"\xff\xfe").decode(), "not the code that the page shows"),
        (pasted(code="c", state="other"), "of another sign-in"),
        (pasted(code="c", state="é"), "of another sign-in"),
    ],
)
def test_what_is_pasted_must_be_the_answer_of_this_sign_in(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        pasted_code.code_in(text, "mine")
    assert pasted_code.code_in(f" {pasted(code='c', state='mine')}\n".rstrip("="), "mine") == "c"
    assert "other" not in str(raised.value).replace("another", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "arn:aws:signin:::devtools/other"},
        {"redirect_uri": "http://evil.example/oauth/callback"},
        {"redirect_uri": "http://127.0.0.1:1/elsewhere"},
        {"code_challenge_method": "S256"},
        {"code_challenge": ""},
        {"scope": "email"},
        {"state": ""},
        {"response_type": "token"},
    ],
)
def test_the_embedded_page_refuses_what_aws_would(person: Person, changed: dict[str, str]) -> None:
    page = login_by_person.page_at(
        person.aws.endpoint_url,
        login_by_person.proof(bytes(72)),
        login_by_person.SAME_DEVICE,
        "http://127.0.0.1:1/oauth/callback",
    )
    fields = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    urllib.request.urlopen(page)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(f"{person.aws.endpoint_url}/v1/authorize?{urlencode({**fields, **changed})}")


@pytest.mark.parametrize("words", [("--all",), ("me",)])
def test_a_region_that_is_none_keeps_no_other_sign_in_from_being_ended(
    person: Person, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    from awsactivate.signin.sso_tokens import SsoTokens

    ended: list[str] = []

    def sso_ended(*_: object) -> Ended:
        ended.append("sso")
        return Ended(True, True)

    monkeypatch.setattr(SsoTokens, "end", sso_ended)
    monkeypatch.setattr("awsactivate.commands.logout._say_what_lives", lambda *_: None)
    with (person.home / ".aws/config").open("a") as config:
        config.write("[sso-session corp]\nsso_start_url = https://corp\nsso_region = us-east-1\n")
    person.environ["AWS_REGION"] = "us-east-1 x"
    assert run(person, logout, *words) == 0, "nobody was signed in"
    del person.environ["AWS_REGION"]
    person.tokens().sign_in()
    person.environ["AWS_REGION"] = "us-east-1 x"
    with pytest.raises(ProfileError, match=r"^AWS_REGION "):
        run(person, logout, *words)
    assert ended == ["sso", "sso"] * (words == ("--all",))
    assert Store(person.environ).read_entry(person.key) is not None
