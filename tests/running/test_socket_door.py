"""The socket of `exec --serve --socket`: whose it is, what it says, and what stands in its way."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import stat
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from awsactivate.errors import AwsactivateError, UsageError
from awsactivate.running import answering, socket_door
from awsactivate.running.answering import Document
from awsactivate.running.socket_door import SocketDoor
from needs import as_another_user, give_to_another_user, needs_program

DOCUMENT = {"Version": 1, "AccessKeyId": "ASIAEXAMPLE"}
NAME = "arn:aws:iam::1:role/a role"


def broken() -> Document:
    """Stand for a session that can't be renewed."""
    raise AwsactivateError("AWS could not be reached")


@pytest.fixture
def opened(short_folder: Path) -> Iterator[SocketDoor]:
    before = os.umask(0)
    try:
        with socket_door.at(str(short_folder / "aws.sock")) as one:
            assert one
            one.bind()
            one.open({"/prod": lambda: DOCUMENT, f"/{NAME}": lambda: DOCUMENT, "/broken": broken})
            yield one
    finally:
        os.umask(before)


def said(path: Path, text: str) -> str:
    """Say something to the socket, and return all that comes back."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(20)
        link.connect(str(path))
        link.sendall(text.encode())
        link.shutdown(socket.SHUT_WR)
        return link.makefile("rb").read().decode()


def asked(
    path: Path, what: str = "/prod", *headers: str, method: str = "GET"
) -> tuple[int, dict[str, object]]:
    """Ask as curl does, and return the status and the document."""
    answer = said(path, "\r\n".join([f"{method} {what} HTTP/1.1", "Host: localhost", *headers, "", ""]))
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_it_is_ones_own_whatever_the_umask_and_goes(opened: SocketDoor) -> None:
    found = opened.path.lstat()
    assert (stat.S_IMODE(found.st_mode), stat.S_ISSOCK(found.st_mode)) == (0o600, True)
    assert asked(opened.path) == (200, DOCUMENT)
    opened.close()
    assert not opened.path.exists()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("/prod",), 200),
        (("/arn:aws:iam::1:role/a%20role",), 200),
        (("/dev",), 404),
        (("/",), 404),
        (("/prod?x",), 404),
        (("/prod/",), 404),
        (("/%2e%2e/prod",), 404),
        (("/broken",), 503),
        (("/prod", "Origin: http://localhost"), 403),
        (("/prod", "Sec-Fetch-Site: none"), 403),
        (("/prod", "Referer: http://localhost/"), 403),
    ],
)
def test_a_path_gives_its_session_and_no_page_gets_any(
    opened: SocketDoor, words: tuple[str, ...], status: int
) -> None:
    found, document = asked(opened.path, *words)
    assert (found, "AccessKeyId" in document) == (status, status == 200)


@pytest.mark.parametrize(
    "text", ["POST /prod HTTP/1.1\r\n\r\n", "\x16\x03\x01", "GET\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n"]
)
def test_what_is_no_get_is_refused(opened: SocketDoor, text: str) -> None:
    assert "AccessKeyId" not in said(opened.path, text)
    assert asked(opened.path)[0] == 200


@pytest.mark.parametrize(("user", "status"), [(os.getuid(), 200), (0, 200), (12345, 403), (None, 403)])
def test_only_its_owner_and_root_are_let_in(
    opened: SocketDoor, monkeypatch: pytest.MonkeyPatch, user: int | None, status: int
) -> None:
    monkeypatch.setattr(socket_door, "user_of", lambda _connection: user)
    assert asked(opened.path)[0] == status


def test_the_system_tells_who_is_at_the_other_end(opened: SocketDoor, short_folder: Path) -> None:
    """A real other user, whom a mode that somebody has loosened would let connect."""
    words = ["-s", "--unix-socket", str(opened.path), "http://localhost/prod"]
    opened.path.chmod(0o666)
    short_folder.chmod(0o711)
    own = subprocess.run([needs_program("curl"), *words], capture_output=True, check=True)
    assert json.loads(own.stdout) == DOCUMENT
    other = subprocess.run([*as_another_user(), "curl", *words], capture_output=True, check=True)
    assert json.loads(other.stdout)["code"] == "Forbidden"


@pytest.mark.parametrize(
    ("told", "user"),
    [
        (struct.pack("IIh2xI", 0, 501, 1, 20) + bytes(60), 501),
        (struct.pack("II", 0, 0), 0),
        (struct.pack("II", 1, 501), None),
        (b"", None),
    ],
)
def test_a_mac_tells_it_in_its_own_way(told: bytes, user: int | None) -> None:
    assert socket_door.user_in_xucred(told) == user


def a_file(path: Path) -> None:
    path.write_text("kept")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def another_users_socket(path: Path) -> None:
    stale(path)
    give_to_another_user(path, 65534)


def stale(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))


@pytest.mark.parametrize("make", [a_file, a_folder, a_link, a_pipe, another_users_socket])
def test_what_is_there_stays_there(short_folder: Path, make: Callable[[Path], None]) -> None:
    path = short_folder / "aws.sock"
    make(path)
    before = path.lstat()
    with pytest.raises(UsageError, match="something is there already"), socket_door.at(str(path)):
        pass
    assert path.lstat() == before


def test_a_socket_at_which_somebody_listens_stays_and_a_deaf_one_of_ours_goes(short_folder: Path) -> None:
    path = short_folder / "aws.sock"
    with socket_door.at(str(path)) as first:
        assert first
        first.bind()
        with pytest.raises(UsageError, match="somebody listens there"), socket_door.at(str(path)):
            pass
    stale(path)
    with socket_door.at(str(path)) as second:
        assert second
        second.bind()
        second.open({"/prod": lambda: DOCUMENT})
        assert asked(path)[0] == 200


def test_nothing_is_there_before_all_is_ready_nor_taken_from_who_came_first(short_folder: Path) -> None:
    """A code may be asked for between the look and the bind, and a signal may come."""
    path = short_folder / "aws.sock"
    with socket_door.at(str(path)) as late, socket_door.at(str(path)) as first:
        assert late
        assert first
        assert not path.exists()
        assert first.bind() == (str(path), path.lstat().st_ino)
        with pytest.raises(UsageError, match="somebody listens there"):
            late.bind()
        late.close()
        first.open({"/prod": lambda: DOCUMENT})
        assert asked(path)[0] == 200


def test_none_is_taken_between_its_bind_and_its_listen(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others of us look only when it listens: until then nobody would seem to be there."""
    path = short_folder / "aws.sock"
    refused: list[str] = []

    def look() -> None:
        with pytest.raises(UsageError) as found, socket_door.at(str(path)):
            pass
        refused.append(found.value.message)

    other = threading.Thread(target=look)

    class Slow(socket.socket):
        def listen(self, backlog: int = 128) -> None:
            if not other.ident:
                other.start()
                other.join(0.2)
            super().listen(backlog)

    with socket_door.at(str(path)) as opened:
        assert opened
        with monkeypatch.context() as patched:
            patched.setattr(socket_door.socket, "socket", Slow)
            opened.bind()
        other.join(30)
        assert path.is_socket()
    assert refused
    assert "somebody listens there" in refused[0]


