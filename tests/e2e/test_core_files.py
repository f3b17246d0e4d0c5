"""No core file is left by whatever ends this program, and COMMAND may leave its own."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.answering import ROLE, Reply, assumed, caller_identity, endpoint
from harness.shells import PROGRAM, environment

CONFIG = f"[profile alice]\n[profile prod]\nrole_arn = {ROLE}\nsource_profile = alice\n"
KEYS = "[alice]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = long-term-secret\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/.aws").mkdir(parents=True)
    (tmp_path / "home/.aws/config").write_text(CONFIG)
    (tmp_path / "home/.aws/credentials").write_text(KEYS)
    return tmp_path / "home"


def cores_allowed() -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def end(words: list[str], home: Path, number: int, until: Callable[[], bool], url: str) -> int:
    """Start a program where core files are allowed, send it a signal, and return how it ended."""
    pid = os.fork()
    if pid == 0:
        os.chdir(home)
        cores_allowed()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(null, descriptor)
        os.execve(words[0], words, environment(home, AWS_ENDPOINT_URL=url))
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(pid, number)
    return os.waitpid(pid, 0)[1]


def test_this_system_writes_core_files_at_all(home: Path) -> None:
    ready = home / "ready"
    text = f"import time; open({str(ready)!r}, 'w'); time.sleep(60)"
    status = end([sys.executable, "-c", text], home, signal.SIGQUIT, ready.exists, "http://127.0.0.1:9")
    if not os.WCOREDUMP(status):
        assert os.environ.get("CI") != "true", "CI must not go without core files"
        pytest.skip("core files are forbidden on this system")


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGABRT, signal.SIGSEGV])
@pytest.mark.parametrize(
    "words", [["_activate", "bash", "prod"], ["export", "prod"]], ids=["activate", "export"]
)
def test_a_signal_while_aws_is_waited_for_leaves_no_core(words: list[str], number: int, home: Path) -> None:
    asked: list[str] = []

    def slow(operation: str) -> Reply:
        asked.append(operation)
        time.sleep(3)
        return caller_identity()

    with endpoint(slow) as url:
        status = end([str(PROGRAM), *words], home, number, lambda: bool(asked), url)
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert sorted(path.name for path in home.iterdir()) == [".aws", *_state(home)]


def test_exec_serve_leaves_none_while_its_command_runs(home: Path) -> None:
    ready = home / "ready"

    def answers(operation: str) -> Reply:
        return assumed() if operation == "AssumeRole" else caller_identity()

    command = ["sh", "-c", f"touch {ready}; sleep 5"]
    with endpoint(answers) as url:
        words = [str(PROGRAM), "exec", "--serve", "prod", "--", *command]
        status = end(words, home, signal.SIGABRT, ready.exists, url)
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert [path.name for path in home.iterdir() if "core" in path.name] == []


@pytest.mark.parametrize("serve", [[], ["--serve"]], ids=["exec", "exec --serve"])
def test_a_command_has_the_limit_that_the_person_set(serve: list[str], home: Path) -> None:
    def answers(operation: str) -> Reply:
        return assumed() if operation == "AssumeRole" else caller_identity()

    with endpoint(answers) as url:
        done = subprocess.run(
            [
                "sh",
                "-c",
                'ulimit -S -c 4; exec "$@"',
                "sh",
                PROGRAM,
                "exec",
                *serve,
                "prod",
                "--",
                "sh",
                "-c",
                "ulimit -S -c",
            ],
            env=environment(home, AWS_ENDPOINT_URL=url),
            preexec_fn=cores_allowed,
            capture_output=True,
            text=True,
        )
    assert done.stdout == "4\n", done.stderr


def _state(home: Path) -> list[str]:
    return [name for name in (".local",) if (home / name).exists()]
