"""The plain invocations that shells and prompts make often, answered without a parser of command lines.

`awsactivate init SHELL` is waited for with each new terminal, `awsactivate status` with each prompt of people
who draw their own; argparse would take longer than their work. Anything else about them (help, a mistake) is
the parser's business.
"""

from __future__ import annotations

from awsactivate.shells import integration, table
from awsactivate.version import version

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Mapping

_FLAGS = ("--no-short-names", "--no-source-activate")


def answer(words: list[str], program: str, environ: Mapping[str, str], now: float) -> tuple[str, int] | None:
    """Return what goes to stdout for `words`, and the exit status; None where they are not of a plain form.

    `program` is the absolute path of this console script.
    """
    if words == ["--version"]:
        return f"awsactivate {version()}\n", 0
    if words in (["status"], ["status", "--json"]):
        from awsactivate.commands import status

        return status.answer(status.describe(environ, now), minimum=0, as_json="--json" in words)
    if len(words) >= 2 and words[0] == "init" and words[1] in table.ALL and set(words[2:]) <= {*_FLAGS}:
        shell, flags = words[1], words[2:]
        folder = None if "--no-source-activate" in flags else integration.bin_folder(shell)
        return integration.text(shell, program, folder, short_names="--no-short-names" not in flags), 0
    return None
