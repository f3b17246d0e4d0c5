"""`exec --serve`: a command that fetches the session's credentials, anew for as long as it runs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial

from awsactivate.commandline import Context
from awsactivate.frozen import replace
from awsactivate.opening import mfa_sessions, noting
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.narrowing import Narrowing, narrow, narrow_of_plan
from awsactivate.opening.open_session import open_session
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.running import scoped
from awsactivate.running.answering import Answers, Document
from awsactivate.running.child import Ended
from awsactivate.running.renewed import Renewed
from awsactivate.running.serving import Served, Serving, past_proxies
from awsactivate.running.socket_door import SocketDoor
from awsactivate.sessions import environment, mfa_session
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.documents import container_document
from awsactivate.sessions.environment import Change, Set
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.regions import region_of

_NO_FILE = "/dev/null"
_PATH = "/credentials"
# By any of these an SDK finds credentials in a profile.
_CREDENTIAL_KEYS = (
    "aws_access_key_id",
    "credential_process",
    "login_session",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
)


def run(
    program: str,
    arguments: argparse.Namespace,
    plan: Plan,
    profiles: Profiles,
    context: Context,
    wanted: Narrowing | None = None,
    door: SocketDoor | None = None,
) -> Ended:
    """Open the session, then run COMMAND with an endpoint to fetch it from; it ends with COMMAND.

    Where a part of it is `wanted`, that is what is served, and each session that follows is narrowed too. At
    `door`, if there is one, others can fetch it as well.
    """
    served = open_served(arguments, plan, profiles, context, wanted)
    return _serve(program, arguments.command, served, profiles, context, door, is_alone=wanted is not None)


def open_served(
    arguments: argparse.Namespace,
    plan: Plan,
    profiles: Profiles,
    context: Context,
    wanted: Narrowing | None,
) -> Served:
    """Open the session, or a part of it that is `wanted`, and say how those are opened that follow it."""
    mfa_code = arguments.mfa_code
    needs_code = not arguments.no_mfa and not mfa_sessions.opens_unasked(plan, context)
    if needs_code and not any(step.role_arn for step in plan.steps):
        terminal.say("note: a session without a role needs a code each time: this one is not renewed")
    elif needs_code:
        seconds = mfa_session.DEFAULT_SECONDS
        begun = mfa_sessions.begin(plan, profiles, context, seconds=seconds, mfa_code=mfa_code)
        terminal.say(f"the session is renewed for {seconds // 3600} h with this code, while the command runs")
        context, mfa_code = context.with_mfa_session(mfa_session.written(begun)), None
    whole = open_after_sign_in(
        plan,
        profiles,
        context,
        mfa_code=mfa_code,
        no_mfa=arguments.no_mfa,
        device_code=arguments.device_code,
    )
    device = whole.mfa_serial
    session = _take_part(whole, wanted, plan, context)
    noting.note_served(session, whole, wanted, context, arguments.command)
    if not needs_code and not mfa_sessions.opens_unasked(plan, context, device):
        terminal.say(
            f"note: this session is not renewed, for {plan.target} names no device: mfa_serial = {device}"
        )
    later = replace(plan, notes=(), aside_notes=())

    def begin() -> Session:
        whole = open_session(
            later, profiles, context, no_mfa=arguments.no_mfa, may_ask=False, countdown=terminal.wait_unheard
        )
        session = _take_part(whole, wanted, plan, context)
        noting.note_served(session, whole, wanted, context, arguments.command)
        return session

    return Served(plan.target, session, begin)


def run_part(
    program: str,
    arguments: argparse.Namespace,
    wanted: Narrowing,
    context: Context,
    door: SocketDoor | None = None,
) -> Ended:
    """Run COMMAND with a part of this shell's session, which is narrowed anew until that session ends."""
    profiles = read_profiles(context.environ)
    served = open_served_part(arguments, wanted, context, scoped.USAGE)
    return _serve(program, arguments.command, served, profiles, context, door, is_alone=True)


def open_served_part(
    arguments: argparse.Namespace, wanted: Narrowing, context: Context, with_target: str
) -> Served:
    """Narrow this shell's session, and say how that is done anew until it ends."""
    whole, region = scoped.take_this_shells(arguments, context, with_target)

    def begin() -> Session:
        session = narrow(whole, wanted, context, profile=None, region=region)
        noting.note_served(session, whole, wanted, context, arguments.command)
        return session

    session = begin()
    return Served(session.profile, session, begin)


def _serve(
    program: str,
    command: list[str],
    served: Served,
    profiles: Profiles,
    context: Context,
    door: SocketDoor | None,
    *,
    is_alone: bool,
) -> Ended:
    """Run the command with an endpoint for what is `served`; alone: with no others."""
    serving = Serving([served], _answers, context, door, path=_PATH)
    session = served.session
    change = environment.serving(session, serving.uri, serving.token)
    if not is_alone:
        change += _hide_default(profiles, has_region=bool(session.region or region_of(context.environ)))
    environ = _environ(change, context.environ)
    if is_alone:
        environ = environment.alone(environ, scoped.carried(environ, profiles))
    return serving.run(program, command, environ, context)


def _answers(renewed: Mapping[str, Renewed]) -> Answers:
    (one,) = renewed.values()
    return {_PATH: partial(_document, one)}


def _document(renewed: Renewed) -> Document:
    return container_document(renewed.current())


def _take_part(session: Session, wanted: Narrowing | None, plan: Plan, context: Context) -> Session:
    return narrow_of_plan(session, wanted, plan, context) if wanted else session


def _environ(change: Change, environ: Mapping[str, str]) -> dict[str, str]:
    changed = environment.of_command(change, environment.without_session(environ))
    return {**changed, **past_proxies(changed)}


def _hide_default(profiles: Profiles, *, has_region: bool) -> Change:
    """Hide the files in which SDKs would find a default profile's credentials, which would win."""
    default = profiles.get("default")
    if default is None or not _has_credentials(default.values):
        return ()
    terminal.say("note: the command sees no default profile, whose credentials would win over the session's")
    files = {
        "AWS_CONFIG_FILE": default.config_values,
        "AWS_SHARED_CREDENTIALS_FILE": default.credentials_values,
    }
    hidden = [Set(name, _NO_FILE) for name, values in files.items() if _has_credentials(values)]
    if default.region and not has_region:
        hidden += [Set("AWS_REGION", default.region), Set("AWS_DEFAULT_REGION", default.region)]
    return tuple(hidden)


def _has_credentials(values: Mapping[str, object]) -> bool:
    return any(key in values for key in _CREDENTIAL_KEYS)
