"""What the prompt shows of a session, what it costs, and whose prompt it leaves alone."""

from __future__ import annotations

import re
import time

import pytest

from awsactivate.shells import quoting
from harness import lab as laboratory
from harness.lab import Lab, exporting
from harness.states import changes
from harness.tracing import Trace
from needs import needs_program, needs_shell
from shell import documentation

ESCAPES = re.compile(r"[\x01\x02]|\x1b\[[0-9;]*m|\x1b\(B|\x0f")


def test_the_prompt_shows_the_name_and_the_minutes_left(lab: Lab, shell: str) -> None:
    shown = {}
    with lab.terminal(shell) as terminal:
        for profile in ("prod", "soon", "over", "endless"):
            terminal.call(f"activate {profile}")
            shown[profile] = terminal.shown_prompt()
        terminal.send("true")
        terminal.search(r"\(endless\) \$ ")  # on the screen itself
        terminal.call("deactivate")
        shown[""] = terminal.shown_prompt()
    assert shown == {
        "prod": "(prod 60m) $ ",
        "soon": "(soon 10m) $ ",
        "over": "(over expired) $ ",
        "endless": "(endless) $ ",
        "": "$ ",
    }


def test_the_minutes_are_rounded_up_and_end_with_the_second(lab: Lab, shell: str) -> None:
    shown = []
    for left in (121, 120, 2):
        lab.environ |= {
            "AWSACTIVATE_PROFILE": "prod",
            "AWSACTIVATE_EXPIRATION": str(int(time.time()) + left),
        }
        began = time.time()
        text = lab.script(shell, "awsactivate_prompt_info\n").output
        assert time.time() - began < 2  # else the machine is too slow to tell
        shown.append(text)
    assert shown[0] in ("(prod 3m) ", "(prod 2m) ")
    assert shown[1:] == ["(prod 2m) ", "(prod 1m) "]


@pytest.mark.parametrize(
    ("profile", "style", "code"),
    [
        ("prod", "", 32),
        ("soon", "", 33),
        ("over", "", 31),
        ("endless", "", 32),
        ("prod", "magenta", 35),
        ("soon", "cyan", 36),
        ("over", "blue", 31),
    ],
)
def test_the_colour_tells_the_time_left(lab: Lab, shell: str, profile: str, style: str, code: int) -> None:
    lab.environ |= {"TERM": "xterm", "FAKE_CORE_STYLE": style}
    with lab.terminal(shell) as terminal:
        terminal.call(f"activate {profile}")
        shown = terminal.shown_prompt()
        assert f"\x1b[{code}m(" in shown.replace("\x02", "")  # readline's mark for what has no width
        terminal.call(exporting(shell, "NO_COLOR", "1").rstrip())
        terminal.call("true")
        assert terminal.shown_prompt() == ESCAPES.sub("", shown)


