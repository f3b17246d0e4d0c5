"""A command many times: their lines, their statuses, and what ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from awsactivate.errors import ProfileError
from awsactivate.running.side_by_side import Job, SideBySide
from harness import processes

NAMES = ("a", "b", "c", "d")


def run_all(
    text: str,
    tmp_path: Path,
    *,
    at_once: int = 4,
    fail_fast: bool = False,
    environ: Callable[[str], Mapping[str, str]] | None = None,
) -> tuple[dict[str, int | None], bytes, bytes]:
    """Run a shell's text for each name; return each status, and what came out on both sides."""
    out, err = tmp_path / "out", tmp_path / "err"
    begun: list[tuple[str, int]] = []

    def own(name: str) -> Mapping[str, str]:
        return {"NAME": name, "PATH": os.environ["PATH"], "T": str(tmp_path)}

    with out.open("wb") as to, err.open("wb") as errors:
        runner = SideBySide(
            "/bin/sh",
            ["sh", "-c", text],
            outputs=(to.fileno(), errors.fileno()),
            began=lambda name, pid: begun.append((name, pid)),
        )
        jobs = [
            Job(name, (f"{name}: ".encode(), f"{name}! ".encode()), lambda name=name: (environ or own)(name))  # type: ignore[misc]
            for name in NAMES
        ]
        done = runner.run(jobs, at_once, fail_fast=fail_fast)
    assert [one.name for one in done] == list(NAMES)
    assert len({pid for _, pid in begun}) == len(begun)
    return {one.name: one.status for one in done}, out.read_bytes(), err.read_bytes()


def test_each_has_its_own_environment_lines_and_status(tmp_path: Path) -> None:
    text = (
        'echo "it is $NAME"; echo "no $NAME" >&2; printf last; case $NAME in b) exit 3;; c) kill -9 $$;; esac'
    )
    statuses, out, err = run_all(text, tmp_path)
    assert statuses == {"a": 0, "b": 3, "c": 137, "d": 0}
    wanted = [f"{name}: {line}\n".encode() for name in NAMES for line in (f"it is {name}", "last")]
    assert sorted(out.splitlines(keepends=True)) == sorted(wanted)
    assert sorted(err.splitlines(keepends=True)) == sorted(f"{name}! no {name}\n".encode() for name in NAMES)


def test_there_is_nothing_on_its_stdin(tmp_path: Path) -> None:
    statuses, out, _ = run_all("cat; echo end", tmp_path)
    assert set(statuses.values()) == {0}
    assert {line[3:] for line in out.splitlines()} == {b"end"}


def test_many_lines_at_once_are_never_mixed(tmp_path: Path) -> None:
    text = "i=0; while [ $i -lt 400 ]; do i=$((i + 1))"
    text += "; printf $NAME; printf '%s%s' $NAME $NAME; echo $NAME; done"
    _, out, _ = run_all(text, tmp_path)
    lines = out.splitlines()
    assert len(lines) == 400 * len(NAMES)
    assert set(lines) == {f"{name}: {name * 4}".encode() for name in NAMES}


def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    _, out, _ = run_all("sleep 300 & echo $! >>$T/pids; echo done", tmp_path)
    assert time.monotonic() - began < 200
    assert sorted(out.splitlines()) == [f"{name}: done".encode() for name in NAMES]
    for pid in (tmp_path / "pids").read_text().split():
        os.kill(int(pid), signal.SIGKILL)


def test_no_more_run_than_are_allowed(tmp_path: Path) -> None:
    text = "mkdir $T/one || exit 9; sleep 0.02; rmdir $T/one"
    statuses, _, _ = run_all(text, tmp_path, at_once=1)
    assert set(statuses.values()) == {0}


def test_the_first_that_fails_ends_the_others_and_starts_no_more(tmp_path: Path) -> None:
    text = (
        "case $NAME in b) until [ -e $T/c ]; do sleep 0.01; done; exit 5;; c) :>$T/c;; esac; exec sleep 300"
    )
    statuses, _, _ = run_all(text, tmp_path, at_once=3, fail_fast=True)
    assert statuses == {"a": 143, "b": 5, "c": 143, "d": None}


def test_one_that_can_not_begin_stops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def environ(name: str) -> Mapping[str, str]:
        if name == "b":
            raise ProfileError("its session has gone")
        return {"HUGE": "x" * 3_000_000} if name == "c" else {}

    statuses, _, _ = run_all("echo done", tmp_path, environ=environ, at_once=2, fail_fast=True)
    assert (statuses["b"], statuses["c"], statuses["d"]) == (3, None, None)
    statuses, out, _ = run_all("echo done", tmp_path, environ=environ)
    assert statuses == {"a": 0, "b": 3, "c": 126, "d": 0}
    assert sorted(out.splitlines()) == [b"a: done", b"d: done"]
    said = capfd.readouterr().err
    assert "awsactivate: error: b: its session has gone\n" in said
    assert "awsactivate: error: c: /bin/sh can't be run: Argument list too long\n" in said


