"""The ticket: credentials that can revoke one session of their user's, and do nothing else.

It is the user's own session with MFA, narrowed by `policy`. A shell keeps it, unexported, as the text of
`written`; only the core's own process is given that, to end the session. By its policy it can't lift what it
is for. What it could do in a thief's hands: drop that user's other entries, or deny all of that user's
sessions.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
"""

from __future__ import annotations

import json
from datetime import datetime

from awsactivate.account import policies
from awsactivate.frozen import dataclass, field
from awsactivate.sessions.credentials import Credentials, rfc3339

MARGIN_SECONDS = 300  # that it lives longer than its session, should clocks differ


@dataclass(frozen=True)
class Ticket:
    """Credentials that can revoke one session."""

    assumed_role_id: str
    """That session's."""
    profile: str | None
    """The one with whose settings (endpoint, region) they are used."""
    credentials: Credentials = field(repr=False)

    @property
    def ends(self) -> float:
        """When it ends, in seconds since the epoch."""
        expiration = self.credentials.expiration
        return expiration.timestamp() if expiration else 0


def policy(role_arn: str, user: str, assumed_role_id: str) -> policies.Document:
    """Allow to read the role's tags, and to write the user's own so that the session is denied by it."""
    key = policies.revoked_tag(user)
    value = f"aws:RequestTag/{key}"
    return {
        "Version": policies.VERSION,
        "Statement": [
            {"Effect": "Allow", "Action": "iam:ListRoleTags", "Resource": role_arn},
            {
                "Effect": "Allow",
                "Action": "iam:TagRole",
                "Resource": role_arn,
                "Condition": {
                    "ForAllValues:StringEquals": {"aws:TagKeys": key},
                    "Null": {"aws:TagKeys": "false"},
                    "StringLike": {value: [f"*-{assumed_role_id}/*", "ALL/*"]},
                    "StringNotLike": {value: f"*+{assumed_role_id}/*"},
                },
            },
        ],
    }


def written(ticket: Ticket) -> str:
    """Write `ticket` as one line, which is a secret."""
    credentials = ticket.credentials
    expiration = rfc3339(credentials.expiration) if credentials.expiration else None
    keys = [credentials.access_key_id, credentials.secret_access_key, credentials.session_token, expiration]
    return json.dumps({"session": ticket.assumed_role_id, "profile": ticket.profile, "credentials": keys})


def parsed(text: str) -> Ticket | None:
    """Read what `written` wrote; None for anything else."""
    try:
        document = json.loads(text)
        key_id, secret, token, expiration = document["credentials"]
        credentials = Credentials(key_id, secret, token, datetime.fromisoformat(expiration))
        return Ticket(document["session"], document["profile"], credentials)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
