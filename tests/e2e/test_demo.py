"""The demo: a shell on an AWS of its own, and nothing left of it however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness import processes
from harness.shells import PROGRAM, SHELLS, environment
from harness.terminals import SECONDS, terminal
from needs import needs_shell

SCRIPT = """\
printenv SHELL
awsactivate status
activate demo --mfa-code (demo-code)
aws sts get-caller-identity --query Arn --output text
deactivate
sh -c 'exit 42'
"""


def script_for(shell: str) -> str:
    """Write the same lines in the shell's own syntax."""
    return SCRIPT if shell == "fish" else SCRIPT.replace("(demo-code)", '"$(demo-code)"')


@pytest.fixture
def scratch(tmp_path: Path) -> dict[str, str]:
    """An environment whose temporary files can be counted."""
    (tmp_path / "tmp").mkdir()
    return environment(tmp_path, TMPDIR=str(tmp_path / "tmp"))


def left_over(environ: dict[str, str]) -> list[Path]:
    """List the throw-away homes that are still there, after the janitor has had its time."""
    until = time.monotonic() + SECONDS
    while (left := list(Path(environ["TMPDIR"]).glob("awsactivate-demo-*"))) and time.monotonic() < until:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_runs_in_the_shell_and_gives_its_status(
    shell: str, scratch: dict[str, str], tmp_path: Path
) -> None:
    program = needs_shell(shell)
    script = tmp_path / "script"
    script.write_text(script_for(shell))
    done = subprocess.run(
        [str(PROGRAM), "demo", "--shell", shell, "--script", str(script)],
        env={**scratch, "AWS_PROFILE": "somebody's", "AWSACTIVATE_MFA_CODE": "1"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 42, done.stderr
    assert done.stdout.startswith(f"{program}\n")
    assert "no session is active in this shell\n" in done.stdout
    assert "arn:aws:sts::111122223333:assumed-role/terraform/alice=" in done.stdout
    assert "activated demo: terraform in 111122223333 (eu-west-1), 60 min\n" in done.stderr
    assert left_over(scratch) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_leaving_the_shell_cleans_up(shell: str, scratch: dict[str, str]) -> None:
    needs_shell(shell)
    with terminal([str(PROGRAM), "demo", "--shell", shell], scratch, inherits=False) as demo:
        demo.expect("leave")
        demo.search("[#$>] ")
        assert len(list(Path(scratch["TMPDIR"]).glob("awsactivate-demo-*"))) == 1
        demo.type("exit\r")
        demo.read()
        assert demo.wait() == 0
    assert left_over(scratch) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_killed_leaves_neither_a_shell_nor_a_folder(
    number: signal.Signals, scratch: dict[str, str]
) -> None:
    with terminal([str(PROGRAM), "demo", "--shell", "bash"], scratch, inherits=False) as demo:
        demo.expect("leave")
        demo.search("[#$] ")
        demo.send("echo shell=$$=")
        shell = int(demo.search(r"shell=(\d+)=")[1])
        os.kill(demo.pid, number)
        demo.wait()
        assert left_over(scratch) == []
        until = time.monotonic() + SECONDS
        while processes.is_there(shell) and time.monotonic() < until:
            time.sleep(0.05)
        assert not processes.is_there(shell)


def test_a_code_is_given_only_inside_the_demo(scratch: dict[str, str]) -> None:
    done = subprocess.run(
        [str(PROGRAM), "_demo-code"], env=scratch, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "awsactivate: hint: awsactivate demo\n" in done.stderr


def test_a_shell_that_is_not_there_is_said(scratch: dict[str, str], tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    done = subprocess.run(
        [str(PROGRAM), "demo", "--shell", "fish"],
        env={**scratch, "PATH": str(empty)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("awsactivate: error: fish is not installed\n")
