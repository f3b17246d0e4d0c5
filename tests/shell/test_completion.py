"""What TAB offers, in the real shells: names, options and roles, without a process and under any setting."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from awsactivate.profiles import model
from awsactivate.shells import quoting, table
from harness.lab import FOLDER, LOG, Lab
from harness.shells import Shell
from harness.states import changes
from harness.tracing import Trace
from needs import needs_program
from shell.test_options import BASH

COMPLETION = FOLDER / "completion"
SCRIPT = Path(__file__).parents[2] / "scripts" / "completion-words"
CONFIG = """\
[default]
region = eu-west-1
[profile prod]
role_arn = arn:aws:iam::111122223333:role/ops/terraform
source_profile = base
[profile prod-ro]
role_arn=arn:aws:iam::111122223333:role/reader

[profile team:dev]
[profile a@b]
[profile "my prof"]
role_arn = arn:aws:iam::444455556666:role/quoted
[profile 'single']
[profile\ttabbed]  ; a comment
[sso-session nobody]
[services none]
[defaulted]
# [profile commented]
[profile last]
credential_process = echo [profile inside]"""
CREDENTIALS = "[base]\naws_access_key_id = AKIAEXAMPLE\r\n[two words]\r\n[prod]\n"


@pytest.fixture
def files(lab: Lab) -> Lab:
    """A lab whose home has AWS's two files."""
    (lab.home / ".aws").mkdir()
    (lab.home / ".aws/config").write_text(CONFIG, "utf-8")
    (lab.home / ".aws/credentials").write_text(CREDENTIALS, "utf-8")
    (lab.home / ".local/state/awsactivate").mkdir(parents=True)
    (lab.home / ".local/state/awsactivate/services").write_text("app\nweb/prod\n", "utf-8")
    return lab


def registration(shell: str) -> str:
    """The text that the integration ends with."""
    setting = table.ALL[shell].assignments({"_awsactivate_folder": str(COMPLETION.parent)})
    return setting + (COMPLETION / f"load.{shell}").read_text("utf-8")


def terminal_of(lab: Lab, shell: str, before: str = "") -> Shell:
    """An interactive shell with the whole integration, and for zsh with compinit."""
    if shell == "zsh" and "compinit" not in before:
        before += "autoload -Uz compinit\ncompinit -u -D\n"
    if shell == "zsh":
        before += "unsetopt list_beep beep\n"
    terminal = lab.terminal(shell, *(("-Z",) if shell == "zsh" else ()), before=before)
    file = lab.folder / f"registration.{shell}"
    file.write_text(registration(shell), "utf-8")
    terminal.call(f"{'source' if shell == 'fish' else '.'} {quoting.quote_posix(str(file))}")
    terminal.call("true")
    return terminal


def typed(terminal: Shell, line: str) -> list[str]:
    """Type `line`, whose last character may be a TAB, and return the words that the core then is given."""
    log = terminal.scratch / LOG
    log.unlink(missing_ok=True)
    terminal.type(line)
    terminal.call("")
    words: list[str] = json.loads(log.read_text("utf-8"))["argv"]
    return words[2:] if words[:1] == ["_activate"] else words


