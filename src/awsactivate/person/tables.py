"""Rows of text as a table with aligned columns."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from awsactivate.person.printable import printable


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align `rows`, the first of which heads the columns; unprintable characters are shown as escapes."""
    whole = "".join(itertools.chain.from_iterable(rows))
    # of thousands of rows, all at once are seen to be harmless far sooner than each cell
    clean = rows if printable(whole) == whole else [[printable(cell) for cell in row] for row in rows]
    line = "  ".join(f"%-{max(map(len, column))}s" for column in zip(*clean, strict=True))
    return "".join((line % tuple(row)).rstrip() + "\n" for row in clean)
