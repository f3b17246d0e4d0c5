"""What a person sees, types and gets back at the terminal."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from awsactivate.person.terminal import countdown, printable, say
from harness.terminals import SECONDS, Terminal, python, terminal
from needs import needs_shell

SERIAL = "arn:aws:iam::111122223333:mfa/alice"
PROMPT = f"MFA code for {SERIAL}: "

# Asks, and tells on stderr what came of it, in the shape `[…]` that nothing else prints.
ASK = f"""
import sys
from awsactivate.person import terminal
from awsactivate.errors import AwsactivateError
try:
    got = terminal.ask_code({SERIAL!r})
except AwsactivateError as error:
    print(f"[{{type(error).__name__}}: {{error.message}}]", file=sys.stderr)
    sys.exit(error.exit_code)
print(f"[{{got}}]", file=sys.stderr)
"""


@pytest.fixture
def asking() -> Iterator[Terminal]:
    with python(ASK) as opened:
        opened.expect(PROMPT)
        yield opened


def test_a_code_is_shown_as_marks_and_returned_with_the_modes_as_they_were(asking: Terminal) -> None:
    asking.type("123456\r")
    assert asking.expect("[123456]") == "••••••\r\n"
    assert asking.wait() == 0
    assert asking.modes() == asking.modes_before


def test_in_a_locale_that_is_not_utf_8_a_mark_is_ascii() -> None:
    with python(ASK, {"LC_ALL": "C"}) as asking:
        asking.expect(PROMPT)
        asking.type("123456\r")
        assert asking.expect("[123456]") == "******\r\n"


@pytest.mark.parametrize(
    ("keys", "code", "shown"),
    [
        ("129\x7f3456\r", "123456", "•••\b \b••••"),
        ("129\b3456\r", "123456", "•••\b \b••••"),
        ("99\x15123456\r", "123456", "••" + "\b \b" * 2 + "••••••"),
        ("99\x17123456\r", "123456", "••" + "\b \b" * 2 + "••••••"),
        ("\x7f123456\n", "123456", "\a••••••"),
        (" 123 456 \r", "123456", "••••••"),
        ("\x1b[200~123 456\x1b[201~\r", "123456", "••••••"),
        ("12ab3456\r", "123456", "••\a\a••••"),
        ("12é3456\r", "123456", "••\a••••"),
        ("12\x1b[D3456\r", "123456", "••\a••••"),
        ("12\x1b3456\r", "123456", "••\a••••"),
        ("123456\x04\r", "123456", "••••••\a"),
        ("12\x003456\r", "123456", "••\a••••"),
        ("\r", "", ""),
        ("1234567\r", "1234567", "•••••••"),
    ],
)
def test_keys_edit_the_code(asking: Terminal, keys: str, code: str, shown: str) -> None:
    asking.type(keys)
    assert asking.expect(f"[{code}]") == f"{shown}\r\n"
    assert asking.modes() == asking.modes_before


def test_a_code_pasted_before_the_prompt_stands_counts() -> None:
    late = "import sys, time\nprint('[early]', file=sys.stderr)\nsys.stdin.readline()\n" + ASK
    with python(late) as asking:
        asking.expect("[early]")
        asking.type("\n123456\n")  # the second line waits in the terminal when the question is asked
        asking.expect("[123456]")
        assert asking.modes() == asking.modes_before


def test_what_is_typed_after_enter_is_left_for_the_next_program() -> None:
    with terminal(
        ["sh", "-c", f"{sys.executable} -c {shlex.quote(ASK)}; read -r line; echo [$line]"]
    ) as both:
        both.expect(PROMPT)
        both.type("123456\nterraform plan\n")
        both.expect("[123456]")
        both.expect("[terraform plan]")


def test_end_of_file_is_no_code(asking: Terminal) -> None:
    asking.type("\x04")
    asking.expect("[MfaError: no MFA code was given]")
    assert asking.wait() == 5
    assert asking.modes() == asking.modes_before


def test_ctrl_c_interrupts_with_the_modes_as_they_were(asking: Terminal) -> None:
    asking.type("12")
    asking.expect("••")
    asking.type("\x03")
    assert asking.expect("[InterruptedByUser: interrupted]") == "\r\n"
    assert asking.wait() == 130
    assert asking.modes() == asking.modes_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_deadly_signal_kills_with_the_modes_as_they_were(asking: Terminal, number: int) -> None:
    asking.type("12")
    asking.expect("••")
    asking.program.send_signal(number)
    assert asking.wait() == -number
    assert asking.modes() == asking.modes_before


def test_the_quit_key_kills_with_the_modes_as_they_were(asking: Terminal) -> None:
    asking.type("12\x1c")
    assert asking.wait() == -signal.SIGQUIT
    assert asking.modes() == asking.modes_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
@pytest.mark.parametrize("delay", [0.0, 0.0005, 0.001, 0.002, 0.004])
def test_a_signal_at_any_instant_leaves_the_modes_as_they_were(number: int, delay: float) -> None:
    timed = f"""