def offered(lab: Lab, shell: str, line: str) -> list[str]:
    """Return what a shell without a terminal would offer for `line`."""
    if shell == "fish":
        return [
            row.partition("\t")[0]
            for row in lab.script(
                "fish", registration("fish") + f"complete -C {quoting.quote_fish(line)}\n"
            ).output.splitlines()
        ]
    word = re.split(r"[\s:=@]", line)[-1]
    text = (
        f"{registration('bash')}COMP_LINE={quoting.quote_posix(line)} COMP_POINT={len(line)}\n"
        f"_awsactivate_complete {line.split()[0]} {quoting.quote_posix(word)}\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    return [row for row in lab.script("bash", text).output.split("\n") if row]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("activate prod-\t", ["prod-ro"]),
        ("activate la\t", ["last"]),
        ("activate team:\t", ["team:dev"]),
        ("activate team:d\t", ["team:dev"]),
        ("activate a@\t", ["a@b"]),
        ("activate my\\ \t", ["my prof"]),
        ("activate my\t", ["my prof"]),
        ('activate "my\t', ["my prof"]),
        ("activate 'my p\t", ["my prof"]),
        ("activate sing\t", ["single"]),
        ("activate tab\t", ["tabbed"]),
        ("activate two\t", ["two words"]),
        ("activate --quiet --source-profile bas\t last", ["--quiet", "--source-profile", "base", "last"]),
        ("activate --source-profile=bas\t", ["--source-profile=base"]),
        ("activate --source-profile=team:d\t", ["--source-profile=team:dev"]),
        ("activate last --durat\t 1h", ["last", "--duration", "1h"]),
        ("activate arn:aws:iam::4\t", ["arn:aws:iam::444455556666:role/quoted"]),
        ("activate --chain=arn:aws:iam::4\t", ["--chain=arn:aws:iam::444455556666:role/quoted"]),
        ("awsactivate activate la\t", ["last"]),
        ("true; activate la\t", ["last"]),
        ("awsactivate sho\tprod-\t--js\t", ["show", "prod-ro", "--json"]),
        ("awsactivate secrets imp\t--form\tya\t", ["secrets", "import", "--format", "yaml"]),
        ("awsactivate secrets get we\t", ["secrets", "get", "web/prod"]),
        ("awsactivate secrets export app we\t", ["secrets", "export", "app", "web/prod"]),
        ("awsactivate secrets import --service=we\t", ["secrets", "import", "--service=web/prod"]),
        ("awsactivate exec la\t-- printen\t", ["exec", "last", "--", "printenv"]),
        ("awsactivate exec --serve la\t-- printen\t", ["exec", "--serve", "last", "--", "printenv"]),
        ("awsactivate exec --serve=prod,team:d\t", ["exec", "--serve=prod,team:dev"]),
    ],
)
def test_a_tab_completes_what_begins_only_one_word(
    files: Lab, shell: str, line: str, words: list[str]
) -> None:
    (files.folder / "printenv").write_text("")
    with terminal_of(files, shell) as terminal:
        assert typed(terminal, line) == words


@pytest.mark.parametrize(
    "line", ["activate la\t", "awsactivate activate la\t", "activate --source-profile la\t"]
)
def test_zsh_completes_without_compinit_too(files: Lab, line: str) -> None:
    with terminal_of(files, "zsh", ": no compinit\n") as terminal:
        assert typed(terminal, line)[-1] == "last"


def test_zsh_completes_where_compinit_comes_after_us(files: Lab) -> None:
    with terminal_of(files, "zsh", ": no compinit\n") as terminal:
        file = files.folder / "again"
        file.write_text(registration("zsh") + "autoload -Uz compinit\ncompinit -u -D\n", "utf-8")
        terminal.call(f". '{file}'")
        assert typed(terminal, "activate la\t") == ["last"]
        assert terminal.call("print $precmd_functions").output.count("_awsactivate_register") == 0


def test_fish_tells_the_role_and_account_of_a_profile(files: Lab) -> None:
    text = registration("fish") + "complete -C 'activate pro'\n"
    assert sorted(files.script("fish", text).output.splitlines()) == [
        "prod\tterraform in 111122223333",
        "prod-ro\treader in 111122223333",
    ]


def test_zsh_tells_the_role_and_account_of_a_profile(files: Lab) -> None:
    with terminal_of(files, "zsh") as terminal:
        terminal.type("activate pro\t\t")
        terminal.search(r"prod +-- terraform in 111122223333")
        terminal.search(r"prod-ro +-- reader in 111122223333")


@pytest.mark.parametrize("shell", ["bash", "fish"], indirect=True)
def test_the_profiles_offered_are_those_that_there_are(files: Lab, shell: str) -> None:
    known = set(model.parse(CONFIG, CREDENTIALS).names)
    names = {name.replace("\\", "") for name in offered(files, shell, "activate ")}
    assert names == known


@pytest.mark.parametrize("shell", ["bash", "fish"], indirect=True)
@pytest.mark.parametrize(
    "config", ["", "\n", "[profile one]", "[profile one]\r\n\r\n[profile two]\r\n", "one"]
)
def test_a_small_config_is_read_as_a_large_one(lab: Lab, shell: str, config: str) -> None:
    (lab.home / "config").write_bytes(config.encode())
    lab.environ["AWS_CONFIG_FILE"] = "~/config"
    assert sorted(offered(lab, shell, "activate ")) == re.findall(r"profile (\w+)", config)


def test_bash_reads_line_by_line_what_it_cannot_cut(files: Lab) -> None:
    """`credential_process = … [profile inside]` alone makes the quick way of the others impossible."""
    config = files.home / ".aws/config"
    slow = offered(files, "bash", "activate ")
    config.write_text(CONFIG.rsplit("\n", 1)[0].replace("# [profile commented]\n", ""), "utf-8")
    assert offered(files, "bash", "activate ") == slow


def test_a_change_of_the_files_is_seen_at_the_next_tab(files: Lab, shell: str) -> None:
    config = files.home / ".aws/config"
    with terminal_of(files, shell) as terminal:
        assert typed(terminal, "activate la\t") == ["last"]
        config.write_text(CONFIG.replace("[profile last]", "[profile lava]"), "utf-8")  # of the same size
        assert typed(terminal, "activate la\t") == ["lava"]