def test_a_folder_that_stays_locked_is_told(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_door, "_LOCK_SECONDS", 0.0)
    held = os.open(short_folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(UsageError, match="can't be locked"), socket_door.at(str(short_folder / "aws.sock")):
        pass
    os.close(held)


def test_what_took_its_place_is_not_taken_away(short_folder: Path) -> None:
    path = short_folder / "aws.sock"
    with socket_door.at(str(path)) as opened:
        assert opened
        opened.bind()
        path.unlink()
        path.write_text("another's")
    assert path.read_text() == "another's"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("x" * 120, "bytes long, and a socket's path may have"),
        ("nowhere/aws.sock", "can't be used: No such file or directory"),
        ("file/aws.sock", "can't be (used|made): Not a directory"),
    ],
)
def test_where_it_can_not_be_is_told_in_words(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, words: str
) -> None:
    monkeypatch.chdir(short_folder)
    (short_folder / "file").touch()
    with pytest.raises(UsageError, match=words), socket_door.at(path):
        pass


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o2770, 0o775, 0o1702])
def test_a_folder_that_others_may_write_will_not_do(short_folder: Path, mode: int) -> None:
    """They could rename the socket, or, when it has gone, put their own there for those who still ask."""
    short_folder.chmod(mode)
    with (
        pytest.raises(UsageError, match="others may write to"),
        socket_door.at(str(short_folder / "aws.sock")),
    ):
        pass


def test_a_folder_of_another_users_will_not_do(short_folder: Path) -> None:
    give_to_another_user(short_folder, 65534)
    with (
        pytest.raises(UsageError, match="others may write to"),
        socket_door.at(str(short_folder / "aws.sock")),
    ):
        pass


def test_those_who_say_nothing_delay_nobody(opened: SocketDoor) -> None:
    with ExitStack() as silent:
        for _ in range(answering._MOST_WAITING + 20):
            link = silent.enter_context(socket.socket(socket.AF_UNIX))
            link.connect(str(opened.path))
        begun = time.monotonic()
        assert asked(opened.path)[0] == 200
        assert time.monotonic() - begun < 3


def test_a_slow_answer_delays_no_other(short_folder: Path) -> None:
    go = threading.Event()

    def slow() -> Document:
        go.wait(30)
        return DOCUMENT

    with socket_door.at(str(short_folder / "aws.sock")) as opened:
        assert opened
        opened.bind()
        opened.open({"/slow": slow, "/prod": lambda: DOCUMENT})
        answers: list[int] = []
        waiting = threading.Thread(target=lambda: answers.append(asked(opened.path, "/slow")[0]))
        waiting.start()
        assert asked(opened.path)[0] == 200
        assert answers == []
        go.set()
        waiting.join()
        assert answers == [200]
