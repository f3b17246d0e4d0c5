"""A secret that came in the environment is neither inherited nor shown by the system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TEXT = """
import subprocess, sys
from awsactivate import own_environment
own = lambda: open("/proc/self/environ", "rb").read().count(b"S3CRET")
before = own()
again = [own_environment.take(name) for name in ("NAME", "OTHER")]
print(before, again[0], own(), [own_environment.take("NAME"), again[1]] == ["", ""])
sys.stdout.flush()
subprocess.run(["env"])
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no /proc")
def test_a_variable_that_was_taken_is_nowhere_any_more() -> None:
    environ = {"A": "S3", "NAME": "S3CRET", "NAMES": "kept", "Z": "last"}
    done = subprocess.run(
        [sys.executable, "-c", TEXT], env=environ, capture_output=True, text=True, check=True
    )
    first, *inherited = done.stdout.splitlines()
    assert first == "1 S3CRET 0 True"
    assert sorted(line for line in inherited if line[0] in "ANZ") == ["A=S3", "NAMES=kept", "Z=last"]
