"""A token of IAM Identity Center, as the AWS CLI's cache and the keyring hold it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from awsactivate.frozen import dataclass, field
from awsactivate.sessions.credentials import rfc3339

_RENEWED_BEFORE = timedelta(minutes=15)  # as the SDKs do


@dataclass(frozen=True)
class Client:
    """What AWS has registered this program as, for one sign-in."""

    id: str
    secret: str = field(repr=False)
    ends: datetime
    """When the registration ends."""

    def is_good(self, now: datetime) -> bool:
        """Tell whether AWS knows it still."""
        return now < self.ends


@dataclass(frozen=True)
class SsoToken:
    """What lets its bearer have the credentials of the roles that the person may use."""

    access: str = field(repr=False)
    """The token itself."""
    ends: datetime
    start_url: str = ""
    region: str = ""
    refresh: str | None = field(default=None, repr=False)
    """With which AWS gives the next one; None where it gives none."""
    client: Client | None = None
    """To whom AWS gave it; None where only a person can get the next."""

    def lasts(self, now: datetime) -> bool:
        """Tell whether it can be used."""
        return now < self.ends

    def can_be_renewed(self, now: datetime) -> bool:
        """Tell whether AWS may give another for it, without a person."""
        return self.refresh is not None and self.client is not None and self.client.is_good(now)

    def should_be_renewed(self, now: datetime) -> bool:
        """Tell whether it is time to."""
        return self.can_be_renewed(now) and self.ends - now < _RENEWED_BEFORE

    @property
    def digest(self) -> str:
        """Something to tell it from another by, which is no secret."""
        return hashlib.sha256(self.access.encode()).hexdigest()


def read(document: Mapping[str, Any]) -> SsoToken:
    """Read a token; ValueError where the document is none."""
    access = document.get("accessToken")
    if not isinstance(access, str) or not is_access(access.strip()):
        raise ValueError("it has no accessToken")
    texts = {name: document.get(name) for name in ("startUrl", "region", "refreshToken")}
    start_url, region, refresh = (text if isinstance(text, str) else "" for text in texts.values())
    return SsoToken(
        access.strip(),
        _moment(document.get("expiresAt")),
        start_url,
        region,
        refresh or None,
        _client(document),
    )


def written(token: SsoToken) -> dict[str, Any]:
    """Write a token as the AWS CLI does."""
    document = {
        "startUrl": token.start_url,
        "region": token.region,
        "accessToken": token.access,
        "expiresAt": rfc3339(token.ends),
    }
    if token.client:
        document |= {
            "clientId": token.client.id,
            "clientSecret": token.client.secret,
            "registrationExpiresAt": rfc3339(token.client.ends),
        }
    if token.refresh:
        document["refreshToken"] = token.refresh
    return document


def _client(document: Mapping[str, Any]) -> Client | None:
    names = ("clientId", "clientSecret", "registrationExpiresAt")
    if not all(isinstance(document.get(name), str) and document[name] for name in names):
        return None
    try:
        return Client(document["clientId"], document["clientSecret"], _moment(document[names[2]]))
    except ValueError:
        return None


def _moment(text: object) -> datetime:
    """Read a time; ValueError does not quote it."""
    try:
        # old versions of the AWS CLI write the zone's name
        moment = datetime.fromisoformat(re.sub("UTC$", "Z", text)) if isinstance(text, str) else None
        # the first and the last day of all have no time elsewhere
        moment = moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise ValueError("its expiresAt is no time with a zone")
    return moment


def is_access(text: object) -> bool:
    """Tell whether `text` can be what its bearer shows, which goes into a header."""
    return isinstance(text, str) and text != "" and text.isascii() and text.isprintable()
