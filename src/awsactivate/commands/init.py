"""Print the integration of a shell: `eval "$(awsactivate init bash)"`, `awsactivate init fish | source`."""

from __future__ import annotations

import argparse

from awsactivate import shell_files
from awsactivate.commandline import Context, Parser
from awsactivate.dialects import SHELLS, assignments
from awsactivate.version import version


def add_arguments(parser: Parser) -> None:
    """Take the shell's name, and what of the integration to leave out."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
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
    parser.add_argument(
        "--path", action="store_true", help="print the path of the shell file instead of its text"
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Print the text, headed by what this installation knows and the file does not."""
    shell = arguments.shell
    if arguments.path:
        context.write(f"{shell_files.folder() / f'awsactivate.{shell}'}\n")
        return 0
    bin_folder = (
        None if arguments.no_source_activate or shell == "fish" else str(shell_files.folder() / "bin")
    )
    context.write(text(shell, context.program, bin_folder, short_names=not arguments.no_short_names))
    return 0


def text(shell: str, program: str, bin_folder: str | None, *, short_names: bool) -> str:
    """Compose the integration of `shell`.

    `program` is the absolute path of the core, `bin_folder` the folder for PATH (None leaves PATH alone).
    """
    settings = {"_awsactivate_core": program, "_awsactivate_version": version()}
    if not short_names:
        settings["_awsactivate_short_names"] = "no"
    if bin_folder:
        settings["_awsactivate_bin"] = bin_folder
    return assignments(settings, shell) + shell_files.integration(shell)
