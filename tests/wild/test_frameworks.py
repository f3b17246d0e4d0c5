"""Other people's programs as they are: a session shows, the prompt stays what it was, and the keys go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from shell.harness import Lab
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


def of_the_prompt(state: dict[str, str]) -> dict[str, str]:
    """Return what there is of the prompt, without the clock that some of them show."""
    return {
        name: re.sub(r"\d\d:\d\d:\d\d", "", text)
        for name, text in state.items()
        if OF_THE_PROMPT.fullmatch(name)
    }


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
            it.run(f"date >new-{number}; git add new-{number} 2>/dev/null; true")
            if not framework.is_drawn_by_itself:
                it.prompt(is_shown_once, "the session is not shown, or not once")
                assert it.marks() == marks
                assert it.is_between_marks(SEGMENT)
            it.run("deactivate")
            it.run("true")
            it.prompt(is_not_shown, "the session is still shown")
            assert it.marks() == marks
            after = it.state()
            assert not [
                name
                for name, value in after.items()
                if name.startswith("environment") and "prod" in value.lower()
            ]
            assert of_the_prompt(after) == before
    finally:
        it.end()
