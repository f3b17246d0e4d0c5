"""Other people's programs as they are: a session shows, the prompt stays what it was, and the keys go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from harness.lab import Lab
from wild.conftest import RC, Home
from wild.frameworks import ALL, Framework
from wild.screen import Shell

pytestmark = pytest.mark.wild
STARTS = ("theirs-first", "ours-first", "sourced-again", "second-start")
SEGMENT = "(prod 60m)"
# What a person sees of the prompt, and what is run at it.
OF_THE_PROMPT = re.compile(
    r"variable (PS1|PS2|PROMPT|PROMPT2|RPROMPT|PROMPT_COMMAND|precmd_functions|preexec_functions|psvar)"
    r"|functions|traps"
)


def cases() -> Iterator[object]:
    for framework in ALL:
        for start in STARTS:
            # what a terminal loads by itself, or must come last, has one place
            if start != "ours-first" or framework.start:
                yield pytest.param(framework.shell, framework, start, id=f"{framework}-{start}")


@pytest.fixture
def home(lab: Lab, framework: Framework) -> Home:
    return Home(lab, framework)


def start(home: Home, way: str) -> Shell:
    """Start the shell in one of the ways that people do."""
    home.write(is_ours_first=way == "ours-first")
    shell = home.shell()
    shell.prompt()
    if way == "sourced-again":
        shell.run(f"source ~/{RC[shell.name]}")
    if way == "second-start":
        shell.end()
        shell = home.shell()
    shell.run("date >new; git add new 2>/dev/null; true")
    shell.run("true")
    return shell


def is_shown_once(shown: str) -> bool:
    return shown.count("(prod") == 1 and SEGMENT in shown


def is_not_shown(shown: str) -> bool:
    return bool(shown) and "prod" not in shown


def of_the_prompt(state: dict[str, str]) -> dict[str, object]:
    """Return what there is of the prompt, without a clock in it, and without our own hook."""
    found: dict[str, object] = {}
    for name, text in state.items():
        if name in ("variable PROMPT_COMMAND", "variable precmd_functions"):
            found[name] = sorted(
                set(re.findall(r"\w*[A-Za-z_]\w*", text.replace("$'", "").replace("\\n", " ")))
                - {"_awsactivate_hook", "_awsactivate_precmd"}
            )
        elif OF_THE_PROMPT.fullmatch(name):
            found[name] = re.sub(r"\d\d:\d\d:\d\d", "", text)
    return found


@pytest.mark.parametrize(("shell", "framework", "way"), list(cases()))
def test_a_session_shows_and_leaves_nothing_behind(
    home: Home, shell: str, framework: Framework, way: str
) -> None:
    it = start(home, way)
    try:
        it.prompt(is_not_shown)
        marks = it.marks()
        before = of_the_prompt(it.state())
        for number in range(3):
            it.run("activate prod")
            said = it.wait(lambda shown: "activated prod" in shown, "no session was started")
            told = "powerlevel10k does not show the session yet" in said
            assert told == (framework.is_drawn_by_itself and number == 0)
            assert it.state()["environment AWS_ACCESS_KEY_ID"] == "ASIAPROD"
            # a change in a repository has some of them draw their prompt anew, behind everybody's back
            it.run("date >other; git add other 2>/dev/null; true")
            if not framework.is_drawn_by_itself:
                it.prompt(is_shown_once, "the session is not shown, or not once")
                assert it.marks() == marks, (it.marks(), marks)
                assert it.is_between_marks(SEGMENT)
            it.run("deactivate")
            it.run("git rm -qf other 2>/dev/null; rm -f other; true")
            it.run("true")
            it.prompt(is_not_shown, "the session is still shown")
            assert it.marks() == marks, (it.marks(), marks)
            after = it.state()
            assert not [
                name
                for name, value in after.items()
                if name.startswith("environment") and "prod" in value.lower()
            ]
            assert of_the_prompt(after) == before
    finally:
        it.end()


PREEXEC = [framework for framework in ALL if framework.folder.startswith("bash-preexec")]
SEEN = 'preexec() { echo "before $1" >>~/seen; }\nprecmd() { echo "after $?" >>~/seen; }\n'


@pytest.mark.parametrize("is_ours_last", [False, True])
@pytest.mark.parametrize(("shell", "framework"), [("bash", framework) for framework in PREEXEC], ids=str)
def test_hooks_of_bash_preexec_see_each_command_at_once(
    home: Home, shell: str, framework: Framework, is_ours_last: bool
) -> None:
    """atuin, iTerm2 and wezterm hang on these hooks."""
    more = home.lab.prelude(shell) if is_ours_last else ""
    home.write(is_ours_first=True, more=SEEN + more)
    it = home.shell()
    try:
        lines = ["true", "sh -c 'exit 3'", "activate prod", "echo one", "deactivate", "sh -c 'exit 4'"]
        for line in lines:
            it.settle()
            (home.lab.home / "seen").write_text("", "utf-8")
            it.run(line)
            it.wait(lambda _: "after" in (home.lab.home / "seen").read_text("utf-8"), "no hook ran")
            status = line[-2] if line.startswith("sh") else "0"
            assert (home.lab.home / "seen").read_text("utf-8") == f"before {line}\nafter {status}\n"
    finally:
        it.end()
