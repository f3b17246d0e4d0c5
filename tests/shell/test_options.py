"""The user's options, aliases and traps: they break nothing, nothing changes them, and none sees a secret."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from awsactivate.shells import integration
from harness.lab import Lab
from harness.states import changes, dump, read_state
from needs import needs_shell

BASH = (
    "set -e",
    "set -u",
    "set -eu -o pipefail",
    "set -k",
    "set -a",
    "set -T",
    "set -E",
    "set -f",
    "set -x",
    "set -v",
    "set -C",
    "set +B",
    "set -o posix",
    "set -o posix; set -eu",
    "set -aekuvxETC",
    "shopt -s nocasematch",
    "shopt -s failglob",
    "shopt -s nullglob",
    "shopt -s extdebug",
    "shopt -s localvar_inherit",
    "shopt -s localvar_unset",
    "shopt -s expand_aliases",
    "shopt -s compat31 2>/dev/null",
    "IFS=",
    "IFS=_",
    "IFS=A:=",
    "IFS=$'\\n'",
    "unset IFS",
    "readonly IFS",
    "readonly name=1 out=2 text=3 status=4",
)
ZSH = (
    *(
        f"setopt {option}"
        for option in [
            "all_export",
            "auto_cd",
            "bang_hist",
            "bash_rematch",
            "bsd_echo",
            "c_bases",
            "cdable_vars",
            "csh_junkie_history",
            "csh_junkie_loops",
            "csh_junkie_quotes",
            "csh_null_glob",
            "err_exit",
            "err_return",
            "extended_glob",
            "force_float",
            "function_argzero",
            "glob_assign",
            "glob_dots",
            "glob_subst",
            "ignore_close_braces",
            "interactive_comments",
            "ksh_arrays",
            "ksh_autoload",
            "ksh_glob",
            "ksh_option_print",
            "ksh_typeset",
            "ksh_zero_subscript",
            "local_options",
            "local_traps",
            "magic_equal_subst",
            "monitor",
            "null_glob",
            "octal_zeroes",
            "path_dirs",
            "posix_aliases",
            "posix_argzero",
            "posix_builtins",
            "posix_identifiers",
            "posix_strings",
            "posix_traps",
            "prompt_subst",
            "rc_expand_param",
            "rc_quotes",
            "rm_star_silent",
            "sh_file_expansion",
            "sh_glob",
            "sh_nullcmd",
            "sh_option_letters",
            "sh_word_split",
            "source_trace",
            "typeset_silent",
            "verbose",
            "warn_create_global",
            "xtrace",
        ]
    ),
    "setopt no_unset",
    "setopt no_clobber",
    "setopt no_glob",
    "setopt no_nomatch",
    "setopt no_equals",
    "setopt no_functions 2>/dev/null",
    "setopt no_multibyte",
    "setopt no_short_loops",
    "setopt no_case_match",
    "setopt no_global_export",
    "setopt ignore_braces",
    "emulate sh",
    "emulate ksh",
    "emulate csh",
    "emulate -R zsh",
    "IFS=",
    "IFS=_",
    "IFS=A:=",
    "readonly name=1 out=2 text=3",
)
# Words of ours that people may have made aliases of; `activate` itself is told of, see below.
WORDS = {
    "bash": [
        "local",
        "export",
        "unset",
        "eval",
        "exec",
        "printf",
        "set",
        "shift",
        "return",
        "continue",
        "declare",
        "shopt",
        "command",
        "type",
        "stty",
        "case",
        "if",
        "for",
        "while",
        "function",
        "do",
        "then",
        "esac",
        "compgen",
        "[",
        ":",
        "awsactivate_prompt_info",
    ],
    "zsh": [
        "local",
        "export",
        "unset",
        "eval",
        "exec",
        "print",
        "set",
        "shift",
        "return",
        "continue",
        "typeset",
        "emulate",
        "setopt",
        "trap",
        "whence",
        "unfunction",
        "command",
        "stty",
        "autoload",
        "zmodload",
        ":",
        "functions",
    ],
}


def broken(lab: Lab, shell: str, options: list[str]) -> dict[str, object]:
    """Return the options under which a session is not what it is without them: option → what happened."""
    found: dict[str, object] = {}
    first, last, key = lab.folder / "first", lab.folder / "last", lab.folder / "key"
    for option in options:
        for file in (first, last, key):
            file.unlink(missing_ok=True)
        text = (
            f"{option}\n{dump(first)}\nactivate prod\nprintenv AWS_ACCESS_KEY_ID >|'{key}'\n"
            f"activate dev\nactivate fail || :\nprintenv AWS_ACCESS_KEY_ID >>'{key}'\n"
            f"deactivate\n{dump(last)}\n"
        )
        done = lab.script(shell, text)
        if key.exists() and key.read_text("utf-8") == "ASIAPROD\nASIADEV\n" and last.exists():
            difference: object = changes(read_state(shell, first), read_state(shell, last))
        else:
            difference = done
        if difference or done.status or "SECRET/" in done.errors or "TOKEN/" in done.errors:
            found[option] = difference or done
    return found


@pytest.mark.long
def test_no_option_of_bash_breaks_a_session_or_is_changed_by_it(lab: Lab) -> None:
    assert broken(lab, "bash", list(BASH)) == {}


@pytest.mark.long
def test_no_option_of_zsh_breaks_a_session_or_is_changed_by_it(lab: Lab) -> None:
    assert broken(lab, "zsh", list(ZSH)) == {}


@pytest.mark.long
@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_the_integration_loads_under_every_option(lab: Lab, shell: str) -> None:
    failures = {}
    for option in BASH if shell == "bash" else ZSH:
        text = "activate prod\nprintenv AWS_ACCESS_KEY_ID\ndeactivate\n"
        done = lab.script(shell, text, before=f"{option}\n")
        if done.output != "ASIAPROD\n" or done.status:
            failures[option] = done
    assert failures == {}


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
@pytest.mark.parametrize("way", ["source", "eval", "install"])
def test_aliases_of_the_words_we_use_break_nothing(lab: Lab, shell: str, way: str) -> None:
    words = [word for word in WORDS[shell] if shell == "bash" or way != "eval" or word not in (":",)]
    aliases = "shopt -s expand_aliases\n" * (shell == "bash") + "".join(
        f"alias -- {word}='echo alias-of-{word.strip('[:')}'\n" for word in words
    )
    prelude = lab.prelude(shell)
    if way == "eval":
        prelude = f'\\eval "$(\\cat {lab.folder}/integration)"\n'
        text = integration.text(shell, lab.core, None, short_names=True)
        (lab.folder / "integration").write_text(text, "utf-8")
    elif way == "install":
        prelude = lab.installed(shell)
    script = lab.folder / "aliased"
    script.write_text(
        f"{aliases}{prelude}activate prod\nprintenv AWS_ACCESS_KEY_ID\n"
        "deactivate\nprintenv AWS_ACCESS_KEY_ID\n",
        "utf-8",
    )
    done = lab.script(shell, f"\\. '{script}'\n", core="/nowhere")
    assert (done.output, done.errors) == ("ASIAPROD\n", "activated prod\n")


@pytest.mark.parametrize("way", ["set -x", "set -v", "set -xv", "set -o functrace -x"])
@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_a_trace_shows_no_secret_on_the_way_in_or_out(lab: Lab, shell: str, way: str) -> None:
    if shell == "zsh":
        way = way.replace("-o functrace ", "")
    text = (
        "export AWS_SECRET_ACCESS_KEY=OLD/SECRET AWS_SESSION_TOKEN=OLD/TOKEN\n"
        f"{way}\nactivate prod\nactivate dev\nactivate fail\nawsactivate show x\ndeactivate\n"
        'set +xv\n[ "$AWS_SECRET_ACCESS_KEY" = OLD/SECRET ] && echo back\n'
    )
    before = "PS4='+ ${AWSACTIVATE_PROFILE-} '\n"
    done = lab.script(shell, text, before=before)
    assert done.output.endswith("back\n")
    assert "deactivate" in done.errors
    assert [word for word in ("SECRET", "TOKEN/", "/TOKEN") if word in done.errors] == []


@pytest.mark.parametrize("mark", ["functions -t", "functions -T", "typeset -ft"])
def test_zsh_traces_no_function_of_ours_that_was_marked_for_it(lab: Lab, mark: str) -> None:
    text = (
        "export AWS_SECRET_ACCESS_KEY=OLD/SECRET AWS_SESSION_TOKEN=OLD/TOKEN\n"
        "traced() { : plain }\n"
        f"{mark} traced ${{(k)functions[(I)_awsactivate_*]}} activate awsactivate\n"
        "traced; activate prod; activate dev; awsactivate show x; deactivate\n"
    )
    done = lab.script("zsh", text)
    assert ": plain" in done.errors
    assert "activated dev" in done.errors
    assert [word for word in ("SECRET", "TOKEN/", "/TOKEN") if word in done.errors] == []


def test_bash_tells_no_trap_of_a_function_of_ours_that_was_marked_for_it(lab: Lab) -> None:
    text = (
        'trap \'printf "%s\\n" "T $BASH_COMMAND"\' DEBUG\ntraced() { : plain; }\n'
        "declare -ft traced activate awsactivate $(compgen -A function _awsactivate_)\n"
        "traced; activate prod; activate dev; deactivate\n"
    )
    done = lab.script("bash", text)
    assert "T : plain" in done.output
    assert "activated dev" in done.errors
    assert [word for word in ("SECRET/", "TOKEN/") if word in done.output + done.errors] == []


def test_fish_writes_no_secret_into_its_profile_or_its_debug_output(lab: Lab) -> None:
    lab.environ["FAKE_CORE_MFA"] = "yes"
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps({"TF_VAR_x": "EXTRA-SECRET\n'of two lines\n"})
    written = [lab.folder / name for name in ("profile", "debug")]
    text = (
        "true plain\nset -gx AWS_SECRET_ACCESS_KEY (string join / OLD SECRET)\nactivate prod\nactivate dev\n"
        'set -l whole (string join \\n EXTRA-SECRET "\'of two lines" | string collect -N)\n'
        'test "$TF_VAR_x" = "$whole"; and echo whole\n'
        'awsactivate show x\ndeactivate\necho "$AWS_SECRET_ACCESS_KEY"\nawsdeactivate --all\n'
    )
    options = ["--profile", str(written[0]), "-d", "exec*,proc*,env*,reader*", "-o", str(written[1])]
    done = lab.script("fish", text, *options)
    assert done.output.endswith("whole\nthe core ran show x\nOLD/SECRET\n"), done.output
    for file in written:
        log = file.read_text("utf-8", errors="replace")
        assert "true plain" in log
        secrets = ("SECRET/", "OLD/SECRET", "TOKEN/", "EXTRA-SECRET'", "MFA-S")
        assert [word for word in secrets if word in log] == [], file


def test_a_trace_of_fish_shows_no_secret(lab: Lab) -> None:
    text = (
        "set -gx AWS_SECRET_ACCESS_KEY OLD/SECRET\nset -g fish_trace 1\nactivate prod\nactivate dev\n"
        'awsactivate show x\ndeactivate\nset -e fish_trace\necho "$AWS_SECRET_ACCESS_KEY"\n'
    )
    done = lab.script("fish", text)
    assert done.output == "the core ran show x\nOLD/SECRET\n"
    assert "deactivate" in done.errors
    assert [word for word in ("SECRET/", "OLD/SECRET", "TOKEN/") if word in done.errors] == []


@pytest.mark.parametrize(
    ("shell", "trap"),
    [
        ("bash", 'set -T; trap \'printf "%s\\n" "$BASH_COMMAND" >>"$TRAPS"\' DEBUG'),
        # all variables and no function, in every version
        ("bash", "shopt -s extdebug; trap 'set -o posix; set >>$TRAPS; set +o posix' DEBUG"),
        ("bash", 'set -ET; trap \'printf "%s\\n" "$BASH_COMMAND" >>"$TRAPS"\' RETURN ERR'),
        ("zsh", 'trap \'print -r -- "$ZSH_DEBUG_CMD" >>"$TRAPS"\' DEBUG'),
        ("zsh", 'TRAPDEBUG() { print -r -- "$ZSH_DEBUG_CMD" >>"$TRAPS"; }'),
        ("zsh", 'trap \'print -r -- "$ZSH_DEBUG_CMD $ZERR" >>"$TRAPS"\' ZERR'),
    ],
    indirect=["shell"],
)
def test_a_trap_sees_no_statement_that_holds_a_secret_and_stays(lab: Lab, shell: str, trap: str) -> None:
    traps = lab.folder / "traps"
    lab.environ["TRAPS"] = str(traps)
    first, last = lab.folder / "first", lab.folder / "last"
    text = (
        f"{trap}\n{dump(first)}\nactivate prod\nactivate fail || :\ndeactivate\n{dump(last)}\ntrap - DEBUG\n"
    )
    done = lab.script(shell, text)
    assert "activated prod" in done.errors
    seen = traps.read_text("utf-8") if traps.exists() else ""
    assert [line for line in seen.splitlines() if "export" in line and "ASIA" in line] == []
    assert [
        line for line in seen.splitlines() if line.startswith(("_awsactivate_hold", "_awsactivate_put"))
    ] == []
    assert "_awsa_text" not in seen
    states = (read_state(shell, first), read_state(shell, last))
    assert changes(*states) == {}


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_an_alias_activate_is_told_of_and_stays(lab: Lab, shell: str) -> None:
    with lab.terminal(shell, before="alias activate='echo mine'\n") as terminal:
        assert (
            "awsactivate: note: your alias 'activate' stays; a session starts by 'awsactivate activate'"
        ) in terminal.loaded.output
        assert "mine prod\n" in terminal.call("activate prod").output
        assert "activated prod\n" in terminal.call("awsactivate activate prod").output


@pytest.mark.parametrize(
    ("shell", "before"),
    [
        ("bash", "AWS_REGION=(one two)"),
        ("bash", "declare -i AWS_REGION=1"),
        ("zsh", "AWS_REGION=(one two)"),
        ("zsh", "typeset -u AWS_REGION=x"),
        ("zsh", "typeset -A AWS_REGION; AWS_REGION=(one two)"),
    ],
    indirect=["shell"],
)
def test_a_name_that_is_no_plain_text_is_told_and_stays(lab: Lab, shell: str, before: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    done = lab.script(shell, f"{before}\n{dump(first)}\nactivate prod\necho $?\n{dump(last)}\n")
    assert done.output == "1\n"
    assert "so nothing was changed: AWS_REGION\n" in done.errors
    assert "hint: unset" in done.errors
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


# Functions of people's that have the names of builtins: fish takes them for these everywhere.
SHADOWED = "echo contains math functions source path printf set_color count kill true type . cd"


def test_functions_named_like_builtins_of_fish_break_nothing(lab: Lab) -> None:
    text = (
        f'for name in {SHADOWED}; eval "function $name; builtin echo wrong-$name >&2; return 9; end"; end\n'
        "activate prod\nprintenv AWS_ACCESS_KEY_ID\nawsactivate_prompt_info\nactivate dev\nactivate fail\n"
        "awsdeactivate --help\ndeactivate\nactivate prod\nawsdeactivate --all\nprintenv AWS_ACCESS_KEY_ID\n"
    )
    done = lab.script("fish", text)
    assert done.output.startswith("ASIAPROD\n(prod 60m) usage:"), done
    assert "ASIA" not in done.output.removeprefix("ASIAPROD")
    assert "wrong" not in done.errors


@pytest.mark.parametrize("ifs", ["''", ":", "a_"])
def test_whatever_ifs_is_in_fish_a_session_is_whole(lab: Lab, ifs: str) -> None:
    text = "activate prod\nprintenv AWS_ACCESS_KEY_ID\nawsactivate_prompt_info\ndeactivate\n"
    done = lab.script("fish", text, before=f"set -g IFS {ifs}\n")
    assert (done.output, done.errors) == ("ASIAPROD\n(prod 60m) ", "activated prod\n")


HELD = (
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"),
    *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ROLE_ARN", "AWSACTIVATE_PROFILE"),
    *("AWSACTIVATE_ROLE_ARN", "AWSACTIVATE_ASSUMED_ROLE_ID", "AWSACTIVATE_SOURCE_PROFILE"),
    *("AWSACTIVATE_EXPIRATION", "AWSACTIVATE_VARS"),
)


@pytest.mark.long
@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_whichever_name_is_readonly_a_session_is_whole_or_not_there(lab: Lab, shell: str) -> None:
    lab.environ["AWS_PROFILE"] = "mine"
    names = "AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN AWSACTIVATE_PROFILE AWS_PROFILE"
    show = f'for name in {names}; do printf "%s " "$(printenv $name)"; done'
    if shell == "zsh":
        show = show.replace(names, f"${{=:-{names}}}")
    text = "".join(
        f"(readonly {name}; activate prod; echo $?; {show}; echo)\n"
        f"(activate prod; readonly {name}; activate dev; echo $?; {show}; awsdeactivate; {show}; echo)\n"
        for name in HELD
    )
    found = lab.script(shell, text).output.splitlines()
    whole = "ASIAPROD TOKEN/prod prod  "
    for index, name in enumerate(HELD):
        # what cannot be taken away stays, and the rest goes
        left = {
            "AWS_ACCESS_KEY_ID": "ASIAPROD   mine ",
            "AWS_SESSION_TOKEN": " TOKEN/prod  mine ",
            "AWSACTIVATE_PROFILE": "  prod mine ",
            "AWS_PROFILE": "    ",
        }.get(name, "   mine ")
        assert found[4 * index : 4 * index + 4] == ["1", "   mine ", "1", whole + left], name


def said(output: str) -> list[str]:
    """Return the lines of a terminal's output without its prompts."""
    return [text for text in re.sub(r"(\(\w+ 60m\) )?\$ ", "", output).splitlines() if text]


