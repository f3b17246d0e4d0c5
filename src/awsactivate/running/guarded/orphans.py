"""What COMMAND leaves without a parent becomes a child of this process, and so stays below the guard."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress

from awsactivate.running.guarded import ancestry

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_LOOK_EVERY = 5.0  # seconds


def adopt() -> None:
    """Be the parent of every descendant that loses its own: none can say then that it is no descendant.

    Only Linux has that. https://man7.org/linux/man-pages/man2/pr_set_child_subreaper.2const.html
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    threading.Thread(target=_bury, daemon=True).start()


def _bury() -> None:
    """Take note of the ends of those that were adopted, as the system wants it.

    Whoever started a process itself waits for it already: only what nobody has waited for since the last look
    is adopted.
    """
    before: set[int] = set()
    while True:
        time.sleep(_LOOK_EVERY)
        known = ancestry.read_processes().values()
        ended = {one.id for one in known if one.parent == os.getpid() and one.state == "Z"}
        for process in ended & before:
            with suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
        before = ended
