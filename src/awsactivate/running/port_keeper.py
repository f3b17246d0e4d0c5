"""A program by itself: it holds the endpoint's port when the endpoint has ended, and has no credentials.

What COMMAND left running may go on asking at that port. Were it free, another user could bind it and answer
with an identity of his own, and the SDKs verify nothing. So this process holds it until none of COMMAND's
descendants is left, or the session would have ended. It is run by its path, and imports nothing of ours, nor
pathlib, which loads slowly.

Its words are the number of the listening socket, the URI that COMMAND's environment names, and for how
many seconds the port is held where a session has no end; then in pairs what goes with the command: a path and
the number of its inode. On stdin come the times at which the session ends, a line each; the end of that is
the end of the endpoint.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import time

_LOOK_EVERY = 1.0  # seconds


def main(words: list[str]) -> None:
    """Wait for the endpoint's end, then hold the port as long as it is needed."""
    listening = socket.socket(fileno=int(words[0]))
    os.chdir("/")
    end = ""
    for line in sys.stdin:
        end = line.strip()
    for path, inode in zip(words[3::2], words[4::2], strict=True):
        _remove(path, int(inode))
    listening.setblocking(False)
    until = float(end) if end else time.time() + float(words[2])
    while time.time() < until and _is_known(words[1].encode()):
        _refuse(listening, _LOOK_EVERY)


def _remove(path: str, inode: int) -> None:
    """Take away what the endpoint's process could not, since it was killed."""
    with contextlib.suppress(OSError):  # it is gone already
        if os.lstat(path).st_ino != inode:
            return
        try:
            os.rmdir(path)  # noqa: PTH106
        except NotADirectoryError:
            os.unlink(path)  # noqa: PTH108


def _refuse(listening: socket.socket, seconds: float) -> None:
    """Hang up on whoever calls, for some time."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([listening], [], [], left)[0]:
            with contextlib.suppress(OSError):  # who called has gone
                listening.accept()[0].close()


def _is_known(uri: bytes) -> bool:
    """Tell whether the environment of some process names the URI; yes, where the system does not say."""
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    except OSError:
        return True
    if not processes:
        return True
    for process in processes:
        try:
            with open(f"/proc/{process}/environ", "rb") as file:  # noqa: PTH123
                if uri in file.read():
                    return True
        except OSError:
            continue  # it has ended, or is another user's
    return False


if __name__ == "__main__":
    main(sys.argv[1:])
