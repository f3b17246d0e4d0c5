"""What every process below one shows of itself: its command line and its environment."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from needs import needs_program


class Watch:
    """Looks at the command line and the environment of every process below one, again and again."""

    def __init__(self, pid: int) -> None:
        needs_program("/proc")
        self._root = pid
        self._stop = threading.Event()
        self.command_lines: set[bytes] = set()
        self.environments: dict[bytes, set[bytes]] = {}
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.is_set():
            for process in self._family():
                try:
                    line = (process / "cmdline").read_bytes()
                    environ = (process / "environ").read_bytes()
                except OSError:
                    continue  # it has ended meanwhile
                if not line:
                    continue  # it is about to become another program, and will be seen as that
                self.command_lines.add(line)
                self.environments.setdefault(line, set()).add(environ)
            time.sleep(0.001)

    def _family(self) -> list[Path]:
        parents: dict[int, int] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    stat = (folder / "stat").read_text()
                except OSError:
                    continue
                parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
        family = {self._root}
        for _ in range(4):
            family |= {child for child, parent in parents.items() if parent in family}
        return [Path("/proc") / str(process) for process in family]
