"""The plain invocations that shells make at every start, answered without a parser of command lines.

`awsactivate init SHELL` and `awsactivate --version` are waited for with each new terminal; argparse would
take longer than their work. Anything else about them (help, a mistake) is the parser's business.
"""

from __future__ import annotations

from awsactivate import integration
from awsactivate.quoting import SHELLS
from awsactivate.version import version

_FLAGS = ("--no-short-names", "--no-source-activate")


def answer(words: list[str], program: str) -> str | None:
    """Return what goes to stdout for `words`; None where they are not of a plain form.

    `program` is the absolute path of this console script.
    """
    if words == ["--version"]:
        return f"awsactivate {version()}\n"
    if len(words) >= 2 and words[0] == "init" and words[1] in SHELLS and set(words[2:]) <= {*_FLAGS}:
        shell, flags = words[1], words[2:]
        folder = None if "--no-source-activate" in flags else integration.bin_folder(shell)
        return integration.text(shell, program, folder, short_names="--no-short-names" not in flags)
    return None
