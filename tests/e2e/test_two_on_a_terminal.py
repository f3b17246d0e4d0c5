"""Two of ours on one terminal: one asks at a time, and both come to their end."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from e2e.conftest import World
from harness.shells import PROGRAM
from harness.terminals import SECONDS, Terminal, terminal
from needs import needs_program

WAITS = "awsactivate: another awsactivate asks on this terminal: waiting until it has its answer\r\n"


def await_both(world: World, opened: Terminal) -> None:
    """Wait until one asks and the other waits, whichever is shown first."""
    before = opened.expect(world.prompt)
    if WAITS not in before:
        opened.expect(WAITS)


def answer_both(world: World, command: list[str], files: list[Path]) -> None:
    """Run what asks twice on a new terminal, and answer both; each writes one of `files`."""
    with terminal(command, world.environ) as opened:
        await_both(world, opened)
        first = world.device.code()
        opened.type(first[:3])
        opened.type(first[3:] + "\r")
        opened.expect(world.prompt)
        until = time.monotonic() + SECONDS
        while not any(
            file.exists() and file.stat().st_size for file in files
        ):  # AWS has taken the first code
            assert time.monotonic() < until
            time.sleep(0.05)
        world.aws.clock.advance(30)
        opened.type(world.device.code() + "\r")
        assert opened.wait() == 0, opened.rest()


def key(file: Path) -> str:
    """Return the key id that a command wrote."""
    return str(json.loads(file.read_text())["AccessKeyId"])


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("make", id="make -j2"),
        pytest.param("python", id="a program that starts two credential processes, as terraform does"),
        pytest.param("pipeline", id="both sides of a pipeline"),
    ],
)
def test_each_is_answered_by_itself(world: World, tmp_path: Path, way: str) -> None:
    one = f"{PROGRAM} export prod --format process"
    a, b = tmp_path / "a", tmp_path / "b"
    if way == "make":
        (tmp_path / "Makefile").write_text(f"all: a b\na:\n\t@{one} > {a}\nb:\n\t@{one} > {b}\n")
        command = [needs_program("make"), "-s", "-j2", "-C", str(tmp_path)]
    elif way == "python":
        words = one.split()
        script = (
            "import subprocess as s\n"
            f"files = [open(f, 'w') for f in ({str(a)!r}, {str(b)!r})]\n"
            f"two = [s.Popen({words!r}, stdin=s.DEVNULL, stdout=file) for file in files]\n"
            "raise SystemExit(max(p.wait() for p in two))"
        )
        command = [sys.executable, "-c", script]
    else:
        command = ["sh", "-c", f"{one} > {a} | {one} > {b}; test -s {a} || sleep 20; wait"]
    answer_both(world, command, [a, b])
    assert key(a) != key(b)


def test_ctrl_c_ends_the_one_that_waits_too(world: World) -> None:
    one = f"{PROGRAM} export prod --format process"
    script = (
        "import signal, subprocess as s\n"
        f"two = [s.Popen({one.split()!r}) for _ in 'ab']\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "raise SystemExit(max(p.wait() for p in two))"
    )
    with terminal([sys.executable, "-c", script], world.environ) as opened:
        await_both(world, opened)
        opened.type("\x03")
        assert opened.wait() == 130
        assert "MFA code for" not in opened.rest()


def test_one_that_is_stopped_keeps_nobody_waiting(world: World, tmp_path: Path) -> None:
    one = f"{PROGRAM} export prod --format process"
    a = tmp_path / "a"
    with terminal(["bash", "--norc", "-i"], {**world.environ, "PS1": "$ "}) as opened:
        opened.expect("$ ")
        opened.type(f"{one} >/dev/null\r")
        opened.expect(world.prompt)
        opened.type("\x1a")
        opened.expect("Stopped")
        opened.expect("$ ")
        opened.type(f"{one} > {a}\r")
        opened.expect(world.prompt)
        opened.type(world.device.code() + "\r")
        opened.expect("$ ")
        assert key(a).startswith("ASIA")
        opened.type("kill %1; exit\r")
