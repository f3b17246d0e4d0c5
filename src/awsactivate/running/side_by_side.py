"""One command run many times, some at once: each with an environment of its own, their lines told apart."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

from awsactivate.errors import AwsactivateError, InterruptedByUser
from awsactivate.frozen import dataclass
from awsactivate.person import terminal, typed_line
from awsactivate.running import core_files
from awsactivate.running.child import die_of
from awsactivate.running.labelled_lines import LabelledLines

_CHUNK = 65_536
_LOOK_EVERY = 1.0  # seconds, should a signal have been missed
_CANNOT_RUN = 126  # as a shell says it
_KILLED = 128  # and a signal's number
_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Job:
    """The command once."""

    name: str
    labels: tuple[bytes, bytes]
    """What stands before each line of its stdout and of its stderr."""
    environ: Callable[[], Mapping[str, str]]
    """Asked when its turn comes; AwsactivateError where it can't be had any more."""


@dataclass(frozen=True)
class Done:
    """What came of a job."""

    name: str
    status: int | None
    """As a shell counts it; None for one that was not started."""
    seconds: float = 0.0


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
        self._outputs = outputs
        self._began = began
        self._running: list[_Child] = []
        self._done: dict[str, Done] = {}
        self._arrived: list[int] = []

    def run(self, jobs: Sequence[Job], at_once: int, *, fail_fast: bool) -> list[Done]:
        """Run all `jobs`, `at_once` at a time, and return what came of each, in their order.

        With `fail_fast` the first that fails ends those that run, and none is started after it. Ctrl-C ends
        all, and raises InterruptedByUser; of SIGTERM and SIGHUP this process then dies too.
        """
        waiting = list(jobs)
        with _Signals(self._hand_on) as signals, selectors.DefaultSelector() as selector:
            selector.register(signals.fd, selectors.EVENT_READ)
            try:
                while waiting or self._running:
                    if self._is_over(fail_fast=fail_fast):
                        self._stop(waiting)
                    while waiting and len(self._running) < at_once and not self._is_over(fail_fast=fail_fast):
                        self._start(waiting.pop(0), selector)
                    for key, _ in selector.select(_LOOK_EVERY if self._running else 0):
                        if key.data is None:
                            signals.drain()
                        elif not key.data.pump():
                            selector.unregister(key.fileobj)
                    for child in [child for child in self._running if child.has_ended()]:
                        self._finish(child, selector)
            finally:
                for child in self._running:  # only where something went wrong here: nobody reads them now
                    child.signal(signal.SIGTERM)
        self._tell_end(len(jobs))
        return [self._done[job.name] for job in jobs]

    def _is_over(self, *, fail_fast: bool) -> bool:
        """Tell whether none is to be started any more."""
        return bool(self._arrived) or (fail_fast and any(done.status for done in self._done.values()))

    def _start(self, job: Job, selector: selectors.BaseSelector) -> None:
        try:
            environ = job.environ()
            core_files.allow_for_command()
            child = _Child(job, self._program, self._command, environ, self._outputs)
        except AwsactivateError as error:
            terminal.say(f"error: {job.name}: {error.message}")
            self._done[job.name] = Done(job.name, error.exit_code)
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

    def _finish(self, child: _Child, selector: selectors.BaseSelector) -> None:
        self._running.remove(child)
        for stream in child.streams:
            with suppress(KeyError):
                selector.unregister(stream.fd)
        self._done[child.name] = child.finish()

    def _stop(self, waiting: list[Job]) -> None:
        """Start no more; what fails first, but for a signal, ends the others."""
        for job in waiting:
            self._done[job.name] = Done(job.name, None)
        waiting.clear()
        if not self._arrived:
            for child in self._running:
                child.signal_once(signal.SIGTERM)

    def _hand_on(self, number: int) -> None:
        """Give a signal to all that run; each further one that is to end them is a harder one."""
        if number not in _ENDING:
            self._signal_all(number)
            return
        self._arrived.append(number)
        harder = (signal.SIGTERM, signal.SIGKILL)
        if len(self._arrived) > 1:
            self._signal_all(harder[min(len(self._arrived), 3) - 2])
        elif number != signal.SIGINT or not _is_of_the_keyboard():
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


class _Child:
    """The command as it runs for one job."""

    def __init__(
        self,
        job: Job,
        program: str,
        command: list[str],
        environ: Mapping[str, str],
        outputs: tuple[int, int],
    ) -> None:
        self.name = job.name
        self._began = time.monotonic()
        self._is_signalled = False
        self._process = subprocess.Popen(
            command,
            bufsize=0,
            executable=program,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        pipes = (self._process.stdout, self._process.stderr)
        self.streams = [
            _Stream(pipe.fileno(), label, output)
            for pipe, label, output in zip(pipes, job.labels, outputs, strict=True)
            if pipe is not None
        ]

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def has_ended(self) -> bool:
        """Tell whether the process has."""
        return self._process.poll() is not None

    def signal(self, number: int) -> None:
        """Send a signal to the process, if it is still there."""
        self._process.send_signal(number)

    def signal_once(self, number: int) -> None:
        """Send a signal, unless that was done."""
        if not self._is_signalled:
            self._is_signalled = True
            self.signal(number)

    def finish(self) -> Done:
        """Write what it left in its pipes; what it left running may go on, and is heard no more."""
        status, seconds = self._process.returncode, time.monotonic() - self._began
        for stream in self.streams:
            stream.finish()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return Done(self.name, _KILLED - status if status < 0 else status, seconds)


class _Stream:
    """One of a child's two pipes, whose lines go to `output`."""

    def __init__(self, fd: int, label: bytes, output: int) -> None:
        self.fd = fd
        os.set_blocking(fd, False)
        self._lines = LabelledLines(label, lambda data: _write(output, data))

    def pump(self) -> bool:
        """Take what is there; False where no more will come."""
        try:
            data = os.read(self.fd, _CHUNK)
        except BlockingIOError:
            return True
        self._lines.feed(data)
        return bool(data)

    def finish(self) -> None:
        """Take what the process left: no more than a pipe holds, since others may go on writing."""
        left = 1024 * 1024
        while left > 0:
            try:
                data = os.read(self.fd, _CHUNK)
            except BlockingIOError:
                break
            if not data:
                break
            left -= len(data)
            self._lines.feed(data)
        self._lines.end()


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:  # somebody made the terminal so
            with selectors.DefaultSelector() as selector:
                selector.register(fd, selectors.EVENT_WRITE)
                selector.select()


class _Signals:
    """The signals that concern the children, taken over for a while; each makes `fd` readable."""

    def __init__(self, hand_on: Callable[[int], None]) -> None:
        self._hand_on = hand_on
        self.fd, self._write_end = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write_end, False)
        self._before: dict[int, Any] = {}
        self._wakeup = -1

    def __enter__(self) -> _Signals:
        self._wakeup = signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in _HANDED_ON:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:  # what is ignored, as by nohup, the children ignore too
                self._before[number] = before
                signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self.fd)
        os.close(self._write_end)

    def drain(self) -> None:
        """Have `fd` wait for the next one."""
        with suppress(BlockingIOError):
            while os.read(self.fd, 64):
                pass

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self._hand_on(number)


def _is_of_the_keyboard() -> bool:
    """Tell whether a SIGINT may well have come from the terminal, which sends it to the children too."""
    try:
        fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return typed_line.is_in_foreground(fd)
    finally:
        os.close(fd)
