"""Start a session in this shell: its credentials enter this shell's environment, and nothing else.

Without TARGET: the profile that the nearest `.awsactivate` file names, or the one this shell holds
already, or $AWS_PROFILE, or the only profile that has a role.
"""

from __future__ import annotations

import argparse
import os
import signal

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UsageError
from awsactivate.frozen import replace
from awsactivate.journal.entry import ACTIVATED, SWITCHED
from awsactivate.opening import mfa_sessions, noting, options, picking, renewal
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.narrowing import narrow_as_planned
from awsactivate.opening.plan_for import plan_for
from awsactivate.parameter_store import chamber
from awsactivate.person import terminal
from awsactivate.person.printable import printable
from awsactivate.revocation import ticket
from awsactivate.scopes.scope import POLICY
from awsactivate.sessions import arn_parts, environment, mfa_session, sizes
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.durations import seconds
from awsactivate.sessions.limits import GET_SESSION_TOKEN_SECONDS
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import from_option
from awsactivate.sessions.values import seconds_within
from awsactivate.shells import table
from awsactivate.shells.dialects import Later, activation_text
from awsactivate.version import version

_INSTALLED = ", ".join(table.INSTALLED)


def add_arguments(parser: Parser) -> None:
    """Take the shell whose wrapper asks (which the person never types), and the person's own words."""
    parser.add_argument("shell", choices=tuple(table.ALL), help=argparse.SUPPRESS)
    options.add_arguments(parser)
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
    parser.add_argument(
        "--revocable",
        action="store_true",
        help="let the code also buy what `deactivate --revoke` needs, so that it asks for none",
    )
    parser.add_argument(
        "--renew", action="store_true", help="begin the session of this shell anew, with the same options"
    )
    parser.add_argument("--if-silent", action="store_true", help=argparse.SUPPRESS)  # a prompt asks nobody
    parser.add_argument(
        "--mfa-session",
        metavar="D",
        nargs="?",
        const="",
        help="keep, for D (8h), what lets this shell assume roles without another code, until"
        " `deactivate --all`",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing when all went well")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session and write the change of environment for the wrapper to evaluate."""
    # A core that is stopped inside `$(…)` hangs a zsh that was started from another shell.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    if arguments.renew:
        arguments = _as_begun(arguments, context)
    mfa_seconds = _mfa_session_seconds(arguments)
    for service in arguments.secrets:
        chamber.service_path(service)  # before any code is typed: a misspelt name should cost nothing
    plan, profiles = plan_for(arguments, context)
    _refuse_what_the_shell_lacks(arguments, plan)
    confirm(plan, arguments, context)
    begun = None
    if mfa_seconds:
        begun = mfa_sessions.begin(plan, profiles, context, seconds=mfa_seconds, mfa_code=arguments.mfa_code)
        context = context.with_mfa_session(mfa_session.written(begun))
    afterwards = bool(arguments.secrets) and plan.narrows_afterwards
    session = open_after_sign_in(
        replace(plan, narrows_afterwards=False) if afterwards else plan,
        profiles,
        context,
        mfa_code=None if begun else arguments.mfa_code,
        no_mfa=arguments.no_mfa,
        may_ask=not arguments.if_silent,
        may_sign_in=not arguments.if_silent,
        device_code=arguments.device_code,
        with_ticket=_wants_ticket(arguments, plan),
    )
    secrets = _read_secrets(arguments.secrets, session, plan.profile, context)
    if afterwards:
        session = narrow_as_planned(session, plan, context)
    change = environment.activation(session, secrets)
    sizes.refuse_too_much(environment.apply(change, context.environ), os.sysconf("SC_ARG_MAX"))
    held = context.environ.get("AWSACTIVATE_PROFILE")
    noting.note(SWITCHED if held else ACTIVATED, session, context)
    _renew_integration(context)
    if plan.profile:
        picking.remember(plan.profile, context)
    later = Later()
    if arguments.shell in table.INSTALLED:
        later = Later(
            revoke_on_exit=arguments.revoke_on_exit,
            again=renewal.words(arguments, plan.target),
            is_silent=arguments.policy != "-"
            and mfa_sessions.opens_unasked(plan, context, session.mfa_serial),
            mfa_session=(mfa_session.written(begun), mfa_session.shown(begun)) if begun else None,
            ticket=_ticket(session, plan),
        )
        if arguments.revoke_on_exit and not later.ticket and not later.is_silent:
            terminal.say("--revoke-on-exit: the end of this shell asks for a code, and revokes only with one")
    if arguments.policy == "-":
        terminal.say("note: this session can't be renewed: nobody keeps the policy that came from stdin")
    said = "renewed" if arguments.renew else "activated"
    message = ""
    if not arguments.quiet:
        message = announcement(session, context.clock(), said=said, named_by=plan.named_by)
    context.write(
        activation_text(change, arguments.shell, style=printable(plan.prompt), message=message, later=later)
    )
    return 0


def _as_begun(arguments: argparse.Namespace, context: Context) -> argparse.Namespace:
    """Put the words of the activation before those of its renewal."""
    parser = Parser("activate")
    add_arguments(parser)
    again = parser.parse([arguments.shell, *renewal.said_again(arguments, context)])
    if again.policy == "-" and arguments.policy is None:
        raise UsageError(
            "this session can't be renewed: its policy came from stdin", "activate TARGET --policy FILE"
        )
    for name in ("renew", "if_silent", "mfa_session", "mfa_code", "quiet", "yes"):
        setattr(again, name, getattr(arguments, name))
    return again


def _mfa_session_seconds(arguments: argparse.Namespace) -> int | None:
    """Return how long an MFA session is wanted for; the word after the flag may be the TARGET instead."""
    given = arguments.mfa_session
    if given is None:
        return None
    if arguments.shell not in table.INSTALLED:
        raise UsageError(f"--mfa-session: {arguments.shell} keeps none", f"use one of {_INSTALLED}")
    if given and not given[0].isdigit() and arguments.target is None:
        arguments.target, given = given, ""
    if not given:
        return mfa_session.DEFAULT_SECONDS
    asked = seconds("--mfa-session", given)
    return from_option("--mfa-session", asked, lambda s: seconds_within(s, GET_SESSION_TOKEN_SECONDS))


def _refuse_what_the_shell_lacks(arguments: argparse.Namespace, plan: Plan) -> None:
    if not arguments.revoke_on_exit:
        return
    if arguments.shell not in table.INSTALLED:
        raise UsageError(
            f"--revoke-on-exit: the end of {arguments.shell} revokes nothing", f"use one of {_INSTALLED}"
        )
    if not any(step.role_arn for step in plan.steps):
        raise UsageError(f"--revoke-on-exit: {plan.target} assumes no role, so there is nothing to revoke")


def _wants_ticket(arguments: argparse.Namespace, plan: Plan) -> bool:
    wished: bool = arguments.revocable or arguments.revoke_on_exit or plan.revocable
    return wished and arguments.shell in table.INSTALLED


def _ticket(session: Session, plan: Plan) -> str:
    if session.ticket is None or session.assumed_role_id is None:
        return ""
    settings = plan.steps[0].profile if plan.steps else None
    return ticket.written(ticket.Ticket(session.assumed_role_id, settings, session.ticket))


def _read_secrets(
    services: list[str], session: Session, profile: str | None, context: Context
) -> dict[str, str]:
    if not services:
        return {}
    from awsactivate.aws import parameters
    from awsactivate.commands.secrets.services import read_for_terraform

    region = chamber.region(context.environ) or session.region
    return read_for_terraform(services, parameters.Ssm(session.credentials, profile=profile, region=region))


def _renew_integration(context: Context) -> None:
    """Bring the installed integration up to this version, where the wrapper that called is of another one."""
    wrapper = context.environ.get(environment.WRAPPER_MARK)
    if wrapper in (None, version()):
        return
    from awsactivate.commands.install import renew

    for path in renew(context.environ, context.program):
        terminal.say(f"renewed {path}, which was of another version: new shells load it")


def announcement(
    session: Session, now: float, *, said: str = "activated", named_by: str | None = None
) -> str:
    """Say who the shell is now, where, and for how long: the line a person reads after activating."""
    who = arn_parts.principal_of(session.arn)
    text = f"{said} {session.profile}: {who} in {session.account_id}"
    if session.region:
        text += f" ({session.region})"
    if session.credentials.expiration:
        text += f", {round((session.credentials.expiration.timestamp() - now) / 60)} min"
    if session.scope:
        text += f", narrowed {'by a policy' if session.scope == POLICY else f'to {session.scope}'}"
    if named_by:
        text += f", as {named_by} says"
    return printable(text)