def test_a_label_stands_before_the_name(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_STYLE"] = "PROD! %n $(id) \\u"
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        assert terminal.shown_prompt() == "(PROD! %n $(id) \\u prod 60m) $ "


def test_a_name_of_other_characters_is_quoted_and_never_expanded(lab: Lab, shell: str) -> None:
    quoted = {
        "bash": "\\$\\(touch\\ pwned\\)%n\\`id\\`",
        "zsh": "'$(touch pwned)%n`id`'",
        "fish": "'$(touch pwned)%n`id`'",
    }
    with lab.terminal(shell) as terminal:
        if shell == "zsh":
            terminal.call("setopt prompt_subst")
        terminal.call("activate '$(touch pwned)%n`id`'")
        assert terminal.shown_prompt() == f"({quoted[shell]} 60m) $ "
        assert terminal.call("true").status == 0
    assert not (lab.folder / "pwned").exists()


# What turns the direction of a text, or is a terminal's order in eight bits (31 m: red).
TURNING = ["pro\u202edorp", "pro\u2066d", "pro\u061cd", "pro\x9b31md", "pro\x85d", "pro\u200fd"]


@pytest.mark.parametrize("name", TURNING, ids=ascii)
def test_what_turns_the_text_or_orders_the_terminal_is_shown_escaped(lab: Lab, shell: str, name: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.call(f"activate '{name}'")
        shown = terminal.shown_prompt()
        assert shown.isascii(), ascii(shown)
        assert re.fullmatch(r"\(.*pro.+d.*60m\) \$ ", ESCAPES.sub("", shown)), ascii(shown)
        assert not set(terminal.call("awsactivate_prompt_info").output) & set("".join(TURNING)) - set(
            "prodm31"
        )


def test_the_segment_can_be_off_and_placed_by_hand(lab: Lab, shell: str) -> None:
    lab.environ["AWSACTIVATE_PROMPT"] = "off"
    with lab.terminal(shell) as terminal:
        assert terminal.call("awsactivate_prompt_info").output.count("(") == 0
        terminal.call("activate prod")
        assert terminal.shown_prompt() == "$ "
        assert "(prod 60m) " in terminal.call("awsactivate_prompt_info").output


@pytest.mark.parametrize("name", ["STARSHIP_SHELL", "POSH_SHELL"])
def test_a_prompt_framework_is_left_alone(lab: Lab, shell: str, name: str) -> None:
    lab.environ[name] = shell
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        assert terminal.shown_prompt() == "$ "


def test_a_framework_of_another_shell_is_none_here(lab: Lab, shell: str) -> None:
    lab.environ["STARSHIP_SHELL"] = "nu"
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        assert terminal.shown_prompt() == "(prod 60m) $ "


def test_powerlevel10k_gets_a_segment(lab: Lab) -> None:
    p10k = 'p10k() { print -r -- "p10k:" "$@"; }\n'
    with lab.terminal("zsh", before=p10k) as terminal:
        assert "p10k:" not in terminal.call("prompt_awsactivate").output
        terminal.call("activate prod")
        assert terminal.shown_prompt() == "$ "
        assert "p10k: segment -f green -t (prod 60m)\n" in terminal.call("prompt_awsactivate").output
        assert "p10k:" not in terminal.call("instant_prompt_awsactivate").output
        assert "name=prod" in terminal.call('echo "name=$AWSUME_PROFILE"').output


@pytest.mark.parametrize("way", ["precmd_functions+=(theirs)", "precmd_functions=(theirs)"])
def test_the_segment_shows_in_a_prompt_that_is_made_anew_each_time(lab: Lab, way: str) -> None:
    theirs = "theirs() { PROMPT='their $ ' }"
    with lab.terminal("zsh") as terminal:
        terminal.call(theirs)
        terminal.call(way)
        terminal.call("activate prod")
        assert terminal.shown_prompt() == "(prod 60m) their $ "
        terminal.call(way)
        terminal.call("true")
        terminal.call("activate dev")
        assert terminal.shown_prompt() == "(dev 60m) their $ "
        assert terminal.state()["variable precmd_functions"].count("_awsactivate_precmd") == 1
        terminal.call("deactivate")
        assert terminal.shown_prompt() == "their $ "


@pytest.mark.parametrize(
    ("shell", "theirs"),
    [
        ("bash", "theirs() { PS1='their $ '; }\nPROMPT_COMMAND=$PROMPT_COMMAND$'\\n'theirs"),
        ("zsh", "theirs() { PROMPT='their $ ' }\nprecmd_functions+=(theirs)"),
    ],
)
def test_an_inherited_session_shows_though_others_make_the_prompt_anew(
    lab: Lab, shell: str, theirs: str
) -> None:
    lab.environ |= {
        "AWSACTIVATE_PROFILE": "prod",
        "AWSACTIVATE_EXPIRATION": str(int(time.time()) + 3600),
        "AWSACTIVATE_VARS": "",
    }
    with lab.terminal(shell) as terminal:
        for line in [*theirs.splitlines(), "true", "true"]:
            terminal.call(line)
        assert terminal.shown_prompt() == "(prod 60m) their $ "


PREEXEC = "__bp_trap_string=x\ntrap - DEBUG\n__bp_install"
HOOK = "_awsactivate_hook"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", HOOK),
        ("one; two;", f"one; two\n{HOOK}"),
        ("one\n__bp_interactive_mode", f"one\n{HOOK}\n__bp_interactive_mode"),
        ("__bp_interactive_mode", f"{HOOK}\n__bp_interactive_mode"),
        (PREEXEC, f"{HOOK}\n{PREEXEC}"),
        (f"one\n{PREEXEC}", f"one\n{HOOK}\n{PREEXEC}"),
        ("my__bp_install", f"my__bp_install\n{HOOK}"),
    ],
)
def test_the_hook_joins_the_text_of_prompt_command_before_bash_preexecs_words(
    lab: Lab, text: str, expected: str
) -> None:
    quoted = quoting.quote_posix
    before = f"__bp_install_string={quoted(PREEXEC)}\nPROMPT_COMMAND={quoted(text)}\n"
    file = lab.folder / "rc"
    file.write_text(f"{before}{lab.prelude('bash')}", "utf-8")
    done = lab.run(needs_shell("bash"), "--rcfile", str(file), "-i", "-c", 'printf %s "$PROMPT_COMMAND"')
    assert done.output == expected


