"""No core file of this process, which holds secrets: neither a key nor a fault makes the kernel write one."""

from __future__ import annotations

import resource
import sys

_PR_SET_DUMPABLE = 4  # prctl(2)
_before: list[int] = []  # the soft limit that this process began with


def allow_none() -> None:
    """Have the kernel write no core file of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    _before.append(soft)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def hide_memory() -> None:
    """Have no program that the system gives core files to (as systemd's) get this process's memory either.

    Nor can another process of the same user look into it then. It lasts until this process becomes another
    program. https://man7.org/linux/man-pages/man2/pr_set_dumpable.2const.html
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def allow_for_command() -> None:
    """Give COMMAND, which is about to be started or become, the limit that the person had set."""
    if _before:
        _set(_before[0])


def allow_none_again() -> None:
    """Go on without, once COMMAND is started."""
    if _before:
        _set(0)


def _set(soft: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (soft, resource.getrlimit(resource.RLIMIT_CORE)[1]))
