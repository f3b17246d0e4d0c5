"""What changes one secret: set, delete, roll back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from awsactivate.commandline import Context, Parser, number
from awsactivate.commands.secrets.services import find_parameter, open_store
from awsactivate.commands.secrets.storing import add_tags, add_tier, store, tags
from awsactivate.errors import UsageError
from awsactivate.parameter_store import chamber
from awsactivate.person import terminal


def add_set(parser: Parser) -> None:
    """Take a key, and where its value comes from; never the value."""
    parser.add_argument("service", metavar="SERVICE")
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("source", metavar="-", nargs="*", help="read all of stdin (default: ask unseen)")
    parser.add_argument("--file", metavar="F", type=Path, help="take all of a file")
    parser.add_argument("--singleline", action="store_true", help="without the newline at its end")
    add_tags(parser)
    add_tier(parser)


def run_set(arguments: argparse.Namespace, context: Context) -> int:
    """Store the value, unless it is stored already."""
    chamber.parameter_name(arguments.service, arguments.key)
    tags(arguments)  # a bad one is said before anything is typed
    value = _read_value(arguments)
    chamber.check_value(arguments.key, value)
    ssm = open_store(arguments, context)
    name = find_parameter(arguments, ssm)
    _tell(name, store(arguments, context.environ, ssm).put_one(name, value))
    return 0


def add_delete(parser: Parser) -> None:
    """Take a key."""
    parser.add_argument("service", metavar="SERVICE")
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run_delete(arguments: argparse.Namespace, context: Context) -> int:
    """Ask, then delete."""
    from awsactivate.aws import parameter_writes

    chamber.parameter_name(arguments.service, arguments.key)
    ssm = open_store(arguments, context)
    name = find_parameter(arguments, ssm, must_know=True)
    if not arguments.yes and not terminal.confirm(f"delete {name} with all its versions?"):
        terminal.say("nothing was deleted")
        return 0
    parameter_writes.delete(ssm, name)
    terminal.say(f"deleted {name}")
    return 0


def add_rollback(parser: Parser) -> None:
    """Take a key and a version of it."""
    parser.add_argument("service", metavar="SERVICE")
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("version", metavar="VERSION", type=number, help="SSM's, as `history` tells them")
    add_tier(parser)


def run_rollback(arguments: argparse.Namespace, context: Context) -> int:
    """Store the value of an earlier version as a new one, unless it is the latest already."""
    from awsactivate.aws import parameters

    chamber.parameter_name(arguments.service, arguments.key)
    ssm = open_store(arguments, context)
    name = find_parameter(arguments, ssm)
    earlier = parameters.get(ssm, name, arguments.version)
    _tell(name, store(arguments, context.environ, ssm).put_one(name, earlier.value))
    return 0


def _tell(name: str, written: int | None) -> None:
    terminal.say(f"{name} has this value already" if written is None else f"{name} is now version {written}")


def _read_value(arguments: argparse.Namespace) -> str:
    if arguments.source not in ([], ["-"]):
        # what was typed may be the secret: it is not repeated
        raise UsageError(
            "a value on the command line is seen by every user of this machine",
            "leave it out to be asked, or use `-` for stdin, or --file",
        )
    if arguments.source and arguments.file:
        raise UsageError("a value comes from stdin (`-`) or from --file, not from both")
    if arguments.file:
        return _decoded(_read_contents(arguments.file), arguments)
    if not arguments.source and terminal.is_terminal(0):
        return terminal.ask_secret(f"value of {arguments.service}/{arguments.key}: ")
    if arguments.mfa_code == "-":
        raise UsageError("stdin can't give both the value and the MFA code", "use --file for the value")
    return _decoded(sys.stdin.buffer.read() if sys.stdin else b"", arguments)


def _read_contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error


def _decoded(data: bytes, arguments: argparse.Namespace) -> str:
    try:
        value = data.decode()
    except UnicodeDecodeError:
        raise UsageError(
            "the value is not UTF-8, and Parameter Store keeps only text", "encode it, such as with base64"
        ) from None
    return value.removesuffix("\n") if arguments.singleline else value
