"""Run one command with a session in its environment only; its signals and exit status are its own.

Without COMMAND, on a terminal, it is your shell ($SHELL) that gets the session.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UsageError
from awsactivate.journal.entry import RAN
from awsactivate.opening import narrowing, noting, options
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.open_session import open_session
from awsactivate.opening.plan_for import plan_for
from awsactivate.running import own_shell
from awsactivate.running.become import become, program_of
from awsactivate.sessions import environment

_USAGE = "awsactivate exec TARGET -- COMMAND"


def add_arguments(parser: Parser) -> None:
    """Take the session's options, then `--`, then the command as it is."""
    parser.command_follows = True
    parser.command_option = "--scope"
    parser.usage = (
        "awsactivate exec TARGET [options] [-- COMMAND [ARGUMENT ...]]\n"
        "       awsactivate exec --scope SCOPE [--for D] [--why TEXT] [--] COMMAND [ARGUMENT ...]"
    )
    options.add_arguments(parser)
    parser.add_argument(
        "--serve",
        action="store_true",
        help="give COMMAND an address to fetch credentials from, which are renewed as long as it runs",
    )

    scope = parser.add_argument_group("what COMMAND gets of it")
    scope.add_argument(
        "--scope",
        metavar="SCOPE",
        help="give COMMAND a part of the session, without TARGET of this shell's, and no other credentials:"
        " read-only, read-only:SERVICE,... , terraform-plan, FILE.json (awsactivate scope list)",
    )
    scope.add_argument("--for", metavar="D", dest="for_", help="how long that part lasts: 15m, 1h or seconds")
    scope.add_argument("--why", metavar="TEXT", help="what it is for: it stands in CloudTrail then")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session, then become COMMAND."""
    wanted = narrowing.asked_for(arguments)
    if arguments.target is None and wanted is None:
        raise UsageError("there is no TARGET", _USAGE)
    if arguments.target is None:
        context = context.with_environ(environment.as_handed_over(context.environ))
    if not arguments.command:
        gets = f"a session of {arguments.target}" if arguments.target else "a part of this session"
        arguments.command = own_shell.instead_of_command(gets, context, _USAGE)
    # before any code is typed: a misspelt command should cost nothing
    program = program_of(arguments.command, context, usage=_USAGE)
    if wanted and not (arguments.serve and arguments.target):
        from awsactivate.running import scoped, serve

        part = serve.run_part if arguments.serve else scoped.run
        return part(program, arguments, wanted, context)
    plan, profiles = plan_for(arguments, context)
    confirm(plan, arguments, context)
    if arguments.serve:
        from awsactivate.running import serve

        return serve.run(program, arguments, plan, profiles, context, wanted)
    session = open_session(plan, profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    noting.note(RAN, session, context, command=arguments.command)
    before = environment.without_session(context.environ)
    environ = environment.of_command(environment.activation(session), before)
    return become(program, arguments.command, environ, context)
