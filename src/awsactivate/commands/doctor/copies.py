"""Programs that were started in a session, and keep a copy of its credentials."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from awsactivate.commandline import Context
from awsactivate.diagnosis.finding import Finding


def find_copies(context: Context) -> Iterator[Finding]:
    """Find the programs that were started in a session and keep its credentials: a tmux server, a job.

    Only Linux tells; the shells and programs that this one was started by are left out.
    """
    kept: list[str] = []
    ours = _find_ancestors()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(folder.name) in ours or folder.stat().st_uid != os.getuid():
                continue
            environ = dict(
                entry.partition("=")[::2]
                for entry in (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            )
            name = (folder / "comm").read_text(errors="replace").strip()
        except OSError:  # it has ended, or is not ours to look at
            continue
        if environ.get("AWSACTIVATE_VARS") and environ.get("AWS_SECRET_ACCESS_KEY"):
            expires = environ.get("AWSACTIVATE_EXPIRATION", "")
            is_over = expires.isascii() and expires.isdigit() and int(expires) <= context.clock()
            if not is_over:
                kept.append(f"{name} ({folder.name}, {environ.get('AWSACTIVATE_PROFILE', '?')})")
    if kept:
        message = (
            f"started in a session, and keep its credentials to their own end: {', '.join(sorted(kept))}"
        )
        yield Finding("copies", "warning", message, "end them, or: awsactivate revoke --mine")


def _find_ancestors() -> set[int]:
    found, pid = set[int](), os.getpid()
    while pid > 0 and pid not in found:
        found.add(pid)
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            break
        match = re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)
        pid = int(match[1]) if match else 0
    return found
