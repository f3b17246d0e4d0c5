"""The endpoint of `exec --serve`: whose its port is after COMMAND, and who may keep others waiting."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from awsactivate.running import answering
from awsactivate.running.answering import Document
from awsactivate.running.endpoint import Endpoint
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.documents import container_document
from e2e.answering import ROLE, Reply, assumed, caller_identity, endpoint
from harness.shells import PROGRAM, environment

CONFIG = f"[profile alice]\n[profile prod]\nrole_arn = {ROLE}\nsource_profile = alice\n"
KEYS = "[alice]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = long-term-secret\n"
SECONDS = 60
ON_LINUX = pytest.mark.skipif(
    sys.platform != "linux",
    reason="where no environment can be read, it is held until the session ends",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/.aws").mkdir(parents=True)
    (tmp_path / "home/.aws/config").write_text(CONFIG)
    (tmp_path / "home/.aws/credentials").write_text(KEYS)
    return tmp_path / "home"


def serve(home: Path, script: str, reply: Reply | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script of sh with a session to fetch, to its end."""

    def answers(operation: str) -> Reply:
        return (reply or assumed()) if operation == "AssumeRole" else caller_identity()

    with endpoint(answers) as url:
        return subprocess.run(
            [PROGRAM, "exec", "--serve", "prod", "--", "sh", "-c", script],
            env=environment(home, AWS_ENDPOINT_URL=url),
            cwd=home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )


def may_bind(port: int) -> bool:
    """Whether somebody else could answer at `port` now."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", port))
            other.listen()
        except OSError:
            return False
        return True


def until_free(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while not may_bind(port):
        assert time.monotonic() < deadline, "the port is held for ever"
        time.sleep(0.1)


# Its output is closed, so that nobody waits for it; the double fork makes it nobody's child.
LEFT = (
    "(setsid sh -c 'echo $$ >left; exec sleep 30' >/dev/null 2>&1 </dev/null &)"
    "; while ! [ -s left ]; do :; done; "
)
TELL = 'echo "$AWS_CONTAINER_CREDENTIALS_FULL_URI"'


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere it is held until the session ends"
)
def test_the_port_stays_ours_until_what_the_command_left_has_ended(home: Path) -> None:
    """The grandchild went on asking, and whoever bound the port became its identity."""
    begun = time.monotonic()
    done = serve(home, LEFT + TELL + "; exit 7")
    assert done.returncode == 7, done.stderr
    assert time.monotonic() - begun < 25  # nobody waited for the 30 s
    port = urlsplit(done.stdout.strip()).port
    assert port
    for _ in range(10):
        assert not may_bind(port)
        time.sleep(0.3)
    with pytest.raises(OSError, match=r"reset|closed|refused|Remote end"):
        urllib.request.urlopen(done.stdout.strip(), timeout=10)
    subprocess.run(["kill", (home / "left").read_text().strip()], check=True)
    until_free(port)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere it is held until the session ends"
)
def test_it_is_given_back_at_once_where_nothing_was_left(home: Path) -> None:
    done = serve(home, TELL)
    until_free(urlsplit(done.stdout.strip()).port or 0)


@pytest.mark.long
def test_it_is_given_back_when_the_session_would_have_ended(home: Path) -> None:
    end = (datetime.now(UTC) + timedelta(seconds=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = serve(home, LEFT + TELL, assumed(expiration=end))
    port = urlsplit(done.stdout.strip()).port or 0
    assert not may_bind(port), done.stderr
    until_free(port)
    subprocess.run(["kill", (home / "left").read_text().strip()], check=True)


@ON_LINUX
def test_the_process_that_holds_it_has_no_credentials_and_no_token(home: Path) -> None:
    look = (
        "sleep 1; for p in /proc/[0-9]*; do "
        "if tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q port_keeper.py; then "
        'if tr "\\0" " " <$p/cmdline | grep -q -F "$AWS_CONTAINER_CREDENTIALS_FULL_URI"; then '
        "echo found; tr '\\0' '\\n' <$p/environ; tr '\\0' ' ' <$p/cmdline; fi; fi; done"
    )
    done = serve(home, look + '; echo; echo "token $AWS_CONTAINER_AUTHORIZATION_TOKEN"')
    seen, _, token = done.stdout.rpartition("token ")
    assert seen.startswith("found\n"), done
    assert len(token.strip()) > 20
    assert not any(secret in seen for secret in ("s3cret", "t0ken", "long-term", token.strip()))


@pytest.fixture
def served() -> Iterator[Endpoint]:
    opened = Endpoint({"/one": lambda: container_document(Credentials("ASIAEXAMPLE", "s3cret", "t0ken"))})
    yield opened
    opened.close()


def fetch(served: Endpoint) -> float:
    """Fetch the credentials as an SDK does, and return how long that took."""
    request = urllib.request.Request(f"{served.address}/one", headers={"Authorization": served.token})
    begun = time.monotonic()
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        assert json.load(answer)["AccessKeyId"] == "ASIAEXAMPLE"
    return time.monotonic() - begun


def called(served: Endpoint) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(served.address).port or 0), timeout=SECONDS)


@pytest.mark.parametrize("idle", [75, 300])
def test_those_who_call_and_say_nothing_delay_nobody(served: Endpoint, idle: int) -> None:
    fetch(served)
    with ExitStack() as open_ones:
        for _ in range(idle):
            open_ones.enter_context(called(served))
        assert fetch(served) < 2


def test_more_than_may_wait_are_hung_up_on_the_oldest_first(served: Endpoint) -> None:
    with ExitStack() as open_ones:
        first = open_ones.enter_context(called(served))
        for _ in range(answering._MOST_WAITING):
            open_ones.enter_context(called(served))
        first.settimeout(answering._SECONDS - 2)
        assert first.recv(1) == b""


@pytest.mark.long
@pytest.mark.parametrize("drop", [b"G", b"X-Slow: 1\r\n"], ids=["first line", "headers without end"])
def test_a_byte_now_and_then_keeps_no_connection(served: Endpoint, drop: bytes) -> None:
    with called(served) as slow:
        begun = time.monotonic()
        slow.sendall(b"" if drop == b"G" else b"GET /credentials HTTP/1.1\r\n")
        slow.settimeout(0.3)
        ended = threading.Event()
        while time.monotonic() - begun < SECONDS and not ended.is_set():
            try:
                slow.sendall(drop)
                if slow.recv(1) == b"":
                    ended.set()
            except TimeoutError:
                continue
            except OSError:
                ended.set()
        assert ended.is_set()
        assert time.monotonic() - begun < answering._SECONDS + 5


def test_an_answer_may_take_longer_than_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_SECONDS", 0.5)

    def renewed() -> Document:
        time.sleep(2.5)
        return container_document(Credentials("ASIAEXAMPLE", "s3cret", "t0ken"))

    served = Endpoint({"/one": renewed})
    try:
        assert fetch(served) > 2
    finally:
        served.close()
