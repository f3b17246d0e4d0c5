"""The integration: whether this shell has loaded it, and what `install` has written."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from awsactivate.commandline import Context
from awsactivate.diagnosis.finding import Finding
from awsactivate.diagnosis.variables import of_hook
from awsactivate.files.user_folders import data_folder, home
from awsactivate.sessions.environment import HOOK, WRAPPER_MARK
from awsactivate.shells import startup_files, table
from awsactivate.shells.stamp import read_stamp
from awsactivate.version import version


def check_integration(context: Context) -> Iterator[Finding]:
    """Tell whether this shell has loaded the integration, and what `install` wrote."""
    mark = context.environ.get(WRAPPER_MARK)
    shell = Path(context.environ.get("SHELL", "")).name
    if mark == version():
        yield Finding("integration", "ok", f"loaded, version {mark}")
        yield from of_hook(context.environ.get(HOOK, ""))
    elif mark is not None:
        message = f"this shell has loaded version {mark or 'unknown'}, and this is {version()}"
        yield Finding("integration", "error", message, "open a new shell, or: exec $SHELL")
    elif any(_loads(file) for file in _startup_files(context.environ)):
        message = "installed, but not in the shell or script that started this"
        yield Finding("integration", "warning", message, "open a new shell, and run awsactivate doctor there")
    else:
        row = table.ALL.get(shell)
        hint = "awsactivate install bash" if row is None else f"awsactivate install {shell}"
        if row is not None and not row.is_installed:
            hint = row.line
        yield Finding("integration", "error", "no start-up file of a shell loads it", hint)
    for name in table.INSTALLED:
        yield from _check_static_file(name, context)


def _check_static_file(shell: str, context: Context) -> Iterator[Finding]:
    path = data_folder(context.environ) / f"awsactivate.{shell}"
    content = _read(path)
    stamp = read_stamp(content) if content else None
    if content and stamp is None:
        message = "this file is none that `install` has written"
        yield Finding("integration", "warning", message, f"awsactivate install {shell}", str(path))
    elif content and stamp and stamp.version != version():
        message = f"this file is of version {stamp.version}, and this is {version()}"
        hint = f"awsactivate install {shell}{stamp.options}, then open a new shell"
        yield Finding("integration", "error", message, hint, str(path))
    elif content and stamp:
        core = table.ALL[shell].assignments({"_awsactivate_core": context.program}).encode()
        if core not in content:
            message = f"this file starts another awsactivate than {context.program}"
            hint = f"awsactivate install {shell}{stamp.options}"
            yield Finding("integration", "warning", message, hint, str(path))


def _startup_files(environ: Mapping[str, str]) -> Iterator[Path]:
    for shell in table.INSTALLED:
        yield from startup_files.candidates(shell, environ, home(environ), sys.platform)


def _loads(path: Path) -> bool:
    content = _read(path) or b""
    own_line = re.search(rb"^[^#\n]*\bawsactivate['\"]? init\b", content, re.MULTILINE)
    return startup_files.without_line(content) != content or own_line is not None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:  # a file that can't be read loads nothing
        return None
