"""A command beside this process, which gets the signals that come here and ends as it does."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from types import FrameType

from awsactivate.errors import UsageError
from awsactivate.frozen import dataclass
from awsactivate.running import core_files

# The terminal sends these to the command too.
_FROM_THE_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)
_ONE_AFTER_THE_OTHER = 0.05  # seconds
_HANDED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    """Its exit status, or less than 0 the signal that it died of."""


def run(
    program: str,
    command: list[str],
    environ: Mapping[str, str],
    *,
    goes_on: Callable[[int, int], bool] = lambda _process, _number: False,
    leads: Callable[[int], None] | None = None,
) -> Ended:
    """Run `command` until it ends.

    Where it stops, this process stops too, unless somebody sees to it that a process of that id, which was
    stopped by that signal, `goes_on`. With `leads` it leads a group of processes, of which that is told.
    """
    waiting: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def hand_on(number: int, _frame: FrameType | None) -> None:
        if child is None:
            waiting.append(number)
        else:
            child.send_signal(number)

    for number in _FROM_THE_KEYBOARD:
        _handle(number, lambda *_: None)
    for number in _HANDED_ON:
        _handle(number, hand_on)
    try:
        core_files.allow_for_command()
        group = None if leads is None else 0
        child = subprocess.Popen(command, executable=program, env=dict(environ), process_group=group)
        if leads is not None:
            leads(child.pid)
    except OSError as error:
        raise UsageError(f"{program} can't be run: {error.strerror}") from error
    finally:
        core_files.allow_none_again()
    for arrived in waiting:
        child.send_signal(arrived)
    return Ended(_wait(child, goes_on))


def end_as(ended: Ended) -> int:
    """Return the command's exit status, or die of the signal that it died of."""
    if ended.status < 0:
        die_of(-ended.status)
    return ended.status


def _handle(number: int, handler: signal.Handlers | object) -> None:
    if (
        signal.getsignal(number) is not signal.SIG_IGN
    ):  # what is ignored, as by nohup, the command ignores too
        signal.signal(number, handler)  # type: ignore[arg-type]


def _wait(child: subprocess.Popen[bytes], goes_on: Callable[[int, int], bool]) -> int:
    """Wait for the end; where the command stops, stop too: a shell with job control looks at this process."""
    while True:
        status = _wait_for_change(child, 0)
        if status is not None and os.WIFSTOPPED(status):
            stopped_by = os.WSTOPSIG(status)
            # What continues a job, as `fg` does, reaches its processes one after the other, us perhaps first.
            time.sleep(_ONE_AFTER_THE_OTHER)
            status = _wait_for_change(child, os.WNOHANG)
            if status is None and not goes_on(child.pid, stopped_by):
                os.kill(os.getpid(), signal.SIGSTOP)
                child.send_signal(signal.SIGCONT)
        if status is not None and (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode


def _wait_for_change(child: subprocess.Popen[bytes], flags: int) -> int | None:
    """Return the status that the command changed to: it ended, stopped or goes on; None where it did not."""
    pid, status = os.waitpid(child.pid, os.WUNTRACED | os.WCONTINUED | flags)
    return status if pid else None


def die_of(number: int) -> None:
    """End this process by a signal, as a command beside it ended."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))  # the command's own image is where the fault is
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
