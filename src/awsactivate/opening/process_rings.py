"""The programs that are run for a session, one inside the other: none may ask for what runs it already.

A `credential_process` that is this program, asked for the same profile, would start itself for ever. So each
is told by a variable what it is run for; whoever finds itself there again refuses. Beside each name stands
the process that waits for it: what the program leaves behind, such as an agent, is in no ring any longer.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from awsactivate.errors import ProfileError
from awsactivate.sessions.environment import WAY


def value_for(what: str, environ: Mapping[str, str]) -> str:
    """Return the variable's value for a program that is run for `what`; ProfileError if one is already."""
    passed = _passed(environ.get(WAY, ""))
    names = [name for name, _ in passed]
    if what in names:
        ring = " -> ".join([*names[names.index(what) :], what])
        raise ProfileError(
            f"{what} asks for itself, and would for ever: {ring}",
            "let its command ask for another profile, or be another program",
        )
    return json.dumps([*passed, (what, os.getpid())])


_in_turn = threading.Lock()


@contextmanager
def running(what: str, environ: Mapping[str, str]) -> Iterator[None]:
    """Tell what botocore starts what it is run for, which inherits this process's own environment.

    There is one of that, so one program is started after the other, whichever threads want them.
    """
    told = value_for(what, environ)
    with _in_turn:
        os.environ[WAY] = told
        try:
            yield
        finally:
            os.environ.pop(WAY, None)


def _passed(text: str) -> list[tuple[str, int]]:
    try:
        found = json.loads(text or "[]")
        return [(str(name), int(pid)) for name, pid in found if _is_alive(int(pid))]
    except (ValueError, TypeError, RecursionError, OverflowError):
        return []  # somebody else's: only a refusal hangs on it


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
