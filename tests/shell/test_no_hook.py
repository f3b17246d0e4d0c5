"""Who ends a session depends on no prompt's hook: a script has none, and others' start-up files drop ours."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from harness.lab import Lab, bash_version
from harness.states import changes, dump, read_state
from needs import needs_program

LOST = [
    ("bash", "PROMPT_COMMAND="),
    ("bash", "unset PROMPT_COMMAND"),
    ("bash", "readonly PROMPT_COMMAND=:"),
    ("zsh", "precmd_functions=()"),
    ("zsh", "unset precmd_functions"),
]
SHOW = 'echo "[${AWS_ACCESS_KEY_ID-none}] [${VIRTUAL_ENV-none}]"'
SHOWS = {
    "bash": SHOW,
    "zsh": SHOW,
    "fish": "set -l key $AWS_ACCESS_KEY_ID none; set -l env $VIRTUAL_ENV none; echo [$key[1]] [$env[1]]",
}
NAMES = {
    "bash": "typeset -f deactivate hash || echo gone",
    "zsh": "typeset -f deactivate hash || echo gone",
    "fish": "functions -q deactivate; or echo gone",
}


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    """Those in which a session and a virtual environment share the name."""
    needs_program(request.param)
    return str(request.param)


@pytest.fixture(params=["venv", "virtualenv"])
def venv(request: pytest.FixtureRequest, lab: Lab, shell: str) -> Path:
    """A virtual environment's script, as its makers print it."""
    folder = lab.folder / "env"
    options = ["--without-pip"] if request.param == "venv" else ["--no-seed", "-q"]
    done = lab.run(sys.executable, "-m", request.param, *options, str(folder))
    assert done.status == 0, done.errors
    return folder / ("bin/activate.fish" if shell == "fish" else "bin/activate")


def test_a_virtual_environment_in_a_script_gives_the_name_back(lab: Lab, shell: str, venv: Path) -> None:
    show = SHOWS[shell]
    text = f"activate prod\n. '{venv}'\n{show}\ndeactivate\n{show}\ndeactivate\n{show}\n"
    done = lab.script(shell, text + f"{NAMES[shell]}\n")
    assert done.output.splitlines() == [
        f"[ASIAPROD] [{venv.parents[1]}]",
        "[ASIAPROD] [none]",
        "[none] [none]",
        "gone",
    ]


def test_it_does_so_again_and_again(lab: Lab, shell: str, venv: Path) -> None:
    show = SHOWS[shell]
    text = f"activate prod\n. '{venv}'\n. '{venv}'\ndeactivate\n. '{venv}'\nactivate dev\n{show}\n"
    text += f"deactivate\n{show}\nactivate prod\ndeactivate\ndeactivate\n{show}\n"
    done = lab.script(shell, text)
    assert done.status == 0, done.errors
    assert done.output.splitlines() == [
        f"[ASIADEV] [{venv.parents[1]}]",
        f"[none] [{venv.parents[1]}]",
        "[none] [none]",
    ]


@pytest.mark.parametrize(
    "end", ["awsdeactivate", "deactivate\ndeactivate", "deactivate\nactivate dev\ndeactivate"]
)
def test_nothing_of_it_stays(lab: Lab, shell: str, venv: Path, end: str) -> None:
    # the script of a virtual environment leaves names of its own behind: it has been sourced before
    first, last = lab.folder / "first", lab.folder / "last"
    again = f". '{venv}'\n" if end == "awsdeactivate" else ""
    done = lab.script(
        shell,
        f". '{venv}'\ndeactivate\n{again}{dump(first)}\n{'deactivate' if again else 'true'}\n"
        f"activate prod\n. '{venv}'\n{end}\n{dump(last)}\n",
    )
    assert done.status == 0, done.errors
    found = changes(read_state(shell, first), read_state(shell, last))
    assert {name: value for name, value in found.items() if "_OLD_VIRTUAL" not in name} == {}


@pytest.mark.parametrize("end", ["deactivate", "awsdeactivate"])
@pytest.mark.parametrize(("shell", "loss"), LOST, indirect=["shell"])
def test_a_terminal_without_our_hook_ends_it_all_the_same(
    lab: Lab, shell: str, venv: Path, loss: str, end: str
) -> None:
    with lab.terminal(shell) as terminal:
        for moment in ("before", "in the session"):
            if moment == "before":
                terminal.call(loss)
            terminal.call("activate prod")
            if moment != "before":
                terminal.call(loss)
            terminal.call(f". '{venv}'")
            terminal.call("deactivate")
            assert "[ASIAPROD] [none]" in terminal.call(SHOW).output
            assert terminal.call(end).status == 0
            assert "[none] [none]" in terminal.call(SHOW).output


