"""Whole lines with a label before each, however they come."""

from __future__ import annotations

import pytest

from awsactivate.running import labelled_lines
from awsactivate.running.labelled_lines import LabelledLines

TEXTS = {
    b"": b"",
    b"one": b"p | one\n",
    b"one\n": b"p | one\n",
    b"one\ntwo": b"p | one\np | two\n",
    b"\n\n": b"p | \np | \n",
    b"a\r\rb\r\n": b"p | a\r\rb\r\n",
    b"\x00\xff\xfe\n\x80 \x1b[2J": b"p | \x00\xff\xfe\np | \x80 \x1b[2J\n",
    "ä\n€".encode()[:-1]: b"p | " + "ä".encode() + b"\np | " + "€".encode()[:-1] + b"\n",
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_each_line_is_written_once_and_whole(text: bytes, size: int) -> None:
    written: list[bytes] = []
    lines = LabelledLines(b"p | ", written.append)
    for at in range(0, len(text), size):
        lines.feed(text[at : at + size])
        assert all(part.endswith(b"\n") for part in written)
    lines.end()
    assert b"".join(written) == TEXTS[text]


def test_what_has_no_end_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled_lines, "_LONGEST", 10)
    written: list[bytes] = []
    lines = LabelledLines(b"", written.append)
    for _ in range(8):
        lines.feed(b"abcd")
    assert written == [b"abcdabcdabcd\n"] * 2
