"""Rows of text as a table with aligned columns."""

from __future__ import annotations

from collections.abc import Sequence

from awsactivate.person.printable import printable


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align `rows`, the first of which heads the columns; unprintable characters are shown as escapes."""
    clean = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in clean
    )
