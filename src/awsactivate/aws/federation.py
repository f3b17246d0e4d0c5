"""The sign-in token that AWS's federation endpoint gives for a session."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from awsactivate.aws.http import HttpAnswer, request
from awsactivate.errors import AwsError, UnreachableError
from awsactivate.sessions.console_signin import token_request
from awsactivate.sessions.credentials import Credentials

_LONGEST_SAID = 200  # characters; a whole page would say no more


def get_signin_token(
    federation: str,
    credentials: Credentials,
    *,
    seconds: int | None,
    profile: str | None,
    environ: Mapping[str, str],
) -> str:
    """Ask for a token; `seconds` is the console session's length, None that of the credentials.

    The session goes in the body of a POST, which no proxy or server writes into its log.
    """
    form = token_request(credentials, seconds)
    answer = request("POST", federation, environ=environ, profile=profile, form=form)
    if answer.status >= 500:
        raise UnreachableError(f"the sign-in endpoint is out of order (HTTP {answer.status})", "try again")
    if answer.status != 200:
        raise AwsError(_refusal(answer, credentials), _hint(seconds), code=f"HTTP {answer.status}")
    try:
        token = json.loads(answer.body)["SigninToken"]
    except (ValueError, TypeError, KeyError) as error:
        raise AwsError("the sign-in endpoint's answer holds no sign-in token") from error
    return str(token)


def _refusal(answer: HttpAnswer, credentials: Credentials) -> str:
    message = f"the sign-in endpoint refuses this session (HTTP {answer.status})"
    text = re.sub(
        r"<(style|script)\b.*?</\1>|<[^>]*>", " ", answer.body.decode("utf-8", "replace"), flags=re.S
    )
    said = " ".join(text.split())
    is_worth_saying = 0 < len(said) <= _LONGEST_SAID and not _quotes(said, credentials)
    return f"{message}: {said}" if is_worth_saying else message


def _quotes(said: str, credentials: Credentials) -> bool:
    """Tell whether a text holds a piece of the session, be it encoded in whatever way."""
    secrets = credentials.secret_access_key + "\n" + (credentials.session_token or "")
    return any(piece in secrets for piece in re.findall(r"[A-Za-z0-9]{6,}", said))


def _hint(seconds: int | None) -> str:
    if seconds is not None:
        return "leave out --session-duration: a role assumed from another role's session may not ask for it"
    return "awsactivate status: it must be a role's session that has not expired"
