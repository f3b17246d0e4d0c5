"""What STS (or another source) answered: temporary credentials and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from awsactivate.frozen import dataclass, field
from awsactivate.sessions import names
from awsactivate.sessions.arn_parts import account_of


@dataclass(frozen=True)
class Credentials:
    """An access key, with a session token where it is temporary; `repr` shows no secret."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    """None for an IAM user's own key."""
    expiration: datetime | None = None
    """In UTC, aware of it; None where the source names none."""

    @property
    def is_long_term(self) -> bool:
        """Whether this is an IAM user's own key, which must never enter an environment."""
        return self.session_token is None

    def __post_init__(self) -> None:
        if self.expiration is not None and self.expiration.utcoffset() is None:
            raise ValueError("an expiration needs a time zone")


@dataclass(frozen=True)
class Session:
    """Temporary credentials, and the role session that they belong to where there is one."""

    profile: str
    """By which name the shell knows it: the target's."""
    credentials: Credentials
    source_profile: str = ""
    """Whose long-term key began it; '' where something else did."""
    region: str | None = None
    """None where nothing names one."""
    role_arn: str | None = None
    """None for a user's own session."""
    assumed_role_id: str | None = None
    """`AROA…:session-name`, as AssumeRole answers: what names it in CloudTrail and revocations; no secret."""
    arn: str | None = None
    """Whose calls AWS takes its calls for; None where STS did not say."""
    mfa_serial: str | None = None
    """The device whose code was sent for it."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Variables that go with it."""
    put_aside: tuple[str, ...] = ()
    """The names of variables that must not stay beside it."""
    ticket: Credentials | None = field(default=None, repr=False)
    """What can revoke it, where some were bought with it."""
    scope: str = ""
    """What it was narrowed to, by name; '' where it was not."""

    @property
    def account_id(self) -> str | None:
        """The account that the session is in, as STS's ARN of it says."""
        return account_of(self.arn)


def in_environ(environ: Mapping[str, str]) -> Credentials | None:
    """Return the credentials that SDKs take from an environment; None where it holds no whole access key."""
    key_id, secret, token = (environ.get(name) for name in names.CREDENTIALS)
    token = environ.get("AWS_SECURITY_TOKEN") or token  # botocore takes the old name first
    return Credentials(key_id, secret, token or None) if key_id and secret else None


def session_in_environ(environ: Mapping[str, str]) -> Credentials | None:
    """Return those of a session of ours; None where an environment holds none."""
    found = in_environ({name: environ.get(name, "") for name in names.CREDENTIALS})
    return found if found is not None and not found.is_long_term else None


def rfc3339(moment: datetime) -> str:
    """Write an aware datetime as AWS's tools read it: UTC, whole seconds, `Z` (RFC 3339, section 5.6)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
