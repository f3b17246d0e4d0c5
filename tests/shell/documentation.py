"""What docs/prompt.md tells people to write, so that the tests run those very lines."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "prompt.md"


def blocks(title: str) -> dict[str, str]:
    """Return the blocks of code below the heading `title`: language → text."""
    section = re.split(rf"^#+ {re.escape(title)}\n", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    found = re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return dict(found)
