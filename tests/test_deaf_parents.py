"""A run of the tests that was started with signals ignored tries programs that hear them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

DEAF = [signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGTSTP, signal.SIGUSR1]
IGNORED = (
    "import signal; print([int(n) for n in signal.valid_signals() if signal.getsignal(n) is signal.SIG_IGN])"
)
PROGRAM = f"""
import os, signal, subprocess, sys
import pexpect
import conftest
child = [sys.executable, "-c", {IGNORED!r}]
subprocess.run(child)
print(pexpect.spawn(child[0], child[1:]).read().decode().strip())
for number in {[int(number) for number in DEAF]}:
    os.kill(os.getpid(), number)
print("alive")
"""


def test_children_hear_what_the_run_was_started_to_ignore() -> None:
    def ignore() -> None:
        for number in DEAF:
            signal.signal(number, signal.SIG_IGN)

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parent,
        preexec_fn=ignore,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    # Python itself ignores these two
    pipes = str([int(signal.SIGPIPE), int(signal.SIGXFSZ)])
    assert done.stdout.splitlines() == [pipes, pipes, "alive"]


@pytest.mark.parametrize("number", DEAF)
def test_this_run_gives_its_own_children_default_signals(number: signal.Signals) -> None:
    text = f"import signal; print(signal.getsignal({int(number)}) is signal.SIG_IGN)"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
