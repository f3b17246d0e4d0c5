"""Whose program is at the other end of a connection on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Linux alone has them; a socket of IPv6 may be connected to an address of IPv4, and stands in the second.
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED, _NO_INODE = "01", "0"
_LOOKS = 3  # the system writes a table in pieces, and one that changes meanwhile may lack a row


def is_own(client: tuple[str, int], port: int) -> bool:
    """Tell whether the other end of a connection to `port` is an open socket of this user's or root's.

    On Linux one that is in no table is nobody's: it comes from outside of this network namespace. Elsewhere
    the system tells nothing of it, and it counts as this user's.
    """
    if not sys.platform.startswith("linux"):
        return True
    ends = (_as_in_table(*client), _as_in_table("127.0.0.1", port))
    forms = {ends, tuple(_mapped(end) for end in ends)}
    for _ in range(_LOOKS):
        rows = [row for row in _read_rows() if (row[1], row[2]) in forms]
        if rows:
            # a socket that its program has closed has no inode, and seems to be root's
            return all(
                row[3] == _ESTABLISHED and row[9] != _NO_INODE and int(row[7]) in (0, os.getuid())
                for row in rows
            )
    return False


def _read_rows() -> list[list[str]]:
    rows = []
    for table in _TABLES:
        try:
            rows += [line.split() for line in table.read_text().splitlines()[1:]]
        except OSError:
            continue  # a system without IPv6 has one of them
    return rows


def _as_in_table(address: str, port: int) -> str:
    number = int.from_bytes(bytes(map(int, address.split("."))), sys.byteorder)
    return f"{number:08X}:{port:04X}"


def _mapped(end: str) -> str:
    """Write an end as the table of IPv6 has it: ::ffff: before the address of IPv4."""
    marker = int.from_bytes(b"\0\0\xff\xff", sys.byteorder)
    return f"{0:016X}{marker:08X}{end}"