# Each as a terminal's integration has it: with the escape itself, or as bash writes it.
MARKS = {
    "bash": [
        (r"\[\e]133;A\a\]", r"\[\e]133;B\a\]"),
        (r"\[\033]133;D;$?\007\033]133;A\007\]", r"\[\033]133;B\007\]"),
        ("\\[\x1b]633;A\x07\\]", "\\[\x1b]633;B\x07\\]"),
        (r"\[\e[0m\e[G\]\[\e]1337;A\a\]", ""),
    ],
    "zsh": [
        ("%{\x1b]133;A\x07%}", "%{\x1b]133;B\x07%}"),
        ("%{\x1b]133;D;%?\x07%}%{\x1b]633;A\x07%}", ""),
    ],
}


@pytest.mark.parametrize(
    ("shell", "start", "end"), [(shell, *marks) for shell, pairs in MARKS.items() for marks in pairs]
)
def test_the_segment_stands_behind_a_terminals_marks(lab: Lab, shell: str, start: str, end: str) -> None:
    before = f"PS1={quoting.quote_posix(f'{start}$ {end}')}\n"
    with lab.terminal(shell, before=before) as terminal:
        terminal.state()
        first = terminal.state()
        for _ in range(3):
            terminal.call("activate prod")
            value = terminal.state()["variable PS1"]
            assert value.count("133;A") + value.count("633;A") + value.count("1337;A") == 1
            assert re.search(r"[36]3+7?;A.*activate.*\$ |[36]3+7?;A.*73V.*\$ ", value)
            terminal.call("deactivate")
            assert terminal.state()["variable PS1"] == first["variable PS1"]


# VS Code's way: it puts its marks around a PS1 that is not the one it remembers.
WRAPPER = r"""
wrap() {
  [ "$PS1" = "${made-}" ] || made="\[\e]633;A\a\]$PS1\[\e]633;B\a\]"
  PS1=$made
}
"""


@pytest.mark.parametrize("first", ["theirs", "ours"])
@pytest.mark.parametrize("copy", ["", "readonly copy='\\[\\e]633;A\\a\\]$ \\[\\e]633;B\\a\\]'\n"])
def test_the_marks_around_a_prompt_stay_one_pair(lab: Lab, first: str, copy: str) -> None:
    file = lab.folder / "wrapper"
    file.write_text(f"{WRAPPER}{copy}PROMPT_COMMAND=${{PROMPT_COMMAND-}}$'\\n'wrap\n", "utf-8")
    with lab.terminal("bash", before=f". '{file}'\n" if first == "theirs" else "") as terminal:
        if first == "ours":
            terminal.call(f". '{file}'")
        terminal.call("true")
        before = terminal.state()["variable PS1"]
        assert before.count("633;A") == 1
        for _ in range(3):
            assert "readonly" not in terminal.call("activate prod").output
            terminal.call("true")
            assert "(prod 60m)" in terminal.shown_prompt()
            assert terminal.state()["variable PS1"].count("633;A") == 1
            assert "readonly" not in terminal.call("deactivate").output
            terminal.call("true")
            assert terminal.state()["variable PS1"] == before


def test_the_segment_is_in_the_last_line_of_a_prompt_that_is_made_anew(lab: Lab) -> None:
    """As pure before 1.24 does, while the line is edited: it keeps what is behind the last line's start."""
    pure = (
        "prompt_newline=$'\\n%{\\r%}'\nPROMPT=one${prompt_newline}'$ '\n"
        "anew() { PROMPT=two$prompt_newline${PROMPT##*$prompt_newline}; }\n"
    )
    with lab.terminal("zsh", before=pure) as terminal:
        terminal.call("activate prod")
        assert terminal.shown_prompt().endswith("(prod 60m) $ ")
        file = lab.folder / "anew"
        terminal.call(f"anew; print -rnP -- $PROMPT >{file}")
        assert file.read_text("utf-8").endswith("\n(prod 60m) $ ")
        terminal.call("deactivate")
        assert "prod" not in terminal.shown_prompt()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("(dir vcs)", "(status aws)", [True, False]),
        ("(dir awsactivate vcs)", "()", [False, False]),
        ("(dir)", "(status awsactivate_joined)", [False, False]),
        ("(my_awsactivate awsactivate_too)", "()", [True, False]),
    ],
)
def test_people_with_powerlevel10k_are_told_of_the_segment_once(
    lab: Lab, left: str, right: str, expected: list[bool]
) -> None:
    p10k = (
        "p10k() { :; }\nIFS=:\n"
        f"POWERLEVEL9K_LEFT_PROMPT_ELEMENTS={left}\nPOWERLEVEL9K_RIGHT_PROMPT_ELEMENTS={right}\n"
    )
    with lab.terminal("zsh", before=p10k) as terminal:
        told = [terminal.call(f"activate {name}").output for name in ("prod", "dev")]
    line = documentation.blocks("powerlevel10k")["sh"].strip()
    assert [line in said for said in told] == expected
    assert ["powerlevel10k" in said for said in told] == expected


