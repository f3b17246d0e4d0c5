"""Wherever a user's access key lies, each command that calls AWS finds it there."""

from __future__ import annotations

import json
import sys

import pytest

from harness.desks import Desk

ROLE = "arn:aws:iam::{account}:role/terraform"
COMMANDS = {
    "verify": ("verify", "--json", "--region", "us-east-1"),
    "plan": ("bootstrap", "plan", "--json", "--region", "us-east-1"),
    "secrets": ("secrets", "list", "app"),
    "revoke": ("revoke", "--list", "--role-arn", ROLE),
    "export": ("export", "alice", "--format", "process"),
}


def in_the_file(desk: Desk) -> None:
    """The desk begins with it there."""


def in_the_keyring(desk: Desk) -> None:
    assert desk.run("keys", "import", "alice").status == 0
    assert "aws_access_key_id" not in desk.credentials_file.read_text()


def from_a_process(desk: Desk) -> None:
    keys = desk.user.credentials
    document = {
        "Version": 1,
        "AccessKeyId": keys.access_key_id,
        "SecretAccessKey": keys.secret_access_key,
    }
    file = desk.home / "document.json"
    file.write_text(json.dumps(document))
    program = desk.home / "give.py"
    program.write_text(f"print(open({str(file)!r}).read())")
    desk.credentials_file.unlink()
    with desk.config_file.open("a") as config:
        config.write(f"credential_process = {sys.executable} {program}\n")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("source", [in_the_file, in_the_keyring, from_a_process])
def test_a_command_signs_with_the_key_wherever_it_lies(desk: Desk, source, command: str) -> None:
    source(desk)
    desk.aws.role("terraform", account=desk.account)
    words = [word.format(account=desk.account) for word in COMMANDS[command]]
    profile = [] if command == "export" else ["--profile", "alice"]
    done = desk.run(*words, *profile)
    assert (done.status, done.err) in ((0, ""), (1, "")), done
    if command == "verify" and source is not from_a_process:
        said = {check["check"]: check for check in json.loads(done.out)["checks"]}
        assert said["AssumeRole without MFA"]["ok"] is not None


@pytest.mark.parametrize("command", ["verify", "plan", "secrets"])
def test_a_sessions_variables_are_no_source(desk: Desk, command: str) -> None:
    """`credential_source = Environment` means the user's own keys, not those of a session of ours."""
    desk.config_file.write_text(
        "[profile alice]\nregion = us-east-1\n"
        f"role_arn = {ROLE.format(account=desk.account)}\ncredential_source = Environment\n"
    )
    held = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWSACTIVATE_PROFILE"
    done = desk.run(
        *COMMANDS[command],
        *("--profile", "alice"),
        AWS_ACCESS_KEY_ID="ASIASESSION",
        AWS_SECRET_ACCESS_KEY="of-the-session",
        AWS_SESSION_TOKEN="of-the-session",
        AWSACTIVATE_PROFILE="other",
        AWSACTIVATE_VARS=held,
    )
    assert (done.status, done.out) == (3, "")
    assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set" in done.said[0]
