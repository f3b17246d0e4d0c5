"""How often something is measured, and what comes of it."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["ratio", "more", "at most", "count"]

_NARROW = 0.10  # of the median: so narrow must the middle half of the runs be, or they are repeated …
_MOST = 3  # … until there are so many times as many
_WIDE = 0.25  # what is wider than this, with the limit within, decides nothing


@dataclass(frozen=True)
class Outcome:
    """What one row came to: every run of ours, and of the peer in turn with it.

    `limit` is a ratio of the two, what ours may take more than the peer, what it may take at all, or a count;
    all times are in seconds, sizes in MB where `unit` says so.
    """

    row: str
    what: str
    against: str
    kind: Kind
    limit: float
    ours: tuple[float, ...]
    peer: tuple[float, ...] = ()
    unit: str = "s"

    @property
    def values(self) -> tuple[float, ...]:
        """Each run as the limit counts it."""
        if self.kind == "ratio":
            return tuple(own / other for own, other in zip(self.ours, self.peer, strict=True))
        if self.kind == "more":
            return tuple(own - other for own, other in zip(self.ours, self.peer, strict=True))
        return self.ours

    @property
    def median(self) -> float:
        """The run in the middle, which is what counts."""
        return statistics.median(self.values)

    @property
    def middle_half(self) -> tuple[float, float]:
        """Between what the middle half of the runs is: how noisy it was."""
        return middle_half(self.values)

    @property
    def verdict(self) -> str:
        """Whether the row is reached, or missed; or undecided, where the runs lie widely on both sides."""
        low, high = self.middle_half
        if low <= self.limit < high and high - low > _WIDE * self.median:
            return "undecided"
        return "reached" if self.median <= self.limit else "missed"


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """Return the least and the greatest of the middle half."""
    if len(values) < 4:
        return min(values), max(values)
    low, _, high = statistics.quantiles(values, n=4)
    return low, high


def in_turn(
    runs: int,
    ours: Callable[[], float],
    peer: Callable[[], float] | None = None,
    *,
    most: int = _MOST,
    is_difference: bool = False,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Measure one after the other, `runs` times, after a run of each that does not count.

    On a noisy machine it goes on, until what is compared is narrow, or there are `most` times as many runs.
    """
    own: list[float] = []
    other: list[float] = []

    def is_narrow() -> bool:
        return _is_narrow(own[1:], other[1:], is_difference=is_difference)

    while len(own) <= runs or (len(own) <= runs * most and not is_narrow()):
        own.append(ours())
        if peer is not None:
            other.append(peer())
    return tuple(own[1:]), tuple(other[1:])


def _is_narrow(own: Sequence[float], other: Sequence[float], *, is_difference: bool) -> bool:
    if not is_difference and 0 in other:
        return False  # what is shorter than fish's clock can tell is compared with nothing
    pairs = zip(own, other, strict=True)
    compared = [one - two if is_difference else one / two for one, two in pairs] if other else own
    low, high = middle_half(compared)
    return high - low <= _NARROW * statistics.median(compared)


def seconds(command: Sequence[str], environ: Mapping[str, str], *, status: int | None = 0) -> float:
    """Run a program to its end, its output dropped, and return how long that took."""
    begin = time.perf_counter()
    done = subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    taken = time.perf_counter() - begin
    if status is not None and done.returncode != status:
        raise RuntimeError(f"{' '.join(command)} exited {done.returncode}: {done.stderr.decode()}")
    return taken


def megabytes(command: Sequence[str], environ: Mapping[str, str]) -> float:
    """Run a program to its end and return the most memory that it held."""
    with Path(os.devnull).open("r+b") as null:
        child = subprocess.Popen(command, env=environ, stdin=null, stdout=null, stderr=null)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} exited {child.returncode}")
    return usage.ru_maxrss / 1024


# every call by which a process starts another
STRACE = ("strace", "-f", "-qq", "-e", "trace=clone,clone3,fork,vfork,execve")

_SCRIPTS = {
    "bash": "{setup}\n__a=$EPOCHREALTIME\n{statement}\n__b=$EPOCHREALTIME\nprintf '\\n%s %s\\n' $__a $__b\n",
    "zsh": "zmodload zsh/datetime\n{setup}\n__a=$EPOCHREALTIME\n{statement}\n__b=$EPOCHREALTIME\n"
    "printf '\\n%s %s\\n' $__a $__b\n",
    "fish": "{setup}\nset __a (date +%s.%N)\n{statement}\nset __b (date +%s.%N)\n"
    "printf '\\n%s %s\\n' $__a $__b\n",
}
_PLAIN = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",), "fish": ("--no-config",)}


def in_shell(shell: str, statement: str, environ: Mapping[str, str], *, setup: str = "") -> float:
    """Start an interactive shell, and return how long `statement` takes in it, by the shell's own clock.

    fish's clock is a process, whose own time is taken off.
    """
    if shell == "fish":
        return max(_once(shell, statement, environ, setup) - _once(shell, "", environ, setup), 0)
    return _once(shell, statement, environ, setup)


def _once(shell: str, statement: str, environ: Mapping[str, str], setup: str) -> float:
    done = subprocess.run(
        [shell, *_PLAIN[shell], "-i", "-c", _SCRIPTS[shell].format(setup=setup, statement=statement)],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    try:
        begin, end = map(float, done.stdout.splitlines()[-1].split())
    except (IndexError, ValueError) as error:
        raise RuntimeError(f"{shell} did not come to its end: {done.stderr}") from error
    return end - begin


def processes(shell: str, script: str, environ: Mapping[str, str], folder: Path) -> list[str]:
    """Return the calls by which an interactive shell starts processes while it runs `script`; no threads."""
    trace = folder / "trace"
    subprocess.run(
        [*STRACE, "-o", str(trace), shell, *_PLAIN[shell], "-i", "-c", script],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    calls = [line for line in trace.read_text().splitlines() if "(" in line and "CLONE_THREAD" not in line]
    return [call for call in calls if "ENOENT" not in call]
