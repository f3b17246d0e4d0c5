"""What keys do to a line, and what is shown for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.person.line_editor import Line, Rules, shown, typed

WORDS = Rules(accepts=lambda character: character >= " ", mark=lambda character: character)
HIDDEN = Rules(accepts=lambda character: character in "0123456789", mark=lambda _: "•", dropped=" \t")

KEYS = st.text(alphabet="019 ab\t\b\x7f\x15\x17\x04\x1b[O~AD\x00é", max_size=40)


def after(keys: str, rules: Rules) -> tuple[Line, str]:
    """Type `keys` from an empty line on; return the line, and all that was shown."""
    line, output = Line(), ""
    for key in keys:
        if line.ended:
            break
        line, show = typed(line, key, rules)
        output += show
    return line, output


def on_screen(output: str) -> str:
    """Return what a terminal shows in the end: a backspace moves left, and a space there erases."""
    screen: list[str] = []
    column = 0
    for character in output.replace("\a", ""):
        if character == "\b":
            column -= 1
            continue
        screen[column : column + 1] = [character]
        column += 1
    assert "".join(screen[column:]).strip() == "", "something is left to the right of the cursor"
    return "".join(screen[:column])


@given(KEYS)
@pytest.mark.parametrize("rules", [WORDS, HIDDEN])
def test_the_screen_always_shows_the_line_and_nothing_else(rules: Rules, keys: str) -> None:
    line, output = after(keys, rules)
    assert on_screen(output) == shown(line, rules)


@given(KEYS)
def test_a_code_never_holds_anything_but_digits(keys: str) -> None:
    assert set(after(keys, HIDDEN)[0].text) <= set("0123456789")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("one two\x17", "one "),
        ("one two  \x17", "one "),
        ("one\x17", ""),
        ("  \x17", ""),
        ("one two\x15x", "x"),
        ("on\x1b[1;5De", "one"),
        ("on\x1bOAe", "one"),
        ("on\x1b[3~e", "one"),
        ("on\x1b\x1b[Ae", "one"),
    ],
)
def test_editing_keys_cut_words_and_others_add_nothing(keys: str, text: str) -> None:
    assert after(keys, WORDS)[0] == Line(text)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("12\r3", Line("12", "enter")),
        ("12\n", Line("12", "enter")),
        ("\x04", Line("", "eof")),
        ("12\x04", Line("12")),
        ("12\x15\x04", Line("", "eof")),
    ],
)
def test_enter_ends_a_line_and_end_of_file_only_an_empty_one(keys: str, line: Line) -> None:
    assert after(keys, HIDDEN)[0] == line


def test_no_repr_shows_what_was_typed() -> None:
    assert "123456" not in repr(after("123456", HIDDEN)[0])
