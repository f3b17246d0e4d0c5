"""`exec --scope`: a command that gets a part of a session, and sees no other credentials."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from awsactivate.commandline import Context
from awsactivate.errors import UsageError
from awsactivate.opening import held_session, noting, options
from awsactivate.opening.after_sign_in import open_as_asked
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.narrowing import Narrowing, narrow, narrow_of_plan
from awsactivate.opening.plan_for import plan_for
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.running.become import become
from awsactivate.sessions import arns, environment, names, partitions, settings
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.regions import region_of
from awsactivate.sessions.steps import Options

USAGE = "awsactivate exec TARGET --scope SCOPE -- COMMAND"


def run(program: str, arguments: argparse.Namespace, wanted: Narrowing, context: Context) -> int:
    """Narrow the session of TARGET, or without one that of this shell; then become COMMAND with it.

    Where that fails nothing runs: never with the whole session in its place.
    """
    if arguments.target is None:
        profiles = read_profiles(context.environ)
        whole, region = take_this_shells(arguments, context, USAGE)
        session = narrow(whole, wanted, context, profile=None, region=region)
        before, more = _secrets(context.environ, wanted)
    else:
        plan, profiles = plan_for(arguments, context)
        confirm(plan, arguments, context)
        whole = open_as_asked(plan, profiles, arguments, context)
        session = narrow_of_plan(whole, wanted, plan, context)
        before, more = environment.without_session(context.environ), None
    noting.note_narrowed(session, whole, wanted, context, arguments.command)
    change = environment.activation(session, more)
    environ = environment.of_command(change, before)
    return become(program, arguments.command, environment.alone(environ, carried(environ, profiles)), context)


def carried(environ: Mapping[str, str], profiles: Profiles) -> dict[str, str]:
    """Return what the default profile says, whose file COMMAND does not see, as variables."""
    default = profiles.get("default")
    found = {one.name: one.value for one in settings.of_profile(default, profiles, environ)}
    if default and default.region and not region_of(environ):
        found |= dict.fromkeys(names.REGIONS, default.region)
    return found


def take_this_shells(
    arguments: argparse.Namespace, context: Context, with_target: str
) -> tuple[Session, str]:
    """Return this shell's session, and the region whose STS narrows it.

    `with_target` is what to type, where there is none, to have one of a TARGET.
    """
    if options.read_options(arguments) != Options() or arguments.mfa_code is not None:
        raise UsageError("options that shape a session need a TARGET", with_target)
    session = held_session.take_held(context, otherwise=f"activate TARGET first, or {with_target}")
    partition = arns.partition_of(session.role_arn) if session.role_arn else None
    return session, partitions.called(None, context.environ, partition)


def held_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that terraform gets from this shell's session."""
    held = environ.get("AWSACTIVATE_VARS", "").split()
    return {name: environ[name] for name in held if name.startswith("TF_VAR_") and name in environ}


def _secrets(environ: Mapping[str, str], wanted: Narrowing) -> tuple[Mapping[str, str], dict[str, str]]:
    """Return the environment without what COMMAND may not see, and the session's secrets that it may."""
    secrets = held_secrets(environ)
    if not secrets or not wanted.scope.hides_secrets:
        return environ, secrets
    terminal.say(f"note: the command does not see {', '.join(secrets)}, which are secrets")
    return {name: value for name, value in environ.items() if name not in secrets}, {}
