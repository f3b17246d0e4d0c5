"""The cases that AWS's SDKs share for IAM Identity Center: from a profile and a cached token to credentials.

They are told here as values: what Rust's aws-config, Go's ssocreds and botocore hold their sources to. Where
awsactivate means to differ, the case says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from awsactivate.errors import AwsactivateError, AwsError, ProfileError, SignInNeededError
from awsactivate.opening import sso_source
from awsactivate.profiles.model import Profiles, parse
from awsactivate.sessions.credentials import rfc3339
from awsactivate.sessions.sources import Surroundings, trail_from
from awsactivate.signin import cli_cache
from awsactivate.signin.key import Key

START_URL = "https://d-123.awsapps.com/start"
SESSION = f"[sso-session admin]\nsso_start_url = {START_URL}\nsso_region = us-west-2\n"
ROLE = "sso_account_id = 012345678901\nsso_role_name = SampleRole\n"
BY_SESSION = f"[profile test]\nsso_session = admin\n{ROLE}{SESSION}"
BY_URL = f"[profile test]\nsso_start_url = {START_URL}\nsso_region = us-west-2\n{ROLE}"

NOW = "2021-12-25T13:30:00Z"
PLAIN = {"accessToken": "cachedtoken", "expiresAt": "2021-12-25T21:30:00Z"}
CLIENT = {
    "clientId": "clientid",
    "clientSecret": "YSBzZWNyZXQ=",
    "registrationExpiresAt": "2022-12-25T13:30:00Z",
    "refreshToken": "cachedrefreshtoken",
}
WHOLE = {"startUrl": START_URL, "region": "us-west-2", **PLAIN, **CLIENT}
ENDED = {**WHOLE, "expiresAt": "2021-12-25T13:00:00Z"}
ENDED_PLAIN = {"accessToken": "cachedtoken", "expiresAt": "2021-12-25T13:00:00Z"}
RENEWED = {"tokenType": "Bearer", "accessToken": "newtoken", "expiresIn": 28800}
ASKED = {
    "grantType": "refresh_token",
    "clientId": "clientid",
    "clientSecret": "YSBzZWNyZXQ=",
    "refreshToken": "cachedrefreshtoken",
}
WRITTEN = {**WHOLE, "accessToken": "newtoken"}
GIVEN = {
    "accessKeyId": "ASIARTESTID",
    "secretAccessKey": "TESTSECRETKEY",
    "sessionToken": "TESTSESSIONTOKEN",
    "expiration": 1640467800123,  # in thousandths; the end is told to the second, and never later
}

Answer = tuple[int, Any]


@dataclass
class Aws:
    """What AWS answers, and what it was asked."""

    token: Answer = (200, RENEWED)
    credentials: Answer = (200, {"roleCredentials": GIVEN})
    asked: list[Any] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """The two services on one address."""

    aws: ClassVar[Aws]

    def do_POST(self) -> None:
        """Give a token."""
        assert urlsplit(self.path).path == "/token"
        self.aws.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(*self.aws.token)

    def do_GET(self) -> None:
        """Give a role's credentials."""
        parts = urlsplit(self.path)
        assert parts.path == "/federation/credentials"
        assert parse_qs(parts.query) == {"role_name": ["SampleRole"], "account_id": ["012345678901"]}
        self.aws.asked.append(self.headers["x-amz-sso_bearer_token"])
        self._answer(*self.aws.credentials)

    def _answer(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Listen for both services."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def aws(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Let AWS be there, and a home that has nothing."""
    for name in ("AWS_CONFIG_FILE", "AWS_PROFILE", "AWS_DATA_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setattr("awsactivate.opening.sso_source._PAUSES", (0.0, 0.0))
    Handler.aws = Aws()
    return Handler.aws


def surroundings(text: str) -> Surroundings:
    """Read a configuration; no key is kept."""
    return Surroundings(parse(text, ""), {}, {})


class Home:
    """The person's files, at a certain time."""

    def __init__(self, folder: Path, text: str) -> None:
        (folder / ".aws").mkdir(exist_ok=True)
        (folder / ".aws/config").write_text(text)
        self.profiles: Profiles = parse(text, "")
        self._environ = {"HOME": str(folder)}
        key = Key("sso", "admin" if "sso_session" in text else START_URL)
        self.file = cli_cache.path(key, self._environ)

    def keep(self, kept: object) -> None:
        """Let the cache hold something: a text as it is, else JSON."""
        self.file.parent.mkdir(parents=True)
        self.file.write_text(kept if isinstance(kept, str) else json.dumps(kept))

    def key_id(self, now: str) -> tuple[str, str]:
        """Return the access key's id that the product gets, and its end."""
        around = Surroundings(self.profiles, self._environ, {})
        source = trail_from(self.profiles["test"], around).rest.source
        at = datetime.fromisoformat(now).timestamp()
        found = sso_source.fetch_credentials(source, self.profiles, self._environ, lambda: at)
        assert found.expiration is not None
        return found.access_key_id, rfc3339(found.expiration)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("admin", "d033e22ae348aeb5660fc2140aec35850c4da997.json"),
        ("dev-scopes", "75e4d41276d8bd17f85986fc6cccef29fd725ce3.json"),
        ("test", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3.json"),
        ("https://d-92671207e4.awsapps.com/start", "13f9d35043871d073ab260e020f0ffde092cb14b.json"),
        ("https://example.awsapps.com/start", "e8be5486177c5b5392bd9aa76563515b29358e6e.json"),
    ],
)
def test_the_file_is_named_after_the_session_or_the_start_url(name: str, file: str) -> None:
    assert cli_cache.path(Key("sso", name), {"HOME": "/home/me"}) == Path("/home/me/.aws/sso/cache") / file


@pytest.mark.parametrize("text", [BY_SESSION, BY_URL], ids=["session", "start URL"])
@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(WHOLE, id="all members"),
        pytest.param(PLAIN, id="the least that there is"),
        pytest.param({**WHOLE, "unknownField": "some value"}, id="a member nobody knows"),
        pytest.param({**PLAIN, "expiresAt": "2021-12-25T13:30:00-08:00"}, id="another zone's time"),
    ],
)
def test_a_token_that_lasts_is_traded_in_as_it_is(aws: Aws, tmp_path: Path, text: str, kept: Any) -> None:
    home = Home(tmp_path, text)
    home.keep(kept)
    assert home.key_id(NOW) == ("ASIARTESTID", "2021-12-25T21:30:00Z")
    assert aws.asked == ["cachedtoken"]
    assert json.loads(home.file.read_text()) == kept


