"""From the command line to a plan: what every command that opens or shows a session does first."""

from __future__ import annotations

import argparse
import os

from awsactivate import own_environment
from awsactivate.commandline import Context
from awsactivate.frozen import replace
from awsactivate.keychain import index
from awsactivate.opening import options as session_options
from awsactivate.opening import scoping
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import session_names
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.narrowed_plan import narrowed
from awsactivate.sessions.plan import Plan, make_plan
from awsactivate.sessions.steps import Options


def plan_for(arguments: argparse.Namespace, context: Context) -> tuple[Plan, Profiles]:
    """Read the configuration and decide which calls `arguments` ask for; nothing is called yet."""
    profiles = read_profiles(context.environ)
    target, named_by = session_options.find_target(arguments, profiles, context)
    options = session_options.read_options(arguments)
    # secrets are read with the whole session
    afterwards = bool(getattr(arguments, "secrets", None))
    plan = as_narrow_as_said(plan_of(target, profiles, context, options), options, profiles, afterwards)
    if named_by:
        note = f"{target} is what {named_by.path} names"
        plan = replace(plan, named_by=named_by.path, notes=(note, *plan.notes))
    return plan, profiles


def plan_of(target: str, profiles: Profiles, context: Context, options: Options) -> Plan:
    """Plan a session of `target` with what this process knows of the user, the time and the environment."""
    leave_session(context)
    return make_plan(
        target,
        profiles,
        options,
        environ=without_session(context.environ),
        login_name=_login_name(context),
        nonce=fresh_nonce(context),
        index=index.read(context.environ),
    )


def as_narrow_as_said(plan: Plan, options: Options, profiles: Profiles, afterwards: bool = False) -> Plan:
    """Return `plan` with its session narrowed to what the options, or else the profile, say."""
    if options.scope:
        beside = bool(options.policy_arns)
        return narrowed(plan, options.scope, beside_arns=beside, afterwards=afterwards)
    profile = profiles.get(plan.profile or "")
    scope = scoping.read_profile(profile, profiles)
    beside = not options.policy_arns and profile is not None and bool(profile.role_arn)
    return narrowed(plan, scope, beside_arns=beside, afterwards=afterwards)


def leave_session(context: Context) -> None:
    """Take what an inherited session holds out of this process's environment.

    Its endpoints, its CA bundle and its region are read there by botocore, and are not those of the session
    that is to be begun.
    """
    own_environment.forget(context.environ.keys() - without_session(context.environ).keys())


def fresh_nonce(context: Context) -> str:
    """Make the part of a session's name that tells when it began."""
    minutes = (int(context.clock()) - session_names.EPOCH_2026) // 60
    alphabet = session_names.ALPHABET  # of 32 characters: none is likelier than another
    return session_names.nonce(minutes, "".join(alphabet[byte % len(alphabet)] for byte in os.urandom(5)))


def _login_name(context: Context) -> str:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if context.environ.get(name):
            return context.environ[name]
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""
