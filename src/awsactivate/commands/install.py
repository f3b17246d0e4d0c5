"""Add the integration to a shell's start-up file; with --uninstall, take it out again.

The integration itself is a static file in the data folder ($XDG_DATA_HOME/awsactivate), so that opening a
shell starts no Python. Running this again renews that file and changes nothing else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from awsactivate.commandline import Context, Parser
from awsactivate.errors import AwsactivateError, UsageError
from awsactivate.files.file_changes import Content, FileError, change, read
from awsactivate.files.user_folders import data_folder, home
from awsactivate.frozen import replace
from awsactivate.shells import integration, shell_files, startup_files, table
from awsactivate.shells.quoting import quote_fish, quote_posix
from awsactivate.shells.stamp import Stamp, read_stamp, stamped
from awsactivate.version import version


def add_arguments(parser: Parser) -> None:
    """Take the shell, and what of the integration to leave out."""
    parser.add_argument(
        "shell",
        nargs="?",
        choices=tuple(table.ALL),
        metavar="SHELL",
        help="bash, zsh or fish (default: that of $SHELL)",
    )
    parser.add_argument("--uninstall", action="store_true", help="take out what `install` has put in")
    parser.add_argument(
        "--no-short-names",
        action="store_true",
        help="leave `activate` and `deactivate` undefined (`awsactivate activate` works all the same)",
    )
    parser.add_argument(
        "--no-source-activate",
        action="store_true",
        help="leave PATH as it is (without this, `source activate PROFILE` works too)",
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Change the files, all or none, and tell each of them."""
    shell = arguments.shell or _own_shell(context.environ)
    if not table.ALL[shell].is_installed:
        raise UsageError(
            f"install knows no start-up file of {shell}", f"put this into it: {table.ALL[shell].line}"
        )
    folder = _data_folder(context.environ)
    if arguments.uninstall:
        _uninstall(shell, folder, context)
    else:
        stamp = Stamp(
            version=version(),
            shell=shell,
            short_names=not arguments.no_short_names,
            source_activate=not arguments.no_source_activate,
        )
        _install(stamp, folder, context)
    return 0


def renew(environ: Mapping[str, str], program: str) -> list[str]:
    """Rewrite the installed files that another version of `program` has written; return their paths.

    They keep the options that they were written with. What another installation has written stays, and so
    does everything where one file can't be written: an older integration works on until `install` is run.
    """
    changes: dict[Path, Content | None] = {}
    try:
        folder = _data_folder(environ)
        for stamp, content in _read_installed(folder):
            if stamp.version != version() and _core_line(program, stamp.shell) in content:
                changes |= _compose(replace(stamp, version=version()), folder, program)
        changes = _differing(changes)
        change(changes)
    except AwsactivateError:  # it is upkeep, and must not stop the command that came upon it
        return []
    return [str(path) for path in changes]


def _install(stamp: Stamp, folder: Path, context: Context) -> None:
    candidates = _startup_files(stamp.shell, context.environ)
    startup_file = startup_files.choose(candidates, Path.exists)
    static_file = _static_file(folder, stamp.shell)
    line = startup_files.line(stamp.shell, static_file, startup_file)
    integration = _compose(stamp, folder, context.program)
    try:
        startup = Content(startup_files.with_line(read(startup_file), line))
        leftover = _leftover(folder, stamp.shell, needed=_uses_bin(stamp))
        changes = _differing({**integration, **leftover, startup_file: startup})
        change(changes)
    except FileError as error:
        by_hand = f"add this line to {startup_file} by hand: {_line_by_hand(stamp, context.program)}"
        raise AwsactivateError(error.message, by_hand) from error
    _remove_empty(folder)
    for path in integration:
        context.write(f"{'wrote' if path in changes else 'up to date:'} {path}\n")
    for path in (path for path, content in changes.items() if content is None):
        context.write(f"removed {path}\n")
    if startup_file in changes:
        context.write(f"put into {startup_file}: {line.decode('utf-8', 'surrogateescape')}\n")
    else:
        context.write(f"up to date: {startup_file}\n")
    context.write(f"open a new shell, or: {_load(static_file, stamp.shell)}\n")