def less(*names: str) -> dict[str, Any]:
    """Return the token that has ended, without some members."""
    return {name: value for name, value in ENDED.items() if name not in names}


@pytest.mark.parametrize("text", [BY_SESSION, BY_URL], ids=["session", "start URL"])
@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(None, id="no file"),
        pytest.param("", id="an empty file"),
        pytest.param('{"accessToken": ', id="no JSON"),
        pytest.param({"accessToken": "cachedtoken"}, id="no expiresAt"),
        pytest.param({"expiresAt": PLAIN["expiresAt"]}, id="no accessToken"),
        pytest.param({**PLAIN, "expiresAt": "notatimestamp"}, id="expiresAt is no time"),
        pytest.param(ENDED_PLAIN, id="ended"),
        pytest.param({**PLAIN, "expiresAt": NOW}, id="ends now"),
        pytest.param(less("clientId"), id="ended, no clientId"),
        pytest.param(less("clientSecret"), id="ended, no clientSecret"),
        pytest.param(less("refreshToken"), id="ended, no refreshToken"),
        # Go's renews it; Rust's and botocore do not, and the AWS CLI writes it always
        pytest.param(less("registrationExpiresAt"), id="ended, no registrationExpiresAt"),
        pytest.param({**ENDED, "registrationExpiresAt": "2021-11-25T13:30:00Z"}, id="the client has ended"),
    ],
)
def test_a_token_that_is_none_asks_for_a_sign_in_and_nothing_of_aws(
    aws: Aws, tmp_path: Path, text: str, kept: Any
) -> None:
    home = Home(tmp_path, text)
    if kept is not None:
        home.keep(kept)
        before = home.file.read_bytes()
    with pytest.raises(SignInNeededError) as raised:
        home.key_id(NOW)
    assert raised.value.hint == "awsactivate login test"
    assert aws.asked == []
    if kept is not None:
        assert home.file.read_bytes() == before


@pytest.mark.parametrize(
    ("kept", "answer", "refresh"),
    [
        pytest.param(
            ENDED,
            {**RENEWED, "refreshToken": "newrefreshtoken"},
            "newrefreshtoken",
            id="another refresh token",
        ),
        # botocore drops the old one here, so that a person signs in next; Rust's keeps it, and so do we
        pytest.param(ENDED, RENEWED, "cachedrefreshtoken", id="no other refresh token"),
        # Rust's waits until five minutes before the end, botocore until fifteen, and so do we
        pytest.param(
            {**WHOLE, "expiresAt": "2021-12-25T13:40:00Z"}, RENEWED, "cachedrefreshtoken", id="ends soon"
        ),
    ],
)
def test_a_token_that_ends_is_renewed_and_written_back(
    aws: Aws, tmp_path: Path, kept: dict[str, Any], answer: dict[str, Any], refresh: str
) -> None:
    home = Home(tmp_path, BY_SESSION)
    home.keep({**kept, "unknownField": "some value"})
    aws.token = (200, answer)
    assert home.key_id(NOW)[0] == "ASIARTESTID"
    assert aws.asked == [ASKED, "newtoken"]
    assert json.loads(home.file.read_text()) == {
        **WRITTEN,
        "refreshToken": refresh,
        "unknownField": "some value",
    }


