"""List the profiles that can be activated; `*` marks the one this shell holds."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.opening.profile_rows import read_rows
from awsactivate.person.printable import json_text
from awsactivate.person.tables import table


def add_arguments(parser: Parser) -> None:
    """Take the form of the answer."""
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write one row a profile, in the files' order."""
    found = read_rows(context)
    if arguments.json:
        context.write(json_text(found))
    elif not found:
        context.write("no profile is configured\n")
    else:
        context.write(_table(found))
    return 0


def _table(rows: list[dict[str, object]]) -> str:
    lines = [("", "PROFILE", "ROLE", "ACCOUNT", "SOURCE", "MFA")]
    for row in rows:
        source = row["source"]
        lines.append(
            (
                "*" if row["active"] else "",
                str(row["profile"]),
                str(row["role_arn"] or "-").partition(":role/")[2] or "-",
                str(row["account"] or "-"),
                f"{source['kind']} {source['name']}" if isinstance(source, dict) else f"({row['error']})",
                "yes" if row["mfa_serial"] else "no",
            )
        )
    return table(lines)
