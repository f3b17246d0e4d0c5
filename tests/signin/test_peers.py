"""Who is at the other end: on Linux the system's tables tell, and whoever is in none is nobody."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from awsactivate.signin import peers

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems have no such table"
)
CLIENT, PORT = ("127.0.0.1", 40000), 8080
V4 = ("0100007F:9C40", "0100007F:1F90")
V6 = tuple(f"0000000000000000FFFF0000{end}" for end in V4)


@pytest.mark.skipif(sys.byteorder != "little", reason="the rows are a little-endian machine's")
@pytest.mark.parametrize(
    ("ends", "state", "uid", "inode", "is_own"),
    [
        (V4, "01", os.getuid(), "7", True),
        (V6, "01", os.getuid(), "7", True),
        (V4, "01", 0, "7", True),
        (V4, "01", 65533, "7", False),
        (V6, "01", 65533, "7", False),
        (V4, "01", 0, "0", False),  # closed by its program, whosever it was
        (V4, "05", 0, "0", False),
        (V4, "05", os.getuid(), "7", False),
        (("0100007F:9C41", V4[1]), "01", os.getuid(), "7", False),
        ((V4[1], V4[0]), "01", os.getuid(), "7", False),
    ],
)
def test_an_open_socket_of_this_user_alone_counts(
    ends: tuple[str, str],
    state: str,
    uid: int,
    inode: str,
    is_own: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = tmp_path / "tcp"
    table.write_text(f"heads\n0: {ends[0]} {ends[1]} {state} 0:0 0:0 0 {uid} 0 {inode} 1\n")
    monkeypatch.setattr(peers, "_TABLES", (table, tmp_path / "not-there"))
    assert peers.is_own(CLIENT, PORT) is is_own


def test_without_a_table_nobody_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "_TABLES", (tmp_path / "not-there",))
    assert not peers.is_own(CLIENT, PORT)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_the_systems_own_table_is_read(family: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        try:
            client = socket.socket(family)
        except OSError:
            pytest.skip("there is no IPv6 here")
        client.connect(("127.0.0.1" if family == socket.AF_INET else "::ffff:127.0.0.1", port))
        taken, address = server.accept()
        with taken:
            assert peers.is_own(address, port)
            client.close()
            assert not peers.is_own(address, port)
