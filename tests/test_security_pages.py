"""Each promise of SECURITY.md and of the threat model names the test that holds it, and that test exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
MODEL = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
# What who has each of these can't do, and what we do, is a promise; "Can" and "Not protected" are none.
PROMISE = re.compile(r"\*\*Can't\*\*|\*\*can't\*\*|\*\*We\*\*|Nothing to", re.MULTILINE)
# Of these nothing can be tried on one machine: they tell what the system, or an administrator, does.
WITHOUT = {"the laptop, stolen asleep", "your terminal, for a minute (a colleague, an open office)"}


def table() -> list[list[str]]:
    """The rows of SECURITY.md's table of threats, with its heads."""
    lines = [line for line in SECURITY.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def sections() -> dict[str, str]:
    """The threat model's paragraphs by who has what."""
    parts = re.split(r"^### (.*)$", MODEL.split("\n## What we rely on")[0], flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def defined_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_tables_are_read_at_all() -> None:
    assert table()[0] == ["threat", "what is done", "held by"]
    assert len(table()) > 20
    assert len(sections()) > 10


@pytest.mark.parametrize("row", table()[2:], ids=lambda row: row[0][:40])
def test_a_threat_of_the_security_page_has_a_test_by_name(row: list[str]) -> None:
    assert len(row) == 3, "a row without what holds it"
    named = REFERENCE.findall(row[2])
    assert named, "no test is named"
    assert all(test for _, test in named), "a file alone says not which promise"


@pytest.mark.parametrize("who", sections())
def test_a_promise_of_the_threat_model_has_a_test(who: str) -> None:
    text = sections()[who]
    if not PROMISE.search(text) or who in WITHOUT:
        return
    assert "*Held by*" in " ".join(text.split()), "a promise that no test holds"
    held = " ".join(text.split()).split("*Held by*", 1)[1]
    assert REFERENCE.search(held), "what holds it is no test"


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/threat-model.md"])
def test_every_test_that_a_page_names_exists(page: str) -> None:
    missing = [
        (path, test)
        for path, test in REFERENCE.findall((ROOT / page).read_text(encoding="utf-8"))
        if not (ROOT / path).is_file() or (test and test not in defined_in(path))
    ]
    assert missing == []


def test_what_is_named_without_a_test_is_still_there() -> None:
    assert sections().keys() >= WITHOUT
