"""How an entry of the journal is told."""

from __future__ import annotations

import pytest

from awsactivate.commands import log
from awsactivate.journal.entry import ASKED, Entry


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("once", "answered once"),
        ("no answer", "not answered"),
        ("no terminal", "not asked: no terminal"),
        ("interrupted", "interrupted"),
    ],
)
def test_what_a_guard_asked_is_told_with_its_whole_resource(answer: str, said: str) -> None:
    key = "b/https://prod/state@tmp/x"  # which looks like an address with a password
    entry = Entry(0, ASKED, "prod", action="s3:DeleteObject", resource=key, answer=answer)
    assert f"{ASKED} prod, s3:DeleteObject on {key}, {said}" in log._text(entry)
