"""What `install` writes for bash sleeps until the first session, and but for the time nobody notices."""

from __future__ import annotations

import re

import pytest

from harness.lab import INHERITED, PROMPTS, Lab
from harness.shells import Shell
from harness.states import changes
from needs import needs_shell

LOOK = "typeset -F _awsactivate_hold >/dev/null && echo awake || echo asleep\n"
GO = "activate prod\nprintenv AWS_ACCESS_KEY_ID\ndeactivate\nprintenv AWS_ACCESS_KEY_ID || :\n"


def script(lab: Lab, text: str, *options: str) -> tuple[int, str, str]:
    """Run `text` in a bash of its own; return its status and what it said."""
    file = lab.folder / "script"
    file.write_text(text, "utf-8")
    done = lab.run(needs_shell("bash"), "--norc", *options, str(file))
    return done.status, done.output, done.errors


def terminal(lab: Lab, *options: str) -> Shell:
    """Open a bash that `install` has set up."""
    text = PROMPTS["bash"] + lab.installed("bash")
    return Shell("bash", lab.environ, lab.folder, *options, text=text, scratch=lab.folder)


@pytest.mark.parametrize(
    "first", ["activate prod", "awsactivate activate prod", "awsactivate exec x -- y", "awsdeactivate || :"]
)
def test_it_wakes_at_what_is_about_a_session(lab: Lab, first: str) -> None:
    status, output, _ = script(lab, f"{lab.installed('bash')}{LOOK}{first}\n{LOOK}")
    assert (status, output.splitlines()[0], output.splitlines()[-1]) == (0, "asleep", "awake")


@pytest.mark.parametrize("line", ["awsactivate list", "awsactivate status", 'x="$(awsactivate_prompt_info)"'])
def test_it_sleeps_on_at_all_else(lab: Lab, line: str) -> None:
    status, output, errors = script(lab, f"{lab.installed('bash')}{line}\n{LOOK}")
    assert (status, output.splitlines()[-1], errors) == (0, "asleep", "")


def test_after_its_first_session_a_shell_is_what_it_was(lab: Lab) -> None:
    with terminal(lab) as shell:
        first = shell.state()
        assert shell.call("activate prod").status == 0
        assert re.search(r"\(prod 60m\)", shell.shown_prompt())
        assert shell.call("deactivate").status == 0
        last = shell.state()
    woken = {name for name, _ in changes(first, last).items()}
    assert woken == {"functions"}  # which it has read by now
    own = r"(?ms)^_awsa\w+ \(\) \n\{.*?^\}\n"
    assert re.sub(own, "", first["functions"]) == re.sub(own, "", last["functions"])


@pytest.mark.parametrize(
    "options",
    ["set -aekuTEC", "set -eu -o pipefail", "set -o posix; set -eu", "IFS=_A", "set -f", "shopt -s failglob"],
)
def test_no_option_keeps_it_from_waking_or_is_changed_by_it(lab: Lab, options: str) -> None:
    text = f'{options}\n{lab.installed("bash")}a=$-\n{LOOK}{GO}{LOOK}[ "$a" = "$-" ] && echo same\n'
    status, output, errors = script(lab, text)
    assert (status, output, errors) == (0, "asleep\nASIAPROD\nawake\nsame\n", "activated prod\n")


def test_a_trace_shows_no_secret_while_it_wakes(lab: Lab) -> None:
    status, output, errors = script(lab, f"{lab.installed('bash')}set -xvT\n{GO}")
    assert (status, output) == (0, "ASIAPROD\n")
    assert "SECRET/" not in errors
    assert "TOKEN/" not in errors
    assert "_awsactivate_hold" not in errors


def test_it_wakes_in_a_shell_that_was_restricted_meanwhile(lab: Lab) -> None:
    lab.environ["PATH"] = f"{lab.folder / 'core'}:/usr/bin:/bin"
    status, output, errors = script(lab, f"{lab.installed('bash')}set -r\n{GO}")
    assert (status, output, errors) == (0, "ASIAPROD\n", "activated prod\n")


def test_a_shell_with_an_inherited_session_does_not_sleep(lab: Lab) -> None:
    lab.environ |= INHERITED
    text = f"{lab.installed('bash')}{LOOK}awsdeactivate\nprintenv AWS_ACCESS_KEY_ID || echo ended\n"
    assert script(lab, text)[:2] == (0, "awake\nended\n")


def test_a_second_reading_of_the_start_up_file_ends_no_session(lab: Lab) -> None:
    line = lab.installed("bash")
    text = f"{line}activate prod\n{line}{LOOK}printenv AWS_ACCESS_KEY_ID\ndeactivate\n{line}{GO}"
    assert script(lab, text)[:2] == (0, "awake\nASIAPROD\nASIAPROD\n")


@pytest.mark.parametrize("way", ["eval", "copied"])
def test_only_the_file_that_was_written_sleeps(lab: Lab, way: str) -> None:
    lab.installed("bash")
    file = (lab.folder / "awsactivate.bash").rename(lab.folder / "mine.bash")
    line = f"eval \"$(cat '{file}')\"" if way == "eval" else f". '{file}'"
    assert script(lab, f"{line}\n{LOOK}{GO}")[:2] == (0, "awake\nASIAPROD\n")


@pytest.mark.parametrize("options", [(), ("--posix",)])
@pytest.mark.parametrize("content", [None, "", "another's\n"])
def test_where_the_file_is_gone_it_says_so_and_nothing_changes(
    lab: Lab, content: str | None, options: tuple[str, ...]
) -> None:
    line, file = lab.installed("bash"), lab.folder / "awsactivate.bash"
    change = f"rm '{file}'" if content is None else f"printf %s '{content!s:.7}' >|'{file}'"
    text = f"{line}{change}\nactivate prod\necho $? ${{AWS_ACCESS_KEY_ID-none}}\n{LOOK}"
    error = f"awsactivate: error: {file} can't be read\n"
    hint = "awsactivate: hint: awsactivate install bash, then open a new shell\n"
    assert script(lab, text, *options) == (0, "1 none\nasleep\n", error + hint)


def test_it_wakes_as_the_version_that_is_installed_by_then(lab: Lab) -> None:
    line, file = lab.installed("bash"), lab.folder / "awsactivate.bash"
    newer = f"sed -i 's/error: no session is active/error: newer/' '{file}'"
    status, _, errors = script(lab, f"{line}{newer}\nawsdeactivate\n")
    assert (status, errors) == (1, "awsactivate: error: newer in this shell\n")
