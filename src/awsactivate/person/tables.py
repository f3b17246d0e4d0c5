"""Rows of text as a table with aligned columns."""

from __future__ import annotations

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align `rows`, the first of which heads the columns; unprintable characters become `?`."""
    clean = [[cell if cell.isprintable() else _printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in clean
    )


def _printable(cell: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in cell)
