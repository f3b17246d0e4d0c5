"""Codes from the profile's `mfa_process`, and from stdin."""

from __future__ import annotations

import fcntl
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.errors import MfaError
from awsactivate.mfa.piped_codes import read_code_from_process, read_code_from_stdin
from needs import needs_shell

NAME = "mfa_process of profile 'prod'"
ENVIRON = {"PATH": os.environ["PATH"], "DEVICE": "alice"}


@pytest.mark.parametrize(
    "output",
    [
        "123456",
        "123456\n",
        "123 456\n",
        " 123456 \r\n\n",
        "Amazon Web Services:alice@111122223333  123456\n",
        "Enter this code: 123456.\n",
        "é 123456\n",
    ],
)
def test_the_one_code_in_its_output_is_taken(output: str) -> None:
    assert read_code_from_process(f"printf %s {shlex.quote(output)}", ENVIRON, NAME) == "123456"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("true", f"{NAME} printed no code of six digits"),
        ("echo 12345", f"{NAME} printed no code of six digits"),
        ("echo 1234567", f"{NAME} printed no code of six digits"),
        ("echo x123456", f"{NAME} printed no code of six digits"),
        ("echo one 123456; echo two 654321", f"{NAME} printed several codes"),
        ("echo 123456; exit 3", f"{NAME} failed with exit status 3"),
        ("no-such-command 2>&-", f"{NAME} failed with exit status 127"),
        ("echo 123456; kill -9 $$", f"{NAME} was ended by signal 9"),
        ("echo 123456\0", f"{NAME} can't be run: embedded null byte"),
    ],
)
def test_what_gives_no_code_says_so_by_the_profiles_name(command: str, message: str) -> None:
    with pytest.raises(MfaError) as refusal:
        read_code_from_process(command, ENVIRON, NAME)
    assert refusal.value.message == message


def test_it_runs_in_the_environment_given_and_no_other() -> None:
    command = '[ "$DEVICE" = alice ] && [ -z "$HOME" ] && echo 123456'
    assert read_code_from_process(command, ENVIRON, NAME) == "123456"


def test_its_stdin_is_empty_and_its_stderr_is_the_persons(capfd: pytest.CaptureFixture[str]) -> None:
    command = "echo touch your key >&2; cat; echo 123456"
    assert read_code_from_process(command, ENVIRON, NAME) == "123456"
    assert capfd.readouterr() == ("", "touch your key\n")


def piped(data: bytes) -> int:
    """Return the read end of a pipe that held `data` and is closed on its other side."""
    read_end, write_end = os.pipe()
    os.write(write_end, data)
    os.close(write_end)
    return read_end


@pytest.mark.parametrize(
    ("data", "code", "left"),
    [
        (b"123456\n", "123456", b""),
        (b"123456\r\nrest\n", "123456", b"rest\n"),
        (b"123 456", "123 456", b""),
        (b"", "", b""),
    ],
)
def test_one_line_of_stdin_is_read_and_not_a_byte_more(data: bytes, code: str, left: bytes) -> None:
    fd = piped(data)
    assert (read_code_from_stdin(fd), os.read(fd, 100)) == (code, left)
    os.close(fd)


def test_a_file_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "code").write_text("123456\n")
    fd = os.open(tmp_path / "code", os.O_RDONLY)
    assert read_code_from_stdin(fd) == "123456"
    os.close(fd)


def test_a_line_without_end_is_not_read_for_ever() -> None:
    fd = os.open("/dev/zero", os.O_RDONLY)
    assert len(read_code_from_stdin(fd)) < 1000
    os.close(fd)


def test_a_second_reader_of_the_same_pipe_is_no_writer() -> None:
    fd = piped(b"123456\n")
    second = os.dup(fd)
    assert read_code_from_stdin(fd) == "123456"
    os.close(fd)
    os.close(second)


@pytest.mark.parametrize("number", [3, 200])
def test_a_pipe_whose_other_end_is_our_own_is_refused(number: int) -> None:
    """Also where many files are open, so that this end has a high number."""
    read_end, made = os.pipe()
    write_end = fcntl.fcntl(made, fcntl.F_DUPFD, number)
    os.close(made)
    with pytest.raises(MfaError, match="--mfa-code -: stdin is closed"):
        read_code_from_stdin(read_end)
    os.close(read_end)
    os.close(write_end)


def test_a_closed_stdin_is_refused() -> None:
    fd = piped(b"")
    os.close(fd)
    with pytest.raises(MfaError, match=r"--mfa-code -: stdin can't be read \(Bad file descriptor\)"):
        read_code_from_stdin(fd)


@pytest.mark.parametrize(
    ("shell", "told"),
    [
        ("bash", ["--mfa-code -: stdin is closed"]),
        ("zsh", ["--mfa-code -: stdin can't be read (Bad file descriptor)"]),
        # fish 4 opens /dev/null there, in which there is no code
        ("fish", ["--mfa-code -: stdin can't be read (Bad file descriptor)", "['']"]),
    ],
)
def test_a_shell_whose_stdin_is_closed_never_hangs_in_a_substitution(shell: str, told: list[str]) -> None:
    """Bash then makes fd 0 the read end of the pipe by which it captures stdout."""
    program = (
        "import sys\n"
        "from awsactivate.errors import MfaError\n"
        "from awsactivate.mfa.piped_codes import read_code_from_stdin\n"
        "try:\n    print([read_code_from_stdin()])\n"
        "except MfaError as error:\n    print(error)\n"
    )
    core = f"{sys.executable} -c {shlex.quote(program)}"
    text = f"set x ({core}); echo $x" if shell == "fish" else f'x=$({core}); echo "$x"'
    done = subprocess.run(
        ["sh", "-c", f"exec {needs_shell(shell)} -c {shlex.quote(text)} <&-"],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.stdout.strip() in told
