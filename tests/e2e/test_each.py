"""`each`: a command for many profiles, with one code a device and a session each."""

from __future__ import annotations

import json
import subprocess

import pytest

from awsactivate.demo.aws import Role
from e2e.conftest import ANYTHING, World, mfa_trust
from e2e.test_sources import run
from harness import processes
from harness.shells import PROGRAM, Shell
from harness.terminals import terminal

TELL = ("sh", "-c", "echo $AWSACTIVATE_PROFILE ${AWS_REGION-none} ${AWSACTIVATE_ROLE_ARN##*/}; echo no >&2")


def lines(text: str) -> list[str]:
    return sorted(text.splitlines())


def role(world: World, name: str, *, trust: dict[str, object] | None = None) -> Role:
    return world.aws.role(
        name, trust=trust or mfa_trust(world.account), policies={"all": ANYTHING}, account=world.account
    )


def test_one_code_is_for_all_of_a_device_whatever_they_are(world: World) -> None:
    """Roles, one that names no device, the user's own session, and the same user's key in another profile."""
    keys = (world.home / ".aws/credentials").read_text().partition("]\n")[2]
    (world.home / ".aws/credentials").open("a").write(f"[again]\n{keys}")
    world.add_profile(
        f"[profile silent]\nrole_arn = {role(world, 'silent').arn}\nsource_profile = alice\n"
        f"[profile keys]\nsource_profile = alice\nmfa_serial = {world.device.serial}\nregion = eu-north-1\n"
        f"[profile again]\nmfa_serial = {world.device.serial}\n"
        f"[profile other-key]\nrole_arn = {role(world, 'other').arn}\nsource_profile = again\n"
    )
    world.aws.requests.clear()
    done = run(world, "each", "*", "--mfa-code", world.device.code(), "--", *TELL)
    assert done.returncode == 0, done.stderr
    assert lines(done.stdout) == [
        "again | again none",
        "alice | alice us-east-1",
        "dev | dev none terraform",
        "keys | keys eu-north-1",
        "other-key | other-key none other",
        "prod | prod eu-west-1 terraform",
        "silent | silent none silent",
    ]
    said = done.stderr.splitlines()
    assert said[-1].startswith("awsactivate: 7 profiles done in ")
    assert lines("\n".join(said[:-1])) == [f"{line.partition(' ')[0]} | no" for line in lines(done.stdout)]
    told = json.loads(run(world, "log", "--json").stdout)
    assert [(entry["event"], entry["command"]) for entry in told] == [("ran", "sh")] * 7
    # of alice, who needs no code, and of all others; one role was asked for without one first
    assert world.operations().count("GetSessionToken") == 2
    assert world.operations().count("AssumeRole") == 4 + 1
    assert "ListMFADevices" not in world.operations()


def test_a_device_that_no_profile_names_is_looked_for_once(world: World) -> None:
    for name in ("silent-1", "silent-2"):
        world.add_profile(f"[profile {name}]\nrole_arn = {role(world, name).arn}\nsource_profile = alice\n")
    world.aws.requests.clear()
    done = run(world, "each", "silent-?", "--mfa-code", world.device.code(), "--", *TELL)
    assert done.returncode == 0, done.stderr
    assert lines(done.stdout) == ["silent-1 | silent-1 none silent-1", "silent-2 | silent-2 none silent-2"]
    assert world.operations().count("ListMFADevices") == 1
    assert world.operations().count("GetSessionToken") == 1


