"""The sign-ins that AWS Sign-In keeps for an identity: listed, and revoked five at a time.

https://docs.aws.amazon.com/signin/latest/APIReference/API_ListSessions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.aws.http import configured_endpoint
from awsactivate.aws.refusals import translated
from awsactivate.errors import AwsactivateError
from awsactivate.frozen import dataclass

_AT_ONCE = 5
_PAGE = 100
_REASON = "awsactivate revoke --sign-ins"


@dataclass(frozen=True)
class SignInSession:
    """One sign-in; times are seconds since the epoch."""

    arn: str
    principal_arn: str
    issued_at: int
    expires_at: int
    client_id: str
    client_type: str
    """CLI or MCP."""
    region: str
    """The one that was asked."""


@dataclass(frozen=True)
class Outcome:
    """What came of one revocation."""

    session: SignInSession
    refusal: str = ""
    """AWS's code and sentence; '' where it is revoked."""
    error: AwsactivateError | None = None
    """What refused all that were asked at once, or kept the question from AWS."""


class Signing(Protocol):
    """Whoever signs, with the settings of a profile."""

    @property
    def profile(self) -> str | None:
        """Whose settings they are."""

    def client(self, service: str, region: str | None = None) -> Any:
        """Make a client of botocore's."""


def client(signer: Signing, region: str) -> Any:
    """Make a client of AWS Sign-In.

    Its model has these operations answered at AWS's own address whatever endpoint is configured; here that
    counts, as for all else.
    """
    made = signer.client("signin", region)
    configured = configured_endpoint("signin", signer.profile) or ""

    def move(request: Any, **_: object) -> None:
        request.url = configured.rstrip("/") + urlsplit(request.url).path

    if configured:
        made.meta.events.register("before-sign.signin", move)
    return made


def list_active(client: Any, owner: str | None) -> list[SignInSession]:
    """List the sign-ins of `owner` that are in force; None stands for the caller."""
    asked: dict[str, Any] = {"status": "ACTIVE", "maxResults": _PAGE}
    if owner is not None:
        asked["principalArn"] = owner
    found: list[SignInSession] = []
    while True:
        try:
            page = client.list_sessions(**asked)
        except (ClientError, BotoCoreError) as error:
            raise translated(error, doing="ListSessions") from error
        found += [_session(item, client.meta.region_name) for item in page["items"]]
        if not page.get("nextToken"):
            return found
        asked["nextToken"] = page["nextToken"]


def revoke(client: Any, owner: str | None, sessions: Iterable[SignInSession]) -> Iterator[Outcome]:
    """Revoke them, and tell what came of each, also where AWS refuses five as a whole."""
    whose = {} if owner is None else {"principalArn": owner}
    all_of_them = list(sessions)
    for start in range(0, len(all_of_them), _AT_ONCE):
        yield from _revoke_some(client, whose, all_of_them[start : start + _AT_ONCE])


def _revoke_some(client: Any, whose: dict[str, str], some: Sequence[SignInSession]) -> Iterator[Outcome]:
    arns = [one.arn for one in some]
    try:
        answer = client.batch_revoke_sessions(sessionArns=arns, reason=_REASON, **whose)
    except (ClientError, BotoCoreError) as error:
        refusal = translated(error, doing="BatchRevokeSessions")
        yield from (Outcome(one, refusal.message, refusal) for one in some)
        return
    refused = {one["sessionArn"]: f"{one['message']} ({one['code']})" for one in answer["errors"]}
    done = {one["sessionArn"] for one in answer["revokedSessions"]}
    for one in some:
        silence = "" if one.arn in done else "AWS does not say that it is revoked"
        yield Outcome(one, refused.get(one.arn, silence))


def _session(item: dict[str, Any], region: str) -> SignInSession:
    return SignInSession(
        item["sessionArn"],
        item["principalArn"],
        int(item["issuedAt"]),
        int(item["expiresAt"]),
        item.get("clientId", ""),
        item.get("clientType", ""),
        region,
    )
