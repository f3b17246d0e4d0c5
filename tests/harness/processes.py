"""What `ps` tells of processes, on Linux and macOS alike."""

from __future__ import annotations

import os
import subprocess


def _ps(*words: str) -> list[str]:
    done = subprocess.run(["ps", *words], capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def is_there(pid: int) -> bool:
    """Tell whether there is such a process, be it only one that nobody has waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def state(pid: int) -> str:
    """Return the letter that `ps` shows: S for one that sleeps, T for one that is stopped."""
    return "".join(_ps("-o", "state=", "-p", str(pid))).strip()[:1]


def below(pid: int, having: str) -> list[int]:
    """Return the processes below `pid`, the nearest first, whose command line has these words."""
    rows = [line.split(None, 2) for line in _ps("-A", "-ww", "-o", "pid=", "-o", "ppid=", "-o", "command=")]
    found = [pid]
    for parent in found:
        found += [int(row[0]) for row in rows if row[1] == str(parent)]
    lines = {int(row[0]): row[-1] for row in rows}
    return [process for process in found[1:] if having in lines[process]]
