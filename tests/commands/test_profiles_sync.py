"""`profiles sync` at the embedded AWS: what one may use becomes profiles, and nothing else changes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from awsactivate.aws import sso_accesses
from awsactivate.commandline import Context, Parser
from awsactivate.commands.profiles import command
from awsactivate.errors import AwsactivateError, AwsError, ProfileError, SignInNeededError, UsageError
from awsactivate.opening.profile_rows import read_rows
from awsactivate.person import terminal

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

SESSION = "[sso-session corp]\nsso_start_url = https://corp\nsso_region = us-east-1\n"


class Desk:
    """A person who has signed in to `corp`, and may use some roles."""

    def __init__(self, aws: EmbeddedAws, home: Path, environ: dict[str, str]) -> None:
        self.aws = aws
        self.environ = environ
        self.config = home / ".aws/config"
        self.cache = home / ".aws/sso/cache" / f"{hashlib.sha1(b'corp').hexdigest()}.json"
        self.said: list[str] = []
        self.context = Context(environ=environ, clock=time.time, program="", release_stdout=lambda: None)
        self.cache.parent.mkdir(parents=True)
        self.config.write_text(SESSION)

    def sign_in(self, accesses: list[tuple[str, str, str]], minutes: int = 60) -> None:
        """Let the AWS CLI have signed in, as somebody who may use these."""
        from awsactivate.demo.sign_on_state import Assignment, PortalAccess

        token = f"token-{time.monotonic_ns()}"
        may_have = tuple(Assignment(account, name, role, "arn:none") for account, name, role in accesses)
        self.aws._state.portal[token] = PortalAccess("me", may_have, self.aws.clock.now() + 3600)
        ends = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.cache.write_text(json.dumps({"accessToken": token, "expiresAt": ends}))

    def run(self, *words: str) -> str:
        """Run `profiles sync corp` with more words, and return its stdout."""
        parser = Parser("awsactivate profiles")
        command.add_arguments(parser)
        self.context.output.clear()
        given = words if "other" in words else ("corp", *words)
        assert command.run(parser.parse(["sync", *given]), self.context) == 0
        return "".join(self.context.output)


@pytest.fixture
def desk(embedded_aws: EmbeddedAws, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Make a home with one session in its config."""
    environ = {"HOME": str(tmp_path), "AWS_ENDPOINT_URL": embedded_aws.endpoint_url}
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    desk = Desk(embedded_aws, tmp_path, environ)
    monkeypatch.setattr(terminal, "say", desk.said.append)
    return desk


DEV, PROD = "111122223333", "444455556666"
ALL = [(DEV, "dev", "Admin"), (DEV, "dev", "ReadOnly"), (PROD, "my prod", "Admin")]


def test_a_first_run_writes_all_a_second_nothing_and_a_third_names_what_is_gone(desk: Desk) -> None:
    desk.sign_in(ALL)
    assert desk.run() == (
        "added dev-Admin\nadded dev-ReadOnly\nadded my-prod-Admin\n"
        "corp: 3 profiles, 3 added, 0 changed, 0 as they were, 0 gone\n"
    )
    # which is what TAB, `list` and `activate -` show
    listed = {row["profile"]: row["account"] for row in read_rows(desk.context)}
    assert listed == {"dev-Admin": DEV, "dev-ReadOnly": DEV, "my-prod-Admin": PROD}
    before = desk.config.read_text()
    assert desk.run() == "corp: 3 profiles, 0 added, 0 changed, 3 as they were, 0 gone\n"
    desk.sign_in(ALL[:1])
    told = desk.run()
    assert told == (
        "gone dev-ReadOnly\ngone my-prod-Admin\n"
        "corp: 1 profiles, 0 added, 0 changed, 1 as they were, 2 gone\n"
    )
    assert desk.said == ["2 of these can't be used any more: --prune takes them out"]
    assert desk.config.read_text() == before
    assert "would be taken out dev-ReadOnly" in desk.run("--prune", "--dry-run")
    assert desk.config.read_text() == before
    found: dict[str, Any] = json.loads(desk.run("--prune", "--json", "--region", "eu-west-1"))
    assert (found["gone"], found["changed"], found["pruned"]) == (
        ["dev-ReadOnly", "my-prod-Admin"],
        ["dev-Admin"],
        True,
    )
    assert found["profiles"] == [
        {"profile": "dev-Admin", "account_id": DEV, "account_name": "dev", "role": "Admin"}
    ]
    assert [row["profile"] for row in read_rows(desk.context)] == ["dev-Admin"]