def test_no_file_is_no_error(lab: Lab, shell: str) -> None:
    with terminal_of(lab, shell) as terminal:
        assert typed(terminal, "activate --qui\tprod") == ["--quiet", "prod"]
        assert typed(terminal, "activate pro\td") == ["prod"]


def test_the_words_are_those_that_the_parsers_know() -> None:
    """After a change of a command line: `.venv/bin/python scripts/completion-words`."""
    assert (COMPLETION / "words").read_text("utf-8") == runpy.run_path(str(SCRIPT))["text"]()


@pytest.mark.parametrize("shell", ["bash", "fish"], indirect=True)
def test_every_command_and_option_is_offered(lab: Lab, shell: str) -> None:
    lines = [line.split("\t") for line in (COMPLETION / "words").read_text("utf-8").splitlines()]
    for key in ("awsactivate", "activate", "deactivate", "secrets", "secrets import"):
        own = [(word, kind) for owner, word, kind, _ in lines if owner == key]
        command = key if key in ("awsactivate", "activate", "deactivate") else f"awsactivate {key}"
        options = {word for word, _ in own if word.startswith("--") and word != "--"}
        assert {*offered(lab, shell, f"{command} --")} - {"--"} == options
        if commands := {word for word, kind in own if kind == "command"}:
            assert {*offered(lab, shell, f"{command} ")} == commands


def test_deactivate_offers_what_its_help_tells(lab: Lab) -> None:
    usage = lab.script("bash", "awsactivate activate prod\nawsdeactivate --help\n").output.splitlines()[0]
    lines = [line.split("\t") for line in (COMPLETION / "words").read_text("utf-8").splitlines()]
    offered_options = {word for owner, word, *_ in lines if owner == "deactivate"}
    assert offered_options == {"--help", *re.findall(r"--[a-z-]+", usage)}


def test_no_setting_of_bash_breaks_completion_or_is_changed_by_it(files: Lab) -> None:
    text = (
        "COMP_LINE='activate team:' COMP_POINT=14\n_awsactivate_complete activate '' && "
        'printf "%s\\n" "${COMPREPLY[@]}"\nunset -v COMP_LINE COMP_POINT COMPREPLY\n'
    )
    found = {}
    for option in BASH:
        done = files.script("bash", registration("bash") + text + "echo $-\n", before=f"{option}\n")
        flags = files.script("bash", "echo $-\n", before=f"{option}\n").output
        if done.output != "dev\n" + flags or done.status:
            found[option] = done
    assert found == {}


@pytest.mark.long
@pytest.mark.parametrize(
    "option",
    [
        *("ksh_arrays", "sh_word_split", "no_unset", "err_exit", "xtrace", "glob_subst", "no_extended_glob"),
        *("csh_junkie_quotes", "ksh_glob", "null_glob", "rc_expand_param", "warn_create_global"),
        "no_case_match",
    ],
)
def test_no_option_of_zsh_breaks_completion(files: Lab, option: str) -> None:
    with terminal_of(files, "zsh") as terminal:
        terminal.call(f"setopt {option}")
        assert typed(terminal, "activate prod-\t") == ["prod-ro"]


@pytest.mark.parametrize("setting", ["set -u", "set -eu", "set -o posix -u"])
def test_bash_without_aws_files_offers_nothing_and_says_nothing(lab: Lab, setting: str) -> None:
    text = f"{registration('bash')}COMP_LINE='activate ' COMP_POINT=9\n_awsactivate_complete activate ''\n"
    done = lab.script("bash", text + 'echo "${#COMPREPLY[@]}"\n', before=f"{setting}\n")
    assert (done.status, done.output, done.errors) == (0, "0\n", "")


def test_a_tab_starts_no_process_and_leaves_the_shell_as_it_was(files: Lab, shell: str) -> None:
    needs_program("strace")
    with terminal_of(files, shell) as terminal:
        typed(terminal, "activate prod-\t")
        terminal.call("deactivate")
        first = terminal.state()
        first = terminal.state()  # the first one may be the first to load something
        trace = Trace(terminal.pid, files.folder / "trace")
        terminal.type("true || activate prod-\t")
        terminal.call("")
        count = trace.forks()
        terminal.call("/bin/true")
        proof = trace.forks()
        trace.end()
        last = terminal.state()
    assert count == 0
    assert proof > 0
    # a file that is new may still change
    seen = ("variable _awsactivate_seen", "variable $_awsactivate_seen")
    assert {name for name in changes(first, last) if not name.startswith(seen)} == set()