def test_a_restricted_bash_has_sessions_where_the_program_is_on_its_path(lab: Lab) -> None:
    """rbash runs no program by its path, and redirects nothing to a file."""
    lab.environ |= {"PATH": f"{lab.folder / 'core'}:/usr/bin:/bin", "AWS_PROFILE": "mine"}
    names = "printenv AWS_ACCESS_KEY_ID AWS_PROFILE"
    happened = []
    with lab.terminal("bash") as terminal:
        terminal.call("set -r")
        for line in (
            "activate prod",
            "activate fail",
            "activate dev",
            names,
            "awsactivate show x",
            "deactivate",
        ):
            done = terminal.call(line)
            happened.append((line, done.status, said(done.output)))
        assert terminal.shown_prompt() == "$ "
        assert terminal.call("typeset -f deactivate").status == 1
        happened.append((names, 1, said(terminal.call(names).output)))
        assert terminal.call("activate killed").status == 137
    assert happened == [
        ("activate prod", 0, ["activated prod"]),
        ("activate fail", 3, ["awsactivate: error: there is no profile 'fail'"]),
        ("activate dev", 0, ["activated dev"]),
        (names, 1, ["ASIADEV"]),
        ("awsactivate show x", 0, ["the core ran show x"]),
        ("deactivate", 0, []),
        (names, 1, ["mine"]),
    ]


