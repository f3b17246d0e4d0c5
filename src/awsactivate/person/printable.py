"""Text of anybody's made fit to be shown: nothing in it can write over the screen or turn its direction."""

from __future__ import annotations

from awsactivate.sessions.addresses import without_user


def printable(text: str) -> str:
    """Show each character that is no plain one (controls, C1, bidirectional marks) as its escape.

    The user part of an address, which holds its password, is left out.
    """
    return escaped(without_user(text))


def escaped(text: str) -> str:
    """Show each such character as its escape, and all else as it is."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def json_text(document: object) -> str:
    """Write `document` as JSON in which each such character is escaped; who reads it gets it as it is."""
    import json

    text = json.dumps(document, indent=2, ensure_ascii=False)
    escaped = (
        character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]
        for character in text
    )
    return "".join(escaped) + "\n"


def one_line(text: str) -> str:
    """Put a blank in place of each such character: a message may quote a server's lines, or an address."""
    return "".join(character if character.isprintable() else " " for character in without_user(text))
