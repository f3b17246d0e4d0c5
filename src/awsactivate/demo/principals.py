"""Who makes a request, and with what credentials."""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.iam.utils import generate_access_key_id_from_account_id

from awsactivate.demo.evaluator import Document, Names

TOKEN_LIMIT = 4096  # AWS tells the percentage of it, not the number; no request may ask for a longer one
_TOKEN_START = "IQoJb3JpZ2lu"  # noqa: S105  (what every token of STS begins with)
_TOKEN_BYTES = 300  # as long as STS's own: what carries tokens must carry these


@dataclass(frozen=True)
class Principal:
    """An IAM user, a role's session or a federated user."""

    type: str
    """As AWS calls it in `aws:PrincipalType`."""
    account_id: str
    arn: str
    user_id: str
    access_key_id: str
    user_name: str | None = None
    role_arn: str | None = None
    issued_at: float | None = None
    """None for a user's own key."""
    mfa_at: float | None = None
    """None where no MFA code stands behind the credentials."""
    session_tags: Mapping[str, str] = field(default_factory=dict)
    transitive_keys: frozenset[str] = frozenset()
    """Which of the session's tags a role that it assumes inherits."""
    source_identity: str | None = None
    session_layers: tuple[tuple[Document, ...], ...] = ()
    """Each of them narrows the session."""
    scopes: int = 0
    """How many of the layers are GetScopedCredentials'."""
    packed_bytes: int = 0
    """What policies and tags add to the session's token."""

    @property
    def is_temporary(self) -> bool:
        """Whether the credentials were issued by STS."""
        return self.issued_at is not None

    @property
    def is_session_of_user(self) -> bool:
        """Whether these are GetSessionToken's credentials."""
        return self.type == "User" and self.is_temporary

    @property
    def names(self) -> Names:
        """How a resource's policy may name this principal."""
        own = {"*", self.arn} | ({self.role_arn} if self.role_arn else set())
        return Names(frozenset(own), frozenset({self.account_id, f"arn:aws:iam::{self.account_id}:root"}))


@dataclass(frozen=True)
class Key:
    """An access key with its secrets and whose it is."""

    access_key_id: str
    secret: str = field(repr=False)
    principal: Principal
    session_token: str | None = field(default=None, repr=False)
    expires_at: float | None = None

    @property
    def written(self) -> dict[str, Any]:
        """The credentials as STS answers with them."""
        return {
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret,
            "SessionToken": self.session_token,
            "Expiration": datetime.fromtimestamp(self.expires_at or 0, UTC),
        }


def new_access_key_id(account_id: str) -> str:
    """Make up the id of temporary credentials."""
    return str(generate_access_key_id_from_account_id(account_id, prefix="ASIA", total_length=20))


def token_size(packed_bytes: int) -> int:
    """Say how long the token of a session is that carries so many bytes."""
    return len(_TOKEN_START) + 4 * -(-(_TOKEN_BYTES + packed_bytes) // 3)


def new_key(principal: Principal, expires_at: float, least_size: int = 0) -> Key:
    """Make up temporary credentials for `principal`, with a token of `least_size` or longer."""
    alphabet = string.ascii_letters + string.digits + "+/"
    secret = "".join(secrets.choice(alphabet) for _ in range(40))
    token = (
        _TOKEN_START + base64.b64encode(secrets.token_bytes(_TOKEN_BYTES + principal.packed_bytes)).decode()
    )
    token += "=" * (least_size - len(token))
    return Key(principal.access_key_id, secret, principal, token, expires_at)
