"""Texts with wildcards, compared with each other: whether one covers another, or whether they can meet."""

from __future__ import annotations

import re

from awsactivate.account.conditions import Context

MANY, ONE = object(), object()
Glob = tuple[object, ...]
"""Characters, MANY (`*`) and ONE (`?`)"""

_TOKEN = re.compile(r"\$\{([^}]*)\}|[*?]")


def of_text(text: str, *, vague: bool) -> Glob:
    """Read what is known of a resource; where it is `vague`, `*` and `?` stand for what is not."""
    return tuple(MANY if one == "*" else ONE if one == "?" else one for one in text) if vague else tuple(text)


def of_policy(text: str, context: Context, *, variables: bool) -> Glob | None:
    """Read a policy's text; None where it has a variable that `context` has no value for."""
    told: list[object] = []
    end = 0
    for token in _TOKEN.finditer(text):
        told += text[end : token.start()]
        end = token.end()
        if token[1] is None:
            told.append(MANY if token[0] == "*" else ONE)
        elif not variables:
            told += token[0]
        else:
            value = token[1] if token[1] in ("*", "?", "$") else context.get(token[1].strip().lower())
            if not isinstance(value, str):
                return None
            told += value
    return (*told, *text[end:])


def folded(glob: Glob) -> Glob:
    """Leave the difference between capitals and small letters out."""
    return tuple(one.casefold() if isinstance(one, str) else one for one in glob)


def covers(wide: Glob, narrow: Glob) -> bool:
    """Tell whether `wide` fits all that `narrow` may be."""
    return _walk(wide, narrow, both=False)


def meet(one: Glob, other: Glob) -> bool:
    """Tell whether some text fits both."""
    return _walk(one, other, both=True)


def _walk(one: Glob, other: Glob, *, both: bool) -> bool:
    """Go along `other`, holding all places of `one` that fit so far.

    Where `both` is true, what is open in `other` may be whatever `one` wants; else `one` must take all of it.
    """
    places = _closed({0}, one)
    for token in other:
        if token is MANY and both:
            places = set(range(min(places), len(one) + 1)) if places else places
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
        while at < len(glob) and glob[at] is MANY:
            at += 1
            found.add(at)
    return found


def _after(glob: Glob, place: int, token: object, *, both: bool) -> tuple[int, ...]:
    if place == len(glob):
        return ()
    have = glob[place]
    if have is MANY:
        return (place,)
    if token is MANY:
        return ()
    if have is ONE or have == token or (both and token is ONE):
        return (place + 1,)
    return ()