def test_the_others_go_on_while_one_waits_for_its_session(tmp_path: Path) -> None:
    """Which takes as long as AWS does."""

    def environ(name: str) -> Mapping[str, str]:
        deadline = time.monotonic() + 60
        while name == "b" and not all((tmp_path / f"heard-{other}").exists() for other in "acd"):
            assert time.monotonic() < deadline, "the others wait for it"
            time.sleep(0.01)
        return {"NAME": name, "PATH": os.environ["PATH"], "T": str(tmp_path)}

    # the line has been written when the one that follows is asked for
    text = "echo $NAME; until grep -q $NAME: $T/out; do sleep 0.01; done; : >$T/heard-$NAME"
    statuses, out, _ = run_all(text, tmp_path, environ=environ, at_once=2)
    assert set(statuses.values()) == {0}
    assert out.splitlines()[-1] == b"b: b"


CLEANS_UP = (
    "trap 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo gave back the lock; done"
    "; : >$T/$NAME; exit 4' TERM"
    "; echo begun; while :; do echo more; sleep 0.02; done"
)


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a /dev/full")


@pytest.mark.parametrize(
    ("full", "said"),
    [(False, "nobody reads what"), pytest.param(True, "No space left on device", marks=ON_LINUX)],
)
def test_who_is_not_heard_any_more_is_ended_and_waited_for(
    full: bool, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    target = os.open("/dev/full", os.O_WRONLY) if full else os.dup(write_end)
    runner = SideBySide("/bin/sh", ["sh", "-c", CLEANS_UP], outputs=(target, 2), began=lambda *_: None)
    environ = {"PATH": os.environ["PATH"], "T": str(tmp_path)}
    jobs = [Job(name, (b"", b""), lambda name=name: {**environ, "NAME": name}) for name in NAMES]  # type: ignore[misc]
    done = runner.run(jobs, 3, fail_fast=False)
    os.close(write_end)
    os.close(target)
    assert runner.has_lost_lines
    started = [one.name for one in done if one.status is not None]
    assert all(one.status in (4, 143) for one in done if one.name in started)  # or before it could trap that
    assert sorted(path.name for path in tmp_path.iterdir()) == [one.name for one in done if one.status == 4]
    assert "d" not in started
    lines = capfd.readouterr().err.splitlines()
    assert [said in line for line in lines] == [True]
    assert lines[0].endswith(": all that run are ended")


def test_the_last_line_that_is_lost_is_told_too(capfd: pytest.CaptureFixture[str]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    runner = SideBySide("/bin/sh", ["sh", "-c", "printf x"], outputs=(write_end, 2), began=lambda *_: None)
    done = runner.run([Job("a", (b"", b""), dict)], 1, fail_fast=False)
    os.close(write_end)
    assert ([one.status for one in done], runner.has_lost_lines) == ([0], True)
    assert capfd.readouterr().err == "awsactivate: note: nobody reads what the commands print any more\n"


PROGRAM = """
import json, os, sys
from awsactivate.errors import InterruptedByUser
from awsactivate.running.side_by_side import Job, SideBySide
text, at_once = sys.argv[1], int(sys.argv[2])
runner = SideBySide("/bin/sh", ["sh", "-c", text], outputs=(1, 2), began=lambda name, pid: None)
jobs = [Job(name, (b"", b""), lambda name=name: {"NAME": name, "PATH": os.environ["PATH"]}) for name in "abc"]
try:
    runner.run(jobs, at_once, fail_fast=False)
except InterruptedByUser as error:
    print(error.message, flush=True)
    sys.exit(130)
"""


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "interrupted: 0 of 3 profiles were done"),
        (signal.SIGTERM, -signal.SIGTERM, ""),
        (signal.SIGHUP, -signal.SIGHUP, ""),
    ],
)
def test_a_signal_ends_all_that_run_and_starts_no_more(number: int, status: int, said: str) -> None:
    text = 'echo "begun $$"; exec sleep 300'
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, text, "2"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert program.stdout is not None
    pids = [int(program.stdout.readline().split()[1]) for _ in range(2)]
    program.send_signal(number)
    rest, _ = program.communicate(timeout=60)
    assert (program.returncode, rest.strip()) == (status, said)
    assert not any(processes.is_there(pid) for pid in pids)


def test_a_second_signal_is_harder_and_a_third_kills() -> None:
    text = 'trap "echo int" INT; trap "echo term" TERM; echo begun; while :; do sleep 0.01; done'
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, text, "1"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert program.stdout is not None
    heard = []
    for _ in range(3):
        heard.append(program.stdout.readline())
        program.send_signal(signal.SIGINT)
    assert heard == ["begun\n", "int\n", "term\n"]
    rest, _ = program.communicate(timeout=60)
    assert (program.returncode, rest) == (130, "interrupted: 0 of 3 profiles were done\n")
