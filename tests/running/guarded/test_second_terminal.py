"""A second terminal is asked while COMMAND has the screen; what COMMAND starts is no such terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.terminals import Terminal, python, terminal

CORE = str(Path(sys.executable).with_name("awsactivate"))
# A guard without a door, whose COMMAND has the screen; it asks one question.
GUARD = """
import os, subprocess, sys, termios, time, tty
from awsactivate.guard.call import Asked
from awsactivate.running.guarded import orphans
from awsactivate.running.guarded.notifying import Notifier
from awsactivate.running.guarded.own_terminal import OwnTerminal
from awsactivate.running.guarded.places import Places
from awsactivate.running.guarded.questions import Questions
from awsactivate.running.guarded.second_terminal import SecondTerminal

before = termios.tcgetattr(0)
orphans.adopt()
second = SecondTerminal(os.environ)
own = OwnTerminal(os.environ)
own.start()
own.wait()
places = Places(own, second, Notifier(os.environ.get("NOTIFY"), second.number, os.environ))
questions = Questions("claude", places, clock=time.monotonic, seconds={seconds})
print(f"<guard {{second.number}}>", flush=True)

def ask(resource="acme-logs"):
    text = f"s3:DeleteBucket on {{resource}}"
    answer = questions.ask(resource, [Asked("s3:DeleteBucket", resource)], text, "prod (111122223333)")
    print(f"<{{answer}}>", flush=True)

{body}
termios.tcsetattr(0, termios.TCSADRAIN, before)
questions.end(); own.end(); second.end()
print("<end>", flush=True)
"""
HAS_SCREEN = "tty.setcbreak(0)\nprint('<screen>', flush=True)\nsys.stdin.readline()\n"
QUESTION = "claude wants s3:DeleteBucket on acme-logs in prod (111122223333): "


@contextmanager
def guard(body: str, environ: dict[str, str], seconds: float = 45) -> Iterator[tuple[Terminal, str]]:
    with python(GUARD.format(body=body, seconds=seconds), environ) as first:
        number = first.search(r"<guard ([0-9]+)>")[1]
        if HAS_SCREEN in body:
            first.expect("<screen>")  # what is typed before its modes are set is dropped
        yield first, number


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_the_second_terminal_is_asked_while_command_has_the_screen(environ: dict[str, str]) -> None:
    with (
        guard(HAS_SCREEN + "ask()", environ) as (first, number),
        terminal([CORE, "guard", "attach", number], environ) as second,
    ):
        second.expect(f"guard {number} asks here until its command ends")
        first.type("\n")
        second.expect(QUESTION)
        second.answer("5\n")
        assert "wants" not in first.expect("<5 minutes>")
        second.expect(f"guard {number} has ended")
        assert second.wait() == 0
        assert second.modes() == second.modes_before


@pytest.mark.long
def test_one_that_attaches_while_the_question_stands_is_asked(environ: dict[str, str]) -> None:
    with guard("tty.setcbreak(0)\nask()", environ) as (first, number):
        time.sleep(0.5)
        with terminal([CORE, "guard", "attach", number], environ) as second:
            second.expect(QUESTION)
            second.interrupt()
            first.expect("<interrupted>")
            second.expect(f"guard {number} has ended")


@pytest.mark.long
def test_where_the_second_terminal_goes_the_next_one_is_asked(environ: dict[str, str]) -> None:
    with guard("tty.setcbreak(0)\nask()", environ) as (first, number):
        with terminal([CORE, "guard", "attach", number], environ) as second:
            second.expect(QUESTION)
        with terminal([CORE, "guard", "attach", number], environ) as third:
            third.expect(QUESTION)
            third.type("n\n")
            first.expect("<no>")


@pytest.mark.long
def test_ctrl_c_between_questions_leaves_the_guard_as_it_was(environ: dict[str, str]) -> None:
    with guard(HAS_SCREEN + "print('<go>')", environ) as (first, number):
        with terminal([CORE, "guard", "attach", number], environ) as second:
            second.expect("asks here")
            second.interrupt()
            assert second.wait() == 130
        first.type("\n")
        first.expect("<end>")


@pytest.mark.parametrize("way", ["child", "orphan"])
def test_no_descendant_of_the_guard_attaches(environ: dict[str, str], way: str) -> None:
    attach = f"pty.spawn([{CORE!r}, 'guard', 'attach', str(os.getppid())])"
    if way == "orphan":  # which says no longer whose it is
        attach = f"""
number = str(os.getppid())
if os.fork(): os._exit(0)
os.setsid(); time.sleep(0.5)
pty.spawn([{CORE!r}, 'guard', 'attach', number])
"""
    program = f"import os, pty, time\n{attach}"
    body = f"child = subprocess.run([sys.executable, '-c', {program!r}]); time.sleep(2)"
    with guard(body, environ) as (first, _number):
        assert "asks here" not in first.expect("the guard lets no terminal attach that its command has")


def test_a_guard_that_is_not_there_is_told(environ: dict[str, str]) -> None:
    with terminal([CORE, "guard", "attach", "1"], environ) as second:
        second.expect("awsactivate: error: there is no guard 1")
        second.expect("awsactivate: hint: awsactivate guard attach NUMBER")
        assert second.wait() == 2


def test_the_program_of_the_profile_is_told_and_gets_no_credentials(
    environ: dict[str, str], tmp_path: Path
) -> None:
    told = tmp_path / "told"
    program = tmp_path / "notify"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" "${{AWS_SECRET_ACCESS_KEY-unset}}" > "{told}"\n')
    program.chmod(0o755)
    environ |= {"NOTIFY": f"'{program}' -u critical", "AWS_SECRET_ACCESS_KEY": "secret"}
    with guard("tty.setcbreak(0)\nask()", environ, seconds=1) as (first, number):
        first.expect("<no answer>")
        first.expect("<end>")
    words = ["-u", "critical", f"{QUESTION}awsactivate guard attach {number}", "unset"]
    assert told.read_text().splitlines() == words


def test_the_socket_is_its_owners_alone(environ: dict[str, str], tmp_path: Path) -> None:
    with guard(HAS_SCREEN, environ) as (first, number):
        place = tmp_path / "awsactivate/guards" / number
        assert place.stat().st_mode & 0o777 == 0o600
        assert place.parent.stat().st_mode & 0o777 == 0o700
        first.type("\n")
        first.expect("<end>")
        assert not place.exists()


def test_it_needs_a_terminal(environ: dict[str, str]) -> None:
    ended = subprocess.run(
        [CORE, "guard", "attach", "1"],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("awsactivate: error: there is no terminal to ask on\n")
