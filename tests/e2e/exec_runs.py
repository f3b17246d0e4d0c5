"""`awsactivate exec …`, run to its end with no terminal."""

from __future__ import annotations

import subprocess
import sys

from e2e.conftest import World
from harness.shells import PROGRAM


def run_exec(world: World, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it; `settings` are variables beside the world's."""
    return subprocess.run(
        [PROGRAM, "exec", *words],
        env={**world.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=120,
    )


def python(text: str) -> tuple[str, ...]:
    """Return the command that runs a program's text."""
    return sys.executable, "-c", text
