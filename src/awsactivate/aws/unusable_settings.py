"""Which setting of a profile, or of the environment, botocore can make no client of.

botocore checks few of them: most are converted or looked into where they are needed, and raise whatever that
raises.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from awsactivate.aws.refusals import translated
from awsactivate.errors import AwsactivateError, ProfileError

# Keys that hold more keys, each on a line of its own: botocore looks into their value without a look at it.
_NESTED = ("api_versions",)
INVALID_ENDPOINT = "Invalid endpoint: "
_HALF_A_BRACKET = "Invalid IPv6 URL"  # as Python says it
_KEY_LOG = "SSLKEYLOGFILE"


def explained(error: Exception, session: Session, profile: str | None) -> AwsactivateError:
    """Return the error of ours for `error`, raised while a client was made of the settings in `session`."""
    if isinstance(error, BotoCoreError):
        return translated(error)
    return named(error, session, profile) or ProfileError(
        f"{_whose(profile)}the settings can't be used ({type(error).__name__})", "awsactivate doctor"
    )


def named(error: Exception, session: Session, profile: str | None) -> ProfileError | None:
    """Name the setting that is at fault for `error`; None where none is."""
    if isinstance(error, ValueError) and str(error).startswith(INVALID_ENDPOINT):
        url = str(error).removeprefix(INVALID_ENDPOINT)
        shown = "" if "@" in url else f" {url!r}"  # before an @ might stand a password
        return ProfileError(
            f"{_whose(profile)}the endpoint{shown} is no URL",
            "endpoint_url, or AWS_ENDPOINT_URL, must begin with http:// or https://",
        )
    if isinstance(error, ValueError) and str(error) == _HALF_A_BRACKET:
        return ProfileError(
            f"{_whose(profile)}the endpoint is no URL", "close the bracket: http://[::1]:4566"
        )
    key_log = os.environ.get(_KEY_LOG)
    if key_log and isinstance(error, OSError) and error.filename == key_log:
        message = f"{_KEY_LOG} names a file that can't be written: {error.strerror}"
        return ProfileError(message, f"unset {_KEY_LOG}")
    setting = None if isinstance(error, (BotoCoreError, ClientError)) else _at_fault(error, session)
    if setting is None:
        return None
    return ProfileError(f"{_whose(profile)}{setting} has a value that can't be used", "awsactivate doctor")


def _at_fault(error: Exception, session: Session) -> str | None:
    """Name the setting that raises the same when it is looked up."""
    try:
        scoped = session.get_scoped_config()
    except Exception:  # not even that can be read, which `error` tells then
        return None
    for key in _NESTED:
        if isinstance(error, AttributeError) and not isinstance(scoped.get(key, {}), Mapping):
            return f"{key}, which must hold one 'key = value' an indented line,"
    for name, (key, variable, *_rest) in session.session_var_map.items():
        try:
            session.get_config_variable(name)
        except Exception as same:  # whatever its conversion raises
            if (type(same), str(same)) == (type(error), str(error)):
                variables = variable if isinstance(variable, list) else [variable]
                return " or ".join(str(each) for each in (key, *variables) if each)
    return None


def _whose(profile: str | None) -> str:
    return f"profile {profile!r}: " if profile else ""
