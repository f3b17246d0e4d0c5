"""The statements that each shell gets, and that the real shells read them right."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.sessions.environment import Set, Unset
from awsactivate.shells import table
from awsactivate.shells.dialects import activation_text, dotenv_text, export_text, nothing_text
from needs import needs_shell

CHANGE = (Set("A", "it's"), Unset("B"), Set("C", "x\\y"), Unset("D"))
NASTY = [
    "",
    "'",
    "''",
    "\\",
    "\\'",
    '"',
    "$(id)",
    "`id`",
    "${x}",
    "!x",
    "%s",
    "a\nb",
    "\n",
    " ",
    "*",
    "~",
    "é€😀",
    "\x7f",
]


def test_the_text_for_posix_shells_is_one_list_with_a_sentinel() -> None:
    assert activation_text(CHANGE, "bash", style="red", message="it's on") == (
        "_awsactivate_hold A B C D && \\builtin unset -v B D && \\builtin export A='it'\\''s' C='x\\y'"
        " && _awsactivate_begun 'red' 'it'\\''s on' && \\builtin : awsactivate-end\n"
    )


def test_the_text_for_fish_is_one_list_with_a_sentinel() -> None:
    assert activation_text(CHANGE, "fish") == (
        "_awsactivate_hold A B C D\n"
        "and begin; set -e -g B; set -e -g D; builtin true; end\n"
        "and set -gx A 'it\\'s'\n"
        "and set -gx C 'x\\\\y'\n"
        "and _awsactivate_begun '' ''\n"
        "and true awsactivate-end\n"
    )


def test_the_text_for_the_other_posix_shells_calls_each_builtin_by_command() -> None:
    assert activation_text(CHANGE, "sh") == (
        "_awsactivate_hold A B C D && \\command unset -v B D && \\command export A='it'\\''s' C='x\\y'"
        " && _awsactivate_begun '' '' && \\command : awsactivate-end\n"
    )


def test_shells_that_read_json_get_the_change_as_data() -> None:
    assert json.loads(activation_text(CHANGE, "xonsh", style="red", message="on")) == {
        "hold": ["A", "B", "C", "D"],
        "unset": ["B", "D"],
        "set": {"A": "it's", "C": "x\\y"},
        "style": "red",
        "message": "on",
        "end": "awsactivate-end",
    }


def test_the_answer_that_changes_nothing_is_whole() -> None:
    assert nothing_text("bash") == "\\builtin : awsactivate-end\n"
    assert nothing_text("fish") == "true awsactivate-end\n"
    assert nothing_text("sh") == "\\command : awsactivate-end\n"
    assert nothing_text("nu") == '{"end": "awsactivate-end"}\n'


def test_export_statements_are_plain_posix() -> None:
    assert export_text(CHANGE) == "export A='it'\\''s'\nunset B\nexport C='x\\y'\nunset D\n"


def test_a_dotenv_value_without_a_quote_is_literal() -> None:
    assert dotenv_text({"A": "x$y", "B": "it's $5\n"}) == "A='x$y'\nB=\"it's \\$5\\n\"\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "sh"])
def test_a_real_shell_reads_every_nasty_value_back_byte_for_byte(shell: str) -> None:
    needs_shell(shell)
    values = {f"_awsactivate_v{number}": value for number, value in enumerate(NASTY)}
    prints = "".join(f'printf "%s\\0" "${name}"\n' for name in values)
    command = [str(shutil.which(shell)), "-c", table.ALL[shell].assignments(values) + prints]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    assert output.split(b"\0")[:-1] == [value.encode() for value in NASTY]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_bash_evaluates_an_export_of_any_text_to_itself(value: str) -> None:
    text = export_text((Set("VALUE", value),)) + 'printf %s "$VALUE"'
    output = subprocess.run(["bash", "-c", text], capture_output=True, check=True).stdout
    assert output == value.encode()


def test_a_change_for_tcsh_is_three_words_without_blanks_or_globs() -> None:
    change = (*CHANGE, Set("TF_VAR_a", "it's *?[a]{b} ~!\t\n\x1f"))
    names, statements, end, rest = activation_text(change, "tcsh", style="a b").split("\n")
    assert (names.split("\x1f"), end, rest) == (["A", "B", "C", "D", "TF_VAR_a"], "awsactivate-end", "")
    assert not set(" \t*?[]{}~") & set(names + statements)
    value = "'it'\\''s *?[a]{b} ~\\!\t\n\x1f'"
    for character, name in {
        "*": "star",
        "?": "question",
        "[": "bracket",
        "]": "bracketed",
        "{": "brace",
        "}": "braced",
        "~": "tilde",
        "\t": "tab",
        "\n": "newline",
        "\x1f": "unit",
    }.items():
        value = value.replace(character, f"'$_awsactivate_{name}:q'")
    assert statements.replace("\x1f", " ").split("; ") == [
        "unsetenv B",
        "unsetenv D",
        "setenv A 'it'\\''s'",
        "setenv C 'x\\y'",
        f"setenv TF_VAR_a {value}",
        "set _awsa_style = 'a b'",
        "set _awsa_message = ''",
    ]
    assert nothing_text("tcsh") == "awsactivate-end\n"
