"""What a session can be narrowed to: list the scopes, show what one says, check a policy of one's own."""

from __future__ import annotations

import argparse
import json

from awsactivate.commandline import Context, Parser, Verb, add_verbs
from awsactivate.opening import scoping
from awsactivate.person import terminal
from awsactivate.person.printable import json_text, printable
from awsactivate.scopes import grammar, scope
from awsactivate.sessions import limits


def add_arguments(parser: Parser) -> None:
    """Take one of the verbs."""
    add_verbs(parser, _VERBS)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Do what the verb says."""
    return _VERBS[arguments.verb].run(arguments, context)


def _add_list(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON array")


def _list(arguments: argparse.Namespace, context: Context) -> int:
    if arguments.json:
        rows = [{"scope": name, "leaves": leaves} for name, leaves in scope.NAMES.items()]
        context.write(json_text(rows))
        return 0
    width = max(map(len, scope.NAMES))
    context.write("".join(f"{name:<{width}}  {leaves}\n" for name, leaves in scope.NAMES.items()))
    return 0


def _add_show(parser: Parser) -> None:
    parser.add_argument("scope", metavar="SCOPE", help="a scope's name, a policy's file, or `-` for stdin")


def _show(arguments: argparse.Namespace, context: Context) -> int:
    """Print the document alone on stdout, so that it can go into a file."""
    found = scoping.read_word(arguments.scope, flag="SCOPE")
    context.write(json.dumps(json.loads(found.policy), indent=2, ensure_ascii=False) + "\n")
    terminal.say(f"{found.name}: {_size(found.policy)}")
    if found.managed:
        terminal.say(
            f"with AssumeRole it is AWS's {found.managed}, which knows all services, with this beside it:"
            f" {found.role_policy}"
        )
    return 0


def _add_check(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="a policy's file, or `-` for stdin")


def _check(arguments: argparse.Namespace, context: Context) -> int:
    """Say all that IAM would refuse, and exit 1; or print the document."""
    text = scoping.read_text(arguments.file, flag="FILE")
    found = grammar.faults(text)
    for fault in found:
        terminal.say(printable(f"{arguments.file}: {fault}"))
    if found:
        return 1
    written = grammar.compact(text)
    context.write(json.dumps(json.loads(written), indent=2, ensure_ascii=False) + "\n")
    terminal.say(printable(f"{arguments.file}: {_size(written)}"))
    return 0


def _size(policy: str) -> str:
    return f"{len(policy)} of the {limits.LONGEST_SESSION_POLICY} characters that AWS takes"


_VERBS = {
    "list": Verb("list what a session can be narrowed to", _add_list, _list),
    "show": Verb("print a scope's policy", _add_show, _show),
    "check": Verb("say what IAM would refuse of a policy; exit 1 if anything", _add_check, _check),
}
