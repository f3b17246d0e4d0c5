"""What a test needs of the machine: missing is a skip that names it, and under CI a failure.

scripts/programs tells on which systems that is so: strace or ksh93 do not exist everywhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parents[1] / "scripts/programs"
SYSTEM = {"darwin": "macos"}.get(sys.platform, sys.platform)


def systems(table: str) -> dict[str, list[str]]:
    """Tell on which systems each program of the table has to be there, under `CI=true`."""
    rows = [line.split() for line in table.splitlines() if line and not line.startswith("#")]
    return {program: where.split(",") for program, _, _, where in rows}


def has_to_be_here(name: str) -> bool:
    """Tell whether a test must not go without this program."""
    if os.environ.get("CI") != "true":
        return False
    where = systems(PROGRAMS.read_text("utf-8")).get(name)
    return where is None or SYSTEM in where


def needs_program(name: str) -> str:
    """Return the path of `name`, or skip the test, or fail it under `CI=true`; with a `/` it is a file."""
    path = shutil.which(name) or (name if "/" in name and Path(name).exists() else None)
    if path is not None:
        return path
    if has_to_be_here(name):
        pytest.fail(f"{name} is not installed, and CI must not go without it")
    pytest.skip(f"{name} is not installed")


def needs_named_program(name: str, variable: str) -> str:
    """Return the path of `name` that `variable` of the environment holds, or skip or fail as above."""
    path = os.environ.get(variable)
    if path:
        return path
    reason = f"{variable} names no {name}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must not go without it")
    pytest.skip(reason)


def needs_named_folder(variable: str, within: str) -> Path:
    """Return the folder that `variable` of the environment holds, in which the pattern `within` is found.

    Without the variable the test is skipped; where it names a folder without that, it fails under CI.
    """
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} names no folder with {within}")
    if not list(Path(named).glob(within)):
        if os.environ.get("CI") == "true":
            pytest.fail(f"{within} is not in {named}, and CI must not go without it")
        pytest.skip(f"{within} is not in {named}")
    return Path(named)


def bashes() -> tuple[str, ...]:
    """Return the paths of every bash to run the shells' tests with; "bash" is whichever PATH has.

    $AWSACTIVATE_TEST_BASH names others, as paths between colons. macOS has its own 3.2 beside a newer one.
    """
    named = [path for path in os.environ.get("AWSACTIVATE_TEST_BASH", "").split(":") if path]
    if not named and sys.platform == "darwin":
        return tuple(dict.fromkeys(["/bin/bash", shutil.which("bash") or "/bin/bash"]))
    return tuple(named) or ("bash",)


def needs_shell(name: str) -> str:
    """Return the path of the shell `name`, or skip or fail as `needs_program` does."""
    return needs_program(name)


def give_to_another_user(path: Path, user: int) -> None:
    """Make a file another user's, as root or by a sudo that asks nothing; else skip or fail as above."""
    if os.geteuid() == 0:
        os.chown(path, user, -1, follow_symlinks=False)
        return
    done = subprocess.run(["sudo", "-n", "chown", "-h", str(user), path], capture_output=True, check=False)
    if done.returncode == 0:
        return
    reason = "only root can give files to another user"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must not go without it")
    pytest.skip(reason)


def as_another_user() -> list[str]:
    """Return the words that run a command as another user, by root or a sudo that asks nothing; else skip."""
    if os.geteuid() == 0:
        return [needs_program("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
    sudo = ["sudo", "-n", "-u", "nobody"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True).returncode == 0:
        return sudo
    reason = "neither root nor a sudo that asks nothing: nothing can be run as another user"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
