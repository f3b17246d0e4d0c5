"""The account on an AWS that nobody here wrote, and that shares no code with the embedded one: ministack.

It knows no MFA codes, so nothing is assumed there. `make test-emulator` installs it beside the tests, since
it wants another botocore than they do.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from account.accounts import Account
from awsactivate.aws import take_down
from awsactivate.sessions.credentials import Credentials
from needs import needs_program

pytestmark = pytest.mark.emulator

ROOT = Path(__file__).parents[2]
BOTH = {"users": ("alice", "bob"), "lock": "both"}


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Account]:
    """Start ministack with nothing in it."""
    program = needs_program(str(ROOT / ".venv-emulator/bin/ministack"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    account = "123456789012"
    server = subprocess.Popen(
        [program],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": account,
            "SFTP_ENABLED": "0",
        },
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    endpoint = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(endpoint, timeout=1).close()
            break
        except urllib.error.HTTPError:
            break  # it answers
        except OSError:
            assert server.poll() is None, "ministack ended"
            assert time.monotonic() < until, "ministack does not answer"
            time.sleep(0.1)
    yield Account(account, endpoint, Credentials("test", "test"), pause=lambda _seconds: None)
    server.terminate()
    server.wait(10)
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_the_plan_is_the_same(other: Account, empty: Account) -> None:
    there, here = (
        json.dumps(account.actions(**BOTH)).replace(account.id, "ACCOUNT") for account in (other, empty)
    )
    assert there == here


def test_the_end_state_is_the_same_and_a_second_run_changes_nothing(other: Account, empty: Account) -> None:
    other.apply(**BOTH)
    empty.apply(**BOTH)
    said: list[str] = []
    assert other.actions(**BOTH) == {}
    other.apply(said.append, **BOTH)
    assert said == []
    there, here = (json.loads(account.snapshot(**BOTH)) for account in (other, empty))
    for state in (there, here):
        state["names"]["users"] = [name for name in state["names"]["users"] if name in BOTH["users"]]
        del state["names"]["keys"]  # one of them lists the keys that AWS manages too
    assert there == here


def test_what_is_left_when_it_was_taken_down_is_the_same(other: Account, empty: Account) -> None:
    left = []
    for account in (other, empty):
        account.apply(**BOTH)
        access = account.with_what_stays(**BOTH)
        take_down.take_down(access, take_down.plan(access), lambda _: None)
        left.append(json.dumps(account.actions(**BOTH)).replace(account.id, "ACCOUNT"))
    assert left[0] == left[1]
    # KMS keeps a key for days, which a new run calls back
    assert set(json.loads(left[0]).values()) == {"create", "change"}
