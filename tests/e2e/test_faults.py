"""What can go wrong around the real core: signals, closed streams, no memory, no room to write."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from e2e.conftest import World
from e2e.test_activation import children
from harness import processes
from harness.shells import SHELLS, Shell
from harness.states import assert_same
from needs import needs_shell

PLAIN = {"bash": ("--norc", "--noprofile"), "zsh": ("-f",), "fish": ("--no-config",)}
LOAD = {
    "bash": 'eval "$(awsactivate init bash)"\n',
    "zsh": 'eval "$(awsactivate init zsh)"\n',
    "fish": "awsactivate init fish | source\n",
}


def modes(shell: Shell, world: World) -> str:
    """Return the modes of the shell's terminal, as programs find them."""
    file = world.home.parent / "modes"
    shell.run(f"stty -a </dev/tty >'{file}'")
    return file.read_text("utf-8")


@pytest.mark.parametrize("name", ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGTSTP"])
def test_a_signal_at_the_prompt_changes_neither_the_shell_nor_its_terminal(
    shell: Shell, world: World, name: str
) -> None:
    shell.run("stty echo </dev/tty")  # as people have it, and the tests' terminal has not
    before, terminal = shell.state(), modes(shell, world)
    shell.begin("activate prod", world.prompt)
    (core,) = [pid for pid in children(shell.pid) if not children(pid)]
    os.kill(core, getattr(signal, name))
    if name == "SIGTSTP":  # ignored: nobody could continue it there
        time.sleep(0.2)
        assert processes.state(core) == "S"
        shell.interrupt()
    shell.prompt()
    assert shell.status() != 0
    assert modes(shell, world) == terminal
    assert_same(shell.state(), before)
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    assert shell.state().environ["AWSACTIVATE_PROFILE"] == "prod"


@pytest.mark.parametrize("streams", ["<&-", "<&- 2>&-", "2>/dev/full"])
@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_without_some_of_its_streams_has_the_session_or_is_as_it_was(
    world: World, name: str, streams: str, tmp_path: Path
) -> None:
    file = tmp_path / "environment"
    code = world.device.code()
    text = (
        f"{LOAD[name]}activate prod --mfa-code {code}\nenv -0 >'{file}'\n"
        f"awsdeactivate\nenv -0 >'{file}.after'\n"
    )
    script = tmp_path / "script"
    script.write_text(text, "utf-8")
    command = " ".join([needs_shell(name), *PLAIN[name], str(script)])
    subprocess.run(["sh", "-c", f"exec {command} {streams}"], env=world.environ, check=True, timeout=60)
    active = dict(entry.partition("=")[::2] for entry in file.read_text("utf-8").split("\0"))
    assert active.get("AWSACTIVATE_PROFILE") == "prod"
    assert "AWS_SESSION_TOKEN=" not in Path(f"{file}.after").read_text("utf-8")


LIMITS = {
    "no memory": "ulimit -v 30000",
    "no room in any file": "ulimit -f 0",
    "no more files open": "ulimit -n 4",
}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("name", SHELLS)
def test_a_core_that_runs_out_of_something_changes_nothing(
    world: World, name: str, limit: str, tmp_path: Path
) -> None:
    """The core alone is limited: it stands behind a program that limits itself, then becomes it."""
    limited = tmp_path / "limited"
    limited.write_text(f'#!/bin/sh\n{LIMITS[limit]}\nexec awsactivate "$@"\n', "utf-8")
    limited.chmod(0o755)
    assign = f"set -g _awsactivate_core '{limited}'" if name == "fish" else f"_awsactivate_core='{limited}'"
    status = "$status" if name == "fish" else "$?"
    files = [tmp_path / word for word in ("before", "after")]
    script = tmp_path / "script"
    script.write_text(
        f"{LOAD[name]}{assign}\nenv -0 >'{files[0]}'\nactivate prod --mfa-code {world.device.code()}\n"
        f"echo {status}\nenv -0 >'{files[1]}'\n",
        "utf-8",
    )
    done = subprocess.run(
        [needs_shell(name), *PLAIN[name], str(script)],
        env=world.environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    before, after = (file.read_text("utf-8").split("\0") for file in files)
    if done.stdout == "0\n":  # it could do without
        assert limit == "no room in any file"
        assert "AWSACTIVATE_PROFILE=prod" in after
    else:
        assert sorted(after) == sorted(before)
        assert done.stderr.strip()


@pytest.mark.parametrize("name", SHELLS)
def test_a_state_folder_that_cannot_be_written_is_told_and_done_without(
    world: World, name: str, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.write_text("a file where the folder should be", "utf-8")
    status = "$status" if name == "fish" else "$?"
    script = tmp_path / "script"
    script.write_text(
        f"{LOAD[name]}activate prod --mfa-code {world.device.code()}\necho {status}\n"
        "printenv AWSACTIVATE_PROFILE\n",
        "utf-8",
    )
    done = subprocess.run(
        [needs_shell(name), *PLAIN[name], str(script)],
        env={**world.environ, "XDG_STATE_HOME": str(state)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "0\nprod\n"
    # of what is noted there at one time whichever comes first is told
    codes = "used-codes.json can't be used (Not a directory): a code used here is not known"
    assert codes in done.stderr or "sessions.json can't be " in done.stderr
    # once, with what mends it, whatever else would have been noted there
    assert done.stderr.count("can't be") == 2
    assert "can't be written, set XDG_STATE_HOME to one that can\n" in done.stderr
