"""What each key does to a line that is being typed.

Nothing here knows of a terminal: a line and a character give the next line, with the text to show for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from awsactivate.frozen import dataclass, field, replace

_BELL = "\a"
_ESCAPE = "\x1b"
_ERASED = "\b \b"
# What a terminal that is still in bracketed paste mode puts around a paste.
_AROUND_PASTES = ("\x1b[200~", "\x1b[201~")


@dataclass(frozen=True)
class Rules:
    """What becomes of the characters that are typed."""

    accepts: Callable[[str], bool]
    """Which of them a line takes."""
    mark: Callable[[str], str]
    """How one of them is shown."""
    dropped: str = ""
    """Which of them are dropped unsaid."""


@dataclass(frozen=True)
class Line:
    """A line so far."""

    text: str = field(default="", repr=False)
    ended: Literal["", "enter", "eof"] = ""
    """What ended it."""
    escape: str = ""
    """The part of an escape sequence that has come."""


def typed(line: Line, character: str, rules: Rules) -> tuple[Line, str]:
    """Return `line` after `character`, and what the terminal is to show for it."""
    if line.escape:
        return _in_escape(line, character, rules)
    if character == _ESCAPE:
        return replace(line, escape=_ESCAPE), ""
    if character in "\r\n":
        return replace(line, ended="enter"), ""
    if character == "\x04":
        return (line, _BELL) if line.text else (replace(line, ended="eof"), "")
    if character in "\b\x7f":
        return _cut(line, line.text[:-1], rules)
    if character == "\x15":
        return _cut(line, "", rules)
    if character == "\x17":
        return _cut(line, line.text.rstrip()[: _last_word_at(line.text)], rules)
    if character in rules.dropped:
        return line, ""
    if rules.accepts(character):
        return replace(line, text=line.text + character), rules.mark(character)
    return line, _BELL


def shown(line: Line, rules: Rules) -> str:
    """Return what stands after the prompt for `line`."""
    return "".join(map(rules.mark, line.text))


def _in_escape(line: Line, character: str, rules: Rules) -> tuple[Line, str]:
    """Swallow an arrow or function key whole, so that its last letter is never taken for typed text."""
    sequence = line.escape + character
    if sequence == _ESCAPE + _ESCAPE:
        return line, _BELL
    if len(sequence) == 2 and character not in "[O":  # the Escape key alone, then another key
        after, show = typed(replace(line, escape=""), character, rules)
        return after, _BELL + show
    if len(sequence) == 2 or not "@" <= character <= "~":
        return replace(line, escape=sequence), ""
    return replace(line, escape=""), "" if sequence in _AROUND_PASTES else _BELL


def _cut(line: Line, rest: str, rules: Rules) -> tuple[Line, str]:
    gone = "".join(map(rules.mark, line.text[len(rest) :]))
    return replace(line, text=rest), _ERASED * len(gone) if gone else _BELL


def _last_word_at(text: str) -> int:
    stripped = text.rstrip()
    return len(stripped) - len(stripped.split()[-1]) if stripped else 0
