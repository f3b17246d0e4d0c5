"""A `credential_process` whose questions are seen: botocore itself would keep what it writes to stderr."""

from __future__ import annotations

import os
import subprocess

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import IO, Any


class VisibleProcess(subprocess.Popen[bytes]):
    """Started as botocore starts it, but with stderr left to the terminal where it is one.

    Elsewhere nobody would see a question, and stderr is kept for the error to tell.
    """

    def __init__(self, argv: list[str], stdout: int, stderr: int) -> None:
        shown: int | IO[bytes] | None = None if os.isatty(2) else stderr
        super().__init__(argv, stdout=stdout, stderr=shown)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[bytes, bytes]:  # noqa: A002
        """Return stdout, and of stderr what was not seen already."""
        out, err = super().communicate(input, timeout)
        return out, err or b""
