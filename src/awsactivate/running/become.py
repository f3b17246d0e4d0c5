"""This process becomes another program."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from awsactivate.commandline import Context
from awsactivate.errors import UsageError
from awsactivate.running import core_files
from awsactivate.sessions import sizes


def find_program(command: list[str], context: Context, usage: str) -> str:
    """Find the program that `command` names; UsageError where there is none, or no command at all."""
    if not command:
        raise UsageError("there is no command to run", hint=usage)
    # as shutil's `which` does, which would load three compressors
    for place in _places(command[0], context):
        if os.access(place, os.F_OK | os.X_OK) and not Path(place).is_dir():
            return place
    raise _not_run(command[0], context)


def _places(name: str, context: Context) -> list[str]:
    """Say where a program of that name may be: itself if it is a path, else in each folder of PATH."""
    path = context.environ.get("PATH", os.defpath)
    if "/" in name or not path:
        return [name] if "/" in name else []
    return [f"{folder}/{name}" if folder else name for folder in path.split(os.pathsep)]


def _not_run(name: str, context: Context) -> UsageError:
    """Say why `name` can't be run: it is not there, or it may not be."""
    import shlex

    is_path = "/" in name
    for place in map(Path, _places(name, context)):
        try:
            if place.is_file():
                return UsageError(
                    f"{place} can't be run: permission denied", f"chmod +x {shlex.quote(str(place))}"
                )
            if is_path and place.is_dir():
                return UsageError(f"{place} can't be run: it is a folder")
        except OSError as error:
            return UsageError(f"{place} can't be run: {error.strerror}")
    where = "" if is_path else " on PATH"
    return UsageError(f"there is no command {name!r}{where}")


def become(program: str, command: list[str], environ: Mapping[str, str], context: Context) -> int:
    """Run `command` in place of this process; its signals and exit status are its own."""
    import signal  # loaded by now, when all has been waited for

    sizes.refuse_too_much(environ, os.sysconf("SC_ARG_MAX"), words=command)
    context.release_stdout()
    core_files.allow_for_command()
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    try:
        os.execve(program, command, dict(environ))  # noqa: S606  (no shell is what is wanted)
    except OSError as error:
        core_files.allow_none_again()
        raise UsageError(f"{program} can't be run: {error.strerror}") from error
