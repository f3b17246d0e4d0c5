"""A user's session that was made with an MFA code, from which roles are assumed without another code.

A shell keeps it, unexported, as the text of `written`; only the core's own process is given that.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

from __future__ import annotations

import json
from datetime import datetime

from awsactivate.errors import AwsError
from awsactivate.frozen import dataclass
from awsactivate.sessions.credentials import Credentials, rfc3339
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.sources import Source

DEFAULT_SECONDS = 8 * 3600
# What STS says of credentials that are none, or none any more.
_NO_CREDENTIALS = (
    *("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"),
)
_LEAST_LEFT = 60  # seconds: with less, it may end between two calls


@dataclass(frozen=True)
class MfaSession:
    """What GetSessionToken gave for a user's keys and a code."""

    source: Source
    """Whose keys."""
    serial: str
    """The device that gave the code."""
    credentials: Credentials

    def serves(self, plan: Plan, now: float) -> bool:
        """Tell whether `plan` assumes a role, and can begin with this in place of a key and a code.

        No plan gets these credentials as its own: they would be in an environment then.
        """
        if not plan.steps or plan.steps[0].operation != "AssumeRole" or plan.source != self.source:
            return False
        # no device is named where the role may do without: then that it is the same key must be certain
        asked_for = plan.steps[0].mfa_serial
        same = asked_for == self.serial or (asked_for is None and self.source.kind in ("profile", "keyring"))
        return same and self.ends - now > _LEAST_LEFT

    def has_ended(self, error: AwsError) -> bool:
        """Tell whether `error` says that AWS takes these credentials no more."""
        return error.code in _NO_CREDENTIALS

    def ended(self, error: AwsError) -> AwsError:
        """Say that AWS takes these credentials no more, as `error` tells, and what forgets them."""
        return AwsError(
            f"the MFA session of {self.serial} serves no more: {error.message}",
            "awsdeactivate --all",
            code=error.code,
        )

    @property
    def ends(self) -> float:
        """When it ends, in seconds since the epoch."""
        expiration = self.credentials.expiration
        return expiration.timestamp() if expiration else 0


def written(session: MfaSession) -> str:
    """Write `session` as one line, which is a secret."""
    credentials = session.credentials
    return json.dumps(
        {
            "source": [session.source.kind, session.source.name],
            "serial": session.serial,
            "credentials": [
                credentials.access_key_id,
                credentials.secret_access_key,
                credentials.session_token,
                rfc3339(credentials.expiration) if credentials.expiration else None,
            ],
        }
    )


def shown(session: MfaSession) -> str:
    """Write what of `session` is no secret: its device, and when it ends since the epoch."""
    return f"{session.serial} {int(session.ends)}"


def parsed(text: str) -> MfaSession | None:
    """Read what `written` wrote; None for anything else."""
    try:
        document = json.loads(text)
        kind, name = document["source"]
        key_id, secret, token, expiration = document["credentials"]
        credentials = Credentials(key_id, secret, token, datetime.fromisoformat(expiration))
        return MfaSession(Source(kind, name), document["serial"], credentials)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