@pytest.mark.parametrize(
    ("kept", "answer", "error"),
    [
        # Rust's goes on with the token that has ended, for the portal to refuse
        pytest.param(ENDED, (500, {}), AwsactivateError, id="ended, AWS in trouble"),
        pytest.param(
            ENDED, (400, {"error": "invalid_grant"}), SignInNeededError, id="ended, the refresh token refused"
        ),
        pytest.param(ENDED, (200, {"tokenType": "Bearer"}), AwsactivateError, id="ended, no token answered"),
        pytest.param(
            {**WHOLE, "expiresAt": "2021-12-25T13:34:00Z"}, (500, {}), None, id="ends soon, AWS in trouble"
        ),
        pytest.param(
            {**WHOLE, "expiresAt": "2021-12-25T13:34:00Z"},
            (400, {"error": "invalid_grant"}),
            None,
            id="ends soon, the refresh token refused",
        ),
    ],
)
def test_where_it_is_not_renewed_the_old_one_is_used_while_it_lasts(
    aws: Aws, tmp_path: Path, kept: dict[str, Any], answer: Answer, error: type[AwsactivateError] | None
) -> None:
    home = Home(tmp_path, BY_SESSION)
    home.keep(kept)
    aws.token = answer
    if error is None:
        assert home.key_id(NOW)[0] == "ASIARTESTID"
        assert aws.asked == [ASKED, "cachedtoken"]
    else:
        with pytest.raises(error):
            home.key_id(NOW)
        assert aws.asked == [ASKED]
    assert json.loads(home.file.read_text()) == kept


@pytest.mark.parametrize(
    ("answer", "error", "times"),
    [
        pytest.param((401, {"__type": "UnauthorizedException"}), SignInNeededError, 1, id="not taken"),
        pytest.param((403, {"__type": "ForbiddenException"}), AwsError, 1, id="no such access"),
        pytest.param((429, {"__type": "TooManyRequestsException"}), AwsError, 3, id="too often"),
        pytest.param((200, {}), AwsactivateError, 1, id="no credentials"),
        pytest.param(
            (200, {"roleCredentials": {**GIVEN, "accessKeyId": None}}), AwsactivateError, 1, id="no key's id"
        ),
        pytest.param(
            (200, {"roleCredentials": {**GIVEN, "expiration": 10**30}}), AwsactivateError, 1, id="no end"
        ),
    ],
)
def test_what_the_portal_does_not_give(
    aws: Aws, tmp_path: Path, answer: Answer, error: type[AwsactivateError], times: int
) -> None:
    home = Home(tmp_path, BY_SESSION)
    home.keep(WHOLE)
    aws.credentials = answer
    with pytest.raises(error) as raised:
        home.key_id(NOW)
    assert (type(raised.value) is SignInNeededError) == (error is SignInNeededError)
    assert aws.asked == ["cachedtoken"] * times


OF_ROLE = "[profile test]\nrole_arn = arn:aws:iam::123456789012:role/RoleA\nsource_profile = base\n"


@pytest.mark.parametrize(
    ("text", "source", "roles"),
    [
        pytest.param(BY_SESSION, "test", 0, id="by a session"),
        pytest.param(BY_URL, "test", 0, id="by a start URL"),
        pytest.param(f"{BY_URL}sso_session = admin\n{SESSION}", "test", 0, id="both say the same"),
        pytest.param(OF_ROLE + BY_SESSION.replace("test", "base"), "base", 1, id="a role on a session"),
        pytest.param(OF_ROLE + BY_URL.replace("test", "base"), "base", 1, id="a role on a start URL"),
    ],
)
def test_a_whole_configuration_leads_to_the_sign_in(text: str, source: str, roles: int) -> None:
    around = surroundings(text)
    trail = trail_from(around.profiles["test"], around)
    assert (trail.rest.source.kind, trail.rest.source.name, len(trail.roles)) == ("sso", source, roles)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[profile test]\nregion = us-west-2\n" + SESSION, id="the profile names no session"),
        pytest.param(BY_SESSION.replace("= admin", "= dev"), id="no such session"),
        pytest.param(
            BY_SESSION.replace(f"sso_start_url = {START_URL}\n", ""), id="a session with no start URL"
        ),
        pytest.param(BY_SESSION.replace("sso_region = us-west-2\n", ""), id="a session with no region"),
        pytest.param(
            f"{BY_URL}sso_session = admin\n{SESSION}".replace("us-west-2", "us-east-1", 1), id="regions"
        ),
        pytest.param(f"{BY_URL}sso_session = admin\n{SESSION}".replace("d-123", "d-124", 1), id="start URLs"),
        pytest.param(BY_URL.replace(f"sso_start_url = {START_URL}\n", ""), id="no start URL"),
        pytest.param(BY_URL.replace("sso_region = us-west-2\n", ""), id="no region"),
        pytest.param(BY_SESSION.replace("sso_account_id = 012345678901\n", ""), id="no account"),
        pytest.param(BY_SESSION.replace("sso_role_name = SampleRole\n", ""), id="no role"),
        # to the SDKs this is a source of a bearer token, which few services take; a session needs credentials
        pytest.param(BY_SESSION.replace(ROLE, ""), id="neither an account nor a role"),
    ],
)
def test_half_a_configuration_is_refused(text: str) -> None:
    around = surroundings(text)
    with pytest.raises(ProfileError, match="profile 'test'"):
        trail_from(around.profiles["test"], around)
