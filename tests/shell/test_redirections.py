"""What `activate`, `deactivate` and `awsactivate` print goes where it was sent, and they read from there."""

from __future__ import annotations

import pytest

from harness.lab import Lab

ACTIVATED = "activated prod\n"
NONE = "awsactivate: error: no session is active in this shell\n"
UNKNOWN = "awsactivate: error: there is no profile 'fail'\n"


def sent(lab: Lab, shell: str, line: str) -> tuple[str, str, str]:
    """Run `line`; return what came to its file `sent`, to stdout and to stderr."""
    file = lab.folder / "sent"
    done = lab.script(shell, line.replace("FILE", str(file)) + "\n")
    return file.read_text("utf-8") if file.exists() else "", done.output, done.errors


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("activate prod 2>FILE", (ACTIVATED, "", "")),
        ("activate prod 2>/dev/null", ("", "", "")),
        ("activate prod >FILE 2>&1", (ACTIVATED, "", "")),
        ("activate prod >FILE", ("", "", ACTIVATED)),
        ("activate fail 2>FILE", (UNKNOWN, "", "")),
        ("activate fail 2>/dev/null", ("", "", "")),
        ("activate fail 2>&1 | cat", ("", UNKNOWN, "")),
        ("awsactivate activate fail 2>FILE", (UNKNOWN, "", "")),
        ("awsactivate activate prod 2>FILE", (ACTIVATED, "", "")),
        ("activate --help 2>FILE", ("usage: activate\n", "", "")),
        ("activate --help 2>&1 | cat", ("", "usage: activate\n", "")),
        ("awsactivate list >FILE", ("the core ran list\n", "", "")),
        ("awsactivate list | cat", ("", "the core ran list\n", "")),
        ("awsactivate show x >FILE", ("the core ran show x\n", "", "")),
        ("awsactivate exec x | cat", ("", "the core ran exec x\n", "")),
        ("awsdeactivate 2>FILE", (NONE, "", "")),
        ("awsdeactivate 2>&1 | cat", ("", NONE, "")),
        ("awsactivate deactivate 2>FILE", (NONE, "", "")),
    ],
)
def test_it_goes_where_it_was_sent(lab: Lab, shell: str, line: str, expected: tuple[str, str, str]) -> None:
    assert sent(lab, shell, line) == expected


@pytest.mark.parametrize(
    "line", ["activate prod 2>FILE", "activate prod >FILE 2>&1", "activate prod 2>/dev/null"]
)
def test_the_session_begins_all_the_same(lab: Lab, shell: str, line: str) -> None:
    done = lab.script(
        shell, line.replace("FILE", str(lab.folder / "sent")) + "\nprintenv AWS_ACCESS_KEY_ID\n"
    )
    assert (done.output, done.errors) == ("ASIAPROD\n", "")


def test_a_block_around_it_is_heard_too(lab: Lab, shell: str) -> None:
    line = "begin; activate prod; end 2>FILE" if shell == "fish" else "{ activate prod; } 2>FILE"
    assert sent(lab, shell, line) == (ACTIVATED, "", "")


def test_what_comes_in_is_read(lab: Lab, shell: str) -> None:
    file = lab.folder / "code"
    file.write_text("654321\n", "utf-8")
    for line in (f"activate prod --mfa-code=- <'{file}'", f"activate prod - <'{file}'"):
        assert "the code was 654321\n" in lab.script(shell, f"{line}\n").errors
    piped = "echo 123456 | activate prod --mfa-code=- 2>&1 | cat\n"
    assert "the code was 123456\n" in lab.script(shell, piped).output


@pytest.mark.parametrize("line", ["activate prod 2>FILE", "activate fail 2>FILE"])
def test_it_is_so_at_a_prompt_too(lab: Lab, shell: str, line: str) -> None:
    file = lab.folder / "sent"
    with lab.terminal(shell) as terminal:
        shown = terminal.call(line.replace("FILE", str(file))).output
        assert "activated" not in shown.replace(line, "")
        assert "no profile" not in shown
        assert file.read_text("utf-8") == (ACTIVATED if "prod" in line else UNKNOWN)
