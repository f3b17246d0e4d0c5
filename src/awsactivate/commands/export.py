"""Print the credentials of a session, for other programs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from awsactivate.commandline import Context, Parser
from awsactivate.opening import connecting, options
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.plan_for import plan_for
from awsactivate.sessions import environment
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.documents import process_document
from awsactivate.sessions.environment import Change, Set
from awsactivate.sessions.names import CREDENTIALS

# What an SDK or terragrunt runs, in the middle of something else, begins no sign-in.
_FOR_PROGRAMS = ("process", "terragrunt")


def add_arguments(parser: Parser) -> None:
    """Take the session's options and the form of the answer."""
    options.add_arguments(parser, target_required=True)
    parser.add_argument(
        "--format",
        choices=("shell", "json", "dotenv", "process", "terragrunt"),
        default="shell",
        help="`export` lines; an object of variables; a .env file; the SDKs' credential_process document;"
        " what Terragrunt's auth-provider-cmd prints",
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session and write it in the form asked for."""
    plan, profiles = plan_for(arguments, context)
    confirm(plan, arguments, context)
    connecting.begin(plan)
    # loaded while that goes on
    from awsactivate.journal.entry import EXPORTED
    from awsactivate.opening import noting
    from awsactivate.opening.after_sign_in import open_as_asked

    session = open_as_asked(
        plan, profiles, arguments, context, may_sign_in=arguments.format not in _FOR_PROGRAMS
    )
    noting.note(EXPORTED, session, context)
    # Our own AWSACTIVATE_* names would make a shell believe that it could `deactivate` this.
    change = tuple(s for s in environment.activation(session) if s.name.startswith("AWS_"))
    context.write(_text(session, change, arguments.format))
    return 0


def _text(session: Session, change: Change, form: str) -> str:
    if form == "process":
        return json.dumps(process_document(session.credentials)) + "\n"
    from awsactivate.shells.dialects import dotenv_text, export_text

    if form == "shell":
        return export_text(change)
    values = {statement.name: statement.value for statement in change if isinstance(statement, Set)}
    if form == "terragrunt":
        return json.dumps(terragrunt_document(values)) + "\n"
    return json.dumps(values, indent=2) + "\n" if form == "json" else dotenv_text(values)


def terragrunt_document(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what a command of Terragrunt's `auth-provider-cmd` prints, from a session's variables.

    https://docs.terragrunt.com/schemas/auth-provider-cmd/v2/schema.json
    """
    names = [name for name in CREDENTIALS if name in values]
    return {
        "awsCredentials": {name.removeprefix("AWS_"): values[name] for name in names},
        "envs": {name: value for name, value in values.items() if name not in names},
    }
