"""What is said at the start is what the rules do."""

from __future__ import annotations

from pathlib import Path

import pytest

from awsactivate.guard import greeting
from awsactivate.guard.rules import ASK, LEARN, READ_ONLY, Document, Rules

A, B, D = (Document(f"{name}.json", {}) for name in "abd")
ATTACH = "awsactivate guard attach 42, in a second terminal"


@pytest.mark.parametrize(
    ("law", "has_terminal", "said"),
    [
        (
            Rules(ASK),
            True,
            ["may read in prod, but no secrets' values; you are asked about all else, here, or by", ATTACH],
        ),
        (
            Rules(ASK, denies=(D,), allows=(A, B)),
            False,
            [
                "may read in prod, but no secrets' values, and do what a.json and b.json allow;"
                " there is no terminal here to ask on about all else: attach one by",
                ATTACH,
                "refused all the same: what d.json denies",
            ],
        ),
        (
            Rules(READ_ONLY),
            True,
            ["may read in prod, but no secrets' values; all else is refused"],
        ),
        (
            Rules(READ_ONLY, denies=(A, D), allows=(B,)),
            False,
            [
                "may read in prod, but no secrets' values, and do what b.json allows; all else is refused",
                "refused all the same: what a.json and d.json deny",
            ],
        ),
        (
            Rules(LEARN),
            False,
            [
                "is let do in prod whatever the session may, which is learned for /p.json",
                "refused all the same: what hands out credentials",
            ],
        ),
        (
            Rules(LEARN, denies=(D,)),
            True,
            [
                "is let do in prod whatever the session may, which is learned for /p.json",
                "refused all the same: what d.json denies and what hands out credentials",
            ],
        ),
    ],
)
def test_the_start_says_what_passes_what_is_asked_and_what_is_refused(
    law: Rules, has_terminal: bool, said: list[str]
) -> None:
    found = greeting.lines("tool", "prod", law, 42, has_terminal=has_terminal, policy_out=Path("/p.json"))
    assert found == [f"tool {said[0]}", *said[1:]]
