"""The shells that have an integration: one row for each.

Loaded whenever a shell starts by `eval "$(awsactivate init …)"`, so it imports nothing but how each quotes.
"""

from __future__ import annotations

from awsactivate.shells import quoting

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Shell:
    """What is particular to one shell.

    `files` are those in `shell/` that make up its integration, in their order; `assignment` writes an
    unexported variable, as one line; `dialect` is how it is told a change of environment (see `dialects`).
    `has_source_activate`: its `source` searches PATH. `is_installed`: `awsactivate install` knows its
    start-up file; `line` is what a person puts there who loads the integration without that.
    `short_names_file` is left out with --no-short-names, where the file itself cannot choose. `sleep_file`
    stands only in what `install` writes: there it spares a shell without a session the files behind it.
    `is_sourced`: the integration is one line, which names the file.
    """

    def __init__(
        self,
        *files: str,
        assignment: Callable[[str, str], str],
        dialect: str,
        line: str,
        has_source_activate: bool = False,
        completes: bool = False,
        is_installed: bool = False,
        short_names_file: str | None = None,
        sleep_file: str | None = None,
        is_sourced: bool = False,
    ) -> None:
        self.files = files
        self.assignment = assignment
        self.dialect = dialect
        self.line = line
        self.has_source_activate = has_source_activate
        self.completes = completes
        self.is_installed = is_installed
        self.short_names_file = short_names_file
        self.sleep_file = sleep_file
        self.is_sourced = is_sourced

    @property
    def file(self) -> str:
        """The file that a person would source from a checkout."""
        return next(name for name in self.files if name.startswith("awsactivate."))

    def assignments(self, values: Mapping[str, str]) -> str:
        """Write unexported variables, one a line, that head an integration file."""
        return "".join(self.assignment(name, value) + "\n" for name, value in values.items())


def _posix(name: str, value: str) -> str:
    return f"{name}={quoting.quote_posix(value)}"


def _csh(name: str, value: str) -> str:
    return f"set {name} = {quoting.quote_csh(value)};"


def _fish(name: str, value: str) -> str:
    return f"set -g {name} {quoting.quote_fish(value)}"


def _python(name: str, value: str) -> str:
    return f"{name} = {value!r}"


def _elvish(name: str, value: str) -> str:
    return f"var {name} = {quoting.quote_by_doubling(value)}"


def _nushell(name: str, value: str) -> str:
    return f"const {name} = {quoting.quote_nushell(value)}"


def _powershell(name: str, value: str) -> str:
    return f"$global:{name} = {quoting.quote_powershell(value)}"


ALL = {
    "bash": Shell(
        "awsactivate.bash",
        "hook.bash",
        "completion/load.bash",
        "sleep.bash",
        "session.bash",
        "deactivate.bash",
        "prompt.bash",
        "start.bash",
        assignment=_posix,
        dialect="bash",
        line='eval "$(awsactivate init bash)"',
        has_source_activate=True,
        completes=True,
        is_installed=True,
        sleep_file="sleep.bash",
    ),
    "zsh": Shell(
        "prompt.zsh",
        "deactivate.zsh",
        "awsactivate.zsh",
        "completion/load.zsh",
        assignment=_posix,
        dialect="bash",
        line='eval "$(awsactivate init zsh)"',
        has_source_activate=True,
        completes=True,
        is_installed=True,
    ),
    "fish": Shell(
        "prompt.fish",
        "statements.fish",
        "deactivate.fish",
        "awsactivate.fish",
        "completion/load.fish",
        assignment=_fish,
        dialect="fish",
        line="awsactivate init fish | source",
        completes=True,
        is_installed=True,
    ),
    "sh": Shell("awsactivate.sh", assignment=_posix, dialect="sh", line='eval "$(awsactivate init sh)"'),
    "tcsh": Shell(
        "awsactivate.tcsh",
        assignment=_csh,
        dialect="csh",
        line='eval "`awsactivate init tcsh`"',
        is_sourced=True,
    ),
    "xonsh": Shell(
        "awsactivate.xsh", assignment=_python, dialect="json", line="execx($(awsactivate init xonsh))"
    ),
    "elvish": Shell(
        "awsactivate.elv", assignment=_elvish, dialect="json", line="eval (awsactivate init elvish | slurp)"
    ),
    "nu": Shell(
        "awsactivate.nu",
        assignment=_nushell,
        dialect="json",
        line="awsactivate init nu | save -f ~/.awsactivate.nu; source ~/.awsactivate.nu",
        short_names_file="short_names.nu",
    ),
    "pwsh": Shell(
        "awsactivate.ps1",
        assignment=_powershell,
        dialect="json",
        line="awsactivate init pwsh | Out-String | Invoke-Expression",
    ),
}
# those that `install` can set up
INSTALLED = tuple(name for name, shell in ALL.items() if shell.is_installed)