def test_devices_are_asked_one_after_the_other_before_anything_starts(world: World) -> None:
    bob = world.aws.user("bob", policies={"all": ANYTHING}, account=world.account)
    phone = world.aws.mfa_device(bob, "bob")
    (world.home / ".aws/credentials").open("a").write(
        f"[bob]\naws_access_key_id = {bob.credentials.access_key_id}\n"
        f"aws_secret_access_key = {bob.credentials.secret_access_key}\n"
    )
    world.add_profile(
        f"[profile bobs]\nrole_arn = {world.role.arn}\nsource_profile = bob\nmfa_serial = {phone.serial}\n"
    )
    done = run(world, "each", "prod", "bobs", "--mfa-code", "123456", "--", *TELL)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: one MFA code can't be of 2 devices: " in done.stderr
    words = [str(PROGRAM), "each", "prod", "dev", "bobs", "--", *TELL]
    with terminal(words, {**world.environ, "TERM": "xterm"}, inherits=False) as opened:
        opened.expect(world.prompt)
        opened.type(world.device.code() + "\r")
        before = opened.expect(f"MFA code for {phone.serial}: ")
        assert " | " not in before
        opened.type(phone.code() + "\r")
        shown = opened.read()
        assert opened.wait() == 0
    # aligned on a terminal, and in a colour of its own each
    assert "\x1b[36mprod |\x1b[0m prod eu-west-1 terraform\r\n" in shown
    assert "\x1b[33mdev  |\x1b[0m dev none terraform\r\n" in shown
    assert "\x1b[32mbobs |\x1b[0m bobs none terraform\r\n" in shown
    assert "3 profiles done in " in shown


@pytest.mark.parametrize("names", [("prod",), ("prod", "dev")])
def test_a_code_that_one_device_was_asked_for_serves_no_other(world: World, names: tuple[str, ...]) -> None:
    """AWS refuses it for the first; the second is only found out when its role refuses."""
    bob = world.aws.user("bob", policies={"all": ANYTHING}, account=world.account)
    phone = world.aws.mfa_device(bob, "bob")
    (world.home / ".aws/credentials").open("a").write(
        f"[bob]\naws_access_key_id = {bob.credentials.access_key_id}\n"
        f"aws_secret_access_key = {bob.credentials.secret_access_key}\n"
    )
    world.add_profile(f"[profile bobs]\nrole_arn = {role(world, 'bobs').arn}\nsource_profile = bob\n")
    done = run(world, "each", *names, "bobs", "--mfa-code", phone.code(), "--", *TELL)
    assert (done.returncode, done.stdout) == (1, "")
    errors = [line for line in done.stderr.splitlines() if ": error: " in line]
    assert [line.split(": ")[2] for line in errors] == [*names, "bobs"]
    assert all("--mfa-code: " in line for line in errors[:-1])
    assert "--mfa-code: " not in errors[-1]


