"""Whether this process is below a guard: our own commands open no session there, and read no key."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.errors import AwsactivateError
from awsactivate.guard.surroundings import MARK
from awsactivate.running.guarded import ancestry

MAY_RUN = frozenset(
    {"init", "install", "activate", "deactivate", "status", "list", "show", "log", "guard", "scope", "demo"}
)
"""The commands that do neither."""


def check(command: str, environ: Mapping[str, str]) -> None:
    """Raise where `command` is none for a guarded program.

    That is no lock: who is this user can run another program in its place. It keeps an honest one from
    undoing by mistake what the person has set up.
    """
    if command not in MAY_RUN and (MARK in environ or any(map(_is_guard, ancestry.read_words_above()))):
        raise AwsactivateError(
            f"a guarded command opens no session and reads no key: awsactivate {command} is not for it",
            "run it in another terminal, outside of the guard",
        )


def _is_guard(words: list[str]) -> bool:
    """Tell whether a command line is `exec --guard` itself, and not that of `timeout` or `nice` before it."""
    own = words[: words.index("--")] if "--" in words else words
    at = next((at for at, word in enumerate(own) if word.rpartition("/")[2] == "awsactivate"), None)
    if at is None or "exec" not in own[at + 1 : at + 3]:
        return False
    interpreter, *flags = own[:at] or ["python"]
    is_ours = "python" in interpreter and all(flag.startswith("-") for flag in flags)
    return is_ours and any(word == "--guard" or word.startswith("--guard=") for word in own[at:])
