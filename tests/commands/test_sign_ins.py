"""`revoke --sign-ins`: the sign-ins of `aws login`, listed and ended at the embedded AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from awsactivate.commandline import Context, Parser
from awsactivate.commands.revoke import command, sign_ins
from awsactivate.errors import AccessDeniedError, AwsError, SignInNeededError, UsageError
from awsactivate.frozen import replace
from awsactivate.keychain import index
from awsactivate.keychain.index_entry import SignInEntry
from awsactivate.opening import login_source
from awsactivate.person import terminal
from awsactivate.profiles.model import parse
from awsactivate.sessions.sources import Source
from awsactivate.signin import cli_cache
from awsactivate.signin.key import Key

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NOTHING: dict[str, Any] = {}


@dataclass
class Admin:
    """An administrator with an access key, and the people who have signed in."""

    aws: EmbeddedAws
    account: str
    home: Path
    environ: dict[str, str]
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)

    def run(self, *words: str, status: int = 0) -> str:
        """Run `revoke --sign-ins` with more words, and return its stdout."""
        parser = Parser("awsactivate revoke")
        command.add_arguments(parser)
        context = Context(environ=self.environ, clock=time.time, program="", release_stdout=lambda: None)
        assert command.run(parser.parse(["--sign-ins", *words]), context) == status
        return "".join(context.output)

    def rows(self, *words: str, status: int = 0) -> list[dict[str, str]]:
        """List them."""
        found: list[dict[str, str]] = json.loads(self.run("--list", "--json", *words, status=status))
        return found

    def sign_in(self, name: str, **more: Any) -> Any:
        """Sign a user in, who is made for it."""
        return self.aws.aws_login(self.aws.user(name, policies=NOTHING, account=self.account), **more)


@pytest.fixture
def admin(embedded_aws: EmbeddedAws, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Admin:
    """Make the account; profiles name two regions, and one of another partition."""
    user = embedded_aws.user("boss", policies={"all": ANYTHING}, account=account)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        "[profile boss]\nregion = us-east-1\n[profile far]\nregion = eu-west-1\n"
        "[profile china]\nregion = cn-north-1\n"
    )
    (tmp_path / ".aws/credentials").write_text(
        f"[boss]\naws_access_key_id = {user.credentials.access_key_id}\n"
        f"aws_secret_access_key = {user.credentials.secret_access_key}\n"
    )
    environ = {"HOME": str(tmp_path), "AWS_ENDPOINT_URL": embedded_aws.endpoint_url, "AWS_PROFILE": "boss"}
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ACCESS_KEY_ID", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    admin = Admin(embedded_aws, account, tmp_path, environ)

    def confirm(question: str) -> bool:
        admin.asked.append(question)
        return admin.answers.pop(0)

    monkeypatch.setattr(terminal, "confirm", confirm)
    monkeypatch.setattr(terminal, "say", admin.said.append)
    embedded_aws.requests.clear()
    return admin


def operations(admin: Admin) -> list[str]:
    """Name what AWS Sign-In was asked."""
    return [one.operation for one in admin.aws.requests if one.service == "signin"]


def test_they_are_listed_by_whom_one_asks_for(admin: Admin) -> None:
    role = admin.aws.role("deploy", account=admin.account)
    admin.sign_in("alice")
    admin.sign_in("bob")
    admin.aws.aws_login(role=role, name="ci")
    everyone = admin.rows("--everyone")
    assert [row["principal_arn"].rpartition(":")[2] for row in everyone] == [
        "user/alice",
        "user/bob",
        "role/deploy",
    ]
    assert {row["client"] for row in everyone} == {"CLI"}
    assert admin.rows("--user", "alice") == everyone[:1]
    assert admin.rows("--user", f"arn:aws:iam::{admin.account}:user/some/path/alice") == everyone[:1]
    assert admin.rows("--role", "deploy") == everyone[2:]
    assert admin.rows("--mine") == admin.rows() == []
    assert "\nuser/alice   CLI     " in admin.run("--list", "--everyone")
    # each time in both regions of this partition
    assert operations(admin) == ["ListSessions"] * 14
    assert "no browser windows, and no Identity Center" in admin.said[-1]


def test_many_are_ended_five_at_a_time_and_their_tokens_are_worth_nothing(admin: Admin) -> None:
    user = admin.aws.user("alice", account=admin.account)
    given = [admin.aws.aws_login(user) for _ in range(12)]
    admin.sign_in("bob")
    admin.aws.requests.clear()
    admin.answers = [True]
    told = admin.run("--user", "alice")
    assert told.startswith(f"revoked 12 sign-ins of arn:aws:iam::{admin.account}:user/alice; ")
    assert "at most 15 minutes" in told
    assert admin.asked == [f"revoke 12 sign-ins of arn:aws:iam::{admin.account}:user/alice?"]
    assert operations(admin) == ["ListSessions"] * 2 + ["BatchRevokeSessions"] * 3
    assert [row["principal_arn"][-8:] for row in admin.rows("--everyone")] == ["user/bob"]
    keep(admin, user.arn, given[3].document)
    with pytest.raises(SignInNeededError, match="expired or was revoked"):
        credentials(admin, user.arn)
    noted = (admin.home / ".local/state/awsactivate/journal.jsonl").read_text()
    assert noted.count('"event":"revoked"') == 12
    assert given[0].session_arn in noted


def keep(admin: Admin, session: str, document: Any) -> None:
    """Write a token as the AWS CLI does, with credentials that have ended."""
    file = cli_cache.path(Key("login", session), admin.environ)
    file.parent.mkdir(parents=True, exist_ok=True)
    access = {**document["accessToken"], "expiresAt": "2020-01-01T00:00:00Z"}
    file.write_text(json.dumps({**document, "accessToken": access}))
    with (admin.home / ".aws/config").open("a") as config:
        config.write(f"[profile me]\nlogin_session = {session}\nregion = us-east-1\n")


def credentials(admin: Admin, session: str) -> object:
    """Ask for the credentials of a profile of `aws login`."""
    profiles = parse(f"[profile me]\nlogin_session = {session}\nregion = us-east-1\n", "")
    return login_source.fetch_credentials(Source("login", "me"), profiles, admin.environ, time.time)


def test_ones_own_present_sign_in_is_asked_for_and_comes_last(admin: Admin) -> None:
    user = admin.aws.user("alice", policies={"all": ANYTHING}, account=admin.account)
    first = admin.aws.aws_login(user)
    keep(admin, user.arn, first.document)
    admin.aws.clock.advance(200)  # a proof of before counts still
    second = admin.aws.aws_login(user)
    admin.answers = [False]
    assert admin.run("--mine", "--profile", "me").startswith("revoked 1 sign-in of ")
    assert admin.asked == ["revoke the sign-in of this machine too, by which you are signed in now?"]
    assert [row["session_arn"] for row in admin.rows("--everyone")] == [first.session_arn]
    admin.answers = [False]
    with pytest.raises(Exception, match="nothing was changed"):
        admin.run("--mine", "--profile", "me")
    third = admin.aws.aws_login(user)
    admin.asked.clear()
    assert admin.run("--mine", "--profile", "me", "--yes").startswith("revoked 2 sign-ins of ")
    assert admin.asked == []
    noted = (admin.home / ".local/state/awsactivate/journal.jsonl").read_text()
    assert noted.index(second.session_arn) < noted.index(third.session_arn) < noted.index(first.session_arn)


def test_ones_own_comes_last_also_where_another_region_has_others(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = admin.aws.user("alice", policies={"all": ANYTHING}, account=admin.account)
    present = admin.aws.aws_login(user)
    keep(admin, user.arn, present.document)
    admin.aws.clock.advance(200)
    near, far = admin.aws.aws_login(user), admin.aws.aws_login(user)
    found = sign_ins._find

    def apart(*words: Any) -> Any:
        seen = found(*words)
        sessions = [
            replace(one, region="eu-west-1") if one.arn == far.session_arn else one for one in seen.sessions
        ]
        return replace(seen, sessions=sessions)

    monkeypatch.setattr(sign_ins, "_find", apart)
    assert admin.run("--mine", "--profile", "me", "--yes").startswith("revoked 3 sign-ins of ")
    noted = (admin.home / ".local/state/awsactivate/journal.jsonl").read_text()
    arns = [near.session_arn, far.session_arn, present.session_arn]
    assert sorted(arns, key=noted.index) == arns


def test_five_that_are_refused_keep_no_others_alive(admin: Admin) -> None:
    user = admin.aws.user("alice", account=admin.account)
    for _ in range(12):
        admin.aws.aws_login(user)
    admin.aws.levers.fail_next("BatchRevokeSessions", "AccessDeniedException", "AWS says no", status=403)
    with pytest.raises(AwsError, match=r"revoked 7, but not all: .*AWS says no") as raised:
        admin.run("--user", "alice", "--yes")
    assert raised.value.exit_code == 6
    assert sum("AWS says no" in line for line in admin.said) == 5
    assert len(admin.rows("--everyone")) == 5


def test_nothing_happens_without_a_yes(admin: Admin) -> None:
    admin.sign_in("alice")
    admin.answers = [False]
    with pytest.raises(Exception, match="nothing was changed"):
        admin.run("--everyone")
    assert len(admin.rows("--everyone")) == 1


def test_nobody_signed_in_is_no_error(admin: Admin) -> None:
    assert admin.run("--mine").startswith("nobody is signed in: arn:aws:iam::")
    assert admin.run("--list", "--everyone") == "nobody is signed in\n"


def test_each_that_is_refused_is_told_and_the_status_is_6(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = admin.aws.user("alice", account=admin.account)
    given = [admin.aws.aws_login(user) for _ in range(3)]
    found = sign_ins._find

    def late(*words: Any) -> Any:
        seen = found(*words)
        # somebody else removes it meanwhile
        admin.aws._state.signins = [
            one for one in admin.aws._state.signins if one.arn != given[1].session_arn
        ]
        return seen

    monkeypatch.setattr(sign_ins, "_find", late)
    with pytest.raises(AwsError, match="revoked 2, but not all: ") as raised:
        admin.run("--user", "alice", "--yes")
    assert raised.value.exit_code == 6
    refused = f"{given[1].session_arn}: The session was not found (ResourceNotFoundException)"
    assert refused in admin.said


def test_who_may_not_is_told_by_aws(admin: Admin) -> None:
    other = admin.aws.user("nobody", policies=NOTHING, account=admin.account)
    (admin.home / ".aws/credentials").write_text(
        f"[boss]\naws_access_key_id = {other.credentials.access_key_id}\n"
        f"aws_secret_access_key = {other.credentials.secret_access_key}\n"
    )
    with pytest.raises(AccessDeniedError, match="signin:ListSessions"):
        admin.run("--list", "--everyone")


def test_a_region_that_does_not_answer_is_named_and_the_others_count(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awsactivate.aws import sign_in_sessions
    from awsactivate.errors import UnreachableError

    admin.sign_in("alice")
    ask: Callable[..., Any] = sign_in_sessions.list_active

    def deaf(client: Any, owner: str | None) -> Any:
        if client.meta.region_name == "eu-west-1":
            raise UnreachableError("AWS could not be reached")
        return ask(client, owner)

    monkeypatch.setattr(sign_in_sessions, "list_active", deaf)
    assert len(admin.rows("--everyone", status=6)) == 1
    assert "eu-west-1: AWS could not be reached" in admin.said
    with pytest.raises(AwsError, match="revoked 1, but not all: AWS could not be reached"):
        admin.run("--everyone", "--yes")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dry-run"], "--dry-run does not go with --sign-ins"),
        (["--no-wait"], "--no-wait does not go"),
        (["--session", "AROA:x"], "--session does not go"),
        (["--lift", "x"], "--lift does not go"),
        (["--role-arn", "x"], "--role-arn does not go"),
        (["--json"], "--json goes with --list"),
        (["--mine", "--everyone"], "not allowed with argument"),
        (["--user", "arn:aws:iam::999999999999:user/x"], "--user must be the name of a user of account"),
        (["--role", "x y"], "--role must be the name of a role"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_use(admin: Admin, words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        admin.run(*words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "one of the arguments --session --mine --user --everyone --list --lift --sign-ins is required"),
        (["--mine", "--list"], "argument --list: not allowed with argument --mine"),
        (["--role", "x"], "--role goes with --sign-ins"),
    ],
)
def test_without_it_the_options_are_what_they_were(words: list[str], said: str) -> None:
    parser = Parser("awsactivate revoke")
    command.add_arguments(parser)
    context = Context(environ={}, clock=time.time, program="", release_stdout=lambda: None)
    with pytest.raises(UsageError, match=said):
        command.run(parser.parse(words), context)


def test_a_keyring_that_is_gone_keeps_nobody_from_ending_others(admin: Admin) -> None:
    admin.sign_in("alice")
    own = f"arn:aws:iam::{admin.account}:user/zoe"
    with (admin.home / ".aws/config").open("a") as config:
        config.write(f"[profile mine]\nlogin_session = {own}\n")
    with index.locked(admin.environ):
        entry = SignInEntry("2099-01-01T00:00:00Z", "keyring")
        index.write_sign_in(Key("login", own).text, entry, admin.environ)
    admin.environ["AWSACTIVATE_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    assert admin.run("--everyone", "--yes").startswith("revoked 1 sign-in")
    assert any(line.startswith(f"whether you are signed in as {own} can't be known: ") for line in admin.said)
