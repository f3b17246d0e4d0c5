"""A terminal answers one question at a time: whatever may ask on it is done before a code is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from awsactivate.demo.aws import MfaDevice, Role
from awsactivate.keychain import item as items
from awsactivate.keychain.item import AccessKey, KeyringItem
from e2e.conftest import ANYTHING, mfa_trust
from harness import keyrings
from harness.desks import TESTS, Desk
from harness.terminals import Terminal

PROGRAM = Path(sys.executable).parent / "awsactivate"
PASSPHRASE = "correcthorse"


@pytest.fixture
def device(desk: Desk) -> MfaDevice:
    """Make a role that demands MFA, its profile `prod`, and the user's device, whose serial is known."""
    device = desk.aws.mfa_device(desk.user)
    role: Role = desk.aws.role(
        "terraform", trust=mfa_trust(desk.account), policies={"all": ANYTHING}, account=desk.account
    )
    with desk.config_file.open("a") as file:
        file.write(
            f"[profile prod]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = {device.serial}\n"
            "region = eu-west-1\n"
        )
    return device


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give the environment of a `pass` whose key has a passphrase that no agent knows."""
    with keyrings.password_store(Path(tmp_path_factory.mktemp("cold")), PASSPHRASE) as environ:
        yield environ
        subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, **environ}, check=True)


def put_key(desk: Desk, environ: dict[str, str]) -> dict[str, str]:
    """Put the user's key into the keyring of `environ`, as an earlier session did."""
    key = AccessKey(desk.user.credentials.access_key_id, desk.user.credentials.secret_access_key)
    text = items.to_text(KeyringItem(key))
    whole = {**os.environ, **environ}
    subprocess.run(
        ["pass", "insert", "-m", "-f", "awsactivate/alice"],
        input=text,
        text=True,
        env=whole,
        check=True,
        capture_output=True,
    )
    subprocess.run(["gpgconf", "--kill", "all"], env=whole, check=True)
    index = desk.home / ".local/share/awsactivate/identities.json"
    index.parent.mkdir(parents=True, exist_ok=True)
    entry = {"has_keys": True, "has_seed": False, "key_id": key.id}
    index.write_text(json.dumps({"version": 1, "identities": {"alice": entry}}))
    desk.credentials_file.unlink()
    return {**desk.environ, **environ, "PYTHONPATH": str(TESTS)}


def type_code(terminal: Terminal, device: MfaDevice) -> str:
    """Wait for the prompt, and answer it; return what was shown before it."""
    shown = terminal.expect(f"MFA code for {device.serial}: ")
    terminal.until_echo(False)
    terminal.type(f"{device.code()}\n")
    return shown


def test_pinentry_is_answered_before_the_code_is_asked_for(
    desk: Desk, device: MfaDevice, cold: dict[str, str]
) -> None:
    environ = put_key(desk, cold)
    terminal = Terminal([str(PROGRAM), "export", "prod", "--format", "json"], environ)
    try:
        termios.tcsetwinsize(terminal.master, (24, 80))
        shown = terminal.expect("passphrase")
        time.sleep(1.5)  # in which a prompt of ours would come, were it not held back
        for letter in PASSPHRASE:
            terminal.type(letter)
            time.sleep(0.02)
        terminal.type("\r")
        shown += type_code(terminal, device)
        assert terminal.wait() == 0
        shown += terminal.rest()
        assert "MFA code for" not in shown
        assert PASSPHRASE not in shown
        assert "AWS_ACCESS_KEY_ID" in shown
    finally:
        terminal.close()


def test_without_a_terminal_pinentry_and_gpg_tty_are_named(
    desk: Desk, device: MfaDevice, cold: dict[str, str]
) -> None:
    environ = put_key(desk, cold)
    done = subprocess.run(
        [str(PROGRAM), "export", "prod", "--format", "json", "--mfa-code", "123456"],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    error, hint = done.stderr.splitlines()[-2:]
    assert "there is no terminal on which pinentry could ask for the passphrase" in error
    assert "GPG_TTY" in hint


def test_an_item_that_was_written_and_can_not_be_read_is_told(desk: Desk, cold: dict[str, str]) -> None:
    whole = {**os.environ, **cold}
    # to look for an earlier item needs no passphrase where there is none
    subprocess.run(["pass", "rm", "-f", "awsactivate/alice"], env=whole, check=False, capture_output=True)
    subprocess.run(["gpgconf", "--kill", "all"], env=whole, check=True)
    done = desk.run("keys", "import", "alice", **cold)
    assert done.status == 4
    assert "the item of 'alice' is written, but could not be read back" in done.said[0]


ASKS = """\
#!/bin/sh
printf 'vault password: ' >{where}
read -r answer <{source}
[ "$answer" = open ] || exit 1
printf '%s' '{document}'
"""


@pytest.mark.parametrize("where", ["/dev/tty", "/dev/stderr"])
def test_a_process_asks_and_is_answered_before_the_code_is_asked_for(
    desk: Desk, device: MfaDevice, where: str, tmp_path: Path
) -> None:
    document = json.dumps(
        {
            "Version": 1,
            "AccessKeyId": desk.user.credentials.access_key_id,
            "SecretAccessKey": desk.user.credentials.secret_access_key,
        }
    )
    program = tmp_path / "op"
    program.write_text(ASKS.format(where=where, source="/dev/tty", document=document))
    program.chmod(0o755)
    desk.credentials_file.unlink()
    text = desk.config_file.read_text()
    desk.config_file.write_text(
        text.replace("[profile alice]\n", f"[profile alice]\ncredential_process = {program}\n")
    )
    terminal = Terminal([str(PROGRAM), "export", "prod", "--format", "json"], desk.environ)
    try:
        shown = terminal.expect("vault password: ")
        time.sleep(1.5)
        terminal.type("open\n")
        shown += type_code(terminal, device)
        assert terminal.wait() == 0
        assert "MFA code for" not in shown
    finally:
        terminal.close()


def test_what_fails_first_asks_for_no_code(desk: Desk, device: MfaDevice) -> None:
    desk.credentials_file.unlink()
    text = desk.config_file.read_text()
    desk.config_file.write_text(
        text.replace("[profile alice]\n", "[profile alice]\ncredential_process = /bin/false\n")
    )
    terminal = Terminal([str(PROGRAM), "export", "prod", "--format", "json"], desk.environ)
    try:
        assert terminal.wait() != 0
        assert "MFA code for" not in terminal.rest()
    finally:
        terminal.close()