import os, signal, threading
from awsactivate.person import terminal
threading.Timer({delay}, os.kill, (os.getpid(), {int(number)})).start()
"""
    with python(timed + ASK) as asking:
        assert asking.wait() in (-number, 130 if number == signal.SIGINT else -number)
        assert asking.modes() == asking.modes_before


def test_a_signal_that_was_ignored_is_still_ignored() -> None:
    ignoring = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + ASK
    with python(ignoring) as asking:
        asking.expect(PROMPT)
        asking.program.send_signal(signal.SIGHUP)
        asking.type("123456\r")
        asking.expect("[123456]")


def test_handlers_and_the_wakeup_fd_are_those_of_before_afterwards() -> None:
    checking = (
        "import signal\n"
        "def state():\n"
        "    fd = signal.set_wakeup_fd(-1)\n"
        "    return fd, [signal.getsignal(number) for number in sorted(signal.valid_signals())]\n"
        "before = state()\n" + ASK + "print(f'[{state() == before}]', file=sys.stderr)\n"
    )
    with python(checking) as asking:
        asking.expect(PROMPT)
        asking.type("123456\r")
        asking.expect("[True]")


def test_a_terminal_held_by_ctrl_s_does_not_keep_the_program_from_dying(asking: Terminal) -> None:
    asking.type("12")
    asking.expect("••")
    asking.type("\x133")
    asking.program.send_signal(signal.SIGTERM)
    assert asking.wait() == -signal.SIGTERM
    assert asking.modes() == asking.modes_before


def test_a_terminal_that_is_closed_while_asking_is_an_mfa_error(tmp_path: Path) -> None:
    told = tmp_path / "told"
    deaf = "import signal, sys\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    with python(f"{deaf}sys.stderr = open({str(told)!r}, 'w')\n" + ASK) as asking:
        asking.expect(PROMPT)
        asking.hang_up()
        assert asking.wait() == 5
    assert told.read_text() == "[MfaError: the terminal was closed while it was asked]\n"


def test_a_terminal_that_is_closed_hangs_the_program_up() -> None:
    with python(ASK) as asking:
        asking.expect(PROMPT)
        asking.hang_up()
        assert asking.wait() in (-signal.SIGHUP, 5)


def test_without_a_terminal_there_is_an_error_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        start_new_session=True,
        input="123456\n",
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        5,
        "",
        "[MfaError: there is no terminal to ask on]\n",
    )


def test_the_prompt_goes_to_the_terminal_alone(tmp_path: Path) -> None:
    """Stdin, stdout and stderr are files; the terminal is the session's own."""
    out, err, nothing = tmp_path / "out", tmp_path / "err", os.devnull
    command = f"{sys.executable} -c {shlex.quote(ASK)} <{nothing} >{out} 2>{err}"
    with terminal(["sh", "-c", command]) as asking:
        asking.expect(PROMPT)
        asking.type("123456\r")
        assert asking.wait() == 0
        assert asking.rest() == "••••••\r\n"
    assert (out.read_text(), err.read_text()) == ("", "[123456]\n")


def test_control_characters_of_a_serial_are_shown_escaped() -> None:
    with python(ASK.replace(repr(SERIAL), repr("a\x1b[2Jb\n‮c"))) as asking:
        asking.expect("MFA code for a\\x1b[2Jb\\n\\u202ec: ")


# In real shells: the question stands inside `$(…)`, where the wrappers put it.


