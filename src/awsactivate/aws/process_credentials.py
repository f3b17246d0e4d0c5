"""A credential_process run here: what it prints in the usual form is read without botocore, slow to load.

Whatever else came of it is botocore's to judge, which is given what the program has printed as if it had run
it itself.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime

from awsactivate.aws.visible_process import VisibleProcess
from awsactivate.frozen import dataclass, field
from awsactivate.sessions.credentials import Credentials

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_REFRESHED_BEFORE = 15 * 60  # seconds; with less left, botocore runs the program again
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True)
class Ran:
    """What came of the program."""

    returncode: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)

    def communicate(self) -> tuple[bytes, bytes]:
        """Return its words, as the process itself would."""
        return self.stdout, self.stderr


def run(command: str) -> Ran | None:
    """Run the program to its end; None where it can't be started, which botocore then finds too."""
    try:
        process = VisibleProcess(shlex.split(command), subprocess.PIPE, subprocess.PIPE)
    except (OSError, ValueError, IndexError):
        return None
    stdout, stderr = process.communicate()
    return Ran(process.returncode, stdout, stderr)


def usual(ran: Ran, now: float) -> Credentials | None:
    """Return the credentials that the program has printed; None where they are not of the usual form.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    """
    if ran.returncode != 0:
        return None
    said: Any
    try:
        said = json.loads(ran.stdout.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or type(said.get("Version")) is not int or said["Version"] != 1:
        return None
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
    values: list[Any] = [said.get(name) for name in names]
    key_id, secret, token, ends = values
    texts = (key_id, secret, "-" if token is None else token)
    if not all(isinstance(text, str) and text for text in texts):
        return None
    if ends is None:
        return Credentials(key_id, secret, token)
    expiration = _moment(ends) if token is not None else None
    if expiration is None or expiration.timestamp() - now <= _REFRESHED_BEFORE:
        return None
    return Credentials(key_id, secret, token, expiration)


def popen_of(ran: Ran) -> Callable[..., Any]:
    """Return what starts programs for botocore: the first is the one that has run already."""
    waiting = [ran]

    def start(argv: list[str], stdout: int, stderr: int) -> Any:
        return waiting.pop() if waiting else VisibleProcess(argv, stdout, stderr)

    return start


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
