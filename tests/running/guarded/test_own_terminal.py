"""The person is asked on COMMAND's own terminal, which is as it was afterwards, and COMMAND's again."""

from __future__ import annotations

import json
import re
import socket
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from awsactivate.running.guarded.channel import Channel
from awsactivate.running.guarded.questions import Call, Shown
from harness.terminals import Terminal, python

# What asks, with calls whose names are given on a line, each in a thread of its own.
GUARD = """
import os, sys, threading, time, signal, subprocess
from awsactivate.guard.call import Asked
from awsactivate.running.guarded.notifying import Notifier
from awsactivate.running.guarded.own_terminal import OwnTerminal
from awsactivate.running.guarded.places import Places
from awsactivate.running.guarded.questions import Questions
from awsactivate.running.guarded.second_terminal import SecondTerminal

signal.signal(signal.SIGTTIN, lambda *_: None)
second = SecondTerminal(os.environ)
own = OwnTerminal(os.environ)
own.start()
own.wait()
places = Places(own, second, Notifier(None, second.number, os.environ))
questions = Questions("terraform", places, clock=time.monotonic, seconds={seconds})

def ask(key, action, resource="*", where="prod (111122223333)", details=(), vague=False):
    text = action if resource == "*" else f"{{action}} on {{resource}}"
    answer = questions.ask(key, [Asked(action, resource, vague=vague)], text, where, details)
    print(f"<{{key}}: {{answer}}>", flush=True)

def all_of(*calls):
    threads = [threading.Thread(target=ask, args=call) for call in calls]
    for one in threads: one.start()
    for one in threads: one.join()

{body}
questions.end()
own.end()
second.end()
print("<end>", flush=True)
"""
DELETE = '("a", "s3:DeleteBucket", "acme-logs")'
CREATE = '("b", "iam:CreateRole", "role/x")'
CHOICES = "[o]nce, [5] minutes, [a]lways this action, [n]o"
ONE = f"awsactivate: terraform wants s3:DeleteBucket on acme-logs in prod (111122223333): {CHOICES}? "


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path)}


@contextmanager
def guard(body: str, state: dict[str, str], seconds: float = 45) -> Iterator[Terminal]:
    with python(GUARD.format(body=body, seconds=seconds), state) as terminal:
        yield terminal


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("o", "once"), ("5", "5 minutes"), ("a", "always"), ("n", "no"), ("x\x7fNo", "no")],
)
def test_each_answer_is_a_letter_and_enter(state: dict[str, str], typed: str, answer: str) -> None:
    with guard(f"ask(*{DELETE})", state) as terminal:
        terminal.expect(ONE)
        terminal.answer(f"{typed}\n")
        terminal.expect(f"<a: {answer}>")
        terminal.expect("<end>")
        assert terminal.wait() == 0
        assert terminal.modes() == terminal.modes_before


@pytest.mark.long
def test_what_is_no_answer_is_asked_again(state: dict[str, str]) -> None:
    with guard(f"ask(*{DELETE})", state) as terminal:
        terminal.expect(ONE)
        terminal.type("once more\n")
        terminal.expect(ONE)
        terminal.type("\n")
        terminal.expect(ONE)
        terminal.type("n\n")
        terminal.expect("<a: no>")


@pytest.mark.parametrize("key", [b"\x03", b"\x04", b"\x1c"], ids=["Ctrl-C", "Ctrl-D", "Ctrl-\\"])
def test_a_key_that_ends_things_is_a_no_to_all_that_waits_and_ends_nothing_else(
    state: dict[str, str], key: bytes
) -> None:
    body = f"signal.signal(signal.SIGINT, lambda *_: os._exit(9))\nall_of({DELETE}, {CREATE})"
    with guard(body, state) as terminal:
        terminal.expect("or [e]ach? ")
        terminal.type(key)
        assert {terminal.search("<[ab]: interrupted>")[0] for _ in range(2)} == {
            "<a: interrupted>",
            "<b: interrupted>",
        }
        terminal.expect("<end>")
        assert terminal.wait() == 0


def test_what_waits_at_the_same_time_is_one_list(state: dict[str, str]) -> None:
    with guard(f"all_of({DELETE}, {CREATE})", state) as terminal:
        terminal.search("terraform wants in prod \\(111122223333\\):\r\n")
        terminal.search("1  [^\r]*\r\n  2  [^\r]*\r\n")
        terminal.expect(f"{CHOICES}, or [e]ach? ")
        terminal.answer("o\n")
        assert {terminal.search("<[ab]: once>")[0] for _ in range(2)} == {"<a: once>", "<b: once>"}


@pytest.mark.long
def test_a_list_can_be_answered_one_by_one(state: dict[str, str]) -> None:
    body = f"""
threads = [threading.Thread(target=ask, args=call) for call in ({DELETE}, {CREATE})]
for one in threads: one.start(); time.sleep(0.01)
for one in threads: one.join()
"""
    with guard(body, state) as terminal:
        terminal.expect("or [e]ach? ")
        terminal.type("e\n")
        terminal.expect(ONE)
        terminal.type("n\n")
        terminal.expect(f"wants iam:CreateRole on role/x in prod (111122223333): {CHOICES}? ")
        terminal.expect("<a: no>")
        terminal.answer("o\n")
        terminal.expect("<b: once>")


