"""What a test needs of the machine: missing is a skip that names it, and under CI a failure."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest


def needs_program(name: str) -> str:
    """Return the path of `name`, or skip the test, or fail it under `CI=true`."""
    path = shutil.which(name)
    if path is not None:
        return path
    if os.environ.get("CI") == "true":
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


def needs_root(reason: str = "only root can give files to another user") -> None:
    """Skip the test, or fail it under `CI=true`, where this is not root."""
    if os.geteuid() == 0:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must not go without it")
    pytest.skip(reason)
