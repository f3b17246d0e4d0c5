"""What the embedded IAM Identity Center remembers: who may sign in, and what was handed out."""

from __future__ import annotations

from dataclasses import dataclass, field

START_URL = "https://demo.awsapps.com/start"


@dataclass(frozen=True)
class Assignment:
    """A role in an account that a person may have."""

    account_id: str
    account_name: str
    role_name: str
    """The permission set's, by which the portal knows the role."""
    role_arn: str


@dataclass(frozen=True)
class PortalAccess:
    """What the bearer of a token may have."""

    session_name: str
    assignments: tuple[Assignment, ...]
    expires_at: float
    sign_in: str = ""
    """The sign-in that the token came of, with which it ends."""


@dataclass(frozen=True)
class SsoPerson:
    """Somebody who may sign in."""

    name: str
    seed: str = field(repr=False)
    start_url: str
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True)
class OidcClient:
    """A program that was registered."""

    secret: str = field(repr=False)
    scopes: tuple[str, ...]
    grants: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    expires_at: float


@dataclass
class Code:
    """What a browser brings to the program, once."""

    client_id: str
    redirect_uri: str
    challenge: str
    person: SsoPerson
    expires_at: float
    is_used: bool = False


@dataclass
class Device:
    """What a person agrees to in a browser that is elsewhere."""

    client_id: str
    user_code: str
    start_url: str
    expires_at: float
    person: SsoPerson | None = None
    is_denied: bool = False


@dataclass(frozen=True)
class Refreshable:
    """For whom, and for which program, a refresh token gives another token."""

    client_id: str
    person: SsoPerson
    sign_in: str


@dataclass
class SignOn:
    """All of it."""

    people: dict[str, SsoPerson] = field(default_factory=dict, repr=False)
    """By name."""
    clients: dict[str, OidcClient] = field(default_factory=dict, repr=False)
    codes: dict[str, Code] = field(default_factory=dict, repr=False)
    devices: dict[str, Device] = field(default_factory=dict, repr=False)
    """By the device code."""
    refresh_tokens: dict[str, Refreshable] = field(default_factory=dict, repr=False)
    listed: list[float] = field(default_factory=list)
    """When lists were asked for last, by this machine's clock."""
