"""README's table beside others is true: each cell has its test, or a place in the other's source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/peers.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
TABLE = re.compile(r"^\| \| awsactivate \|.*\n(?:\|.*\n)+", re.MULTILINE)
OTHERS = ("aws-vault", "awsume", "granted")
# a place in their source, or that a search of it found nothing
PLACE = re.compile(r"\]\(https://github\.com/[\w-]+/[\w-]+/blob/[0-9a-f]{40}/|`[\w/.]+`|its source")


def rows() -> list[str]:
    """Name the rows of README's table."""
    table = TABLE.search(README)
    assert table
    return [line.split(" | ")[0].removeprefix("| ") for line in table[0].splitlines()[2:]]


def sections() -> dict[str, dict[str, str]]:
    """Return, for each row, what is said of whom."""
    found = {}
    for part in PAGE.split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        found[title.lower()] = dict(re.findall(r"^- ([\w-]+): (.*)$", text, re.MULTILINE))
    return found


def test_readme_and_the_page_have_the_same_table() -> None:
    assert [table[0] for table in map(TABLE.search, (README, PAGE)) if table] == [TABLE.findall(PAGE)[0]] * 2


def test_each_row_has_its_places() -> None:
    assert list(sections()) == [row.lower() for row in rows()]
    for row, said in sections().items():
        assert list(said) == ["awsactivate", *OTHERS], row
        assert all(PLACE.search(said[name]) for name in OTHERS), row


def test_each_of_our_cells_names_a_test_that_is_there() -> None:
    for row, said in sections().items():
        tests = re.findall(r"\[([^\]]+)\]\(\.\./(tests/[\w/]+\.py)\)", said["awsactivate"])
        assert tests, row
        for words, path in tests:
            tree = ast.parse((ROOT / path).read_text("utf-8"))
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert f"test_{words.replace(' ', '_')}" in names, (row, path)
