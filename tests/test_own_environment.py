"""A secret that came in the environment is neither inherited nor shown by the system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate import own_environment
from awsactivate.sessions import environment

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


def test_what_stands_in_its_own_place_is_handed_over_and_inherited_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {
        "AWSACTIVATE_VARS": "AWS_ACCESS_KEY_ID TF_VAR_a TF_VAR_b TF_VAR_gone AWSACTIVATE_VARS",
        "AWS_ACCESS_KEY_ID": "before",
        "_AWSACTIVATE_NOW_AWS_ACCESS_KEY_ID": "now",
        "TF_VAR_a": "now a",
        "TF_VAR_b": "before b",
        "_AWSACTIVATE_NOW_TF_VAR_b": "now b",
        "TF_VAR_mine": "mine",
        "_AWSACTIVATE_IN_PLACE": "TF_VAR_",
        "_AWSACTIVATE_WRAPPER": "1",
    }
    environ = dict(given)
    monkeypatch.setattr(os, "environ", environ)
    kept = own_environment.keep_back()
    left = {"AWS_ACCESS_KEY_ID": "before", "TF_VAR_b": "before b", "TF_VAR_mine": "mine"}
    assert environ == {**left, "AWSACTIVATE_VARS": given["AWSACTIVATE_VARS"]}
    assert environment.of_command((), kept) == environ
    now = {"AWS_ACCESS_KEY_ID": "now", "TF_VAR_a": "now a", "TF_VAR_b": "now b", "TF_VAR_mine": "mine"}
    assert environment.as_handed_over(kept) == {**now, "AWSACTIVATE_VARS": given["AWSACTIVATE_VARS"]}
    # of a wrapper that has put all back, it is what was there before
    monkeypatch.setattr(os, "environ", {**left, "AWSACTIVATE_VARS": "TF_VAR_b", "_AWSACTIVATE_WRAPPER": "1"})
    assert own_environment.keep_back()["TF_VAR_b"] == "before b"
