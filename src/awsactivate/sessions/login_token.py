"""The token that `aws login` keeps for a profile's `login_session`, in the form that AWS's SDKs share."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass, field, replace
from awsactivate.sessions import arn_parts, limits
from awsactivate.sessions.credentials import Credentials, rfc3339

NO_TOKEN = "it is no token"  # noqa: S105  (no password)
_FAR = 2**33  # seconds: what is later is no time of anything
_SECRETS = ("accessKeyId", "secretAccessKey", "sessionToken")
_NEEDED = ("accessToken", "refreshToken", "dpopKey", "clientId")


@dataclass(frozen=True)
class LoginToken:
    """Credentials, and what new ones are had with; `repr` shows no secret."""

    credentials: Credentials
    refresh_token: str = field(repr=False)
    client_id: str
    key: str = field(repr=False)
    """The private key, in PEM, that proves whose the refresh token is."""
    identity: str | None
    """The ARN of who signed in."""
    begun_at: int | None
    """When, in seconds since the epoch, as the id token tells."""
    region: str | None
    """Where; None says the profile's own."""
    document: Mapping[str, Any] = field(repr=False)
    """All that the file says."""

    def lasts(self, now: float, seconds: float) -> bool:
        """Tell whether the credentials are good for at least so many seconds."""
        end = self.credentials.expiration
        return end is not None and end.timestamp() - now > seconds

    def ends_at(self, now: datetime) -> datetime:
        """Tell until when AWS renews it at the longest, where it was begun `now` unless it says when."""
        begun = datetime.fromtimestamp(self.begun_at, UTC) if self.begun_at is not None else now
        return begun + timedelta(seconds=limits.LONGEST_LOGIN)


def of_document(document: Mapping[str, Any]) -> LoginToken:
    """Read a kept token; ValueError says what is wrong with it, and quotes nothing."""
    missing = [name for name in _NEEDED if not document.get(name)]
    if missing:
        raise ValueError(f"it has no {' and no '.join(missing)}")
    texts = [document[name] for name in ("refreshToken", "clientId", "dpopKey")]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(NO_TOKEN)
    refresh_token, client_id, key = texts
    region = document.get("signInRegion")
    return LoginToken(
        _credentials(document["accessToken"]),
        refresh_token,
        client_id,
        key.replace("\\n", "\n"),  # as one SDK writes it
        *_told(document.get("idToken")),
        region if isinstance(region, str) and region else None,
        document,
    )


def is_answer(output: Mapping[str, Any]) -> bool:
    """Tell whether CreateOAuth2Token's answer holds what a token is made of."""
    given = output.get("accessToken")
    texts = [given.get(name) for name in _SECRETS] if isinstance(given, Mapping) else [None]
    seconds = output.get("expiresIn")
    are_there = all(isinstance(text, str) and text for text in [*texts, output.get("refreshToken")])
    return are_there and isinstance(seconds, int) and 0 <= seconds < _FAR


def of_answer(
    output: Mapping[str, Any], client_id: str, key: str, region: str | None, now: float
) -> LoginToken:
    """Make the token of a sign-in in `region` out of CreateOAuth2Token's answer."""
    identity = _told(output.get("idToken"))[0] or ""
    document = {
        "accessToken": _access_token(output, arn_parts.account_of(identity) or "", now),
        "tokenType": output.get("tokenType", "aws_sigv4"),
        "clientId": client_id,
        "refreshToken": output["refreshToken"],
        "idToken": output.get("idToken", ""),
        "dpopKey": key,
        **({"signInRegion": region} if region else {}),
    }
    return of_document(document)


def refreshed(token: LoginToken, output: Mapping[str, Any], now: float) -> LoginToken:
    """Lay CreateOAuth2Token's answer to a refresh over a token; all else that its file says stays."""
    account = token.document["accessToken"].get("accountId", "")
    document = {
        **token.document,
        "accessToken": _access_token(output, account, now),
        "refreshToken": output["refreshToken"],
    }
    access = _credentials(document["accessToken"])
    return replace(token, credentials=access, refresh_token=document["refreshToken"], document=document)


def refuse_another(token: LoginToken, login_session: str, whose: str, hint: str) -> None:
    """Raise ProfileError unless the one who signed in is whom `login_session` names, to the letter."""
    if token.identity == login_session.strip():
        return
    if token.identity is None:
        raise ProfileError(f"{whose}: its sign-in does not say who signed in", hint)
    raise ProfileError(
        f"{whose}: {token.identity} signed in, and login_session names {login_session.strip()}", hint
    )


def _access_token(output: Mapping[str, Any], account: str, now: float) -> dict[str, str]:
    given = output["accessToken"]
    ends = datetime.fromtimestamp(int(now), UTC) + timedelta(seconds=int(output["expiresIn"]))
    return {**{name: given[name] for name in _SECRETS}, "accountId": account, "expiresAt": rfc3339(ends)}


def _credentials(access: Any) -> Credentials:
    if not isinstance(access, Mapping):
        raise ValueError(NO_TOKEN)
    names = (*_SECRETS, "expiresAt")
    missing = [name for name in names if not access.get(name)]
    if missing:
        raise ValueError(f"its accessToken has no {' and no '.join(missing)}")
    texts = [access[name] for name in names]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(NO_TOKEN)
    key_id, secret, session_token, ends = texts
    try:
        end = datetime.fromisoformat(ends)
        end = end.astimezone(UTC) if end.tzinfo else end.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError("its expiresAt is no time") from None
    return Credentials(key_id, secret, session_token, end)


def _told(id_token: Any) -> tuple[str | None, int | None]:
    """Read whom an id token is about, and its time; its signature is for those who get it of a stranger."""
    parts = id_token.split(".") if isinstance(id_token, str) else []
    if len(parts) != 3:
        return None, None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        subject, at = claims["sub"], claims.get("iat")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, None
    return subject if isinstance(subject, str) else None, at if isinstance(
        at, int
    ) and 0 <= at < _FAR else None
