"""Wildcards compared with wildcards, held to what they fit of all short texts."""

from __future__ import annotations

import itertools
import re

import pytest

from awsactivate.guard import globs

LETTERS = "ab"
TEXTS = ["".join(one) for length in range(5) for one in itertools.product(LETTERS, repeat=length)]
GLOBS = ["".join(one) for length in range(4) for one in itertools.product(f"{LETTERS}*?", repeat=length)]


def fitting(glob: str) -> set[str]:
    """All short texts that a glob fits."""
    expression = re.compile(glob.replace("*", ".*").replace("?", "."))
    return {text for text in TEXTS if expression.fullmatch(text)}


@pytest.mark.parametrize("one", GLOBS)
def test_covering_and_meeting_are_what_they_say_of_texts(one: str) -> None:
    left = globs.of_text(one, vague=True)
    for other in GLOBS:
        right = globs.of_text(other, vague=True)
        assert globs.meet(left, right) is bool(fitting(one) & fitting(other)), other
        # one that goes on for ever is covered where its short texts are, but for the letters that there are
        if globs.covers(left, right):
            assert fitting(other) <= fitting(one), other
        elif "?" not in other and "*" not in other:
            assert other not in fitting(one)
