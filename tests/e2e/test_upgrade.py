"""After an upgrade: the file of the version before is noticed at the first activation, and renewed."""

from __future__ import annotations

import subprocess

import pytest

from awsactivate.version import version
from e2e.conftest import World
from harness.shells import PROGRAM, SHELLS
from needs import needs_shell

PLAIN = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",), "fish": ("--no-config",)}


@pytest.mark.parametrize("name", SHELLS)
def test_an_integration_of_an_older_version_is_noticed_and_renewed(world: World, name: str) -> None:
    program = needs_shell(name)
    subprocess.run([PROGRAM, "install", name], env=world.environ, check=True, capture_output=True)
    file = next(world.home.rglob(f"awsactivate.{name}"))
    fresh = file.read_bytes()
    file.write_bytes(fresh.replace(version().encode(), b"0.0.1"))
    assert file.read_bytes() != fresh
    said = []
    for _ in range(2):
        script = f"source '{file}'\nactivate alice\nprintenv AWSACTIVATE_PROFILE\nawsdeactivate\n"
        done = subprocess.run(
            [program, *PLAIN[name], "-c", script],
            env=world.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "alice\n"), done.stderr
        said.append([line for line in done.stderr.splitlines() if "renewed" in line])
        assert file.read_bytes() == fresh
    assert said == [
        [f"awsactivate: renewed {file}, which was of another version: new shells load it"],
        [],
    ]
