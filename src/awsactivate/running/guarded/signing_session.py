"""The session that signs for a guarded COMMAND: one that is opened for it, or this shell's."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.frozen import dataclass
from awsactivate.guard import rules
from awsactivate.opening import held_session, noting
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.narrowing import Narrowing
from awsactivate.opening.plan_for import plan_for
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.running import scoped, serve
from awsactivate.running.guarded import notifying, settings
from awsactivate.running.serving import Served
from awsactivate.sessions import arn_parts, environment
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.plan import Plan


@dataclass(frozen=True)
class Begun:
    """The session that signs, and the environment without it."""

    served: Served
    """The session, and what opens the next one."""
    profiles: Profiles
    """The configuration that it was planned with."""
    environ: Mapping[str, str]
    """What COMMAND's own is made of."""

    @property
    def session(self) -> Session:
        """The session that signs first."""
        return self.served.session

    @property
    def notify(self) -> str | None:
        """What its profile runs where a question waits."""
        profile = self.profiles.get(self.session.profile)
        return profile.guard_notify if profile else None


def begin(arguments: argparse.Namespace, wanted: Narrowing | None, context: Context) -> Begun:
    """Open the session, or a part of one that is `wanted`, or take this shell's as it is."""
    if arguments.target is not None:
        plan, profiles = _plan(arguments, context)
        notifying.check(profiles.get(plan.target), context)  # before any code is typed
        confirm(plan, arguments, context)
        served = serve.open_served(arguments, plan, profiles, context, wanted)
        return Begun(served, profiles, environment.without_session(context.environ))
    profiles = read_profiles(context.environ)
    notifying.check(profiles.get(context.environ.get("AWSACTIVATE_PROFILE", "")), context)
    if wanted:
        served = serve.open_served_part(arguments, wanted, context, settings.USAGE_OF_PART)
    else:
        served = _take_this_shells(arguments, context)
    secrets = {} if wanted and wanted.scope.hides_secrets else scoped.held_secrets(context.environ)
    return Begun(served, profiles, {**environment.without_session(context.environ), **secrets})


def _plan(arguments: argparse.Namespace, context: Context) -> tuple[Plan, Profiles]:
    try:
        return plan_for(arguments, context)
    except ProfileError as error:
        if arguments.target in rules.PRESETS:  # where `--guard learn` was typed
            raise ProfileError(error.message, f"a preset is written --guard={arguments.target}") from error
        raise


def _take_this_shells(arguments: argparse.Namespace, context: Context) -> Served:
    """Take the session of this shell as it is: whoever activated it renews it, if it is served at all."""
    session, _ = scoped.take_this_shells(arguments, context, settings.USAGE)
    noting.note_served(session, session, None, context, arguments.command)

    def again() -> Session:
        newer = held_session.take_held(context, otherwise="activate TARGET")
        if newer.credentials.access_key_id == session.credentials.access_key_id:
            raise AwsactivateError("it ends with the session of the shell that it was taken from")
        return newer

    return Served(session.profile, session, again)


def find_account(begun: Begun) -> str:
    """Return the account of the session, which rules and questions name; STS is asked where no role tells."""
    session = begun.session
    if known := session.account_id or arn_parts.account_of(session.role_arn):
        return known
    from awsactivate.aws.sts import Sts

    profile = session.profile if session.profile in begun.profiles else None
    return Sts(session.credentials, profile, region=session.region).get_caller_identity().account_id