def interactive(shell: str, tmp_path: Path) -> tuple[list[str], dict[str, str]]:
    """Return how to start `shell` without the user's own files, and with the prompt `ready> `."""
    path = needs_shell(shell)
    environ = {"PS1": "ready> ", "HOME": str(tmp_path), "ASK": ASK, "PYTHON": sys.executable}
    environ |= {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    if shell == "bash":
        return [path, "--norc", "--noprofile", "-i"], environ
    if shell == "zsh":
        return [path, "-f", "-i", "+Z"], environ
    prompt = "function fish_prompt; echo -n 'ready> '; end; function fish_greeting; end"
    return [path, "--private", "-i", "-C", prompt], environ


SHELLS = ["bash", "zsh", "fish"]
CAPTURE = {
    "bash": 'x=$("$PYTHON" -c "$ASK"); echo "<$?>"\r',
    "zsh": 'x=$("$PYTHON" -c "$ASK"); echo "<$?>"\r',
    "fish": 'set x ("$PYTHON" -c "$ASK"); echo "<$status>"\r',
}


@pytest.mark.parametrize("shell", SHELLS)
def test_inside_a_command_substitution_the_question_is_asked(shell: str, tmp_path: Path) -> None:
    with terminal(*interactive(shell, tmp_path)) as opened:
        opened.expect("ready> ")
        opened.type(CAPTURE[shell])
        opened.expect(PROMPT)
        opened.type("123456\r")
        opened.expect("[123456]")
        opened.expect("<0>")


@pytest.mark.parametrize("shell", SHELLS)
def test_ctrl_c_inside_a_command_substitution_gives_the_prompt_back(shell: str, tmp_path: Path) -> None:
    with terminal(*interactive(shell, tmp_path)) as opened:
        opened.expect("ready> ")
        opened.type(CAPTURE[shell])
        opened.expect(PROMPT)
        opened.type("12\x03")
        opened.expect("[InterruptedByUser: interrupted]")
        opened.expect("ready> ")
        opened.type("stty -a | grep -o -w -e -echo -e -icanon; echo '<'done'>'\r")
        assert "\n-" not in opened.expect("<done>")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_job_that_is_stopped_asks_again_in_the_foreground(shell: str, tmp_path: Path) -> None:
    with terminal(*interactive(shell, tmp_path)) as opened:
        opened.expect("ready> ")
        opened.type('"$PYTHON" -c "$ASK"\r')
        opened.expect(PROMPT)
        opened.type("123")
        opened.expect("•••")
        opened.type("\x1a")
        opened.expect("ready> ")
        opened.type("fg\r")
        opened.expect(f"{PROMPT}•••")
        opened.until_echo(False)
        opened.type("456\r")
        opened.expect("[123456]")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_background_job_refuses_instead_of_stopping(shell: str, tmp_path: Path) -> None:
    with terminal(*interactive(shell, tmp_path)) as opened:
        opened.expect("ready> ")
        opened.type('"$PYTHON" -c "$ASK" &\r')
        opened.expect("[MfaError: a background job can't ask on the terminal]")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_stopped_job_sent_to_the_background_refuses(shell: str, tmp_path: Path) -> None:
    with terminal(*interactive(shell, tmp_path)) as opened:
        opened.expect("ready> ")
        opened.type('"$PYTHON" -c "$ASK"\r')
        opened.expect(PROMPT)
        opened.type("\x1a")
        opened.expect("ready> ")
        opened.type("bg\r")
        opened.expect("[MfaError: a background job can't ask on the terminal]")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_stop_key_inside_a_command_substitution_hangs_nothing(shell: str, tmp_path: Path) -> None:
    with terminal(*interactive(shell, tmp_path)) as opened:
        opened.expect("ready> ")
        opened.type(CAPTURE[shell])
        opened.expect(PROMPT)
        opened.type("123")
        opened.expect("•••")
        opened.type("\x1a")  # which flushes what was typed and not yet read
        time.sleep(0.3)  # nothing need be shown for it
        opened.type("456\r")
        opened.expect("[123456]")
        opened.expect("<0>")


@pytest.mark.parametrize("shell", SHELLS)
def test_in_a_nested_shell_too_where_the_stop_signal_is_ignored(shell: str, tmp_path: Path) -> None:
    """There the kernel would really stop what a substitution runs, and nobody could make it go on."""
    argv, environ = interactive(shell, tmp_path)
    ignoring = "import signal\nsignal.signal(signal.SIGTSTP, signal.SIG_IGN)\n"
    outer = [needs_shell("bash"), "--norc", "--noprofile", "-i"]
    with terminal(outer, {**environ, "ASK": ignoring + ASK}) as opened:
        opened.expect("ready> ")
        opened.type(shlex.join(argv) + "\r")
        opened.expect("ready> ")
        opened.type(CAPTURE[shell])
        opened.expect(PROMPT)
        opened.type("123")
        opened.expect("•••")
        opened.type("\x1a")
        time.sleep(0.3)
        opened.type("456\r")
        opened.expect("[123456]")
        opened.expect("<0>")


# Secrets, questions and lines.


def asking_for(expression: str) -> str:
    return ASK.replace(f"terminal.ask_code({SERIAL!r})", expression)


def test_a_secret_takes_every_character_and_shows_none() -> None:
    with python(asking_for("terminal.ask_secret('Secret access key: ')")) as asking:
        asking.expect("Secret access key: ")
        asking.type("a b\x17" + "Ünï/+= 'x\"\x7f\\\r")
        assert asking.expect("[a Ünï/+= 'x\\]") == "•••\b \b" + "•" * 10 + "\b \b•\r\n"


def test_end_of_file_is_no_secret() -> None:
    with python(asking_for("terminal.ask_secret('Key: ')")) as asking:
        asking.expect("Key: ")
        asking.type("\x04")
        asking.expect("[UsageError: nothing was given]")


@pytest.mark.parametrize(
    ("keys", "answer"),
    [("y\r", True), ("YES\r", True), (" yes \r", True), ("n\r", False), ("\r", False), ("\x04", False)],
)
def test_only_yes_is_yes(keys: str, answer: bool) -> None:
    with python(asking_for("terminal.confirm('Delete it?')")) as asking:
        asking.expect("Delete it? [y/N] ")
        asking.type(keys)
        asking.expect(f"[{answer}]")
        assert asking.modes() == asking.modes_before


def test_a_question_without_a_terminal_is_a_usage_error() -> None:
    done = subprocess.run(
        [sys.executable, "-c", asking_for("terminal.confirm('Delete it?')")],
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "[UsageError: there is no terminal to ask on: this needs a terminal or --yes]\n",
    )


def test_the_error_without_a_terminal_names_what_can_give_a_code() -> None:
    hinting = ASK.replace("{error.message}", "{error.hint}")
    done = subprocess.run(
        [sys.executable, "-c", hinting],
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.stderr == (
        "[MfaError: give the code with --mfa-code or AWSACTIVATE_MFA_CODE,"
        " or set mfa_process in the profile]\n"
    )


def test_a_line_said_is_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say("two\nlines \x1b[31mred")
    assert tuple(capsys.readouterr()) == ("", "awsactivate: two\\nlines \\x1b[31mred\n")


def fake_time() -> tuple[Callable[[], float], Callable[[float], None]]:
    now = [1000.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return (lambda: now[0]), sleep


def test_without_a_terminal_a_countdown_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    clock, sleep = fake_time()
    countdown(2.5, "the next one comes in", clock=clock, sleep=sleep)
    assert clock() == 1002.5
    assert capsys.readouterr().err == "awsactivate: the next one comes in 3 s\n"


def test_on_a_terminal_a_countdown_is_rewritten_each_second_and_gone_in_the_end() -> None:
    counting = """
from awsactivate.person import terminal
now = [1000.0]
def sleep(seconds):
    now[0] += seconds
terminal.countdown(2.5, "next in", clock=lambda: now[0], sleep=sleep)
"""
    with python(counting) as opened:
        assert opened.wait() == 0
        shown = "".join(f"\rawsactivate: next in {left} s" for left in (3, 2, 1))
        assert opened.rest() == f"{shown}\r{' ' * 24}\r"


def test_a_countdown_that_is_interrupted_leaves_no_line() -> None:
    counting = """
from awsactivate.person import terminal
def sleep(seconds):
    raise KeyboardInterrupt
try:
    terminal.countdown(2, "next in", clock=lambda: 0.0, sleep=sleep)
except KeyboardInterrupt:
    pass
"""
    with python(counting) as opened:
        assert opened.wait() == 0
        assert opened.rest() == f"\rawsactivate: next in 2 s\r{' ' * 24}\r"


def test_printable_text_stays_as_it_is() -> None:
    assert printable("prod é 日本 /+=") == "prod é 日本 /+="
