"""Text of anybody's, shown."""

from __future__ import annotations

import json

import pytest

from awsactivate.person.printable import json_text, printable

TURNING = [
    *("\u202e", "\u2066", "\u2069", "\u061c", "\u200f", "\u2028", "\U000e0001"),
    *("\x9b", "\x85", "\x1b", "\x7f"),
]


@pytest.mark.parametrize("character", TURNING, ids=ascii)
def test_what_turns_or_orders_is_escaped_in_words_and_in_json(character: str) -> None:
    assert printable(f"a{character}b").isascii()
    text = json_text({"name": [f"a{character}b", 1]})
    assert text.isascii()
    assert json.loads(text) == {"name": [f"a{character}b", 1]}


def test_what_is_plain_stays_as_it_is() -> None:
    assert json_text({"ü": "→ 日本"}) == '{\n  "ü": "→ 日本"\n}\n'
