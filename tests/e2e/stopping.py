"""A command at the terminal, which Ctrl-Z stops and `fg` lets go on."""

from __future__ import annotations

import sys
import time

from e2e.conftest import World
from harness import processes
from harness.shells import Shell

PROGRAM = """
import os, signal, sys
signal.signal(signal.SIGCONT, lambda *_: os.write(1, b'again\\n'))
print(f'begun {os.getpid()}.', flush=True)
print('got', sys.stdin.readline())
"""


def stop_and_go_on(shell: Shell, world: World, command: str) -> None:
    """Have `command`, which wants a code, run a program; stop it, let it go on, and type into it."""
    program = world.home / "program.py"
    program.write_text(PROGRAM)
    shell.begin(f"{command} -- {sys.executable} {program}", world.prompt)
    shell.type(world.device.code() + "\r")
    shell.expect("begun ")
    pid = int(shell.expect("."))
    shell.type("\x1a")
    shell.prompt()
    # until it has stopped, it could read what is meant for the shell
    while processes.state(pid) != "T":
        time.sleep(0.01)
    shell.begin("fg", "again")
    shell.type("words\r")
    shell.expect("got words")
    shell.prompt()
    assert shell.status() == 0
