"""Texts with wildcards, compared with each other: whether one covers another, or whether they can meet."""

from __future__ import annotations

import re
from functools import lru_cache

from awsactivate.account.conditions import TOKEN, Context

Glob = str
"""A text in which MANY stands for `*` and ONE for `?`"""
MANY, ONE = "\udffe", "\udfff"  # no characters: nothing that was sent can hold them

_OPEN = str.maketrans({"*": MANY, "?": ONE})
_SURROGATES = re.compile("[\ud800-\udfff]")


def of_text(text: str, *, vague: bool) -> Glob:
    """Read what is known of a resource; where it is `vague`, `*` and `?` stand for what is not."""
    plain = _SURROGATES.sub("\ufffd", text)
    return plain.translate(_OPEN) if vague else plain


def of_policy(text: str, context: Context, *, variables: bool) -> Glob | None:
    """Read a policy's text; None where it has a variable that `context` has no value for."""
    text = _SURROGATES.sub("\ufffd", text)
    told = ""
    end = 0
    for token in TOKEN.finditer(text):
        told += text[end : token.start()]
        end = token.end()
        if token[1] is None:
            told += MANY if token[0] == "*" else ONE
        elif not variables:
            told += token[0].translate(_OPEN)
        else:
            value = token[1] if token[1] in ("*", "?", "$") else context.get(token[1].strip().lower())
            if not isinstance(value, str):
                return None
            told += value
    return told + text[end:]


def folded(glob: Glob) -> Glob:
    """Leave the difference between capitals and small letters out."""
    return glob.casefold()


def covers(wide: Glob, narrow: Glob) -> bool:
    """Tell whether `wide` fits all that `narrow` may be."""
    return _fits(wide, narrow) if _is_plain(narrow) else _walk(wide, narrow, both=False)


def meet(one: Glob, other: Glob) -> bool:
    """Tell whether some text fits both."""
    return _fits(one, other) if _is_plain(other) else _walk(one, other, both=True)


def _is_plain(glob: Glob) -> bool:
    """Tell whether it has no wildcard, as by far the most have none."""
    return MANY not in glob and ONE not in glob


def _fits(glob: Glob, text: str) -> bool:
    return _expression(glob).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _expression(glob: Glob) -> re.Pattern[str]:
    written = (".*" if one == MANY else "." if one == ONE else re.escape(one) for one in glob)
    return re.compile("".join(written), re.DOTALL)


def _walk(one: Glob, other: Glob, *, both: bool) -> bool:
    """Go along `other`, holding all places of `one` that fit so far.

    Where `both` is true, what is open in `other` may be whatever `one` wants; else `one` must take all of it.
    """
    places = _closed({0}, one)
    for token in other:
        if token == MANY and both:
            places = set(range(min(places), len(one) + 1))
        else:
            places = _closed({at for place in places for at in _after(one, place, token, both=both)}, one)
        if not places:
            return False
    return len(one) in places


def _closed(places: set[int], glob: Glob) -> set[int]:
    """Add the places behind each MANY, which may be nothing."""
    found = set(places)
    for place in places:
        at = place
        while at < len(glob) and glob[at] == MANY:
            at += 1
            found.add(at)
    return found


def _after(glob: Glob, place: int, token: str, *, both: bool) -> tuple[int, ...]:
    if place == len(glob):
        return ()
    have = glob[place]
    if have == MANY:
        return (place,)
    if token == MANY:
        return ()
    if have in (ONE, token) or (both and token == ONE):
        return (place + 1,)
    return ()