def test_a_person_who_wants_no_prompt_is_not_told_of_powerlevel10k(lab: Lab) -> None:
    lab.environ["AWSACTIVATE_PROMPT"] = "off"
    with lab.terminal("zsh", before="p10k() { :; }\n") as terminal:
        assert "powerlevel10k" not in terminal.call("activate prod").output


def test_a_session_in_a_terminal_leaves_the_shell_as_it_was(lab: Lab, shell: str) -> None:
    lab.environ |= {"TERM": "xterm", "AWS_PROFILE": "mine"}
    with lab.terminal(shell) as terminal:
        terminal.state()  # what a first command loads is loaded
        first = terminal.state()
        terminal.call("activate prod")
        terminal.call("activate fail")
        terminal.call("activate dev")
        terminal.call("deactivate")
        last = terminal.state()
    assert changes(first, last) == {}


def test_one_line_that_activates_and_deactivates_leaves_nothing_either(lab: Lab, shell: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.state()
        first = terminal.state()
        terminal.call("activate prod; deactivate; activate dev; awsdeactivate")
        last = terminal.state()
    assert changes(first, last) == {}


def test_the_status_of_the_last_command_is_still_there(lab: Lab, shell: str) -> None:
    prompts = {
        "bash": "PS1='[$?] $ '\n",
        "zsh": "PROMPT='[%?] $ '\n",
        "fish": 'function fish_prompt; echo "[$status $pipestatus] \\$ "; end\n',
    }
    shown = {"bash": "[7] $ ", "zsh": "[7] $ ", "fish": "[7 3 0 7] $ "}
    with lab.terminal(shell, before=prompts[shell]) as terminal:
        terminal.call("activate prod")
        terminal.send("(exit 7)" if shell != "fish" else "sh -c 'exit 3' | true | sh -c 'exit 7'")
        terminal.expect("(prod 60m) " + shown[shell])


PROMPT_COMMANDS = (
    "PROMPT_COMMAND='echo \"<$? ${PIPESTATUS[*]}>\"'\n",
    "PROMPT_COMMAND='true; echo \"<$? x>\";'\n",
    "PROMPT_COMMAND=('echo \"<$? ${PIPESTATUS[*]}>\"')\n",
    "unset PROMPT_COMMAND\n",
)


@pytest.mark.parametrize("setting", PROMPT_COMMANDS)
def test_a_prompt_command_of_the_users_goes_on_undisturbed(lab: Lab, setting: str) -> None:
    with lab.terminal("bash", before=setting) as terminal:
        terminal.call("activate prod")
        terminal.send("(exit 3) | true | (exit 5)")
        if "PIPESTATUS" in setting:
            terminal.expect("<5 3 0 5>")
        elif "echo" in setting:
            terminal.expect("<0 x>")
        terminal.expect("(prod 60m) $ ")
        terminal.call(lab.prelude("bash").replace("\n", "; ").rstrip("; "))
        assert terminal.call('echo "${PROMPT_COMMAND[*]}"').output.count("_awsactivate_hook") == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_precmd_function_of_the_users_goes_on_undisturbed(lab: Lab, when: str) -> None:
    show = 'show() { print -r -- "<$? $pipestatus>" }\nprecmd_functions+=(show)\n'
    with lab.terminal("zsh", before=show if when == "before" else "") as terminal:
        if when == "after":
            terminal.call(show.replace("\n", "; "))
        terminal.call("activate prod")
        terminal.send("(exit 3) | true | (exit 5)")
        terminal.expect("<5 3 0 5>")
        terminal.expect("(prod 60m) $ ")


@pytest.mark.parametrize("version", ["(3 2)", "(4 4)", "(5 0)"])
@pytest.mark.parametrize("setting", PROMPT_COMMANDS)
def test_what_bash_does_before_5_1_is_right_as_well(
    lab: Lab, setting: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the branches for those versions are tried here, in whichever bash there is."""
    folder = lab.folder / "older"
    folder.mkdir()
    codes = {file.name: file.read_text("utf-8") for file in laboratory.FOLDER.glob("*.bash")}
    assert "BASH_VERSINFO[" in "".join(codes.values())
    for name, code in codes.items():
        text = f"versinfo={version}\n" + code.replace("BASH_VERSINFO[", "versinfo[")
        (folder / name).write_text(text, "utf-8")
    monkeypatch.setattr(laboratory, "FOLDER", folder)
    with lab.terminal("bash", before=setting) as terminal:
        terminal.call("activate prod")
        terminal.send("(exit 3) | true | (exit 5)")
        if "PIPESTATUS" in setting:
            terminal.expect("<5 3 0 5>")
        terminal.expect("(prod 60m) $ ")
        assert terminal.call('printf "%s\\n" "$PROMPT_COMMAND"').output.count("_awsactivate_hook") == 1
        assert "(prod 60m) " in terminal.call("AWSACTIVATE_PROMPT=off; awsactivate_prompt_info; echo").output
        terminal.call("deactivate")
        assert terminal.shown_prompt().splitlines()[-1] == "$ "  # the user's own command prints before it


def test_a_ps1_made_anew_at_each_prompt_still_gets_the_segment(lab: Lab) -> None:
    with lab.terminal("bash", before="PROMPT_COMMAND='PS1=\"new \\$ \"'\n") as terminal:
        terminal.call("activate prod")
        terminal.send("true")
        terminal.expect("(prod 60m) new $ ")


def test_a_fish_prompt_defined_later_still_gets_the_segment(lab: Lab) -> None:
    with lab.terminal("fish") as terminal:
        terminal.call("activate prod")
        terminal.call("function fish_prompt; echo 'later $ '; end")
        terminal.call("true")
        assert terminal.shown_prompt() == "(prod 60m) later $ "


def test_a_wrapper_that_fish_has_saved_is_a_prompt_again(lab: Lab) -> None:
    """`fish_config prompt save` keeps what is there, which is ours around theirs."""
    with lab.terminal("fish") as terminal:
        terminal.call("functions fish_prompt >saved")
    saved = (lab.folder / "saved").read_text("utf-8")
    assert "_awsactivate_user_prompt" in saved
    with lab.terminal("fish", before=f"functions -e fish_prompt\n{saved}\n") as terminal:
        terminal.call("activate prod")
        assert re.fullmatch(r"\(prod 60m\) \S+> ", terminal.shown_prompt())
    done = lab.run(needs_shell("fish"), "--no-config", "-c", f"{saved}\nfish_prompt")
    assert (done.status, done.errors) == (0, "")
    assert done.output.endswith("> ")


def test_a_copy_of_the_prompt_that_becomes_the_prompt_again_shows_the_session(lab: Lab) -> None:
    """As prompts do that are short once the line is entered: theirs comes back while the next is edited."""
    with lab.terminal("zsh", before="COPY=$PROMPT\n") as terminal:
        terminal.state()
        first = terminal.state()
        terminal.call("activate prod")
        terminal.call("true")
        terminal.call("PROMPT=$COPY; print -rnP -- $PROMPT >shown")
        assert (lab.folder / "shown").read_text("utf-8") == "(prod 60m) $ "
        terminal.call("deactivate")
        assert changes(first, terminal.state()) == {}


def test_a_shell_without_ps1_stays_without(lab: Lab) -> None:
    with lab.terminal("bash", before="set -u; unset PS1\n") as terminal:
        assert "unbound" not in terminal.call("activate prod").output
        assert terminal.call('echo "<${PS1-none}>"').output.count("<none>") == 1


def test_with_set_e_an_interrupted_line_does_not_end_the_shell(lab: Lab) -> None:
    with lab.terminal("bash") as terminal:
        terminal.call("activate prod")
        terminal.call("set -e")
        terminal.expect("(prod 60m) $ ")
        terminal.control("c")
        time.sleep(0.2)
        terminal.send("")  # readline may see the signal only with the next key, and throw that key away
        terminal.expect("(prod 60m) $ ")
        assert terminal.call("echo alive").output.count("alive\n") == 1


def test_neither_a_prompt_nor_deactivate_starts_a_process(lab: Lab, shell: str) -> None:
    needs_program("strace")
    needs_shell(shell)
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        terminal.call("true")
        trace = Trace(terminal.pid, lab.folder / "trace")
        terminal.call("true")
        prompts = trace.forks()
        terminal.call("deactivate")
        ending = trace.forks()
        terminal.call("/bin/true")
        proof = trace.forks()
        trace.end()
    assert (prompts, ending) == (0, 0)
    assert proof > 0
