"""The one line of ours in a shell's start-up file: which file, which line, how it goes in and comes out.

Start-up files are bytes here: whatever encoding and line ends a file has, all of it but our line stays as
it is. What must be known to take the line out exactly stands in the line's own comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from awsactivate.shells.quoting import quote_fish, quote_posix

_PLAIN = b"# awsactivate"
_MADE_FILE = b"# awsactivate (which made this file)"
_MADE_LINE_END = b"# awsactivate (which ended the line before)"

# at the start of a line only: one that its user has indented into an `if` is the user's
_OURS = re.compile(
    rb"""^(?:\[\ -n\ "\$\{BASH_VERSION-\}"\ \]\ &&\ )?
    (?:\[\ -r\ '[^\n]*/awsactivate\.(?:bash|zsh)'\ \]\ &&\ \.\ '[^\n]*'
    |test\ -r\ '[^\n]*/awsactivate\.fish';\ and\ source\ '[^\n]*')
    [ ]{2}(?P<mark>\#\ awsactivate(?:\ \([a-z ]+\))?)
    (?P<end>\r?\n|\r?\Z)""",
    re.MULTILINE | re.VERBOSE,
)


def candidates(shell: str, environ: Mapping[str, str], home: Path, platform: str) -> list[Path]:
    """Return the start-up files in which our line may stand, the one to be preferred first.

    On macOS (`platform` is "darwin") Terminal opens login shells, and a bash that logs in reads only the
    first that exists of three files.
    """
    if shell == "zsh":
        return [_folder(environ.get("ZDOTDIR"), home) / ".zshrc"]
    if shell == "fish":
        return [_folder(environ.get("XDG_CONFIG_HOME"), home / ".config") / "fish/config.fish"]
    login = [home / name for name in (".bash_profile", ".bash_login", ".profile")]
    return [*login, home / ".bashrc"] if platform == "darwin" else [home / ".bashrc", *login]


def choose(files: list[Path], is_there: Callable[[Path], bool]) -> Path:
    """Return which of `candidates` a line of ours goes into."""
    # A new ~/.bash_profile would hide a ~/.bash_login or ~/.profile from bash.
    if files[0].name == ".bash_profile":
        return next((file for file in files[:3] if is_there(file)), files[0])
    return files[0]


def line(shell: str, static_file: Path, startup_file: Path) -> bytes:
    """Write the line that loads `static_file`, without its comment and its end."""
    if shell == "fish":
        path = quote_fish(str(static_file))
        return _bytes(f"test -r {path}; and source {path}")
    path = quote_posix(str(static_file))
    # ~/.profile is read by every login shell of the Bourne family
    only_bash = '[ -n "${BASH_VERSION-}" ] && ' if startup_file.name == ".profile" else ""
    return _bytes(f"{only_bash}[ -r {path} ] && . {path}")


def with_line(content: bytes | None, text: bytes) -> bytes:
    """Return `content` (None: there is no file) with `text` as our one line, replacing older ones."""
    if content is None:
        return text + b"  " + _MADE_FILE + b"\n"
    first = _OURS.search(content)
    if first is not None:
        ours = text + b"  " + first["mark"] + first["end"]
        return content[: first.start()] + ours + _OURS.sub(b"", content[first.end() :])
    end = b"\r\n" if content.rpartition(b"\n")[0].endswith(b"\r") else b"\n"
    # after a backslash the line's end does not count
    if content == b"" or (content.endswith(b"\n") and not content.endswith((b"\\\n", b"\\\r\n"))):
        return content + text + b"  " + _PLAIN + end
    return content + end + text + b"  " + _MADE_LINE_END + end


def without_line(content: bytes) -> bytes | None:
    """Return `content` as it was before our line came in; None if the file itself was our making."""
    found = list(_OURS.finditer(content))
    if not found:
        return content
    last = found[-1]
    remaining = _OURS.sub(b"", content)
    if last["mark"] == _MADE_FILE and remaining == b"":
        return None
    if last["mark"] == _MADE_LINE_END and last.end() == len(content):
        return remaining.removesuffix(last["end"])
    return remaining


def _bytes(text: str) -> bytes:
    # paths that are not UTF-8 come as surrogates, and go out as they were
    return text.encode("utf-8", "surrogateescape")


def _folder(named: str | None, default: Path) -> Path:
    # the XDG specification has a relative path ignored, and zsh would look below wherever it starts
    return Path(named) if named and Path(named).is_absolute() else default
