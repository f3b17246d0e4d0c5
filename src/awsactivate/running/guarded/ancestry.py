"""Which processes there are, whose children they are, and which of them waits for what is typed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from awsactivate.frozen import dataclass
from awsactivate.sessions.environment import of_helper

_PROCESSES = Path("/proc")
_MOST = 1000  # generations: a list that is read while it changes could go in a circle
# read(2), by the name that uname(2) gives the machine
_READ = {"x86_64": "0", "aarch64": "63", "riscv64": "63", "s390x": "3", "ppc64le": "3"}


@dataclass(frozen=True)
class Process:
    """One process, as the system lists it."""

    id: int
    parent: int
    group: int
    state: str
    """A letter, as ps(1) has it."""
    session: int = 0
    terminal: int = 0
    """The device's number; 0 where it has none, or none is told."""


def read_processes() -> dict[int, Process]:
    """Return all that are seen, by their ids."""
    if not (_PROCESSES / "self/stat").exists():
        return {one.id: one for one in _read_by_ps()}
    found = {}
    for name in os.listdir(_PROCESSES):  # noqa: PTH208  (ten times as fast)
        if name.isdigit() and (one := _read_process(int(name))):
            found[one.id] = one
    return found


def _read_process(number: int) -> Process | None:
    try:
        text = (_PROCESSES / str(number) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None  # it has ended
    # a program's name may hold anything
    state, parent, group, session, terminal, *_ = text.rpartition(") ")[2].split()
    return Process(number, int(parent), int(group), state, int(session), _device(int(terminal)))


def _device(number: int) -> int:
    """Return a device's number as stat(2) has it, of what proc(5) says in 32 bits."""
    return os.makedev(number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00)


def _read_by_ps() -> Iterator[Process]:
    import subprocess

    listed = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid=,pgid=,stat="],
        env=of_helper(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    for line in listed.stdout.splitlines():
        number, parent, group, state = line.split()[:4]
        yield Process(int(number), int(parent), int(group), state[:1])


def is_below(number: int, above: int, known: dict[int, Process] | None = None) -> bool:
    """Tell whether the process descends from `above`, or is that; yes where the system does not say."""
    found = read_processes() if known is None else known
    for _ in range(_MOST):
        if number == above:
            return True
        if number not in found:
            return number not in (0, 1) or not found
        number = found[number].parent
    return True


def read_words_above() -> Iterator[list[str]]:
    """Yield the command lines of this process's parent, and of each one above, as far as they are seen."""
    process = _read_process(os.getpid())
    for _ in range(_MOST):
        if process is None or process.parent <= 1:
            return
        try:
            text = (_PROCESSES / str(process.parent) / "cmdline").read_bytes()
        except OSError:
            text = b""
        yield os.fsdecode(text).split("\0")[:-1]
        process = _read_process(process.parent)


def find_group_below(group: int, above: int) -> list[Process]:
    """Return the processes of a group that descend from `above`."""
    known = read_processes()
    return [one for one in known.values() if one.group == group and is_below(one.id, above, known)]


def is_alone_and_orphaned() -> bool:
    """Tell whether no shell with job control looks after this process's group, and nobody else is in it.

    The system lets no process of such a group stop: one that reads a terminal that is another group's gets an
    error. Those that this process descends from, as `sh -c`, wait for it, and are nobody else.
    """
    known = read_processes()
    own = known.get(os.getpid())
    members = [one for one in known.values() if own and one.group == own.group]
    above = [one for one in members if is_below(os.getpid(), one.id, known)]
    if (
        own is None
        or not own.session
        or any(one not in above and not is_below(one.id, own.id, known) for one in members)
    ):
        return False
    parents = [known.get(one.parent) for one in members]
    return not any(one and one.session == own.session and one.group != own.group for one in parents)


def reads_terminal(process: Process) -> bool:
    """Tell whether a thread of it waits in read(2) for what is typed; no where that is not to be seen."""
    number = _READ.get(os.uname().machine)
    try:
        threads = os.listdir(_PROCESSES / str(process.id) / "task")  # noqa: PTH208
    except OSError:
        return False
    return any(_waits(process, thread, number) for thread in threads)


def _waits(process: Process, thread: str, number: str | None) -> bool:
    folder = _PROCESSES / str(process.id)
    try:
        words = (folder / "task" / thread / "syscall").read_text("ascii").split()
        if len(words) < 2 or words[0] != number:
            return False
        device = os.stat(folder / "fd" / str(int(words[1], 16))).st_rdev  # noqa: PTH116
    except (OSError, ValueError):
        return False
    return device in (process.terminal, os.makedev(5, 0))  # tty(4): /dev/tty is whichever the process has
