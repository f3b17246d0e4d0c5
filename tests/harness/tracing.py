"""Which processes a running shell starts, as strace sees it."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from needs import needs_program

YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")


class Trace:
    """strace beside a process, writing into a file until `end`."""

    def __init__(self, pid: int, file: Path) -> None:
        self._file = file
        words = ["-p", str(pid), "-o", str(file), "-e", "trace=clone,clone3,fork,vfork,execve"]
        self._tracer = subprocess.Popen([*_strace(), *words], stderr=subprocess.PIPE, text=True)
        assert self._tracer.stderr is not None
        said = list[str]()
        while not said or "attached" not in said[-1]:  # sudo may have a word to say before
            said.append(self._tracer.stderr.readline())
            assert said[-1], said

    def forks(self) -> int:
        """Count the processes that were started until now: no threads, of which fish makes some."""
        text = self._file.read_text("utf-8")
        calls = re.findall(r"^.*\b(?:clone3?|v?fork|execve)\(.*$", text, re.MULTILINE)
        return len([call for call in calls if "CLONE_THREAD" not in call])

    def end(self) -> None:
        """End it, if its process has not."""
        with suppress(PermissionError):  # it is root's, and ends with that process
            self._tracer.terminate()
            self._tracer.wait()


def _strace() -> list[str]:
    """Return the command: Ubuntu lets nobody but root trace what is not one's own child."""
    program = needs_program("strace")
    if os.geteuid() == 0 or not YAMA.exists() or YAMA.read_text().strip() == "0":
        return [program]
    may = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    if may.returncode == 0:
        return ["sudo", "-n", program]
    reason = "only root may trace here (kernel.yama.ptrace_scope)"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must not go without it")
    pytest.skip(reason)
