"""Print the integration of a shell: `eval "$(awsactivate init bash)"`, `awsactivate init fish | source`."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.shells import integration, shell_files, table


def add_arguments(parser: Parser) -> None:
    """Take the shell's name, and what of the integration to leave out."""
    parser.add_argument("shell", choices=tuple(table.ALL), metavar="SHELL", help=", ".join(table.ALL))
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
        context.write(shell_files.path(table.ALL[shell].file) + "\n")
        return 0
    context.write(
        integration.text(
            shell,
            context.program,
            None if arguments.no_source_activate else integration.bin_folder(shell),
            short_names=not arguments.no_short_names,
        )
    )
    return 0
