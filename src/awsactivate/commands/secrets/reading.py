"""What one reads of secrets without changing them: lists, single values, histories."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser, number
from awsactivate.commands.secrets.services import find_parameter, open_store
from awsactivate.errors import AwsError
from awsactivate.parameter_store import chamber
from awsactivate.person.printable import json_text
from awsactivate.person.tables import table
from awsactivate.sessions import arn_parts
from awsactivate.sessions.credentials import rfc3339

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.aws.parameters import Description


def add_list(parser: Parser) -> None:
    """Take a service."""
    parser.add_argument("service", metavar="SERVICE")
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run_list(arguments: argparse.Namespace, context: Context) -> int:
    """Write one row a key; no value is even asked for."""
    from awsactivate.aws import parameters

    path = chamber.service_path(arguments.service)
    ssm = open_store(arguments, context)
    found = [
        one for page in parameters.list_descriptions(ssm, path) for one in page if chamber.is_read(one.name)
    ]
    rows = [{"key": chamber.key_of(one.name), **_row(one)} for one in sorted(found, key=lambda one: one.name)]
    _write(rows, arguments, context, empty=f"the service {arguments.service} has no secrets\n")
    return 0


def add_get(parser: Parser) -> None:
    """Take a key, and which of its versions."""
    parser.add_argument("service", metavar="SERVICE")
    parser.add_argument("key", metavar="KEY")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--version", type=number, metavar="N", help="SSM's version of it (default: the latest)"
    )
    which.add_argument("--chamber-version", type=number, metavar="N", help="the version as chamber counts")
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run_get(arguments: argparse.Namespace, context: Context) -> int:
    """Write the value as it is, with no newline of ours."""
    from awsactivate.aws import parameters

    chamber.parameter_name(arguments.service, arguments.key)  # what can be none is said before any call
    ssm = open_store(arguments, context)
    name = find_parameter(arguments, ssm)
    version = arguments.version
    if arguments.chamber_version is not None:
        from awsactivate.aws import parameter_writes  # by botocore, which is slow to load

        version = _find_ssm_version(
            parameter_writes.list_history(ssm, name), arguments.chamber_version, arguments
        )
    found = parameters.get(ssm, name, version)
    if arguments.json:
        document = {"key": chamber.key_of(name), "value": found.value, "version": found.version}
        context.write(json_text(document))
    else:
        context.write(found.value)
    return 0


def add_history(parser: Parser) -> None:
    """Take a key."""
    parser.add_argument("service", metavar="SERVICE")
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run_history(arguments: argparse.Namespace, context: Context) -> int:
    """Write one row a version, the oldest first; no value is even asked for."""
    from awsactivate.aws import parameter_writes

    chamber.parameter_name(arguments.service, arguments.key)
    ssm = open_store(arguments, context)
    versions = parameter_writes.list_history(ssm, find_parameter(arguments, ssm))
    _write([_row(one) for one in versions], arguments, context, empty="")
    return 0


def _find_ssm_version(versions: list[Description], number: int, arguments: argparse.Namespace) -> int:
    """Find the version that chamber calls `number`: of several, as two writers at once leave, the oldest."""
    found = [one.version for one in versions if chamber.version_of(one.description) == number]
    if not found:
        raise AwsError(
            f"{arguments.service}/{arguments.key} has no version that chamber calls {number}",
            f"awsactivate secrets history {arguments.service} {arguments.key}",
        )
    return min(found)


def _row(one: Description) -> dict[str, object]:
    return {
        "version": one.version,
        "chamber_version": chamber.version_of(one.description),
        "changed_at": rfc3339(one.modified) if one.modified else None,
        "changed_by": one.modified_by or None,
        "type": one.type,
    }


def _write(
    rows: list[dict[str, object]], arguments: argparse.Namespace, context: Context, *, empty: str
) -> None:
    if arguments.json:
        context.write(json_text(rows))
    elif not rows:
        context.write(empty)
    else:
        headings = [heading.upper().replace("_", " ") for heading in rows[0]]
        context.write(table([headings, *([_cell(value) for value in row.values()] for row in rows)]))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    text = str(value)
    # the account is the same in every row, and a role's name says more than its ARN's beginning
    return (arn_parts.resource_of(text) if text.startswith("arn:") else None) or text
