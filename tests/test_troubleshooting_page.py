"""Each sentence of docs/troubleshooting.md is one that the code can say, letter by letter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
SENTENCES = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
_OPEN = "…"


def _pieces(node: ast.expr) -> list[str | None]:
    """The texts that a literal is made of; None stands for a value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [piece for value in node.values for piece in _pieces(value)]
    return [None]


@cache
def templates() -> list[tuple[re.Pattern[str], int]]:
    """Everything that the code and the shells could print: a pattern, and how many letters are fixed."""
    found: set[tuple[str | None, ...]] = set()
    for file in (ROOT / "src/awsactivate").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.Constant):
                found.add(tuple(_pieces(node)))
    for file in (ROOT / "shell").glob("awsactivate.*"):
        for said in re.findall(r"""_say (['"])(?:error: |hint: |note: )?(.+?)\1""", file.read_text("utf-8")):
            pieces = re.split(r"(\$\{?\w+\}?)", said[1])
            found.add(tuple(None if piece.startswith("$") else piece for piece in pieces))
    return list(_patterns(found))


def _patterns(found: set[tuple[str | None, ...]]) -> Iterator[tuple[re.Pattern[str], int]]:
    for pieces in found:
        letters = sum(len(piece) for piece in pieces if piece)
        if letters >= 8:
            text = "".join("(?:.+)" if piece is None else re.escape(piece) for piece in pieces)
            yield re.compile(text), letters


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_page_quotes_is_what_the_code_says(sentence: str) -> None:
    fixed = len(sentence.replace(_OPEN, ""))
    # a sentence may begin with the profile's name, or end with another part
    saying = [letters for pattern, letters in templates() if pattern.search(sentence)]
    assert any(letters >= 0.45 * fixed for letters in saying), "no text of the code can become this"


def sayings(module: str) -> Iterator[str]:
    """Every sentence that a module hands out as the first of a sentence and its hint, `…` for each value."""
    tree = ast.parse((ROOT / "src/awsactivate" / module).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Return | ast.Assign) else None
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") != "sentence":
            continue
        if isinstance(value, ast.Tuple):
            value = value.elts[0]
        if isinstance(value, ast.JoinedStr | ast.Constant) and isinstance(value, ast.expr):
            text = "".join(_OPEN if piece is None else piece for piece in _pieces(value))
            if len(text.split()) > 4:
                yield text


def test_each_sentence_of_the_network_is_on_the_page() -> None:
    said = [*sayings("aws/unreachable.py")]
    assert len(said) > 15
    missing = [
        text
        for text in said
        if not any(re.fullmatch(".+".join(map(re.escape, text.split(_OPEN))), found) for found in SENTENCES)
    ]
    assert missing == []


def test_the_page_has_sentences_and_is_in_the_index() -> None:
    assert len(SENTENCES) == len(set(SENTENCES)) > 5
    assert "(troubleshooting.md)" in (ROOT / "docs/README.md").read_text(encoding="utf-8")