def test_a_call_that_comes_while_a_letter_is_typed_is_not_answered_by_it(state: dict[str, str]) -> None:
    body = f"""
first = threading.Thread(target=ask, args={DELETE}); first.start()
sys.stdin.readline() if False else time.sleep(1.5)
second_one = threading.Thread(target=ask, args={CREATE}); second_one.start()
first.join(); second_one.join()
"""
    with guard(body, state) as terminal:
        terminal.expect(ONE)
        terminal.type("o")
        terminal.expect("or [e]ach? ")
        terminal.type("\n")
        terminal.expect("or [e]ach? ")
        terminal.type("n\n")
        assert {terminal.search("<[ab]: no>")[0] for _ in range(2)} == {"<a: no>", "<b: no>"}


def test_without_an_answer_the_call_is_refused_in_time_and_the_terminal_given_back(
    state: dict[str, str],
) -> None:
    with guard(f"ask(*{DELETE})", state, seconds=0.8) as terminal:
        terminal.expect(ONE)
        terminal.expect("<a: no answer>")
        terminal.expect("no answer within 1 s: refused")
        terminal.expect("<end>")
        assert terminal.wait() == 0
        assert terminal.modes() == terminal.modes_before


def test_a_retry_joins_the_question_that_stands(state: dict[str, str]) -> None:
    with guard(f"all_of({DELETE}, {DELETE})", state) as terminal:
        terminal.expect(ONE)
        terminal.answer("o\n")
        terminal.expect("<a: once>")
        terminal.expect("<a: once>")


def test_always_is_for_the_action_and_five_minutes_for_the_resource_too(state: dict[str, str]) -> None:
    body = """
ask("1", "s3:PutObject", "a")
ask("2", "s3:PutObject", "a")
ask("3", "s3:PutObject", "b")
ask("4", "s3:PutObject", "c")
"""
    with guard(body, state) as terminal:
        terminal.expect("on a in prod")
        terminal.answer("5\n")
        terminal.expect("<2: 5 minutes>")
        terminal.expect("on b in prod")
        terminal.answer("a\n")
        terminal.expect("<4: always>")


@pytest.mark.long
def test_what_was_typed_before_the_question_answers_nothing(state: dict[str, str]) -> None:
    with guard(f"print('<go>', flush=True); time.sleep(1); ask(*{DELETE})", state) as terminal:
        terminal.expect("<go>")
        terminal.answer("a\n")
        terminal.expect(ONE)
        time.sleep(0.3)
        terminal.type("n\n")
        terminal.expect("<a: no>")


# COMMAND of the same group, which writes what it reads
READER = "subprocess.Popen([sys.executable, '-c', {program!r}])"


def ask_beside(program: str) -> str:
    """Write what asks while a COMMAND that is this program waits for a line."""
    return f"child = {READER.format(program=program)}; time.sleep(0.7); ask(*{DELETE}); child.wait()"


def test_where_command_waits_for_a_line_nothing_is_taken_from_it(state: dict[str, str]) -> None:
    program = "print('name? ', flush=True); print('<got ' + input() + '>', flush=True)"
    body = ask_beside(program)
    with guard(body, state) as terminal:
        terminal.expect("name? ")
        time.sleep(1.5)
        terminal.type("alice\n")
        assert "wants" not in terminal.expect("<got alice>")
        terminal.expect(ONE)
        terminal.answer("o\n")
        terminal.expect("<a: once>")


@pytest.mark.long
def test_where_command_has_the_screen_the_question_waits_for_its_end(state: dict[str, str]) -> None:
    program = """
import curses, time
curses.wrapper(lambda screen: (screen.addstr(0, 0, 'a full screen'), screen.refresh(), time.sleep(2)))
"""
    body = ask_beside(program)
    with guard(body, state) as terminal:
        terminal.expect("a full screen")
        assert "wants" not in terminal.expect("\x1b[?1049l")
        terminal.expect(ONE)
        terminal.answer("o\n")
        terminal.expect("<a: once>")


def test_a_call_is_allowed_only_when_it_has_stood_there_for_a_second(state: dict[str, str]) -> None:
    body = f"""
first = threading.Thread(target=ask, args={DELETE}); first.start()
time.sleep(1.5)
second_one = threading.Thread(target=ask, args={CREATE}); second_one.start()
first.join(); second_one.join()
"""
    with guard(body, state) as terminal:
        terminal.expect("or [e]ach? ")
        terminal.type("o\n")
        terminal.expect("too soon: what is asked must have stood here for a second")
        terminal.expect("or [e]ach? ")
        terminal.answer("o\n")
        assert {terminal.search("<[ab]: once>")[0] for _ in range(2)} == {"<a: once>", "<b: once>"}


