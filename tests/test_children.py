"""Which programs are started, by which environment: no helper gets the session, or what only we got."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.commands.doctor import versions
from awsactivate.commands.mfa import clipboard
from awsactivate.keychain.password_store import PasswordStore
from awsactivate.mfa.piped_codes import read_code_from_process
from awsactivate.sessions.environment import of_helper

PACKAGE = Path(__file__).parents[1] / "src/awsactivate"
PROGRAM = Path(sys.executable).parent / "awsactivate"

# Here COMMAND is started, or becomes what this process was; all else is a helper.
OF_COMMANDS = {
    "running/become.py": 1,
    "running/child.py": 1,
    "running/labelled_child.py": 1,
    "demo/shell.py": 1,
}
STARTERS = {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}
OF_OS = ("exec", "spawn", "posix_spawn", "fork", "system", "popen", "startfile")


def starts(tree: ast.Module) -> list[ast.Call]:
    """Every call in `tree` that may start a program."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        is_start = (
            (owner == "subprocess" and node.func.attr in STARTERS)
            or (owner == "os" and node.func.attr.startswith(OF_OS))
            or owner in ("pty", "webbrowser", "multiprocessing")
            or (owner == "asyncio" and "subprocess" in node.func.attr)
        )
        if is_start:
            found.append(node)
    return found


def is_given_a_helpers(call: ast.Call, tree: ast.Module) -> bool:
    """Whether a start is given what `of_helper` returns: at the call, or kept by the object before."""
    given = next((word.value for word in call.keywords if word.arg == "env"), None)
    if given is None:  # a library starts it, with what is left of this process's own
        function = next(
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and call in ast.walk(node)
        )
        return "of_helper(os.environ)" in ast.unparse(function)
    text = ast.unparse(given)
    return "of_helper(" in text or (
        "self._environ" in text and "self._environ = of_helper(" in ast.unparse(tree)
    )


def test_every_program_that_is_no_command_is_started_with_a_helpers_environment() -> None:
    commands, seen = {}, 0
    for file in PACKAGE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        others = [call for call in starts(tree) if not is_given_a_helpers(call, tree)]
        seen += len(starts(tree)) - len(others)
        if others:
            commands[file.relative_to(PACKAGE).as_posix()] = len(others)
    assert commands == OF_COMMANDS
    assert seen >= 6  # or the search finds nothing any more


def test_programs_are_started_by_these_modules_calls_alone() -> None:
    """A name imported out of its module would be a start that the search above does not see."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in ("subprocess", "os", "pty", "webbrowser"):
                assert {alias.name for alias in node.names} <= {"CompletedProcess"}, file


SESSION = {
    "AWS_ACCESS_KEY_ID": "ASIASESSION",
    "AWS_SECRET_ACCESS_KEY": "S3CRET-session",
    "AWS_SESSION_TOKEN": "S3CRET-token",
    "TF_VAR_password": "S3CRET-tf",
    "AWSACTIVATE_PROFILE": "prod",
    "AWSACTIVATE_MFA_CODE": "S3CRET-code",
    "AWSACTIVATE_VARS": "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN TF_VAR_password"
    " AWSACTIVATE_PROFILE AWSACTIVATE_VARS",
    "_AWSACTIVATE_REVOKE_AWS_SECRET_ACCESS_KEY": "S3CRET-revoke",
    "_AWSACTIVATE_REVOKE_AWS_SESSION_TOKEN": "S3CRET-revoke-token",
    "_AWSACTIVATE_MFA_SESSION": "S3CRET-mfa",
    "_AWSACTIVATE_AGAIN": "-- prod",
}
OWN = {"AWS_CONFIG_FILE": "/x/config", "AWS_PROFILE": "mine", "EDITOR": "vi"}


def test_a_helper_that_knows_aws_gets_what_the_person_set_and_no_other_gets_anything_of_aws() -> None:
    environ = {**SESSION, **OWN, "PATH": "/bin", "TF_VAR_own": "1"}
    assert of_helper(environ, knows_aws=True) == {**OWN, "PATH": "/bin", "TF_VAR_own": "1"}
    assert of_helper(environ) == {"EDITOR": "vi", "PATH": "/bin"}


def test_a_wrapper_gives_the_persons_own_keys_which_a_helper_that_knows_aws_may_have() -> None:
    before = {**SESSION, "_AWSACTIVATE_WRAPPER": "0.1.0", "AWS_ACCESS_KEY_ID": "AKIAOWN"}
    kept = of_helper(before, knows_aws=True)
    assert kept["AWS_ACCESS_KEY_ID"] == "AKIAOWN"
    assert not any(name.startswith(("AWSACTIVATE_", "_AWSACTIVATE_")) for name in kept)


class Desk:
    """Programs on PATH that write down what environment they got."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.environ = {**SESSION, "PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), "DISPLAY": ":9"}

    def add(self, name: str, then: str = "") -> str:
        program = self.folder / name
        program.write_text(f"#!/bin/sh\nenv >>'{self.log}'\n{then}\n")
        program.chmod(0o755)
        return str(program)

    def assert_told_nothing(self) -> None:
        seen = self.log.read_text()
        assert "PATH=" in seen
        told = [line for line in seen.splitlines() if "S3CRET" in line or line.startswith(("AWS_", "_AWS"))]
        assert told == []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_clipboard_is_told_nothing(desk: Desk) -> None:
    desk.add("xclip", "cat >/dev/null")
    clipboard.copy("123456", desk.environ)
    desk.assert_told_nothing()


def test_pass_is_told_nothing(desk: Desk) -> None:
    desk.add("pass", "echo kept")
    assert PasswordStore(desk.environ).get_password("awsactivate", "alice") == "kept\n"
    desk.assert_told_nothing()


def test_a_shell_that_doctor_asks_for_its_version_is_told_nothing(desk: Desk) -> None:
    assert versions._ask_version(desk.add("bash", "echo version 5.2"), desk.environ) == "5.2"
    desk.assert_told_nothing()


def test_mfa_process_is_told_nothing_of_the_session(desk: Desk) -> None:
    assert read_code_from_process(desk.add("code", "echo 123456"), desk.environ, "mfa_process") == "123456"
    desk.assert_told_nothing()


CREDENTIALS = {"Version": 1, "AccessKeyId": "ASIAPROC", "SecretAccessKey": "s", "SessionToken": "t"}


def test_credential_process_which_a_library_starts_is_told_nothing_of_the_session(desk: Desk) -> None:
    process = desk.add("give", f"echo '{json.dumps(CREDENTIALS)}'")
    (desk.folder / ".aws").mkdir()
    (desk.folder / ".aws/config").write_text(f"[profile p]\ncredential_process = {process}\n")
    # no server is there: the program has been run by then
    done = subprocess.run(
        [PROGRAM, "export", "p"],
        env={**desk.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 7, done.stderr
    seen = desk.log.read_text()
    assert "S3CRET" not in seen
    assert "_AWSACTIVATE" not in seen
    assert "ASIASESSION" not in seen


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no /proc")
def test_the_session_to_revoke_is_shown_by_no_list_of_processes() -> None:
    text = (
        "import os; from awsactivate import own_environment\n"
        "own_environment.keep_back()\n"
        "print(open('/proc/self/environ', 'rb').read().count(b'S3CRET-revoke'), sorted(os.environ))"
    )
    done = subprocess.run(
        [sys.executable, "-c", text],
        env={**SESSION, "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("0 ['AWSACTIVATE_PROFILE', 'AWSACTIVATE_VARS', ")
    assert "TF_VAR" not in done.stdout
