"""`exec --serve`: a command that fetches the session's credentials, anew for as long as it runs."""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from awsactivate.commandline import Context
from awsactivate.credentials import Credentials, Session
from awsactivate.opening import mfa_sessions, noting
from awsactivate.opening.narrowing import Narrowing, narrow, narrow_of_plan
from awsactivate.opening.open_session import open_session
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.running import child, port_keeper, scoped
from awsactivate.running.endpoint import ADDRESS, Endpoint
from awsactivate.running.renewed import Renewed
from awsactivate.sessions import environment, mfa_session
from awsactivate.sessions.environment import Change, Set
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.regions import region_of

_NO_FILE = "/dev/null"
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
) -> int:
    """Open the session, then run COMMAND with an endpoint to fetch it from; it ends with COMMAND.

    Where a part of it is `wanted`, that is what is served, and each session that follows is narrowed too.
    """
    mfa_code = arguments.mfa_code
    needs_code = not arguments.no_mfa and not mfa_sessions.opens_unasked(plan, context)
    if needs_code and not any(step.role_arn for step in plan.steps):
        terminal.say("note: a session without a role needs a code each time: this one is not renewed")
    elif needs_code:
        seconds = mfa_session.DEFAULT_SECONDS
        begun = mfa_sessions.begin(plan, profiles, context, seconds=seconds, mfa_code=mfa_code)
        terminal.say(f"the session is renewed for {seconds // 3600} h with this code, while the command runs")
        context, mfa_code = context.with_mfa_session(mfa_session.written(begun)), None
    whole = open_session(plan, profiles, context, mfa_code=mfa_code, no_mfa=arguments.no_mfa)
    device = whole.mfa_serial
    session = _part(whole, wanted, plan, context)
    noting.note_served(session, whole, wanted, context, arguments.command)
    if not needs_code and not mfa_sessions.opens_unasked(plan, context, device):
        terminal.say(
            f"note: this session is not renewed, for {plan.target} names no device: mfa_serial = {device}"
        )
    later = replace(plan, notes=(), aside_notes=())

    def begin() -> Session:
        whole = open_session(
            later, profiles, context, no_mfa=arguments.no_mfa, may_ask=False, countdown=_wait_unheard
        )
        session = _part(whole, wanted, plan, context)
        noting.note_served(session, whole, wanted, context, arguments.command)
        return session

    return _serve(program, arguments.command, session, begin, profiles, context, is_alone=wanted is not None)


def run_part(program: str, arguments: argparse.Namespace, wanted: Narrowing, context: Context) -> int:
    """Run COMMAND with a part of this shell's session, which is narrowed anew until that session ends."""
    whole, region = scoped.of_this_shell(arguments, context)

    def begin() -> Session:
        session = narrow(whole, wanted, context, profile=None, region=region)
        noting.note_served(session, whole, wanted, context, arguments.command)
        return session

    profiles = read_profiles(context.environ)
    return _serve(program, arguments.command, begin(), begin, profiles, context, is_alone=True)


def _serve(
    program: str,
    command: list[str],
    session: Session,
    begin: Callable[[], Session],
    profiles: Profiles,
    context: Context,
    *,
    is_alone: bool,
) -> int:
    """Run the command with an endpoint for `session`, and those that `begin` gives; alone: with no others."""

    def next_one() -> Credentials:
        credentials = begin().credentials
        keeper.tell_end(credentials)
        return credentials

    renewed = Renewed(session.credentials, next_one, clock=context.clock, say=terminal.say)
    endpoint = Endpoint(renewed.current)
    keeper = _Keeper(endpoint, context.environ)
    keeper.tell_end(session.credentials)
    threading.Thread(target=renewed.keep, daemon=True).start()
    change = environment.serving(session, endpoint.uri, endpoint.token)
    if not is_alone:
        change += _without_default(profiles, has_region=bool(session.region or region_of(context.environ)))
    environ = _environ(change, context.environ)
    if is_alone:
        environ = environment.alone(environ, scoped.carried(environ, profiles))
    context.release_stdout()
    try:
        return child.run(program, command, environ)
    finally:
        renewed.end()
        endpoint.close()


def _part(session: Session, wanted: Narrowing | None, plan: Plan, context: Context) -> Session:
    return narrow_of_plan(session, wanted, plan, context) if wanted else session


class _Keeper:
    """The process that holds the endpoint's port when this one has ended, however it ends."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            # isolated, and without site: nothing of the person's is looked for in the present folder
            [sys.executable, "-I", "-S", port_keeper.__file__, str(endpoint.fileno()), endpoint.uri],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment.of_helper(environ),
            pass_fds=[endpoint.fileno()],
            start_new_session=True,
        )

    def tell_end(self, credentials: Credentials) -> None:
        """Tell when the session that is served now will have ended."""
        pipe = self._process.stdin
        if credentials.expiration is None or pipe is None:
            return
        with suppress(BrokenPipeError):  # somebody ended it: the port is free when this process ends
            pipe.write(f"{credentials.expiration.timestamp()}\n".encode())
            pipe.flush()


def _environ(change: Change, environ: Mapping[str, str]) -> dict[str, str]:
    changed = environment.of_command(change, environment.without_session(environ))
    return {**changed, **_past_proxies(changed)}


def _past_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Keep a proxy from the request for the session, and its token; each spelling has its readers."""
    if not any(environ.get(name) or environ.get(name.upper()) for name in ("http_proxy", "all_proxy")):
        return {}
    lower, upper = environ.get("no_proxy", ""), environ.get("NO_PROXY", "")
    return {
        name: before if before == "*" else ",".join(filter(None, [before, ADDRESS]))
        for name, before in (("no_proxy", lower or upper), ("NO_PROXY", upper or lower))
    }


def _without_default(profiles: Profiles, *, has_region: bool) -> Change:
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


def _wait_unheard(
    seconds: float, text: str, *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Wait for the next window of codes, and say nothing: the terminal is the command's."""
    del text, clock
    sleep(seconds)
