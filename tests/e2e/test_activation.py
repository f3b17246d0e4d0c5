"""A session from its first digit to its end: the real core, in real shells, on an AWS that says no."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest

from e2e.conftest import World
from harness import processes
from harness.shells import Shell
from harness.states import assert_same
from harness.terminals import SECONDS

WRONG = "000000"


def wrong_code(world: World) -> str:
    """Return six digits that are no code of the device."""
    return next(f"{n:06d}" for n in range(10) if f"{n:06d}" != world.device.code())


def test_a_typed_code_activates_and_deactivate_puts_everything_back(shell: Shell, world: World) -> None:
    before = shell.state()
    shell.begin("activate prod", world.prompt)
    shell.type(world.device.code() + "\r")
    shown = shell.prompt()
    assert "••••••" in shown
    assert f"activated prod: terraform in {world.account} (eu-west-1), 60 min\n" in shown
    assert shown.endswith("(prod 60m) ")
    environ = shell.state().environ
    session_name = environ["AWSACTIVATE_ASSUMED_ROLE_ID"].partition(":")[2]
    assert session_name.startswith("alice=")
    assert len(session_name) == len("alice=") + 10
    assert {name: environ[name] for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWSACTIVATE_PROFILE")} == {
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWSACTIVATE_PROFILE": "prod",
    }
    assert environ["AWSACTIVATE_ROLE_ARN"] == world.role.arn
    assert environ["AWSACTIVATE_SOURCE_PROFILE"] == "alice"
    assert environ["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert abs(int(environ["AWSACTIVATE_EXPIRATION"]) - time.time() - 3600) < 60
    assert "AWS_PROFILE" not in environ
    shell.run("deactivate")
    assert_same(shell.state(), before)


def test_the_real_aws_command_and_boto3_are_the_role_and_then_are_not(shell: Shell, world: World) -> None:
    who = "aws sts get-caller-identity --query Arn --output text"
    boto = 'python -c \'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])\''
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    for command in (who, boto):
        assert f"arn:aws:sts::{world.account}:assumed-role/terraform/alice=" in shell.run(command)
    shell.run("deactivate")
    for command in (who, boto):
        shown = shell.run(command)
        assert f"arn:aws:iam::{world.account}:user/alice" in shown
        assert "assumed-role" not in shown


def test_a_wrong_code_is_asked_again(shell: Shell, world: World) -> None:
    shell.begin("activate prod", world.prompt)
    shell.type(wrong_code(world) + "\r")
    assert "awsactivate: AWS refused this MFA code\n" in shell.expect(world.prompt)
    shell.type(world.device.code() + "\r")
    assert "activated prod" in shell.prompt()


def test_three_wrong_codes_end_with_status_5_and_change_nothing(shell: Shell, world: World) -> None:
    before = shell.state()
    shell.begin("activate prod", world.prompt)
    for _ in range(2):
        shell.type(wrong_code(world) + "\r")
        shell.expect(world.prompt)
    shell.type(wrong_code(world) + "\r")
    assert f"awsactivate: error: AWS refused three MFA codes for {world.device.serial}" in shell.prompt()
    assert shell.status() == 5
    assert_same(shell.state(), before)


def test_ctrl_c_at_the_prompt_changes_nothing(shell: Shell, world: World) -> None:
    before = shell.state()
    shell.begin("activate prod", world.prompt)
    shell.type("12")
    shell.interrupt()
    shell.prompt()
    # bash before 5.0 and zsh say 1 where the child that was interrupted said 130
    assert shell.status() in (130, 1)
    assert_same(shell.state(), before)
    assert "AssumeRole" not in world.operations()


def test_an_aws_that_cannot_be_reached_is_status_7(shell: Shell, world: World) -> None:
    shell.run(
        "set -gx AWS_ENDPOINT_URL http://127.0.0.1:9"
        if shell.name == "fish"
        else "export AWS_ENDPOINT_URL=http://127.0.0.1:9"
    )
    before = shell.state()
    assert "awsactivate: error: AWS could not be reached" in shell.run("activate prod --mfa-code 123456")
    assert shell.status() == 7
    assert_same(shell.state(), before)


def test_a_core_that_is_killed_at_its_prompt_changes_nothing(shell: Shell, world: World) -> None:
    before = shell.state()
    shell.begin("activate prod", world.prompt)
    core = children(shell.pid)[-1]
    os.kill(core, signal.SIGKILL)
    shell.prompt()
    assert shell.status() == 137
    assert_same(shell.state(), before)


def test_a_terminal_that_is_shut_ends_the_core(shell: Shell, world: World) -> None:
    shell.begin("activate prod", world.prompt)
    core = children(shell.pid)[-1]
    shell.hang_up()
    until = time.monotonic() + SECONDS
    while processes.is_there(core) and time.monotonic() < until:
        time.sleep(0.05)
    assert not processes.is_there(core)


def test_a_switch_keeps_what_was_before_the_first_session(shell: Shell, world: World) -> None:
    before = shell.state()
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    world.aws.clock.advance(30)
    shown = shell.run(f"activate dev --mfa-code {world.device.code()}")
    assert "(dev 6" in shown  # the clock of that AWS is 30 s ahead now
    environ = shell.state().environ
    # dev names no region, so what the user had before prod is there again
    assert (environ["AWS_REGION"], "AWS_DEFAULT_REGION" in environ) == ("us-west-2", False)
    shell.run("deactivate")
    assert_same(shell.state(), before)


def test_a_failed_switch_keeps_the_session(shell: Shell, world: World) -> None:
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    active = shell.state()
    assert "awsactivate: error: " in shell.run(f"activate dev --mfa-code {wrong_code(world)}")
    assert shell.status() == 5
    assert_same(shell.state(), active)


def test_a_code_is_never_sent_twice(shell: Shell, world: World) -> None:
    code = world.device.code()
    shell.run(f"activate prod --mfa-code {code}")
    sent = world.operations().count("AssumeRole")
    shown = shell.run(f"activate dev --mfa-code {code}")
    assert "awsactivate: error: --mfa-code: this MFA code was used already; the next one comes in" in shown
    assert world.operations().count("AssumeRole") == sent
    assert shell.value("$AWSACTIVATE_PROFILE") == "prod"


def test_renewal_takes_the_active_profile(shell: Shell, world: World) -> None:
    shell.run(f"activate dev --mfa-code {world.device.code()}")
    first = shell.value("$AWS_ACCESS_KEY_ID")
    world.aws.clock.advance(30)
    assert "activated dev: " in shell.run(f"activate --mfa-code {world.device.code()}")
    assert shell.value("$AWS_ACCESS_KEY_ID") != first


def test_the_users_own_keys_in_the_environment_are_the_source_even_while_a_session_is_on(
    shell: Shell, world: World
) -> None:
    world.add_environment(shell)
    for _ in range(2):
        assert "activated env: terraform" in shell.run(f"activate env --mfa-code {world.device.code()}")
        world.aws.clock.advance(30)
    shell.run("deactivate")
    assert shell.value("$AWS_ACCESS_KEY_ID") == world.user.credentials.access_key_id


def test_exec_gives_the_session_to_one_command_only(shell: Shell, world: World) -> None:
    before = shell.state()
    code = world.device.code()
    shown = shell.run(
        f"awsactivate exec prod --mfa-code {code} -- sh -c 'echo $AWSACTIVATE_PROFILE; exit 42'"
    )
    assert "prod\n" in shown
    assert shell.status() == 42
    assert_same(shell.state(), before)


def test_status_tells_the_session_to_the_second(shell: Shell, world: World) -> None:
    shell.run("awsactivate status")
    assert shell.status() == 1
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    shown = shell.run("awsactivate status --json")
    document = json.loads(shown[shown.index("{") : shown.rindex("}") + 1])
    assert (document["active"], document["profile"], document["account"]) == (True, "prod", world.account)
    assert 3500 < document["seconds_left"] <= 3600
    shell.run("awsactivate status --min-ttl 2h >/dev/null")
    assert shell.status() == 1


def test_deactivate_without_a_session_says_so(shell: Shell, world: World) -> None:
    before = shell.state()
    assert "awsactivate: error: no session is active in this shell\n" in shell.run("awsdeactivate")
    assert shell.status() == 1
    assert_same(shell.state(), before)


@pytest.mark.parametrize("command", ["activate nope", "activate --bogus", "activate prod --mfa-code 12"])
def test_a_mistake_changes_nothing_and_is_said_in_lines_of_ours(
    shell: Shell, world: World, command: str
) -> None:
    before = shell.state()
    shown = shell.run(command)
    assert "awsactivate: error: " in shown
    assert "Traceback" not in shown
    assert_same(shell.state(), before)


def children(pid: int) -> list[int]:
    """Return the ids of all cores below `pid`, the nearest first."""
    return processes.below(pid, "_activate")


def test_secrets_live_and_end_with_the_session(shell: Shell, world: World) -> None:
    ssm = world.aws.client("ssm", world.aws.account(world.account), "eu-west-1")
    hostile = 'it\'s $(touch pwned)\n`x` \\ "y"'
    for name, value in {"/app/db-password": hostile, "/app/size": "3", "/app/prod/size": "4"}.items():
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Description="1")
    before = shell.state()
    code = world.device.code()
    shown = shell.run(f"activate prod --secrets app --secrets app/prod --mfa-code {code}")
    assert "activated prod" in shown
    environ = shell.state().environ
    secrets = {name: value for name, value in environ.items() if name.startswith("TF_VAR_")}
    assert secrets == {"TF_VAR_db_password": hostile, "TF_VAR_size": "4"}
    world.aws.clock.advance(30)
    shell.run(f"activate dev --mfa-code {world.device.code()}")
    assert not any(name.startswith("TF_VAR_") for name in shell.state().environ)
    shell.run("deactivate")
    assert_same(shell.state(), before)


def test_secrets_that_cannot_be_had_leave_the_shell_as_it_was(shell: Shell, world: World) -> None:
    before = shell.state()
    world.aws.levers.fail_next("GetParametersByPath", "AccessDeniedException", "not authorized", 400, times=9)
    shown = shell.run(f"activate prod --secrets app --mfa-code {world.device.code()}")
    assert "awsactivate: error: " in shown
    assert shell.status() == 6
    assert_same(shell.state(), before)
    assert "awsactivate: error: " in shell.run("activate prod --secrets 'no such/'")
    assert_same(shell.state(), before)