def test_patterns_and_a_template_choose_and_name(desk: Desk) -> None:
    desk.sign_in(ALL)
    desk.run("--account", "my *", "--account", DEV, "--role", "Admin", "--name", "{role}.{account_id}")
    assert [row["profile"] for row in read_rows(desk.context)] == [f"Admin.{DEV}", f"Admin.{PROD}"]


def test_another_template_says_that_the_old_names_have_new_ones(desk: Desk) -> None:
    desk.sign_in(ALL[:1])
    desk.run()
    words = ("--name", "{account_id}-{role}")
    assert desk.run(*words) == (
        f"added {DEV}-Admin\nold name dev-Admin, which is {DEV}-Admin\n"
        "corp: 1 profiles, 1 added, 0 changed, 0 as they were, 0 gone, 1 under another name\n"
    )
    assert desk.said == ["1 of these have another name now: --prune takes the old one out"]
    found = json.loads(desk.run(*words, "--prune", "--json"))
    assert (found["gone"], found["renamed"], found["pruned"]) == ([], {"dev-Admin": f"{DEV}-Admin"}, True)
    assert [row["profile"] for row in read_rows(desk.context)] == [f"{DEV}-Admin"]


def test_two_that_become_one_are_status_3_and_nothing_is_written(desk: Desk) -> None:
    desk.sign_in(ALL)
    with pytest.raises(ProfileError, match="would both be the profile 'Admin'") as raised:
        desk.run("--name", "{role}")
    assert raised.value.exit_code == 3
    assert desk.config.read_text() == SESSION


def nothing(_: Desk) -> None:
    """Do nothing."""


def ended(desk: Desk) -> None:
    """Let the token have ended."""
    desk.sign_in(ALL, minutes=-1)


def revoked(desk: Desk) -> None:
    """Let AWS have ended the sign-in."""
    desk.sign_in(ALL)
    desk.aws._state.portal.clear()


def cut_short(desk: Desk) -> None:
    """Let half a file stand there."""
    desk.cache.write_text('{"accessToken":')


def forbidden(desk: Desk) -> None:
    """Let AWS refuse."""
    desk.sign_in(ALL)
    desk.aws.levers.fail_next("ListAccountRoles", "ForbiddenException", "AWS's own sentence", status=403)


@pytest.mark.parametrize(
    ("before", "words", "kind", "status", "said"),
    [
        (nothing, (), SignInNeededError, 3, "sso-session 'corp': nobody is signed in to corp"),
        (ended, (), SignInNeededError, 3, "sso-session 'corp': the sign-in to corp has ended (20"),
        (revoked, (), SignInNeededError, 3, "sso-session 'corp': Session token not found"),
        (cut_short, (), SignInNeededError, 3, "sso-session 'corp': the token in "),
        (forbidden, (), AwsError, 6, "sso-session 'corp': ListAccountRoles: AWS's own sentence"),
        (nothing, ("other",), ProfileError, 3, "sso-session 'other' does not exist"),
        (nothing, ("--name", "{x}"), UsageError, 2, "there is no field"),
        (nothing, ("--region", "eu-west-1\n[x]"), UsageError, 2, "is no region's name"),
    ],
)
def test_what_is_wrong_is_a_line_with_its_status(
    desk: Desk,
    before: Callable[[Desk], None],
    words: tuple[str, ...],
    kind: type[AwsactivateError],
    status: int,
    said: str,
) -> None:
    before(desk)
    with pytest.raises(kind) as raised:
        desk.run(*words)
    assert raised.value.exit_code == status
    assert said in raised.value.message
    assert desk.config.read_text() == SESSION


@pytest.mark.long
def test_three_hundred_accounts_at_an_aws_that_refuses_more_than_twenty_a_second(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr("awsactivate.person.progress.Progress.__call__", lambda _, count: seen.append(count))
    roles = ("Admin", "Billing", "Deploy", "ReadOnly", "Support")
    desk.sign_in([(f"{number:012d}", f"team-{number}", role) for number in range(300) for role in roles])
    begun = time.monotonic()
    assert "corp: 1500 profiles, 1500 added, " in desk.run()
    assert time.monotonic() - begun > 300 / sso_accesses.REQUESTS_PER_SECOND - 1
    assert seen[-1] == 300
    assert len(read_rows(desk.context)) == 1500
