"""Sessions begun anew, and many from one code: the real core in real shells."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e2e.conftest import ANYTHING, World
from harness.shells import PROGRAM, Shell
from harness.states import assert_same

WHO = "aws sts get-caller-identity --query Arn --output text --region us-east-1"


def setting(shell: Shell, name: str, value: str) -> str:
    """Return the line that gives a shell a variable."""
    return f"set -g {name} {value}" if shell.name == "fish" else f"{name}={value}"


@pytest.fixture
def bash(world: World) -> Iterator[Shell]:
    """Open one shell, for what is the core's alone."""
    opened = Shell("bash", {**world.environ, "AWS_PROFILE": "alice"}, world.home)
    yield opened
    opened.close()


def test_a_renewal_is_another_session_of_the_same_words(shell: Shell, world: World) -> None:
    before = shell.state()
    shell.begin("activate prod --duration 2h --role-session-name fixed --region eu-west-3", world.prompt)
    shell.type(world.device.code() + "\r")
    assert "activated prod" in shell.prompt()
    first = shell.state().environ
    world.aws.clock.advance(30)
    shell.begin("activate --renew", world.prompt)
    shell.type(world.device.code() + "\r")
    assert f"renewed prod: terraform in {world.account} (eu-west-3), 60 min" in shell.prompt()
    second = shell.state().environ
    assert second["AWSACTIVATE_ASSUMED_ROLE_ID"].endswith(":fixed")
    assert second["AWS_REGION"] == "eu-west-3"
    assert second["AWS_SESSION_TOKEN"] != first["AWS_SESSION_TOKEN"]
    shell.run("deactivate")
    assert_same(shell.state(), before)


def test_a_renewal_without_a_session_is_refused(shell: Shell, world: World) -> None:
    before = shell.state()
    world.aws.requests.clear()
    assert "error: no session is active in this shell, so there is none to renew" in shell.run(
        "activate --renew"
    )
    assert shell.status() == 3
    assert "error: --renew takes no TARGET" in shell.run("activate --renew prod")
    assert shell.status() == 2
    assert_same(shell.state(), before)
    assert world.operations() == []


def test_a_renewal_that_aws_refuses_leaves_the_session(shell: Shell, world: World) -> None:
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    before = shell.state()
    shell.run("activate --renew --mfa-code 000000")
    assert shell.status() == 5
    assert_same(shell.state(), before)


def test_one_code_serves_a_shell_until_all_is_ended(shell: Shell, world: World) -> None:
    before = shell.state()
    world.aws.requests.clear()
    shell.begin("activate --mfa-session 2h prod", world.prompt)
    shell.type(world.device.code() + "\r")
    assert "activated prod" in shell.prompt()
    assert "assumed-role/terraform/alice=" in shell.run(WHO)
    assert f"MFA session   {world.device.serial} until " in shell.run("awsactivate status")
    held = json.loads(_json_of(shell.run("awsactivate status --json")))["mfa_session"]
    assert held["serial"] == world.device.serial
    assert 7000 < held["seconds_left"] <= 7200
    for line in ("activate dev", "activate --renew", "activate prod -q"):
        assert "MFA code" not in shell.run(line)
        assert shell.status() == 0
    assert "assumed-role/terraform/alice=" in shell.run(f"awsactivate exec dev -- {WHO}")
    assert world.operations().count("GetSessionToken") == 1
    assert world.operations().count("AssumeRole") == 5
    assert "note: the MFA session stays" in shell.run("deactivate")
    assert "MFA code" not in shell.run("activate prod")
    shell.run("deactivate --all")
    assert_same(shell.state(), before)
    shell.begin("activate prod", world.prompt)
    shell.interrupt()
    shell.prompt()


def test_no_file_below_home_holds_an_mfa_session(bash: Shell, world: World) -> None:
    bash.run(f"activate prod --mfa-session --mfa-code {world.device.code()}")
    secret = json.loads(bash.value("$_AWSACTIVATE_MFA_SESSION"))["credentials"]
    bash.run("deactivate")
    for path in Path(world.home).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert secret[1].encode() not in data, path
            assert secret[2].encode() not in data, path


