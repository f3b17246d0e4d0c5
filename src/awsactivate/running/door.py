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
from awsactivate.running.answering import Answers, Server, handler

# sockaddr_un(7) on Linux; macOS and the BSDs have four less. The last is for the zero byte.
_LONGEST = (108 if sys.platform.startswith("linux") else 104) - 1
_ROOT = 0
# unix(4) of macOS and the BSDs: SOL_LOCAL, LOCAL_PEERCRED; a struct xucred begins with version and user
_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_SIZE = 0, 1, 76


class Door:
    """The socket at `path`, which is there from now on, and answers from `open` to `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._listening = _bind(path)
        self._inode = path.lstat().st_ino
        self._server: _Server | None = None

    @property
    def left_behind(self) -> tuple[str, int]:
        """What stays of it if this process is killed: a path, and the number of its inode."""
        return str(self.path), self._inode

    def open(self, answers: Answers) -> None:
        """Begin to answer."""
        self._server = _Server(self._listening, answers)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering, and take the socket away."""
        if self._server:
            ending = threading.Thread(target=self._server.shutdown)
            ending.start()
            with contextlib.suppress(OSError):  # not on every system: it ends within half a second there
                self._listening.shutdown(socket.SHUT_RDWR)
            ending.join()
            self._server = None
        self._listening.close()
        with contextlib.suppress(OSError):  # somebody took it away
            if self.path.lstat().st_ino == self._inode:
                self.path.unlink()


@contextlib.contextmanager
def at(path: str | None) -> Iterator[Door | None]:
    """Make the socket that `--socket` names, None where it was not given, and take it away again."""
    door = None if path is None else Door(Path(os.path.abspath(path)))  # noqa: PTH100  (links stay)
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


def _bind(path: Path) -> socket.socket:
    """Make the socket, and listen; UsageError where something is there, or nothing can be."""
    length = len(os.fsencode(path))
    if length > _LONGEST:
        raise UsageError(
            f"--socket: {path} is {length} bytes long, and a socket's path may have {_LONGEST}",
            "take a shorter one: --socket /tmp/aws.sock",
        )
    _refuse_open_folder(path.parent)
    _make_room(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)  # it must be one's own from its first instant
    try:
        listening.bind(str(path))
        listening.listen(Server.request_queue_size)
    except OSError as error:
        listening.close()
        raise UsageError(f"--socket: {path} can't be made: {error.strerror}") from error
    finally:
        os.umask(before)
    return listening


def _refuse_open_folder(folder: Path) -> None:
    """Fail where another user could put a socket in place of ours, and hand out an identity of theirs."""
    try:
        mode = folder.stat().st_mode
    except OSError as error:
        raise UsageError(f"--socket: {folder} can't be used: {error.strerror}") from error
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise UsageError(
            f"--socket: everybody may write to {folder}, and put another socket in place of this one",
            "take a folder of your own: $XDG_RUNTIME_DIR, or ~/.aws",
        )


def _make_room(path: Path) -> None:
    """Take away a socket of ours to which nobody listens any more; UsageError for all else that is there."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"--socket: {path} can't be used: {error.strerror}") from error
    is_own = stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid()
    if not is_own or not _is_deaf(path):
        what = "somebody listens there" if is_own else "something is there already"
        raise UsageError(f"--socket: {path} can't be made: {what}", "name another path, or take that away")
    path.unlink()


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
