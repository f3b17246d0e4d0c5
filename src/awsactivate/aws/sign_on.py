"""IAM Identity Center's two services: tokens are had from sso-oidc, and traded in at the portal.

https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html
https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/Welcome.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from awsactivate.aws.answers import NoAnswer, Refused, Unreadable, not_aws, refusal
from awsactivate.aws.unsigned_service import Unsigned
from awsactivate.errors import AwsactivateError, AwsError, UnreachableError
from awsactivate.frozen import dataclass, field, replace
from awsactivate.sessions.credentials import Credentials
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_token import Client, SsoToken, is_access

CALLBACK = "/oauth/callback"
_CLIENT_NAME = "awsactivate"
_BY_CODE, _BY_REFRESH = "authorization_code", "refresh_token"
_BY_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER = 5.0  # seconds more between two questions, as RFC 8628 has it
_MOST_SILENT = 3  # questions: a network may be away for a moment, while the person is at it
_USUAL_INTERVAL, _USUAL_END = 5, 600  # seconds, where AWS names none


@dataclass(frozen=True)
class DeviceCode:
    """What the person types in a browser, wherever that is, while this program asks whether it was done."""

    secret: str = field(repr=False)
    user_code: str
    address: str
    whole_address: str
    """With the code in it."""
    seconds: float
    """How long it can be used."""
    interval: float
    """How long to wait between two questions."""


class Oidc:
    """Where tokens come from: this program is registered, a person agrees, and a token is made."""

    def __init__(self, settings: SsoSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._service = Unsigned("sso-oidc", profile=settings.profile, region=settings.region)

    @property
    def url(self) -> str:
        """The address below which a browser begins."""
        return self._service.url

    def register(self, *, by_browser: bool) -> Client:
        """Have AWS know this program, for one of the two ways of signing in."""
        asked: dict[str, Any] = {"clientName": _CLIENT_NAME, "clientType": "public"}
        if self._settings.scopes:
            asked["scopes"] = list(self._settings.scopes)
        if by_browser:
            asked["grantTypes"] = [_BY_CODE, _BY_REFRESH]
            asked["redirectUris"] = [f"http://127.0.0.1{CALLBACK}"]
            asked["issuerUrl"] = self._settings.start_url
        made = self._call("RegisterClient", asked)
        ends = self._read_moment(made["clientSecretExpiresAt"])
        return Client(made["clientId"], made["clientSecret"], ends)

    def trade_code(self, client: Client, code: str, verifier: str, redirect_uri: str) -> SsoToken:
        """Trade in the code that the browser brought."""
        more = {"code": code, "codeVerifier": verifier, "redirectUri": redirect_uri}
        return self._token(client, _BY_CODE, more)

    def start_device(self, client: Client) -> DeviceCode:
        """Ask for a code that a person can type."""
        asked = {"clientId": client.id, "clientSecret": client.secret, "startUrl": self._settings.start_url}
        made = self._call("StartDeviceAuthorization", asked)
        return DeviceCode(
            made["deviceCode"],
            made["userCode"],
            made["verificationUri"],
            made.get("verificationUriComplete") or made["verificationUri"],
            made.get("expiresIn") or _USUAL_END,
            made.get("interval") or _USUAL_INTERVAL,
        )

    def wait_for_device(
        self, client: Client, code: DeviceCode, sleep: Callable[[float], None]
    ) -> SsoToken | None:
        """Ask until the person has agreed; None where the code ended before."""
        ends, interval, silent = self._clock() + code.seconds, code.interval, 0
        while self._clock() < ends:
            sleep(interval)
            try:
                return self._token(client, _BY_DEVICE, {"deviceCode": code.secret}, says_itself=True)
            except UnreachableError:
                silent += 1
                if silent > _MOST_SILENT:
                    raise
            except Refused as refused:
                silent = silent + 1 if refused.status >= 500 else 0
                if refused.code == "SlowDownException" or refused.is_throttling:
                    interval += _SLOWER
                elif refused.code == "ExpiredTokenException":
                    return None
                elif refused.code != "AuthorizationPendingException" and not 0 < silent <= _MOST_SILENT:
                    raise self._refusal("CreateToken", refused) from refused
        return None

    def renew(self, token: SsoToken) -> SsoToken:
        """Trade in the refresh token; Refused where AWS takes it no longer."""
        if token.client is None or token.refresh is None:
            raise ValueError("this token can't be renewed")
        new = self._token(token.client, _BY_REFRESH, {"refreshToken": token.refresh}, says_itself=True)
        # one that AWS does not change stays good
        return new if new.refresh else replace(new, refresh=token.refresh)

    def _token(
        self, client: Client, grant: str, more: Mapping[str, str], *, says_itself: bool = False
    ) -> SsoToken:
        asked = {"clientId": client.id, "clientSecret": client.secret, "grantType": grant, **more}
        made = self._service_call(asked) if says_itself else self._call("CreateToken", asked)
        if not is_access(made["accessToken"]):
            raise _unreachable(self._settings, Unreadable(not_aws(200)))
        seconds = made["expiresIn"]
        ends = self._read_moment(int(self._clock()) + seconds if isinstance(seconds, int) else None)
        return SsoToken(
            made["accessToken"],
            ends,
            self._settings.start_url,
            self._settings.region,
            made.get("refreshToken") or None,
            client,
        )

    def _read_moment(self, number: object) -> datetime:
        try:
            return _moment(number)
        except NoAnswer as error:
            raise _unreachable(self._settings, error) from error

    def _service_call(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return self._service.call("CreateToken", asked)
        except NoAnswer as error:
            raise _unreachable(self._settings, error) from error

    def _call(self, name: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return self._service.call(name, asked)
        except Refused as refused:
            raise self._refusal(name, refused) from refused
        except NoAnswer as error:
            raise _unreachable(self._settings, error) from error

    def _refusal(self, name: str, refused: Refused) -> AwsactivateError:
        return refused_words(self._settings, name, refused)


class Portal:
    """What the bearer of a token may have."""

    def __init__(self, settings: SsoSettings) -> None:
        self._settings = settings
        self._service = Unsigned("sso", profile=settings.profile, region=settings.region)

    def get_role_credentials(self, token: SsoToken, account_id: str, role_name: str) -> Credentials:
        """Trade in the token; Refused where AWS says no."""
        asked = {"roleName": role_name, "accountId": account_id, "accessToken": token.access}
        try:
            found = self._service.call("GetRoleCredentials", asked)["roleCredentials"]
            return _credentials(found)
        except NoAnswer as error:
            raise _unreachable(self._settings, error) from error

    def log_out(self, token: SsoToken) -> None:
        """End the sign-in at AWS; Refused where AWS says no."""
        try:
            self._service.call("Logout", {"accessToken": token.access})
        except NoAnswer as error:
            raise _unreachable(self._settings, error) from error


def refused_words(
    settings: SsoSettings, operation: str, refused: Refused, hint: str | None = None
) -> AwsactivateError:
    """Say what AWS refused, with its own sentence, the profile's name and what mends it."""
    if not refused.code or refused.code == str(refused.status):
        said = refusal(refused)
        return type(said)(f"{settings.whose}: {said.message}", said.hint)
    if refused.status >= 500 or refused.is_throttling:
        hint = "try again in a minute"
    said_by_aws = refused.message or f"refused with status {refused.status}"
    return AwsError(f"{settings.whose}: {operation}: {said_by_aws} ({refused.code})", hint, code=refused.code)


def _unreachable(settings: SsoSettings, error: NoAnswer) -> UnreachableError:
    said = error.as_error()
    return UnreachableError(f"{settings.whose}: {said.message}", said.hint)


def _credentials(found: Mapping[str, Any]) -> Credentials:
    texts = [found.get(name) for name in ("accessKeyId", "secretAccessKey", "sessionToken")]
    if not all(isinstance(text, str) and text for text in texts):
        raise Unreadable(not_aws(200))
    key_id, secret, token = (str(text) for text in texts)
    return Credentials(key_id, secret, token, _moment(found.get("expiration"), per_second=1000))


def _moment(number: object, *, per_second: int = 1) -> datetime:
    try:
        if isinstance(number, int):
            return datetime.fromtimestamp(number // per_second, UTC)
    except (OverflowError, OSError, ValueError):
        pass
    raise Unreadable(not_aws(200))