@pytest.mark.parametrize("shell", ["zsh"], indirect=True)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a b", "a b _awsactivate_precmd"),
        ("a _awsactivate_precmd b", "a b _awsactivate_precmd"),
        ("a _ghostty_precmd", "a _awsactivate_precmd _ghostty_precmd"),
        ("_ghostty_precmd a", "_ghostty_precmd a _awsactivate_precmd"),
        ("_ghostty_precmd", "_awsactivate_precmd _ghostty_precmd"),
    ],
)
def test_the_hook_comes_last_but_for_one_that_must(lab: Lab, shell: str, before: str, after: str) -> None:
    with lab.terminal(shell, before="a() { : }; b() { : }; _ghostty_precmd() { : }\n") as terminal:
        terminal.call(f"precmd_functions=({before})")
        terminal.call("activate prod")
        assert f"<{after}>" in terminal.call('echo "<$precmd_functions>"').output


@pytest.mark.parametrize(("shell", "loss"), LOST, indirect=["shell"])
def test_doctor_is_told_what_keeps_the_hook_from_being_run(lab: Lab, shell: str, loss: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        terminal.call("awsactivate doctor")
        assert "_AWSACTIVATE_HOOK" not in lab.log()["environ"]
        terminal.call(loss)
        terminal.call("awsactivate doctor")
        names = {"bash": "PROMPT_COMMAND", "zsh": "precmd_functions"}
        told = "readonly" if loss.startswith("readonly") else names[shell]
        assert lab.log()["environ"]["_AWSACTIVATE_HOOK"] == told


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_the_persons_own_function_hash_stays(lab: Lab, shell: str) -> None:
    done = lab.script(shell, "function hash { echo mine; }\nactivate prod\nhash\ndeactivate\nhash\n")
    assert (done.status, done.output) == (0, "mine\nmine\n")


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_hash_is_what_it_was_while_a_session_is_on(lab: Lab, shell: str) -> None:
    text = "activate prod\nhash -r\nhash no-such-program 2>/dev/null && echo wrong\nhash ls && echo right\n"
    assert lab.script(shell, text).output == "right\n"


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("", r'- PROMPT_COMMAND="_awsactivate_hook"'),
        ("PROMPT_COMMAND=:", r"- PROMPT_COMMAND=:\n_awsactivate_hook"),
        ("PROMPT_COMMAND='true;'", r"- PROMPT_COMMAND=true\n_awsactivate_hook"),
        (
            r"PROMPT_COMMAND=$'true\n__bp_interactive_mode'",
            r"- PROMPT_COMMAND=true\n_awsactivate_hook\n__bp_interactive_mode",
        ),
    ],
)
@pytest.mark.parametrize("when", ["before our line", "after our line"])
def test_a_text_stays_a_text(lab: Lab, before: str, line: str, when: str) -> None:
    hush = "__bp_interactive_mode() { :; }\n"
    with lab.terminal("bash", before=hush + (f"{before}\n" if when == "before our line" else "")) as terminal:
        if when != "before our line":
            terminal.call(before or "unset PROMPT_COMMAND")
            terminal.call("activate prod")
        # 3.2 writes the end of a line as it is
        shown = terminal.call("declare -p PROMPT_COMMAND").output
        found = re.search(r"declare -(- PROMPT_COMMAND=.*?)\n(?:\(prod|\$ )", shown, re.DOTALL)
        assert found is not None, shown
        plain = found.group(1).replace("\n", r"\n").replace("$'", "").replace("'", "").replace('"', "")
        assert plain == line.replace('"', "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(a)", '([0]="a" [1]="_awsactivate_hook")'),
        ("(a b)", '([0]="a" [1]="b" [2]="_awsactivate_hook")'),
        ("(_awsactivate_hook b)", '([0]="b" [1]="_awsactivate_hook")'),
        ("($'a\\n_awsactivate_hook' b)", '([0]="a" [1]="b" [2]="_awsactivate_hook")'),
        ("(a __bp_interactive_mode)", '([0]="a" [1]="_awsactivate_hook" [2]="__bp_interactive_mode")'),
    ],
)
def test_an_array_gets_an_element(lab: Lab, before: str, after: str) -> None:
    with lab.terminal("bash", before="a() { :; }; b() { :; }; __bp_interactive_mode() { :; }\n") as terminal:
        terminal.call(f"PROMPT_COMMAND={before}")
        terminal.call("activate prod")
        if bash_version() >= (5, 1):
            assert f"declare -a PROMPT_COMMAND={after}\n" in terminal.call("declare -p PROMPT_COMMAND").output
        else:  # it runs the first element only
            assert terminal.call('echo "<${PROMPT_COMMAND##*_awsactivate_hook}>"').output.count("<>") == 1


def test_a_prompt_command_that_cannot_be_changed_is_told_with_a_way_out(lab: Lab) -> None:
    with lab.terminal("bash", before="readonly PROMPT_COMMAND=:\n") as terminal:
        assert "readonly" not in terminal.loaded.output
        begun = terminal.call("activate prod")
        assert begun.status == 0
        assert "note: PROMPT_COMMAND is readonly, so the prompt may not show the session" in begun.output
        assert "hint: put $(awsactivate_prompt_info) into PS1" in begun.output
        assert terminal.shown_prompt() == "(prod 60m) $ "


