"""What came in this process's environment and is not for those that it starts, taken out of it."""

from __future__ import annotations

import os
from collections.abc import Iterable

from awsactivate.sessions.environment import HANDED_OVER, IN_PLACE, for_nobody_else, in_place

# By these a wrapper hands secrets over that its shell does not export.
_SHOWN_NOWHERE = "_AWSACTIVATE_REVOKE_"


def keep_back() -> dict[str, str]:
    """Return this process's environment as it came; its secrets are in the answer alone from now on.

    So no program gets them that is started by a library, such as botocore's `credential_process`. What was
    handed over in its own place stands in the answer as all else that is handed over: memory has no limit.
    """
    environ = dict(os.environ)
    for name in in_place(environ):
        environ[HANDED_OVER + name] = environ.pop(name)
        del os.environ[name]
    environ.pop(IN_PLACE, None)
    for name in for_nobody_else(os.environ):
        if name.startswith(_SHOWN_NOWHERE):
            take(name)
        else:
            del os.environ[name]
    return environ


def take(name: str) -> str:
    """Return the value of the variable `name`, '' where it is not set, and forget it.

    No child inherits it then, nor does the system's list of processes show it any longer to programs of the
    same user (proc(5): /proc/PID/environ is the memory that the process began with).
    """
    if name not in os.environ:
        return ""
    _overwrite(name.encode() + b"=")
    return os.environ.pop(name)


def forget(names: Iterable[str]) -> None:
    """Have neither this process nor its children know the variables `names` any longer."""
    for name in names:
        os.environ.pop(name, None)


def _overwrite(prefix: bytes) -> None:
    import ctypes

    try:
        entries = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
    except (OSError, ValueError):
        return  # a system that keeps it elsewhere, and shows it to nobody
    at = 0
    while entry := entries[at]:  # a null pointer ends the list
        text = ctypes.string_at(entry)
        if text.startswith(prefix):
            ctypes.memset(entry + len(prefix), 0, len(text) - len(prefix))
        at += 1
