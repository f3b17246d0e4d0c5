"""Keys and seeds of the keyring in use: in sessions and by other programs, and seen by nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.demo.aws import Role
from e2e.conftest import ANYTHING, mfa_trust
from harness import keyrings
from harness.desks import Desk

PROGRAM = Path(sys.executable).parent / "awsactivate"


@pytest.fixture
def role(desk: Desk) -> Role:
    """Make a role that demands MFA, and the profile `prod` that assumes it from alice."""
    made = desk.aws.role(
        "terraform", trust=mfa_trust(desk.account), policies={"all": ANYTHING}, account=desk.account
    )
    with desk.config_file.open("a") as file:
        file.write(f"[profile prod]\nrole_arn = {made.arn}\nsource_profile = alice\nregion = eu-west-1\n")
    return made


def forget_codes(desk: Desk) -> None:
    desk.aws._state.devices._last.clear()


def kept(desk: Desk) -> Desk:
    """Import the key and store the seed of a device."""
    device = desk.aws.mfa_device(desk.user)
    assert desk.run("keys", "import", "alice").status == 0
    assert desk.run("mfa", "add-seed", "alice", stdin=device.seed).status == 0
    return desk


def test_a_session_of_a_kept_key_and_a_kept_seed_asks_nothing(desk: Desk, role: Role) -> None:
    kept(desk)
    done = desk.run("exec", "prod", "--", "env")
    assert done.status == 0, done.err
    variables = dict(line.partition("=")[::2] for line in done.out.splitlines())
    assert variables["AWSACTIVATE_ROLE_ARN"] == role.arn
    assert variables["AWSACTIVATE_SOURCE_PROFILE"] == "alice"
    assert desk.user.credentials.secret_access_key not in done.out
    assert "MFA code for" not in done.err


def test_the_next_session_waits_out_the_used_window_and_says_so(desk: Desk, role: Role) -> None:
    kept(desk)
    assert desk.run("exec", "prod", "--", "true").status == 0
    done = desk.run("exec", "prod", "--", "true")
    assert done.status == 0, done.err
    assert done.said[0].startswith("this MFA code was used already; the next one comes in ")


def test_show_names_the_keyring_without_opening_it(desk: Desk, role: Role) -> None:
    kept(desk)
    done = desk.run("show", "prod", "--json", AWSACTIVATE_KEYRING_BACKEND="no.such.Backend")
    assert done.status == 0, done.err
    assert json.loads(done.out)["source"] == {"kind": "keyring", "name": "alice"}


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ("keyring.backends.fail.Keyring", "there is no keyring on this machine"),
        (
            "harness.broken_keyring.LockedKeyring",
            "the keyring is locked, and was not unlocked (to read the item of 'alice')",
        ),
    ],
)
def test_a_keyring_that_does_not_open_is_exit_4_and_nothing_on_stdout(
    desk: Desk, role: Role, backend: str, message: str
) -> None:
    kept(desk)
    done = desk.run("_activate", "bash", "prod", AWSACTIVATE_KEYRING_BACKEND=backend)
    assert (done.status, done.out) == (4, "")
    assert message in done.err


def test_other_programs_go_on_working_by_the_credential_process(desk: Desk, role: Role) -> None:
    """boto3 reads the profile itself, and gets a session by MFA."""
    device = desk.aws.mfa_device(desk.user)
    assert desk.run("keys", "import", "alice", "--credential-process").status == 0
    assert desk.run("mfa", "add-seed", "alice", stdin=device.seed).status == 0
    forget_codes(desk)
    program = (
        "import boto3; session = boto3.Session(profile_name='prod');"
        "print(session.client('sts').get_caller_identity()['Arn'])"
    )
    environ = {
        **desk.environ,
        "PATH": f"{PROGRAM.parent}:/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f":assumed-role/{role.name}/" in done.stdout


def test_all_of_it_works_on_a_real_keyring(desk: Desk, role: Role, tmp_path: Path) -> None:
    with keyrings.secret_service(tmp_path / "secrets") as environ:
        device = desk.aws.mfa_device(desk.user)
        steps = [
            desk.run("keys", "import", "alice", **environ),
            desk.run("mfa", "add-seed", "alice", stdin=device.seed, **environ),
            desk.run("exec", "prod", "--", "true", **environ),
            desk.run("keys", "rotate", "alice", "--delete", **environ),
            desk.run("keys", "list", **environ),
        ]
        assert [step.status for step in steps] == [0] * 5, [step.err for step in steps]
        assert len(desk.iam_keys()) == 1
        assert next(iter(desk.iam_keys())) in steps[-1].out


def test_no_secret_is_an_argument_or_in_the_environment_of_a_child(desk: Desk, tmp_path: Path) -> None:
    """`pass` is the one child that is handed secrets; this one writes down what others could see of it."""
    seen = tmp_path / "seen"
    store = tmp_path / "store"
    store.mkdir()
    program = tmp_path / "bin/pass"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n{{ echo "$@"; env; }} >>{seen}\nfor last; do :; done\nfile={store}/$(basename "$last")\n'
        'case $1 in\ninsert) cat >"$file" ;;\n'
        'show) cat "$file" 2>/dev/null || { echo "is not in the password store" >&2; exit 1; } ;;\n'
        'rm) rm "$file" ;;\nesac\n'
    )
    program.chmod(0o755)
    environ = {"AWSACTIVATE_KEYRING_BACKEND": "pass", "PATH": f"{program.parent}:/usr/bin:/bin"}
    device = desk.aws.mfa_device(desk.user)
    assert desk.run("keys", "import", "alice", **environ).status == 0
    assert desk.run("mfa", "add-seed", "alice", stdin=device.seed, **environ).status == 0
    done = desk.run("keys", "rotate", "alice", **environ)
    assert done.status == 0, done.err
    assert "insert --multiline --force awsactivate/alice" in seen.read_text()
    new = json.loads((store / "alice").read_text())["key"]["secret"]
    for secret in (desk.user.credentials.secret_access_key, device.seed, new):
        assert secret not in seen.read_text() + done.err + done.out
