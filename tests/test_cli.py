"""The console script as a process: what goes to stdout, to stderr, and with which status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate import cli

SCRIPT = Path(__file__).parents[1] / "src/bin/awsactivate"
PROGRAM = str(Path(sys.executable).parent / "awsactivate")


def run(*words: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the console script in an environment of its own, without a terminal."""
    return subprocess.run(
        [PROGRAM, *words],
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environ},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["nonsense"], 2, "awsactivate: error: there is no command 'nonsense'\n"),
        (["status", "--bad"], 2, "awsactivate: error: unrecognized arguments: --bad\n"),
        (["init", "csh"], 2, "awsactivate: error: argument SHELL: invalid choice: 'csh'"),
        (
            ["activate", "prod"],
            2,
            "awsactivate: error: this shell has not loaded awsactivate's integration\n",
        ),
        (
            ["exec", "prod"],
            2,
            "awsactivate: error: there is no command to run, and no terminal to open a shell on\n",
        ),
        (
            ["exec", "prod", "--", "no-such-program"],
            2,
            "awsactivate: error: there is no command 'no-such-program'",
        ),
        (
            ["show", "prod", "--duration", "soon"],
            2,
            "awsactivate: error: --duration soon: a duration is written",
        ),
        (
            ["show", "prod", "--tag", "novalue"],
            2,
            "awsactivate: error: --tag novalue: a tag is written KEY=VALUE",
        ),
        (["_demo-code"], 2, "awsactivate: error: this works inside `awsactivate demo` only\n"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_a_hint(
    words: list[str], status: int, said: str, tmp_path: Path
) -> None:
    result = run(*words, home=tmp_path)
    assert (result.returncode, result.stdout) == (status, "")
    assert result.stderr.startswith(said)
    assert all(line.startswith("awsactivate: ") for line in result.stderr.splitlines())


def test_help_goes_to_stdout_and_names_every_command(tmp_path: Path) -> None:
    result = run("--help", home=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    for command in (
        "init",
        "install",
        "activate",
        "deactivate",
        "status",
        "list",
        "show",
        "exec",
        "export",
        "demo",
    ):
        assert f"\n  {command} " in result.stdout
    assert "\n  _" not in result.stdout


def test_every_command_has_help(tmp_path: Path) -> None:
    for command in ("init", "install", "status", "list", "show", "exec", "export", "demo"):
        result = run(command, "--help", home=tmp_path)
        assert (result.returncode, result.stderr) == (0, ""), command
        assert result.stdout.startswith(f"usage: awsactivate {command} ")


def test_the_wrapper_never_gets_help_to_evaluate(tmp_path: Path) -> None:
    result = run("_activate", "bash", "--help", home=tmp_path)
    assert (result.returncode, result.stdout) == (0, "\\builtin : awsactivate-end\n")
    assert result.stderr.startswith("usage: activate ")


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert run("--version", home=tmp_path).stdout == "awsactivate 0.1.0\n"


def test_a_config_that_is_not_text_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_bytes(b"[profile a]\nregion = \0\n")
    result = run("list", home=tmp_path, AWS_CONFIG_FILE=str(config))
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == (
        f"awsactivate: error: {config} is not text (byte 21)\nawsactivate: hint: file {config}\n"
    )


def test_a_config_that_is_a_folder_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    result = run("list", home=tmp_path, AWS_CONFIG_FILE=str(tmp_path))
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.startswith(f"awsactivate: error: {tmp_path} can't be read: Is a directory\n")


def test_a_reader_that_went_away_is_no_traceback(tmp_path: Path) -> None:
    script = f"'{PROGRAM}' init bash 2>&1 >&3 3>&- | cat >&2"
    result = subprocess.run(
        ["bash", "-c", f"exec 3> >(exec true); sleep 0.3; {script}"],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a /dev/full")
@pytest.mark.parametrize("words", ["--version", "list --json", "init bash"])
def test_a_full_disk_is_one_line(words: str, tmp_path: Path) -> None:
    result = subprocess.run(
        ["bash", "-c", f"'{PROGRAM}' {words} >/dev/full"],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "awsactivate: error: stdout can't be written: No space left on device\n"
    assert (result.returncode, result.stderr) == (1, said)


def test_what_a_library_says_is_not_evaluated_where_stderr_is_closed() -> None:
    script = (
        "import os, awsactivate.cli as cli\n"
        "def run(words, stdout, *, debug):\n"
        "    os.write(2, b'noise'); os.write(1, b'noise'); os.write(stdout, b'the statement')\n"
        "    return 0\n"
        "cli._run = run\n"
        "cli.main(['list'])"
    )
    told = subprocess.run(
        ["bash", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, script], capture_output=True, text=True
    )
    assert told.stdout == "the statement"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_descriptors_are_survived(closed: str, tmp_path: Path) -> None:
    result = subprocess.run(
        ["bash", "-c", f'"{PROGRAM}" status {closed}'],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


def test_debug_tells_the_way_of_an_error_and_no_value(tmp_path: Path) -> None:
    keys = {
        "AWS_ACCESS_KEY_ID": "AKIAQUIET",
        "AWS_SECRET_ACCESS_KEY": "hush",
        "AWSACTIVATE_MFA_CODE": "123456",
    }
    config = tmp_path / "config"
    config.write_text("[profile a]\nrole_arn = x\ncredential_source = Environment\n")
    result = run("show", "a", "--debug", home=tmp_path, AWS_CONFIG_FILE=str(config), **keys)
    assert (result.returncode, result.stdout) == (3, "")
    assert "awsactivate: debug: plan_for.py:" in result.stderr
    assert "awsactivate: debug: ProfileError\n" in result.stderr
    assert not any(secret in result.stderr for secret in keys.values())


@pytest.mark.parametrize(
    ("words", "is_own"),
    [
        (("exec", "nope", "--", "echo", "--debug"), False),
        (("exec", "--scope", "read-only", "echo", "--debug"), False),
        (("exec", "--why=x", "--scope=read-only", "echo", "-x", "--debug"), False),
        (("exec", "--scope", "read-only", "--", "echo", "--debug"), False),
        (("secrets", "exec", "app", "--", "echo", "--debug"), False),
        (("exec", "--scope", "read-only", "--debug", "echo", "--debug"), True),
        (("--debug", "exec", "--scope", "read-only", "echo", "--debug"), True),
        (("exec", "nope", "--debug", "--", "echo", "--debug"), True),
        (("exec", "nope", "--scope", "read-only", "--debug"), True),
        (("show", "--debug", "nope"), True),
        (("no-such-command", "--debug"), True),
    ],
)
def test_debug_of_a_command_that_follows_is_its_own(words: tuple[str, ...], is_own: bool) -> None:
    at = words.index("--debug")
    ours = ([*words[:at], *words[at + 1 :]], True)
    assert cli._without_debug([*words]) == (ours if is_own else ([*words], False))


def test_windows_itself_is_told_in_words() -> None:
    """There `import fcntl` fails in the middle of a command."""
    code = (
        "import runpy, sys; sys.platform = 'win32'; sys.argv = ['awsactivate', 'list'];"
        f" runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "awsactivate: error: Windows itself is not supported, only its Linux part, WSL\n"
        "awsactivate: hint: install awsactivate in WSL: wsl --install\n"
    )