def _uninstall(shell: str, folder: Path, context: Context) -> None:
    startup: dict[Path, Content | None] = {}
    try:
        for path in _startup_files(shell, context.environ):
            before = read(path)
            after = startup_files.without_line(before) if before is not None else None
            if after != before:
                startup[path] = Content(after) if after is not None else None
        unused = {_static_file(folder, shell): None, **_leftover(folder, shell, needed=False)}
        changes = {**startup, **_differing(unused)}
        change(changes)
    except FileError as error:
        by_hand = f"take the line that ends in `# awsactivate` out of {error.path} by hand"
        raise AwsactivateError(error.message, by_hand if error.path in startup else None) from error
    _remove_empty(folder)
    for path, content in changes.items():
        context.write(f"{'removed' if content is None else 'took the line out of'} {path}\n")
    if not changes:
        context.write(f"nothing is installed for {shell}\n")


def _compose(stamp: Stamp, folder: Path, program: str) -> dict[Path, Content | None]:
    """Compose the files in the data folder that `stamp` asks for."""
    files: dict[Path, Content | None] = {}
    bin_folder = None
    if _uses_bin(stamp):
        source = Path(shell_files.path("bin", "activate"))
        bin_folder = str(folder / "bin")
        files[folder / "bin" / "activate"] = Content(source.read_bytes(), source.stat().st_mode & 0o777)
    file = _static_file(folder, stamp.shell)
    text = integration.text(stamp.shell, program, bin_folder, short_names=stamp.short_names, file=str(file))
    return {file: Content(stamped(text, stamp)), **files}


def _leftover(folder: Path, shell: str, *, needed: bool) -> dict[Path, Content | None]:
    """Remove `bin/activate` unless it is `needed` for `shell` or by the integration of another one."""
    others = [stamp for stamp, _ in _read_installed(folder) if stamp.shell != shell]
    return {} if needed or any(map(_uses_bin, others)) else {folder / "bin" / "activate": None}


def _uses_bin(stamp: Stamp) -> bool:
    return stamp.source_activate and table.ALL[stamp.shell].has_source_activate


def _read_installed(folder: Path) -> list[tuple[Stamp, bytes]]:
    contents = [read(_static_file(folder, shell)) for shell in table.INSTALLED]
    stamps = [(read_stamp(content), content) for content in contents if content is not None]
    return [(stamp, content) for stamp, content in stamps if stamp is not None]


def _differing(changes: Mapping[Path, Content | None]) -> dict[Path, Content | None]:
    """Leave out the changes to files that are already what they should be."""
    return {
        path: content
        for path, content in changes.items()
        if read(path) != (content.data if content is not None else None)
    }


def _remove_empty(folder: Path) -> None:
    for place in (folder / "bin", folder):
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()


def _static_file(folder: Path, shell: str) -> Path:
    return folder / f"awsactivate.{shell}"


def _startup_files(shell: str, environ: Mapping[str, str]) -> list[Path]:
    return startup_files.candidates(shell, environ, home(environ), sys.platform)


def _data_folder(environ: Mapping[str, str]) -> Path:
    folder = data_folder(environ)
    if not folder.is_absolute() or "\n" in str(folder):
        raise UsageError(
            f"the data folder {str(folder)!r} is no absolute path on one line", "unset XDG_DATA_HOME"
        )
    return folder


def _own_shell(environ: Mapping[str, str]) -> str:
    shell = Path(environ.get("SHELL", "")).name
    if shell not in table.ALL:
        told = f"$SHELL is {environ['SHELL']!r}" if environ.get("SHELL") else "$SHELL is not set"
        names = ", ".join(table.INSTALLED)
        raise UsageError(f"{told}: name one of {names}", "awsactivate install bash")
    return shell


def _core_line(program: str, shell: str) -> bytes:
    return table.ALL[shell].assignments({"_awsactivate_core": program}).encode("utf-8", "surrogateescape")


def _load(static_file: Path, shell: str) -> str:
    return (
        f"source {quote_fish(str(static_file))}" if shell == "fish" else f". {quote_posix(str(static_file))}"
    )


def _line_by_hand(stamp: Stamp, program: str) -> str:
    """Write the line that needs no static file, because none has been written."""
    if stamp.shell == "fish":
        return f"{quote_fish(program)} init fish{stamp.options} | source"
    return f'eval "$({quote_posix(program)} init {stamp.shell}{stamp.options})"'
