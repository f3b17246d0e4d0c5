"""A program whose lines are written with a label before each, as long as they can be written."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Mapping, Sequence

from awsactivate.running.labelled_lines import LabelledLines

_CHUNK = 65_536
_KILLED = 128  # and a signal's number, as a shell says it


class Output:
    """A descriptor that is written to until that fails: what comes then is dropped, and `failure` says why.

    So who writes may go on, and is not stopped by a full pipe, until somebody has seen to it.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.failure: OSError | None = None

    def write(self, data: bytes) -> None:
        """Write all of `data`, or drop it."""
        if self.failure is not None:
            return
        try:
            _write(self._fd, data)
        except OSError as error:
            self.failure = error


class LabelledChild:
    """A command as it runs, each of its lines with a label before it."""

    def __init__(
        self,
        name: str,
        labels: tuple[bytes, bytes],
        program: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        outputs: tuple[Output, Output],
    ) -> None:
        self.name = name
        self._began = time.monotonic()
        self._is_signalled = False
        self._process = subprocess.Popen(
            list(command),
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
            for pipe, label, output in zip(pipes, labels, outputs, strict=True)
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

    def finish(self) -> tuple[int, float]:
        """Write what it left in its pipes; return its status, as a shell counts it, and how long it ran.

        What it left running may go on, and is heard no more.
        """
        status, seconds = self._process.returncode, time.monotonic() - self._began
        for stream in self.streams:
            stream.finish()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return _KILLED - status if status < 0 else status, seconds


class _Stream:
    """One of a child's two pipes, whose lines go to `output`."""

    def __init__(self, fd: int, label: bytes, output: Output) -> None:
        self.fd = fd
        os.set_blocking(fd, False)
        self._lines = LabelledLines(label, output.write)

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
