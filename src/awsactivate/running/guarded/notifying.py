"""The person's program that is told of a question which COMMAND's screen hides; it can't answer."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections.abc import Mapping

from awsactivate.errors import ProfileError
from awsactivate.person.printable import escaped
from awsactivate.sessions import environment

_SECONDS = 30.0


class Notifier:
    """`guard_notify` of the profile: PROGRAM and its words, which gets one more with what is asked."""

    def __init__(self, setting: str | None, number: int, environ: Mapping[str, str]) -> None:
        self._words = words_of(setting)
        self._number = number
        self._environ = environment.of_helper(environ)

    def tell(self, text: str) -> None:
        """Start it beside this, and wait for nothing."""
        if self._words:
            said = f"{escaped(text)}: awsactivate guard attach {self._number}"
            threading.Thread(target=self._run, args=([*self._words, said],), daemon=True).start()

    def _run(self, words: list[str]) -> None:
        try:
            subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environ,
                start_new_session=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return  # the question stands all the same, and where to answer it was said at the start


def words_of(setting: str | None) -> list[str]:
    """Read what stands in the profile; ProfileError where that names no program."""
    if setting is None:
        return []
    try:
        words = shlex.split(setting)
    except ValueError as error:
        raise ProfileError(f"guard_notify: {error}") from error
    if not words:
        raise ProfileError("guard_notify names no program")
    return [os.path.expanduser(words[0]), *words[1:]]  # noqa: PTH111