def test_a_prompt_command_that_would_make_something_else_of_the_hook_is_told_too(lab: Lab) -> None:
    kinds = ["-i PROMPT_COMMAND", "-ia PROMPT_COMMAND"]
    if bash_version() >= (4, 0):
        kinds.append("-u PROMPT_COMMAND=:")
    if bash_version() >= (5, 1):
        kinds += ["-A PROMPT_COMMAND=([a]=:)", "-ua PROMPT_COMMAND=(:)"]
    with lab.terminal("bash") as terminal:
        for kind in kinds:
            terminal.call(f"unset PROMPT_COMMAND; declare {kind}")
            before = terminal.state()["variable PROMPT_COMMAND"] if "=" in kind else ""
            begun = terminal.call("activate prod")
            assert begun.status == 0
            assert "note: PROMPT_COMMAND can hold no hook (see declare -p PROMPT_COMMAND)" in begun.output, (
                kind
            )
            assert "hint: put $(awsactivate_prompt_info) into PS1" in begun.output
            terminal.call("awsactivate doctor")
            if "=" in kind:  # of one that has no value, 4.0 does not tell
                assert lab.log()["environ"]["_AWSACTIVATE_HOOK"] == "unfit"
            assert "command not found" not in terminal.call("deactivate").output
            assert not before or terminal.state()["variable PROMPT_COMMAND"] == before


def test_a_hook_that_is_exported_is_no_error_in_a_shell_without_it(lab: Lab) -> None:
    with lab.terminal("bash", before="export PROMPT_COMMAND=:\n") as terminal:
        terminal.call("activate prod")
        inner = terminal.call(
            'bash --norc --noprofile -c \'eval "$PROMPT_COMMAND"; echo "<$PROMPT_COMMAND>"\''
        )
        assert "not found" not in inner.output
        assert "_awsactivate_hook" in inner.output
        terminal.call("PS1='other $ '")
        terminal.call("true")
        assert terminal.shown_prompt() == "(prod 60m) other $ "


@pytest.mark.parametrize(
    ("shell", "before", "told"),
    [
        ("bash", "readonly PS1", "PS1 can't be changed"),
        ("bash", "shopt -u promptvars", "promptvars is off"),
        ("zsh", "readonly PROMPT", "PROMPT is readonly"),
        ("zsh", "precmd_functions=(); readonly precmd_functions", "precmd_functions takes no hook"),
        ("zsh", "setopt no_prompt_percent", "prompt_percent is off"),
    ],
    indirect=["shell"],
)
def test_a_prompt_that_cannot_show_the_session_is_told(lab: Lab, shell: str, before: str, told: str) -> None:
    with lab.terminal(shell, before=f"{before}\n") as terminal:
        assert "read" not in terminal.loaded.output
        begun = terminal.call("activate prod").output
        assert f"note: {told}" in begun
        assert "awsactivate_prompt_info" in begun
        assert terminal.call("deactivate").status == 0
        assert "readonly" not in terminal.call("true").output


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_who_ends_a_session_in_a_subshell_is_told_that_it_goes_on(lab: Lab, shell: str) -> None:
    done = lab.script(
        shell, "activate prod\n(deactivate)\n(activate dev; deactivate)\nprintenv AWS_ACCESS_KEY_ID\n"
    )
    assert done.output == "ASIAPROD\n"
    assert done.errors.count("note: this is a subshell, and the session goes on outside of it") == 1


# as VS Code's and iTerm2's integrations do it: what they made is known by a copy, and a change is marked anew
MARKING = """
mark() {
  [ "$PS1" = "$COPY" ] || { ORIGINAL=$PS1; COPY='\\[\\e]133;A\\a\\]'$PS1'\\[\\e]133;B\\a\\]'; PS1=$COPY; }
}
"""


@pytest.mark.parametrize("name", ["COPY", "__vsc_custom_PS1", "ITERM_PREV_PS1"])
@pytest.mark.parametrize("first", ["theirs", "ours", "rewritten"])
def test_marks_around_a_prompt_do_not_multiply(lab: Lab, name: str, first: str) -> None:
    marking = MARKING.replace("COPY", name)
    with lab.terminal("bash", before=marking + "PROMPT_COMMAND=mark\n" * (first == "theirs")) as terminal:
        if first == "ours":
            terminal.call("PROMPT_COMMAND=$PROMPT_COMMAND';mark'")
        if first == "rewritten":
            terminal.call("PROMPT_COMMAND='PS1=\"> \";mark'")
        terminal.call("activate prod")
        terminal.call("true")
        terminal.call("deactivate")
        terminal.call("true")
        length = terminal.call('echo "<${#PS1}>"').output
        for _ in range(3):
            terminal.call("activate prod")
            shown = terminal.call('echo "$PS1"').output
            terminal.call("deactivate")
        assert terminal.call('echo "<${#PS1}>"').output == length
        # inside of the marks
        assert re.search(r"133;A\\a\\\]\$\{_awsactivate_label", shown), shown
