"""A Unix socket at which others fetch what COMMAND is served, where this machine's loopback does not reach.

Containers, another machine over SSH: who comes in is known by the system, so that no token is needed.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from awsactivate.errors import UsageError
from awsactivate.files import folders, lock
from awsactivate.running.answering import Answers, Server, handler

# sockaddr_un(7) on Linux; macOS and the BSDs have four less. The last is for the zero byte.
_LONGEST = (108 if sys.platform.startswith("linux") else 104) - 1
_ROOT = 0
_LOCK_SECONDS = 10.0  # others of us have it for a moment only
# unix(4) of macOS and the BSDs: SOL_LOCAL, LOCAL_PEERCRED; a struct xucred begins with version and user
_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_SIZE = 0, 1, 76


class SocketDoor:
    """The socket at `path`, which is there from `bind` on, and answers from `open` to `close`.

    That it can be there is looked at before: UsageError where it can't.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _refuse_long(path)
        with _alone_in(path.parent):
            _look(path)
        self._listening: socket.socket | None = None
        self._inode = 0
        self._server: _Server | None = None

    def bind(self) -> tuple[str, int]:
        """Make the socket; return what stays of it if this process is killed: a path, and its inode's number.

        Called when all else is ready: what ends this process before leaves nothing behind.
        """
        self._listening = _bind(self.path)
        self._inode = self.path.lstat().st_ino
        return str(self.path), self._inode

    def open(self, answers: Answers) -> None:
        """Begin to answer."""
        if self._listening is None:
            raise RuntimeError("the socket is not bound")
        self._server = _Server(self._listening, answers)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take the socket away, and stop answering."""
        if self._listening is None:
            return
        # while it listens: nobody takes its place until then, nor can another file have its inode's number
        with contextlib.suppress(OSError):  # somebody took it away
            if self.path.lstat().st_ino == self._inode:
                self.path.unlink()
        if self._server:
            self._server.stop()
            self._server = None
        self._listening.close()
        self._listening = None


@contextlib.contextmanager
def at(path: str | None) -> Iterator[SocketDoor | None]:
    """See that the socket of `--socket` can be, and take it away at the end; None where none is named."""
    door = None if path is None else SocketDoor(Path(os.path.abspath(path)))  # noqa: PTH100  (links stay)
    try:
        yield door
    finally:
        if door:
            door.close()


class _Server(Server):
    address_family = socket.AF_UNIX

    def __init__(self, listening: socket.socket, answers: Answers) -> None:
        super().__init__("", handler(answers, _refusal), bind_and_activate=False)
        self.socket.close()
        self.socket = listening

    def wake(self) -> None:
        """Have the loop look up; on some systems it does so by itself only, within half a second."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


def _refusal(client: BaseHTTPRequestHandler) -> str | None:
    if user_of(client.connection) in (os.getuid(), _ROOT):
        return None
    return "this socket is another user's"


def user_of(connection: socket.socket) -> int | None:
    """Return the id of the user at the other end, as the system tells it; None where it does not."""
    if hasattr(socket, "SO_PEERCRED"):
        size = struct.calcsize("3i")
        _process, user, _group = struct.unpack(
            "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        )
        return int(user)
    try:
        told = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_SIZE)
    except OSError:
        return None
    return user_in_xucred(told)


def user_in_xucred(told: bytes) -> int | None:
    """Return the user that a `struct xucred` names; None where it is of a version that is not known."""
    if len(told) < struct.calcsize("II"):
        return None
    version, user = struct.unpack_from("II", told)
    return int(user) if version == 0 else None


def _refuse_long(path: Path) -> None:
    length = len(os.fsencode(path))
    if length > _LONGEST:
        raise UsageError(
            f"--socket: {path} is {length} bytes long, and a socket's path may have {_LONGEST}",
            "take a shorter one: --socket ~/.aws/sock",
        )


def _bind(path: Path) -> socket.socket:
    """Make the socket, and listen; UsageError where something is there, or nothing can be."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _alone_in(path.parent):
            if _look(path):
                path.unlink()
            before = os.umask(0o177)  # it must be one's own from its first instant
            try:
                listening.bind(str(path))
            finally:
                os.umask(before)
            listening.listen(Server.request_queue_size)
    except OSError as error:
        listening.close()
        raise UsageError(f"--socket: {path} can't be made: {error.strerror}") from error
    except UsageError:
        listening.close()
        raise
    return listening


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep others of us out of `folder` meanwhile; UsageError where it is none of one's own.

    Between its bind and its listen a socket looks as if nobody listened, and would be taken away.
    """
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"--socket: {folder} can't be used: {error.strerror}") from error
    try:
        if not folders.is_ones_own(os.fstat(opened), _ROOT):
            raise UsageError(
                f"--socket: others may write to {folder}, and put another socket in place of this one",
                "take a folder that only you may write to: $XDG_RUNTIME_DIR, or ~/.aws",
            )
        try:
            lock.take(opened, seconds=_LOCK_SECONDS)
        except OSError as error:
            raise UsageError(
                f"--socket: {folder} can't be locked: {error.strerror or error}",
                "take a folder of your own on this machine: $XDG_RUNTIME_DIR",
            ) from error
        yield
    finally:
        os.close(opened)


def _look(path: Path) -> bool:
    """Tell whether a socket of ours is there to which nobody listens any more; UsageError for all else."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageError(f"--socket: {path} can't be used: {error.strerror}") from error
    is_own = stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid()
    if not is_own or not _is_deaf(path):
        what = "somebody listens there" if is_own else "something is there already"
        raise UsageError(f"--socket: {path} can't be made: {what}", "name another path, or take that away")
    return True


def _is_deaf(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(1)
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False
