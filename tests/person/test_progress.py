"""The count on a terminal, and its silence elsewhere."""

from __future__ import annotations

import pytest

from awsactivate.person.progress import Progress
from harness.terminals import python

_WORK = """
from awsactivate.person.progress import Progress
with Progress("secrets of app:") as progress:
    progress(10)
    progress(120)
print("done")
"""


def test_on_a_terminal_the_line_is_written_over_and_gone_in_the_end() -> None:
    with python(_WORK) as terminal:
        shown = terminal.read()
    assert shown == (
        "\rawsactivate: secrets of app: 10\rawsactivate: secrets of app: 120\r" + " " * 32 + "\rdone\r\n"
    )


def test_elsewhere_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    with Progress("secrets of app:") as progress:
        progress(10)
    assert capfd.readouterr() == ("", "")
