"""The person's program that is told of a question which COMMAND's screen hides; it can't answer."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections.abc import Mapping

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError, UsageError
from awsactivate.person.printable import escaped
from awsactivate.profiles.model import Profile
from awsactivate.running.become import find_program
from awsactivate.sessions.environment import of_helper

_SECONDS = 30.0


class Notifier:
    """`guard_notify` of the profile: PROGRAM and its words, which gets one more with what is asked."""

    def __init__(self, setting: str | None, number: int, environ: Mapping[str, str]) -> None:
        self._words = words_of(setting)
        self._number = number
        self._environ = of_helper(environ)

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


def check(profile: Profile | None, context: Context) -> None:
    """Find the program that a profile names; ProfileError where there is none."""
    if profile is None or profile.guard_notify is None:
        return
    hint = f"guard_notify = PROGRAM in the profile {profile.name}"
    try:
        find_program(words_of(profile.guard_notify), context, usage=hint)
    except (ProfileError, UsageError) as error:
        raise ProfileError(f"profile {profile.name!r}: guard_notify: {error.message}", hint) from error


def words_of(setting: str | None) -> list[str]:
    """Read what stands in the profile; ProfileError where that names no program."""
    if setting is None:
        return []
    try:
        words = shlex.split(setting)
    except ValueError as error:
        said = str(error)
        raise ProfileError(f"{said[:1].lower()}{said[1:]}") from error
    if not words:
        raise ProfileError("it names no program")
    return [os.path.expanduser(words[0]), *words[1:]]  # noqa: PTH111