def test_a_restricted_bash_without_the_program_on_its_path_says_so_and_nothing_changes(lab: Lab) -> None:
    lab.environ["PATH"] = "/usr/bin:/bin"
    done = lab.script("bash", "set -r\nactivate prod\necho $? ${AWS_ACCESS_KEY_ID-none}\nactivate prod\n")
    error = "awsactivate: error: there is no program awsactivate any more\n"
    hint = "awsactivate: hint: install awsactivate again, then open a new shell\n"
    assert (done.output, done.errors) == ("1 none\n", (error + hint) * 2)


def test_the_integration_loads_in_a_restricted_bash(lab: Lab) -> None:
    lab.environ["PATH"] = f"{lab.folder / 'core'}:/usr/bin:/bin"
    file = lab.home / "integration"
    # what `init` prints: a restricted shell can source no file of a folder
    text = integration.text("bash", lab.core, "/a/folder", short_names=True)
    file.write_text(text, "utf-8")
    script = lab.home / "script"
    script.write_text(
        f"set -r\neval \"$(cat '{file}')\"\nactivate prod\nprintenv AWS_ACCESS_KEY_ID\n"
        'deactivate\necho "$? $PATH"\n',
        "utf-8",
    )
    done = subprocess.run(
        [needs_shell("bash"), "--norc", str(script)],
        env=lab.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"ASIAPROD\n0 {lab.environ['PATH']}\n", "activated prod\n")