def test_what_fails_stops_nothing_and_is_told(world: World) -> None:
    world.add_profile(
        f"[profile p-good]\nrole_arn = {role(world, 'p').arn}\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\n"
        f"[profile p-bad]\nsource_profile = nobody\n"
        f"[profile p-wrong]\nsource_profile = alice\nexpected_account_id = 999999999999\n"
        f"[profile p-gone]\nrole_arn = arn:aws:iam::{world.account}:role/gone\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\n"
    )
    command = ("sh", "-c", "echo $AWSACTIVATE_PROFILE; exit 4")
    done = run(world, "each", "p-*", "alice", "--json", "--mfa-code", world.device.code(), "--", *command)
    assert done.returncode == 1
    rows = json.loads(done.stdout)
    assert [list(row) for row in rows] == [["profile", "status", "seconds"]] * 5
    assert {row["profile"]: row["status"] for row in rows} == {
        "alice": 4,
        "p-good": 4,
        "p-bad": 3,
        "p-wrong": 6,
        "p-gone": 6,
    }
    assert all((row["seconds"] > 0) is (row["status"] == 4) for row in rows)
    said = done.stderr.splitlines()
    assert sum(line in ("alice | alice", "p-good | p-good") for line in said) == 2
    for name in ("p-bad", "p-wrong", "p-gone"):
        assert sum(line.startswith(f"awsactivate: error: {name}: ") for line in said) == 1
    assert "5 of 5 profiles failed, in " in said[-1]
    world.aws.clock.advance(30)
    words = ("each", "p-*", "--fail-fast", "--mfa-code", world.device.code(), "--", *command)
    done = run(world, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "awsactivate: not started: p-good"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("pord", "--", "true"), 3, "no profile matches 'pord'\nawsactivate: hint: did you mean 'prod'?"),
        (("dve*", "sta*", "--", "true"), 3, "no profile matches 'dve*' or 'sta*'"),
        (("PROD", "--", "true"), 3, "no profile matches 'PROD'"),
        (("prod",), 2, "there is no command to run"),
        (("--", "true"), 2, "PATTERN"),
        (("prod", "--", "no-such-program"), 2, "there is no command 'no-such-program' on PATH"),
        (("prod", "--jobs", "0", "--", "true"), 2, "--jobs must be 1 to 200"),
        (("prod", "--jobs", "many", "--", "true"), 2, "--jobs"),
        (("sure", "prod", "--", "true"), 2, "there is no terminal to ask on"),
    ],
)
def test_what_can_not_be_is_said_before_any_call(
    world: World, words: tuple[str, ...], status: int, said: str
) -> None:
    world.add_profile("[profile sure]\nsource_profile = alice\nconfirm = true\n")
    world.aws.requests.clear()
    done = run(world, "each", *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert world.operations() == []


def test_a_pattern_that_nothing_matches_is_named_and_the_others_run(world: World) -> None:
    done = run(world, "each", "sta*", "ali*", "x", "--", "sh", "-c", "echo $AWSACTIVATE_PROFILE")
    assert (done.returncode, done.stdout) == (0, "alice | alice\n")
    assert done.stderr.splitlines()[:-1] == ["awsactivate: note: no profile matches 'sta*' or 'x'"]


def test_ctrl_c_ends_all_and_a_shell_goes_on_with_its_own_session(world: World, shell: Shell) -> None:
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    world.aws.clock.advance(30)
    pids = world.home / "pids"
    text = f"echo $$ >>{pids}; echo begun; exec sleep 300"
    shell.send(f"awsactivate each 'd*' alice --mfa-code {world.device.code()} -- sh -c '{text}'")
    shell.expect(" | begun")
    shell.expect(" | begun")
    shell.interrupt()
    assert "awsactivate: error: interrupted: 0 of 2 profiles were done\n" in shell.prompt()
    assert shell.status() in (
        130,
        1,
    )  # zsh and old bashes say 1 where the child that was interrupted said 130
    assert len(pids.read_text().split()) == 2
    assert not any(processes.is_there(int(pid)) for pid in pids.read_text().split())
    assert shell.value("$AWSACTIVATE_PROFILE") == "prod"


def test_the_session_that_a_shell_keeps_serves_without_a_code(world: World, shell: Shell) -> None:
    shell.run(f"activate --mfa-session 1h prod --mfa-code {world.device.code()}")
    world.aws.requests.clear()
    told = shell.run("awsactivate each prod dev -- printenv AWSACTIVATE_PROFILE")
    assert "prod | prod\n" in told
    assert "dev  | dev\n" in told
    assert set(world.operations()) <= {"AssumeRole", "GetCallerIdentity"}


def test_a_reader_that_goes_away_ends_all(world: World) -> None:
    """Not at once: COMMAND may have a lock to give back."""
    text = "trap 'echo $$ >>$HOME/ended; exit 0' TERM; while :; do echo y; sleep 0.02; done"
    words = [str(PROGRAM), "each", "alice", "--", "sh", "-c", text]
    program = subprocess.Popen(
        words, env=world.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "alice | y\n"
    program.stdout.close()
    assert program.stderr is not None
    said = program.stderr.read()
    assert program.wait(60) == 1
    assert "note: nobody reads what the commands print any more: all that run are ended\n" in said
    assert len((world.home / "ended").read_text().split()) == 1
