"""`deactivate --revoke`, `activate --revoke-on-exit`: the session leaves the shell, then the core has it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from harness.lab import Lab
from harness.shells import SHELLS
from harness.states import dump, read_state
from harness.terminals import SECONDS
from shell import fake_core

NAMES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWSACTIVATE_PROFILE",
    "AWSACTIVATE_ROLE_ARN",
    "AWSACTIVATE_ASSUMED_ROLE_ID",
    "AWSACTIVATE_SOURCE_PROFILE",
    "AWSACTIVATE_EXPIRATION",
)
SECRET = fake_core.secret("prod")
NONE = "printenv AWS_ACCESS_KEY_ID AWS_PROFILE _AWSACTIVATE_REVOKE_AWS_SECRET_ACCESS_KEY\n"


def status(shell: str) -> str:
    return "echo status=$status\n" if shell == "fish" else "echo status=$?\n"


@pytest.mark.parametrize(("words", "told"), [("--revoke", "--wait"), ("--no-wait --revoke", "--no-wait")])
def test_the_core_gets_the_session_that_the_shell_has_let_go_of(
    lab: Lab, shell: str, words: str, told: str
) -> None:
    if shell == "fish" and told == "--wait":
        told = ""
    lab.environ |= {"AWS_PROFILE": "mine", "FAKE_CORE_STATUS": "6"}
    done = lab.script(shell, f"activate prod\ndeactivate {words}\n{status(shell)}{NONE}")
    seen = lab.log()
    assert seen["argv"] == ["_revoke", *told.split()]
    held = {name: seen["environ"][f"_AWSACTIVATE_REVOKE_{name}"] for name in NAMES}
    assert held["AWS_SECRET_ACCESS_KEY"] == SECRET
    assert held["AWSACTIVATE_ASSUMED_ROLE_ID"] == "AROAEXAMPLE:prod"
    assert (held["AWSACTIVATE_PROFILE"], held["AWSACTIVATE_SOURCE_PROFILE"]) == ("prod", "base")
    assert {name for name in seen["environ"] if name.startswith(("AWS_", "AWSACTIVATE_"))} == {"AWS_PROFILE"}
    assert done.output.splitlines() == [f"the core ran {' '.join(seen['argv'])}", "status=6", "mine"]


def test_no_trace_shows_the_session_on_its_way_to_the_core(lab: Lab, shell: str) -> None:
    on = {"bash": "set -xv\ntrap 'echo $BASH_COMMAND >&2' DEBUG\nset -T\n", "zsh": "set -xv\n"}
    text = f"{on.get(shell, 'set -g fish_trace 2' + chr(10))}activate prod\ndeactivate --revoke\n"
    done = lab.script(shell, text)
    assert lab.log()["argv"][0] == "_revoke"
    assert "SECRET" not in done.output + done.errors
    assert "TOKEN/" not in done.output + done.errors


def test_nothing_of_the_session_stays_in_the_shell(lab: Lab, shell: str) -> None:
    last = lab.folder / "last"
    lab.script(shell, f"activate prod\ndeactivate --revoke\n{dump(last)}\n")
    assert [name for name, value in read_state(shell, last).items() if "SECRET/" in value] == []


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("activate prod; deactivate --no-wait", 2, "error: --no-wait goes with --revoke"),
        ("awsdeactivate --revoke", 1, "error: no session is active in this shell"),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(
    lab: Lab, shell: str, line: str, code: int, error: str
) -> None:
    done = lab.script(shell, f"{line}\n{status(shell)}printenv AWS_ACCESS_KEY_ID\n")
    assert done.errors.splitlines()[-1] == f"awsactivate: {error}"
    assert done.output.splitlines() == [f"status={code}", *(["ASIAPROD"] if "prod" in line else [])]


def test_without_its_file_the_session_ends_and_is_said_not_to_be_revoked(
    lab: Lab, shell: str, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    done = lab.script(shell, f"activate prod\ndeactivate --revoke\n{status(shell)}{NONE}", folder=str(gone))
    assert done.output == "status=1\n"
    assert f"{gone}/revoke.{shell} can't be read: the session will not be revoked" in done.errors
    assert lab.log()["argv"][0] == "_activate"


@pytest.fixture
def on_exit(lab: Lab) -> Lab:
    """A lab whose sessions are revoked when the shell ends."""
    lab.environ["FAKE_CORE_ON_EXIT"] = "yes"
    return lab


def test_the_end_of_the_shell_revokes_where_that_was_asked_for(on_exit: Lab, shell: str) -> None:
    done = on_exit.script(shell, "activate prod\necho working\nexit 3\n")
    assert on_exit.log()["argv"] == ["_revoke", "--no-wait"]
    assert (done.status, done.output) == (3, "working\nthe core ran _revoke --no-wait\n")


def test_the_end_of_a_subshell_revokes_nothing(on_exit: Lab, shell: str) -> None:
    inner = "begin; echo inner; end | cat" if shell == "fish" else "(echo inner); (exit 3); : $(exit 4)"
    on_exit.script(shell, f"activate prod\n{inner}\ndeactivate\n")
    assert on_exit.log()["argv"][0] == "_activate"


def test_a_session_that_was_ended_is_not_revoked_at_the_end(on_exit: Lab, shell: str) -> None:
    on_exit.script(shell, "activate prod\ndeactivate\n")
    assert on_exit.log()["argv"][0] == "_activate"


def test_what_a_person_does_at_the_end_is_done_too(on_exit: Lab, shell: str) -> None:
    own = {
        "bash": "trap 'echo \"mine $?\"' EXIT\n",
        "zsh": 'function mine { echo "mine $?" }\nzshexit_functions=(mine)\n',
        "fish": "function mine --on-event fish_exit; echo mine 4; end\n",
    }
    done = on_exit.script(shell, f"{own[shell]}activate prod\nexit 4\n")
    assert sorted(done.output.splitlines()) == ["mine 4", "the core ran _revoke --no-wait"]
    assert done.status == 4
    done = on_exit.script(shell, f"{own[shell]}activate prod\ndeactivate\nexit 4\n")
    assert (done.status, done.output) == (4, "mine 4\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_terminal_that_is_closed_revokes(on_exit: Lab, shell: str) -> None:
    with on_exit.terminal(shell) as terminal:
        terminal.call("activate prod")
        terminal.hang_up()
        until = time.monotonic() + SECONDS
        while on_exit.log()["argv"][0] != "_revoke" and time.monotonic() < until:
            time.sleep(0.05)
        assert on_exit.log()["argv"] == ["_revoke", "--no-wait"]
