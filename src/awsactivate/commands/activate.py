"""Start a session in this shell: its credentials enter this shell's environment, and nothing else.

Without TARGET: the profile that the nearest `.awsactivate` file names, or the one this shell holds
already, or $AWS_PROFILE, or the only profile that has a role.
"""

from __future__ import annotations

import argparse
import signal

from awsactivate import environment, shells, terminal
from awsactivate.commandline import Context, Parser
from awsactivate.commands import session_options
from awsactivate.commands.opening import open_session
from awsactivate.commands.planning import plan_for
from awsactivate.dialects import activation_text
from awsactivate.errors import UsageError
from awsactivate.plan import Plan
from awsactivate.secrets import chamber
from awsactivate.session import Session
from awsactivate.version import version


def add_arguments(parser: Parser) -> None:
    """Take the shell whose wrapper asks (which the person never types), and the person's own words."""
    parser.add_argument("shell", choices=tuple(shells.ALL), help=argparse.SUPPRESS)
    session_options.add_arguments(parser)
    parser.add_argument(
        "--secrets",
        metavar="SERVICE",
        action="append",
        default=[],
        help="give a service's secrets to terraform as TF_VAR_… while the session lasts (repeatable)",
    )
    parser.add_argument(
        "--revoke-on-exit",
        action="store_true",
        help="revoke the session when this shell ends (not by `exec` or SIGKILL)",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing when all went well")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session and write the change of environment for the wrapper to evaluate."""
    # A core that is stopped inside `$(…)` hangs a zsh that was started from another shell.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    for service in arguments.secrets:
        chamber.service_path(service)  # before any code is typed: a misspelt name should cost nothing
    plan, profiles = plan_for(arguments, context)
    if arguments.revoke_on_exit:
        _refuse_what_no_end_can_revoke(arguments.shell, plan)
    session = open_session(plan, profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    message = "" if arguments.quiet else announcement(session, context.clock())
    _renew_integration(context)
    context.write(
        activation_text(
            environment.activation(session, _secrets(arguments.secrets, session, plan.profile, context)),
            arguments.shell,
            style=plan.prompt,
            message=message,
            revoke_on_exit=arguments.revoke_on_exit,
        )
    )
    return 0


def _refuse_what_no_end_can_revoke(shell: str, plan: Plan) -> None:
    if shell not in shells.INSTALLED:
        known = ", ".join(shells.INSTALLED)
        raise UsageError(f"--revoke-on-exit: the end of {shell} revokes nothing", f"use one of {known}")
    if not any(step.role_arn for step in plan.steps):
        raise UsageError(f"--revoke-on-exit: {plan.target} assumes no role, so there is nothing to revoke")


def _secrets(services: list[str], session: Session, profile: str | None, context: Context) -> dict[str, str]:
    if not services:
        return {}
    from awsactivate.aws import parameters
    from awsactivate.commands.secrets.services import secrets_for_terraform

    region = chamber.region(context.environ) or session.region
    return secrets_for_terraform(
        services, parameters.client(session.credentials, profile=profile, region=region)
    )


def _renew_integration(context: Context) -> None:
    """Bring the installed integration up to this version, where the wrapper that called is of another one."""
    wrapper = context.environ.get(environment.WRAPPER_MARK)
    if wrapper in (None, version()):
        return
    from awsactivate.commands.install import renew

    for path in renew(context.environ, context.program):
        terminal.say(f"renewed {path}, which was of another version: new shells load it")


def announcement(session: Session, now: float) -> str:
    """Say who the shell is now, where, and for how long: the line a person reads after activating."""
    kind, _, rest = (session.arn or "").rpartition(":")[2].partition("/")
    who = rest.split("/")[0] if kind == "assumed-role" else rest.rpartition("/")[2] or kind
    text = f"activated {session.profile}: {who} in {session.account_id}"
    if session.region:
        text += f" ({session.region})"
    if session.credentials.expiration:
        text += f", {round((session.credentials.expiration.timestamp() - now) / 60)} min"
    return "".join(character if character.isprintable() else "?" for character in text)
