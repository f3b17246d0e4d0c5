"""MFA codes that come through a pipe: from the profile's `mfa_process`, or from who writes to our stdin."""

from __future__ import annotations

import fcntl
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from awsactivate.errors import MfaError
from awsactivate.sessions.environment import of_helper

_SIX_DIGITS = re.compile(rb"(?<!\w)[0-9]{6}(?!\w)")
_LONGEST_LINE = 256


def read_code_from_process(command: str, environ: Mapping[str, str], name: str) -> str:
    """Run `command` by /bin/sh and return the one code in its output; errors call it `name`.

    Of `environ` it gets what a helper may.
    """
    import subprocess

    try:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=of_helper(environ, knows_aws=True),
            check=False,
        )
    except (OSError, ValueError) as error:
        raise MfaError(f"{name} can't be run: {error}") from error
    if done.returncode < 0:
        raise MfaError(f"{name} was ended by signal {-done.returncode}")
    if done.returncode:
        raise MfaError(f"{name} failed with exit status {done.returncode}")
    return _only_code(done.stdout, name)


def read_code_from_stdin(fd: int = 0) -> str:
    """Read one line, for `--mfa-code -`, and not a byte beyond it: the rest may be another program's."""
    try:
        if _is_own_pipe(fd):
            raise MfaError("--mfa-code -: stdin is closed", "pipe the code in, or leave --mfa-code out")
        line = b""
        while len(line) < _LONGEST_LINE and not line.endswith(b"\n"):
            byte = os.read(fd, 1)
            if not byte:
                break
            line += byte
    except OSError as error:
        raise MfaError(
            f"--mfa-code -: stdin can't be read ({error.strerror})",
            "pipe the code in, or leave --mfa-code out",
        ) from error
    return line.decode("ascii", "replace").strip()


def _is_own_pipe(fd: int) -> bool:
    """Tell whether we hold the other end of this pipe ourselves, so that reading it would never end.

    A shell started with its stdin closed has fd 0 free, and makes it the read end of the next pipe: the one
    by which it captures our stdout.
    """
    own = os.fstat(fd)
    if not stat.S_ISFIFO(own.st_mode):
        return False
    for other in _open_files():
        try:
            found = os.fstat(other)
            can_write = fcntl.fcntl(other, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        except OSError:  # not open
            continue
        if can_write and os.path.samestat(found, own):
            return True
    return False


def _open_files() -> Iterable[int]:
    try:
        return [int(path.name) for path in Path("/dev/fd").iterdir()]
    except OSError:  # a bare machine, where one shell started us
        return range(1, 64)


def _only_code(output: bytes, name: str) -> str:
    whole = b"".join(output.split())
    codes = [whole] if re.fullmatch(rb"[0-9]{6}", whole) else _SIX_DIGITS.findall(output)
    if len(codes) != 1:
        raise MfaError(f"{name} printed {'several codes' if codes else 'no code of six digits'}")
    return codes[0].decode("ascii")
