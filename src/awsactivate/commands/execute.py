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


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session, then become COMMAND."""
    # before any code is typed: a misspelt command should cost nothing
    program = program_of(arguments.command, context, usage="awsactivate exec TARGET -- COMMAND")
    plan, profiles = plan_for(arguments, context)
    confirm(plan, arguments, context)
    session = open_session(plan, profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    environ = environment.apply(environment.activation(session), context.environ)
    for ours_alone in ("AWSACTIVATE_MFA_CODE", environment.WRAPPER_MARK):
        environ.pop(ours_alone, None)
    return become(program, arguments.command, environ, context)
