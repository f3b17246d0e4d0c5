"""Run one command with a session in its environment only; its signals and exit status are its own."""

from __future__ import annotations

import argparse
import os
import shutil
import signal

from awsactivate import environment
from awsactivate.commandline import Context, Parser
from awsactivate.commands import session_options
from awsactivate.commands.opening import open_session
from awsactivate.commands.planning import plan_for
from awsactivate.errors import UsageError


def add_arguments(parser: Parser) -> None:
    """Take the session's options, then `--`, then the command as it is."""
    parser.command_follows = True
    parser.usage = "awsactivate exec TARGET [options] -- COMMAND [ARGUMENT ...]"
    session_options.add_arguments(parser, target_required=True)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session, then become COMMAND."""
    command = arguments.command
    if not command:
        raise UsageError("there is no command to run", hint="awsactivate exec TARGET -- COMMAND")
    # before any code is typed: a misspelt command should cost nothing
    program = shutil.which(command[0], path=context.environ.get("PATH", os.defpath))
    if program is None:
        raise UsageError(f"there is no command {command[0]!r} on PATH")
    plan, profiles = plan_for(arguments, context)
    session = open_session(plan, profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    environ = environment.apply(environment.activation(session), context.environ)
    for ours_alone in ("AWSACTIVATE_MFA_CODE", environment.WRAPPER_MARK):
        environ.pop(ours_alone, None)
    context.release_stdout()
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    try:
        os.execve(program, command, environ)  # noqa: S606  (no shell is what is wanted)
    except OSError as error:
        raise UsageError(f"{program} can't be run: {error.strerror}") from error
