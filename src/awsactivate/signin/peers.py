"""Whose program is at the other end of a connection on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_TCP_TABLE = Path("/proc/net/tcp")  # Linux alone has it


def is_own(client: tuple[str, int], port: int) -> bool:
    """Tell whether the other end of a connection to `port` is this user's or root's, as far as is known.

    One that is in no table comes from outside of this kernel, as from the system around a virtual machine.
    """
    if not sys.platform.startswith("linux"):
        return True
    try:
        rows = [line.split() for line in _TCP_TABLE.read_text().splitlines()[1:]]
    except OSError:
        return True
    ends = (_as_in_table(*client), _as_in_table("127.0.0.1", port))
    return {int(row[7]) for row in rows if (row[1], row[2]) == ends} <= {0, os.getuid()}


def _as_in_table(address: str, port: int) -> str:
    number = int.from_bytes(bytes(map(int, address.split("."))), sys.byteorder)
    return f"{number:08X}:{port:04X}"
