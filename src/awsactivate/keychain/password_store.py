"""Secrets in the user's `pass`, which keeps each in a file that GPG encrypts.

https://www.passwordstore.org
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from awsactivate.errors import KeyringError
from awsactivate.sessions.environment import of_helper

if TYPE_CHECKING:
    from subprocess import CompletedProcess

_ABSENT = "is not in the password store"
# gpg says no more than this where pinentry was cancelled, has no terminal, or is not there
_NOT_DECRYPTED = "decryption failed"


class PasswordStore:
    """`pass` as it is on PATH in `environ`; it has the three verbs of keyring's backends."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = of_helper(environ)  # pass may start a gpg-agent, which stays
        if not self._environ.get("GPG_TTY"):
            # pass would ask its stdin, which is not the terminal but what is to be stored
            terminal = next((os.ttyname(fd) for fd in (0, 2, 1) if os.isatty(fd)), None)
            if terminal:
                self._environ["GPG_TTY"] = terminal

    @staticmethod
    def is_ready(environ: Mapping[str, str]) -> bool:
        """Tell whether `pass` is there, and has been given a GPG key."""
        home = environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111  (which fails without one)
        folder = Path(environ.get("PASSWORD_STORE_DIR") or Path(home) / ".password-store")
        return _program(environ) is not None and (folder / ".gpg-id").is_file()

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret, None where there is none."""
        done = self._run("show", _entry(service, username))
        if done.returncode and _ABSENT in done.stderr:
            return None
        self._check(done, "read")
        return done.stdout

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store the secret in place of what was there."""
        done = self._run("insert", "--multiline", "--force", _entry(service, username), given=password)
        self._check(done, "written")

    def delete_password(self, service: str, username: str) -> None:
        """Take the secret away, if there is one."""
        done = self._run("rm", "--force", _entry(service, username))
        if not (done.returncode and _ABSENT in done.stderr):
            self._check(done, "removed")

    def _run(self, *words: str, given: str = "") -> CompletedProcess[str]:
        import subprocess  # not for those who only ask whether `pass` is ready

        program = _program(self._environ)
        if program is None:
            raise KeyringError("pass is not on PATH", "install pass and gnupg")
        try:
            return subprocess.run(
                [program, *words],
                input=given,
                capture_output=True,
                encoding="utf-8",
                env={**self._environ, "LC_ALL": "C"},
                check=False,
            )
        except OSError as error:
            raise KeyringError(f"pass can't be run: {error.strerror}", "install pass and gnupg") from error

    def _check(self, done: CompletedProcess[str], what: str) -> None:
        if not done.returncode:
            return
        lines = done.stderr.strip().splitlines()
        said = f": {lines[-1]}" if lines else ""
        message = f"pass: the item could not be {what}{said}"
        if _NOT_DECRYPTED not in done.stderr:
            raise KeyringError(message, "pass ls, gpg --list-secret-keys")
        if self._environ.get("GPG_TTY"):
            raise KeyringError(message, "answer pinentry's question for the passphrase; pass ls")
        raise KeyringError(
            f"{message}; there is no terminal on which pinentry could ask for the passphrase",
            "export GPG_TTY=$(tty) on a terminal, and unlock the key there: pass ls; or name a pinentry that"
            " needs none in gpg-agent.conf",
        )


def _program(environ: Mapping[str, str]) -> str | None:
    return shutil.which("pass", path=environ.get("PATH", os.defpath))


def _entry(service: str, username: str) -> str:
    # a profile's name may hold what a path may not, or be one that means another folder
    name = quote(username, safe="@+=,")
    return f"{service}/{name if name.strip('.') else name.replace('.', '%2E')}"
