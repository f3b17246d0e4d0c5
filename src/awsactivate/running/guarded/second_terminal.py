"""The socket by which a terminal that COMMAND does not have attaches, and is asked in its place.

Who comes must be this user, and no descendant of the guard's: COMMAND, and what it starts, may not answer.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import folders
from awsactivate.files.user_folders import state_folder
from awsactivate.running import socket_door
from awsactivate.running.guarded import ancestry
from awsactivate.running.guarded.channel import Channel

# unix(4) of macOS: SOL_LOCAL, LOCAL_PEERPID
_SOL_LOCAL, _LOCAL_PEERPID = 0, 2
WELCOME, REFUSED = b"awsactivate guard 1\n", b"refused\n"


def path_of(number: int, environ: Mapping[str, str]) -> Path:
    """Return where the guard of that number listens."""
    return _folder(environ) / str(number)


def _folder(environ: Mapping[str, str]) -> Path:
    return state_folder(environ) / "guards"


class SecondTerminal:
    """The socket, and those that have come by it; the last of them is asked."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.number = os.getpid()
        self._path = path_of(self.number, environ)
        self._listening = _bind(self._path)
        self._lock = threading.Lock()
        self._attached: list[tuple[socket.socket, Channel]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def place(self) -> Channel | None:
        """Return the one that is asked; None where nobody has come, or all have gone."""
        with self._lock:
            for connection, channel in list(self._attached):
                if channel.is_closed or _is_gone(connection):
                    self._attached.remove((connection, channel))
                    connection.close()
            return self._attached[-1][1] if self._attached else None

    def end(self) -> None:
        """Let nobody come any more, and those that have come go."""
        with contextlib.suppress(OSError):  # somebody took it away
            self._path.unlink()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            for connection, _ in self._attached:
                connection.close()
            self._attached.clear()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return  # it is closed
            try:
                self._receive(connection)
            except OSError:
                connection.close()  # who called has gone

    def _receive(self, connection: socket.socket) -> None:
        if not _may_answer(connection, self.number):
            connection.sendall(REFUSED)
            connection.close()
            return
        connection.sendall(WELCOME)
        with self._lock:
            channel = Channel(connection, is_own=False)
            self._attached.append((connection, channel))


def _bind(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        folders.make(path.parent)
        if not folders.is_ones_own(path.parent.stat()):
            raise AwsactivateError(f"others may write to {path.parent}", f"chmod 700 {path.parent}")
        path.unlink(missing_ok=True)  # of a process of this id that was killed
        before = os.umask(0o177)  # it must be one's own from its first instant
        try:
            listening.bind(str(path))
        finally:
            os.umask(before)
        listening.listen()
    except (OSError, AwsactivateError) as error:
        listening.close()
        if isinstance(error, AwsactivateError):
            raise
        words = f"no second terminal could attach at {path}: {error.strerror or error}"
        raise AwsactivateError(words, "set XDG_STATE_HOME to a short path that can be written") from error
    return listening


def _may_answer(connection: socket.socket, guard: int) -> bool:
    process = _process_of(connection)
    if socket_door.user_of(connection) != os.getuid() or process is None:
        return False
    return not ancestry.is_below(process, guard)


def _process_of(connection: socket.socket) -> int | None:
    """Return the id of the process at the other end, as the system tells it; None where it does not."""
    if hasattr(socket, "SO_PEERCRED"):
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        process: int = struct.unpack("3i", told)[0]
        return process if process > 0 else None
    if sys.platform == "darwin":
        return connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID)
    return None


def _is_gone(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
