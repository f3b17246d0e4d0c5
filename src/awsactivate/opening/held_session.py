"""The session that the environment of this process holds: the shell's that called, or an inherited one."""

from __future__ import annotations

from datetime import UTC, datetime

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.frozen import replace
from awsactivate.opening import served_session
from awsactivate.sessions import names, settings
from awsactivate.sessions.credentials import Session, session_in_environ


def take_held(context: Context, *, otherwise: str) -> Session:
    """Return the session; ProfileError where there is none, with the hint `otherwise`, or where it has ended.

    Its settings are what the environment holds of regions and endpoints for it.
    """
    environ = context.environ
    expires = environ.get("AWSACTIVATE_EXPIRATION", "")
    expiration = None
    if expires.isascii() and expires.isdigit() and len(expires) <= 11:
        expiration = datetime.fromtimestamp(int(expires), UTC)
        if expiration.timestamp() <= context.clock():
            raise ProfileError("the session of this shell has expired", "activate, to renew it")
    own = session_in_environ(environ)
    credentials = replace(own, expiration=expiration) if own else served_session.fetch_credentials(environ)
    if credentials is None:
        raise ProfileError("no session is active in this shell", otherwise)
    held_names = environ.get("AWSACTIVATE_VARS", "").split()
    return Session(
        profile=environ.get("AWSACTIVATE_PROFILE", ""),
        credentials=credentials,
        source_profile=environ.get("AWSACTIVATE_SOURCE_PROFILE", ""),
        role_arn=environ.get("AWSACTIVATE_ROLE_ARN") or None,
        assumed_role_id=environ.get("AWSACTIVATE_ASSUMED_ROLE_ID") or None,
        settings={name: environ[name] for name in held_names if _is_setting(name) and name in environ},
        scope=environ.get("AWSACTIVATE_SCOPE", ""),
    )


def _is_setting(name: str) -> bool:
    return name in names.REGIONS or settings.is_name(name)
