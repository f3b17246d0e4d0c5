"""One command run many times, some at once: each with an environment of its own, their lines told apart."""

from __future__ import annotations

import selectors
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from awsactivate.background import Background
from awsactivate.errors import AwsactivateError, InterruptedByUser
from awsactivate.frozen import dataclass
from awsactivate.person import terminal
from awsactivate.running import core_files
from awsactivate.running.child import die_of
from awsactivate.running.labelled_child import LabelledChild, Output
from awsactivate.running.signals import Signals, is_of_the_keyboard

_LOOK_EVERY = 1.0  # seconds, should a signal have been missed
_CANNOT_RUN = 126  # as a shell says it
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Job:
    """The command once."""

    name: str
    labels: tuple[bytes, bytes]
    """What stands before each line of its stdout and of its stderr."""
    environ: Callable[[], Mapping[str, str]]
    """Asked in a thread when its turn comes; AwsactivateError where it can't be had any more."""


@dataclass(frozen=True)
class Done:
    """What came of a job."""

    name: str
    status: int | None
    """As a shell counts it; None for one that was not started."""
    seconds: float = 0.0
    """How long it ran."""


class SideBySide:
    """Runs `command`, which is the file `program`, with nothing on its stdin.

    `began` is told the name and the process's id of each; lines go to the descriptors `outputs`.
    """

    def __init__(
        self,
        program: str,
        command: Sequence[str],
        *,
        outputs: tuple[int, int],
        began: Callable[[str, int], None],
    ) -> None:
        self._program = program
        self._command = list(command)
        self._outputs = (Output(outputs[0]), Output(outputs[1]))
        self._began = began
        self._beginning: list[_Beginning] = []
        self._running: list[LabelledChild] = []
        self._done: dict[str, Done] = {}
        self._arrived: list[int] = []
        self._has_told_lost = False

    @property
    def has_lost_lines(self) -> bool:
        """Tell whether some of what the commands wrote could not be written."""
        return any(output.failure for output in self._outputs)

    def run(self, jobs: Sequence[Job], at_once: int, *, fail_fast: bool) -> list[Done]:
        """Run all `jobs`, `at_once` at a time, and return what came of each, in their order.

        With `fail_fast` the first that fails ends those that run, and none is started after it. So does, with
        a line that says it, a line of theirs that can't be written; all that run are waited for. Ctrl-C ends
        all, and raises InterruptedByUser; of SIGTERM and SIGHUP this process then dies too.
        """
        waiting = list(jobs)
        with Signals(self._hand_on) as signals, selectors.DefaultSelector() as selector:
            selector.register(signals.fd, selectors.EVENT_READ)
            try:
                while waiting or self._beginning or self._running:
                    if self._is_over(fail_fast=fail_fast):
                        self._stop(waiting)
                    while waiting and len(self._beginning) + len(self._running) < at_once:
                        self._beginning.append(_Beginning(waiting.pop(0), signals.wake))
                    for key, _ in selector.select(_LOOK_EVERY if self._beginning or self._running else 0):
                        if key.data is None:
                            signals.drain()
                        elif not key.data.pump():
                            selector.unregister(key.fileobj)
                    for child in [child for child in self._running if child.has_ended()]:
                        self._finish(child, selector)
                    for begun in [one for one in self._beginning if one.has_ended]:
                        if not self._is_over(fail_fast=fail_fast):
                            self._beginning.remove(begun)
                            self._start(begun, selector)
            finally:
                for child in self._running:  # only where something went wrong here: nobody reads them now
                    child.signal(signal.SIGTERM)
        self._tell_lost()
        self._tell_end(len(jobs))
        return [self._done[job.name] for job in jobs]

    def _is_over(self, *, fail_fast: bool) -> bool:
        """Tell whether none is to be started any more."""
        has_failed = fail_fast and any(done.status for done in self._done.values())
        return bool(self._arrived) or has_failed or self.has_lost_lines

    def _start(self, begun: _Beginning, selector: selectors.BaseSelector) -> None:
        job = begun.job
        try:
            environ = begun.environ()
        except AwsactivateError as error:
            terminal.say(f"error: {job.name}: {error.message}")
            self._done[job.name] = Done(job.name, error.exit_code)
            return
        try:
            core_files.allow_for_command()
            child = LabelledChild(job.name, job.labels, self._program, self._command, environ, self._outputs)
        except OSError as error:
            terminal.say(f"error: {job.name}: {self._program} can't be run: {error.strerror}")
            self._done[job.name] = Done(job.name, _CANNOT_RUN)
        else:
            self._running.append(child)
            if self._arrived:  # while it was being started
                child.signal(signal.SIGTERM)
            self._began(job.name, child.pid)
            for stream in child.streams:
                selector.register(stream.fd, selectors.EVENT_READ, stream)
        finally:
            core_files.allow_none_again()

    def _finish(self, child: LabelledChild, selector: selectors.BaseSelector) -> None:
        self._running.remove(child)
        for stream in child.streams:
            with suppress(KeyError):
                selector.unregister(stream.fd)
        self._done[child.name] = Done(child.name, *child.finish())

    def _stop(self, waiting: list[Job]) -> None:
        """Start no more; what fails first, but for a signal, ends the others."""
        self._tell_lost()
        for job in (*waiting, *(begun.job for begun in self._beginning)):
            self._done[job.name] = Done(job.name, None)
        waiting.clear()
        self._beginning.clear()  # no thread can be ended: what it still opens is used by nobody
        if not self._arrived:
            for child in self._running:
                child.signal_once(signal.SIGTERM)

    def _tell_lost(self) -> None:
        """Say once why lines are lost, before those that run have ended, which may last."""
        failure = next((output.failure for output in self._outputs if output.failure), None)
        if failure is None or self._has_told_lost:
            return
        self._has_told_lost = True
        ended = ": all that run are ended" if self._running else ""
        if isinstance(failure, BrokenPipeError):
            terminal.say(f"note: nobody reads what the commands print any more{ended}")
        else:
            terminal.say(f"error: what the commands print can't be written: {failure.strerror}{ended}")

    def _hand_on(self, number: int) -> None:
        """Give a signal to all that run; each further one that is to end them is a harder one."""
        if number not in _ENDING:
            self._signal_all(number)
            return
        self._arrived.append(number)
        harder = (signal.SIGTERM, signal.SIGKILL)
        if len(self._arrived) > 1:
            self._signal_all(harder[min(len(self._arrived), 3) - 2])
        elif number != signal.SIGINT or not is_of_the_keyboard():
            self._signal_all(number)  # the terminal sends its own to them too

    def _signal_all(self, number: int) -> None:
        for child in self._running:
            child.signal(number)

    def _tell_end(self, count: int) -> None:
        if not self._arrived:
            return
        number = self._arrived[0]
        if number == signal.SIGINT:
            done = sum(done.status == 0 for done in self._done.values())
            raise InterruptedByUser(f"interrupted: {done} of {count} profiles were done")
        die_of(number)


class _Beginning:
    """A job whose environment is being had, in a thread: the lines of the others do not wait for AWS.

    `wake` is called when it is there, or can't be.
    """

    def __init__(self, job: Job, wake: Callable[[], None]) -> None:
        self.job = job
        self.has_ended = False
        self._wake = wake
        self._environ = Background(self._make)

    def environ(self) -> Mapping[str, str]:
        """Return what the job's `environ` did, or raise what it raised."""
        return self._environ.result()

    def _make(self) -> Mapping[str, str]:
        try:
            return self.job.environ()
        finally:
            self.has_ended = True
            self._wake()
