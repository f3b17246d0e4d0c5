"""Run one command with a session in its environment only; its signals and exit status are its own."""

from __future__ import annotations

import argparse

from awsactivate import environment
from awsactivate.commandline import Context, Parser
from awsactivate.commands import session_options
from awsactivate.commands.becoming import become, program_of
from awsactivate.commands.confirmation import confirm
from awsactivate.commands.opening import open_session
from awsactivate.commands.planning import plan_for


def add_arguments(parser: Parser) -> None:
    """Take the session's options, then `--`, then the command as it is."""
    parser.command_follows = True
    parser.usage = "awsactivate exec TARGET [options] -- COMMAND [ARGUMENT ...]"
    session_options.add_arguments(parser, target_required=True)
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
        from awsactivate.commands import serving

        return serving.run(program, arguments, plan, profiles, context)
    session = open_session(plan, profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    environ = environment.apply(environment.activation(session), context.environ)
    for ours_alone in environment.OURS_ALONE:
        environ.pop(ours_alone, None)
    return become(program, arguments.command, environ, context)