def test_another_users_profile_does_not_begin_with_the_mfa_session(bash: Shell, world: World) -> None:
    bob = world.aws.user("bob", policies={"all": ANYTHING}, account=world.account)
    device = world.aws.mfa_device(bob)
    with (world.home / ".aws/credentials").open("a") as file:
        file.write(
            f"[bob]\naws_access_key_id = {bob.credentials.access_key_id}\n"
            f"aws_secret_access_key = {bob.credentials.secret_access_key}\n"
        )
    world.add_profile(
        f"[profile bobs]\nrole_arn = {world.role.arn}\nsource_profile = bob\nmfa_serial = {device.serial}\n"
    )
    bash.run(f"activate prod --mfa-session --mfa-code {world.device.code()}")
    bash.begin("activate bobs", f"MFA code for {device.serial}: ")
    bash.type(device.code() + "\r")
    bash.prompt()
    assert "assumed-role/terraform/bob=" in bash.run(WHO)


def test_an_mfa_session_that_aws_takes_no_more_is_told_with_what_ends_it(bash: Shell, world: World) -> None:
    bash.run(f"activate prod --mfa-session --mfa-code {world.device.code()}")
    before = bash.state()
    world.aws.levers.fail_next("AssumeRole", "InvalidClientTokenId", "The security token is invalid", 403)
    shown = bash.run("activate dev")
    assert f"error: the MFA session of {world.device.serial} serves no more: " in shown
    assert "hint: awsdeactivate --all\n" in shown
    assert bash.status() == 6
    assert_same(bash.state(), before)


def test_what_begins_with_no_users_key_makes_no_mfa_session(bash: Shell, world: World) -> None:
    world.add_profile(
        "[profile sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n"
        f"sso_account_id = {world.account}\nsso_role_name = dev\n"
    )
    before = bash.state()
    assert "an MFA session is made from an IAM user's own key" in bash.run("activate sso --mfa-session")
    assert bash.status() == 2
    assert "an MFA session is for assuming roles, and alice has none" in bash.run(
        "activate alice --mfa-session"
    )
    assert bash.status() == 2
    assert "--mfa-session must be 900 to 129600 seconds" in bash.run("activate prod --mfa-session 40h")
    assert bash.status() == 2
    assert_same(bash.state(), before)


def test_a_session_about_to_end_is_renewed_by_its_process(shell: Shell, world: World, tmp_path: Path) -> None:
    document = tmp_path / "process.json"
    session = world.aws.client("sts", world.user.credentials).get_session_token()["Credentials"]

    def lasting(seconds: int) -> None:
        ends = datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()
        document.write_text(json.dumps({"Version": 1, **session, "Expiration": ends}))

    world.add_profile(f"[profile process]\ncredential_process = cat {document}\n")
    shell.run(setting(shell, "AWSACTIVATE_AUTO_RENEW", "1"))
    lasting(1200)
    assert "activated process" in shell.run("activate process")
    assert "renewed" not in shell.run("true")
    lasting(300)
    shown = shell.run("activate process") + shell.run("true")
    assert shown.count("renewed process: ") == 1  # once a minute, where it helps no more
    lasting(3000)
    assert "renewed process: " in shell.run("activate --renew")
    assert shell.run("true").endswith("(process 50m) ")


def test_a_profile_that_wants_its_name_gets_it_before_anything_is_called(bash: Shell, world: World) -> None:
    world.add_profile(
        f"[profile live]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\nconfirm = true\n"
    )
    before = bash.state()
    world.aws.requests.clear()
    bash.begin("activate live", "type live to go on: ")
    bash.type("life\r")
    assert "error: that was not live: nothing was changed" in bash.prompt()
    assert bash.status() == 1
    assert_same(bash.state(), before)
    assert world.operations() == []
    bash.begin("activate live", "type live to go on: ")
    bash.type("live\r")
    bash.expect(world.prompt)
    bash.type(world.device.code() + "\r")
    assert "activated live" in bash.prompt()
    world.aws.clock.advance(30)
    assert "renewed live" in bash.run(f"activate --renew --mfa-code {world.device.code()}")
    bash.run("deactivate")
    world.aws.clock.advance(30)
    assert "activated live" in bash.run(f"activate live --yes --mfa-code {world.device.code()}")


@pytest.mark.parametrize("command", ["exec live -- true", "export live", "console live --print"])
def test_no_command_opens_such_a_profile_unasked(world: World, command: str) -> None:
    world.add_profile(
        f"[profile live]\nrole_arn = {world.role.arn}\nsource_profile = alice\nconfirm = true\n"
    )
    done = subprocess.run(
        [PROGRAM, *command.split()],
        env=world.environ,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "awsactivate: error: there is no terminal to ask on: this needs a terminal or --yes",
        "awsactivate: hint: add --yes",
    ]


def _json_of(shown: str) -> str:
    return shown[shown.index("{") : shown.rindex("}") + 1]
