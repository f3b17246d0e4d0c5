"""A text as a QR code made of characters, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

_BORDER = 2  # modules; the standard's four would make it too high, and readers need less
_LIGHT, _DARK = "\x1b[107m", "\x1b[40m"
_ON_LIGHT = "\x1b[30;107m"
_PLAIN = "\x1b[0m"
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def lines(text: str, *, blocks: bool) -> list[str]:
    """Draw the QR code of `text` in black on white, whatever the terminal's own colours are.

    With `blocks` a character holds two modules, one above the other; without, for an encoding that has no
    such characters, a module is two spaces.
    """
    import segno

    code = segno.make_qr(text, error="l")
    modules = [[bool(module) for module in row] for row in code.matrix_iter(border=_BORDER)]
    return _in_blocks(modules) if blocks else _in_spaces(modules)


def columns(drawn: Sequence[str], *, blocks: bool) -> int:
    """Count the columns that a drawn code takes."""
    return len(drawn[0]) - len(_ON_LIGHT) - len(_PLAIN) if blocks else len(drawn) * 2


def _in_blocks(modules: Sequence[Sequence[bool]]) -> list[str]:
    below_the_last = [False] * len(modules[0])
    padded = [*modules, below_the_last] if len(modules) % 2 else list(modules)
    return [
        _ON_LIGHT + "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)) + _PLAIN
        for upper, lower in zip(padded[::2], padded[1::2], strict=True)
    ]


def _in_spaces(modules: Sequence[Sequence[bool]]) -> list[str]:
    return ["".join(f"{_DARK if dark else _LIGHT}  " for dark in row) + _PLAIN for row in modules]