def test_what_is_not_known_is_allowed_once_only(state: dict[str, str]) -> None:
    with guard('ask("a", "iam:POST", vague=True)', state) as terminal:
        terminal.expect("wants iam:POST in prod (111122223333): [o]nce, [n]o? ")
        terminal.answer("a\n")
        terminal.expect("[o]nce, [n]o? ")
        terminal.type("o\n")
        terminal.expect("<a: once>")


def test_all_of_a_long_call_can_be_seen(state: dict[str, str]) -> None:
    body = 'ask("a", "s3:X", "b/1 and 1 more", details=("s3:X on b/1", "s3:X on b/2"))'
    with guard(body, state) as terminal:
        terminal.expect(f"{CHOICES}, [l]ist all? ")
        terminal.type("l\n")
        terminal.expect(
            "  s3:X on b/1\r\n  s3:X on b/2\r\n\rawsactivate: terraform wants s3:X on b/1 and 1 more"
        )
        terminal.type("n\n")
        terminal.expect("<a: no>")


@pytest.mark.long
def test_what_was_allowed_in_one_account_is_asked_in_another(state: dict[str, str]) -> None:
    body = """
for key, where in (("1", "prod"), ("2", "prod"), ("3", "role x (222222222222), by prod")):
    ask(key, "s3:PutObject", "a", where)
all_of(("4", "s3:GetX", "b", "prod"), ("5", "s3:GetX", "b", "role x (222222222222), by prod"))
"""
    with guard(body, state) as terminal:
        terminal.expect("on a in prod: ")
        terminal.answer("a\n")
        terminal.expect("<2: always>")
        terminal.expect("on a in role x (222222222222), by prod: ")
        terminal.type("n\n")
        terminal.expect("terraform wants:\r\n")
        terminal.search("  [12]  s3:GetX on b in prod\r\n")
        terminal.type("n\n")


def test_nobody_can_write_where_what_asks_gives_its_answers(state: dict[str, str]) -> None:
    # as COMMAND could, which is the same user's
    body = f"""
threading.Thread(target=ask, args={DELETE}).start()
time.sleep(0.7)
ends = f"/proc/{{own._program.pid}}/fd"
for end in sorted(os.listdir(ends)):
    name = os.readlink(os.path.join(ends, end))
    try:
        os.open(os.path.join(ends, end), os.O_WRONLY | os.O_NOCTTY)
    except OSError as error:
        print(f"<{{error.strerror}}>", flush=True)
    else:
        print(f"<open: {{name}}>", flush=True)
questions.end()
"""
    with guard(body, state) as terminal:
        shown = terminal.expect("<end>")
        assert "<No such device or address>" in shown
        assert set(re.findall(r"<open: ([a-z/]+)", shown)) <= {"/dev/null", "/dev/tty", "/dev/pts/"}


def test_nobody_can_look_into_what_asks_when_it_is_ready() -> None:
    program = """
import ctypes
from awsactivate.running.guarded import asking
asking.serve = lambda *_, **__: print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)
asking.main()
"""
    with python(program) as terminal:
        terminal.expect("0\r\n")


def test_an_answer_without_the_word_of_the_guard_is_none() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = Channel(ours, is_own=False)
        channel.show(Shown((Call(1, "x", "prod"),), "tool"))
        word = json.loads(theirs.recv(65_536))["word"]
        theirs.sendall(b'{"answers": {"1": "always"}}\n{"answers": {"1": "always"}, "word": ""}\n')
        assert channel.answers() is None
        theirs.sendall(json.dumps({"answers": {"1": "once"}, "word": word}).encode() + b"\n")
        assert channel.answers() == {1: "once"}


def test_the_terminal_is_as_it_was_when_what_asks_is_killed(state: dict[str, str]) -> None:
    body = f"""
group = os.getpgrp()
thread = threading.Thread(target=ask, args={DELETE}); thread.start()
time.sleep(0.7)
taken = os.tcgetpgrp(0) == own._program.pid
own._program.kill()
own._program.wait()
time.sleep(0.3)
print("<back>" if taken and os.tcgetpgrp(0) == group else "<lost>", flush=True)
questions.end()
"""
    with guard(body, state) as terminal:
        terminal.expect(ONE)
        terminal.expect("the program that asks was killed: nothing can be asked")
        terminal.expect("<back>")
        terminal.expect("<end>")
        assert terminal.wait() == 0
        assert terminal.modes() == terminal.modes_before


def test_no_terminal_is_a_no_at_once(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    program = GUARD.format(body=f"ask(*{DELETE})", seconds=45)
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        start_new_session=True,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
        timeout=20,
        check=False,
    )
    assert ended.stdout == "<a: no terminal>\n<end>\n"


@pytest.mark.long
def test_modes_that_only_hide_what_is_typed_are_a_password_for_command(state: dict[str, str]) -> None:
    assert termios.ECHO
    program = "import getpass; print('<got ' + getpass.getpass('secret? ') + '>', flush=True)"
    body = ask_beside(program)
    with guard(body, state) as terminal:
        terminal.expect("secret? ")
        time.sleep(1.5)
        terminal.type("sesame\n")
        assert "wants" not in terminal.expect("<got sesame>")
        terminal.expect(ONE)
        terminal.type("n\n")
        terminal.expect("<a: no>")
