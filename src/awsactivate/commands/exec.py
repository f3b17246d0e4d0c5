"""Run one command with a session in its environment only; its signals and exit status are its own."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.opening import options
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.open_session import open_session
from awsactivate.opening.plan_for import plan_for
from awsactivate.running.become import become, program_of
from awsactivate.sessions import environment


def add_arguments(parser: Parser) -> None:
    """Take the session's options, then `--`, then the command as it is."""
    parser.command_follows = True
    parser.usage = "awsactivate exec TARGET [options] -- COMMAND [ARGUMENT ...]"
    options.add_arguments(parser, target_required=True)
    parser.add_argument(
        "--serve",
        action="store_true",
        help="give COMMAND an address to fetch credentials from, which are renewed as long as it runs",
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session, then become COMMAND."""
    # before any code is typed: a misspelt command should cost nothing
    program = program_of(arguments.command, context, usage="awsactivate exec TARGET -- COMMAND")
    plan, profiles = plan_for(arguments, context)
    confirm(plan, arguments, context)
    if arguments.serve:
        from awsactivate.running import serve

        return serve.run(program, arguments, plan, profiles, context)
    session = open_session(plan, profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    environ = environment.apply(environment.activation(session), environment.without_session(context.environ))
    for ours_alone in environment.OURS_ALONE:
        environ.pop(ours_alone, None)
    return become(program, arguments.command, environ, context)
