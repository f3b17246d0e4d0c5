"""`login_session`: the AWS CLI's cache is read, renewed and kept as all SDKs do, without awscrt."""

from __future__ import annotations

import base64
import json
import stat
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.credentials import LoginCredentialFetcher
from botocore.utils import JSONFileCache, LoginTokenLoader

from awsactivate.aws import login_session
from awsactivate.aws.answers import NoAnswer, Refused, Unreadable
from awsactivate.errors import AwsactivateError, AwsError, ProfileError, SignInNeededError
from awsactivate.opening import login_source
from awsactivate.profiles.model import parse
from awsactivate.sessions import dpop
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source
from awsactivate.signin import cli_cache
from awsactivate.signin.key import Key

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

SESSION = "arn:aws:sts::012345678910:assumed-role/Admin/admin"
FILE = "4b0ba8f99f075c0633e122fd73346ce203a3faf18ea0310eb2d29df1bab2e255.json"
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
KEY = dpop.new_key()


def id_token(subject: str) -> str:
    """Write one as AWS Sign-In does."""
    parts = [json.dumps(part).encode() for part in ({"alg": "ES384"}, {"sub": subject})]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "c2ln"])


KEPT: dict[str, Any] = {
    "accessToken": {
        "accessKeyId": "ASIAOLD",
        "secretAccessKey": "old-secret",
        "sessionToken": "old-token",
        "accountId": "012345678901",
        "expiresAt": "2020-01-01T00:00:00Z",
    },
    "clientId": "arn:aws:signin:::devtools/same-device",
    "refreshToken": "valid_refresh_token",
    "idToken": id_token(SESSION),
    "dpopKey": KEY,
}
ANSWER = {
    "accessToken": {
        "accessKeyId": "ASIANEW",
        "secretAccessKey": "new-secret",
        "sessionToken": "new-token",
    },
    "refreshToken": "new_refresh_token",
    "expiresIn": 900,
}
ASKED = {key: KEPT[key] for key in ("clientId", "refreshToken")} | {"grantType": "refresh_token"}


@dataclass
class Desk:
    """A person with a profile of `aws login`."""

    home: Path
    environ: dict[str, str]
    session: str = SESSION
    config: str = ""
    asked: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Where the token is kept."""
        return cli_cache.path(Key("login", self.session), self.environ)

    def keep(self, document: object) -> None:
        """Write the token."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(document if isinstance(document, str) else json.dumps(document))
        self.file.chmod(0o600)

    def kept(self) -> dict[str, Any]:
        """Read it."""
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    def credentials(self) -> Credentials:
        """Ask for the profile's credentials."""
        config = f"[profile signin]\nlogin_session = {self.session}\n{self.config}"
        (self.home / ".aws").mkdir(exist_ok=True)
        (self.home / ".aws/config").write_text(config)
        return login_source.fetch_credentials(
            Source("login", "signin"), parse(config, ""), self.environ, time.time
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Make a home with nothing in it."""
    environ = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    for name in ("AWS_CONFIG_FILE", "AWS_PROFILE", "AWS_DATA_PATH", "AWS_LOGIN_CACHE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return Desk(tmp_path, environ)


@pytest.fixture
def answering(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Say what AWS answers."""

    def answer(given: Any) -> None:
        def exchanged(asked: Mapping[str, str], key: str, profile: str, region: str | None) -> Any:
            desk.asked.append(asked)
            if isinstance(given, Exception):
                raise given
            return given

        monkeypatch.setattr(login_session, "exchange", exchanged)

    return answer


def later(minutes: float) -> str:
    """Write a time as the AWS CLI does."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_end(ends: str) -> dict[str, Any]:
    """Return the kept token, with credentials that end then."""
    return {**KEPT, "accessToken": {**KEPT["accessToken"], "expiresAt": ends}}


def without(key: str) -> dict[str, Any]:
    """Return the kept token less one of its members."""
    return {name: value for name, value in KEPT.items() if name != key}


def refused(reason: str, status: int = 401, code: str = "AccessDeniedException") -> Refused:
    """Answer with a refusal."""
    return Refused(code, "AWS's own sentence", {}, status, reason)


# The cases that AWS's SDKs share for this source. Their id tokens are of another identity than their profile
# names, which the SDKs do not look at and awsactivate refuses: here the two agree.
@pytest.mark.parametrize(
    ("kept", "answer", "key_id"),
    [
        pytest.param(with_end("3025-09-14T04:05:45Z"), None, "ASIAOLD", id="valid credentials at once"),
        pytest.param(None, None, None, id="no cache file"),
        pytest.param(without("accessToken"), None, None, id="no accessToken"),
        pytest.param(without("refreshToken"), None, None, id="no refreshToken"),
        pytest.param(without("clientId"), None, None, id="no clientId"),
        pytest.param(without("dpopKey"), None, None, id="no dpopKey"),
        pytest.param(KEPT, ANSWER, "ASIANEW", id="expired, renewed"),
        pytest.param(KEPT, refused("INVALID_REQUEST", 400), None, id="expired, not renewed"),
    ],
)
def test_the_cases_that_the_sdks_share(
    desk: Desk, answering: Callable[[Any], None], kept: Any, answer: Any, key_id: str | None
) -> None:
    assert desk.file.name == FILE
    answering(answer)
    if kept is not None:
        desk.keep(kept)
    if key_id is None:
        with pytest.raises(AwsactivateError):
            desk.credentials()
        assert kept is None or desk.kept() == kept
        return
    assert desk.credentials().access_key_id == key_id
    if answer is None:
        assert (desk.kept(), desk.asked) == (kept, [])
        return
    assert desk.asked == [ASKED]
    ends = desk.kept()["accessToken"].pop("expiresAt")
    assert 880 < datetime.fromisoformat(ends).timestamp() - time.time() <= 900
    access = {**ANSWER["accessToken"], "accountId": "012345678901", "expiresAt": ends}  # type: ignore[dict-item]
    assert desk.kept() == {**KEPT, "accessToken": access, "refreshToken": "new_refresh_token"}


def test_botocore_reads_what_was_written(desk: Desk, answering: Callable[[Any], None]) -> None:
    answering(ANSWER)
    desk.keep(KEPT)
    desk.credentials()
    loader = LoginTokenLoader(JSONFileCache(str(desk.file.parent)))
    theirs = LoginCredentialFetcher(SESSION, loader, lambda *_: None).load_cached_credentials()
    assert (theirs["access_key"], theirs["token"]) == ("ASIANEW", "new-token")
    assert theirs["expiry_time"] == desk.kept()["accessToken"]["expiresAt"]


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("", "it is empty, cut short, or no token"),
        ("{", "it is empty, cut short, or no token"),
        ("[]", "it is empty, cut short, or no token"),
        ("null", "it is empty, cut short, or no token"),
        ("[" * 100_000, "it is empty, cut short, or no token"),
        ({**KEPT, "accessToken": "text"}, "it is no token"),
        ({**KEPT, "accessToken": {**KEPT["accessToken"], "sessionToken": 5}}, "it is no token"),
        ({**KEPT, "refreshToken": ["secret"]}, "it is no token"),
        ({**KEPT, "accessToken": {"accessKeyId": "ASIA"}}, "its accessToken has no secretAccessKey and no"),
        (with_end("soon"), "its expiresAt is no time"),
        ({"idToken": "x"}, "it has no accessToken and no refreshToken and no dpopKey and no clientId"),
        ({**KEPT, "dpopKey": "old-secret"}, "its dpopKey is no private key"),
    ],
)
def test_a_token_that_can_not_be_used_is_told_in_a_line(desk: Desk, kept: Any, said: str) -> None:
    desk.keep(kept)
    with pytest.raises(SignInNeededError) as raised:
        desk.credentials()
    assert raised.value.message.startswith("profile 'signin': ")
    assert said in raised.value.message
    assert raised.value.hint == "awsactivate login signin"
    assert "old-secret" not in raised.value.message


def test_where_a_folder_or_a_pipe_stands_is_told_too(desk: Desk) -> None:
    import os

    desk.file.parent.mkdir(parents=True)
    os.mkfifo(desk.file)
    with pytest.raises(SignInNeededError, match="it is no regular file"):
        desk.credentials()
    desk.file.unlink()
    desk.file.mkdir()
    with pytest.raises(SignInNeededError, match="can't be used: Is a directory"):
        desk.credentials()


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("arn:aws:sts::012345678910:assumed-role/Admin/admin2", "admin2 signed in, and login_session names"),
        ("arn:aws:sts::012345678910:assumed-role/admin/admin", "admin/admin signed in"),
        ("arn:aws:iam::012345678910:user/admin", "user/admin signed in"),
        ("arn:aws:sts::012345678911:assumed-role/Admin/admin", "012345678911:"),
        (None, "does not say who signed in"),
    ],
)
def test_whoever_else_signed_in_is_refused_before_anybody_is_asked(
    desk: Desk, answering: Callable[[Any], None], identity: str | None, said: str
) -> None:
    answering(ANSWER)
    for ends in ("2020-01-01T00:00:00Z", "3025-09-14T04:05:45Z"):
        desk.keep({**with_end(ends), "idToken": id_token(identity) if identity else "no.token"})
        with pytest.raises(ProfileError, match=said):
            desk.credentials()
    assert desk.asked == []


@pytest.mark.parametrize(
    ("answer", "kind", "status", "said"),
    [
        (refused("TOKEN_EXPIRED"), SignInNeededError, 3, "its sign-in has ended: AWS's own sentence"),
        (refused("USER_CREDENTIALS_CHANGED", 403), SignInNeededError, 3, "since the password was changed"),
        (refused("INSUFFICIENT_PERMISSIONS", 403), AwsError, 6, "sentence (INSUFFICIENT_PERMISSIONS)"),
        (refused("", 400, "ValidationException"), AwsError, 6, "own sentence (ValidationException)"),
        (refused("rate_exceeded", 429, "TooManyRequestsError"), AwsError, 6, "(rate_exceeded)"),
        (NoAnswer('Could not connect to the endpoint URL: "https://x"'), AwsactivateError, 7, "signin': "),
    ],
)
def test_each_refusal_is_a_line_with_its_status(
    desk: Desk,
    answering: Callable[[Any], None],
    answer: Exception,
    kind: type[AwsactivateError],
    status: int,
    said: str,
) -> None:
    answering(answer)
    desk.keep(KEPT)
    with pytest.raises(kind) as raised:
        desk.credentials()
    assert raised.value.exit_code == status
    assert said in raised.value.message
    assert raised.value.message.startswith("profile 'signin': ")
    assert desk.kept() == KEPT


def test_what_can_not_be_kept_is_not_renewed(desk: Desk, answering: Callable[[Any], None]) -> None:
    """Else the refresh token would be used up, and the AWS CLI signed out."""
    answering(ANSWER)
    desk.keep(with_end(later(5)))
    desk.file.chmod(0o400)
    assert desk.credentials().access_key_id == "ASIAOLD"
    desk.file.chmod(0o600)
    desk.keep(KEPT)
    desk.file.chmod(0o400)
    with pytest.raises(ProfileError, match=r"can't be renewed, for .* it is read-only"):
        desk.credentials()
    assert desk.asked == []


def test_the_file_keeps_its_mode_and_its_link(desk: Desk, answering: Callable[[Any], None]) -> None:
    answering(ANSWER)
    desk.keep(KEPT)
    elsewhere = desk.home / "elsewhere.json"
    desk.file.rename(elsewhere)
    elsewhere.chmod(0o640)
    desk.file.symlink_to(elsewhere)
    desk.credentials()
    assert desk.file.is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640
    assert desk.kept()["refreshToken"] == "new_refresh_token"


def test_a_token_that_another_program_renewed_meanwhile_is_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.keep(KEPT)

    def exchanged(*_: Any) -> Any:
        desk.keep({**with_end(later(14)), "refreshToken": "the CLI's"})
        raise refused("TOKEN_EXPIRED")

    monkeypatch.setattr(login_session, "exchange", exchanged)
    assert desk.credentials().access_key_id == "ASIAOLD"
    assert desk.kept()["refreshToken"] == "the CLI's"


def test_two_at_once_renew_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Barrier(2)

    def exchanged(asked: Mapping[str, str], *_: Any) -> Any:
        desk.asked.append(asked)
        time.sleep(0.05)
        return ANSWER

    def ask() -> None:
        begun.wait()
        found.append(desk.credentials().access_key_id)

    monkeypatch.setattr(login_session, "exchange", exchanged)
    desk.keep(KEPT)
    found: list[str] = []
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, desk.asked) == (["ASIANEW", "ASIANEW"], [ASKED])


def test_without_a_place_for_the_lock_it_goes_on(desk: Desk, answering: Callable[[Any], None]) -> None:
    answering(ANSWER)
    desk.keep(KEPT)
    desk.environ["XDG_STATE_HOME"] = "/dev/null"
    assert desk.credentials().access_key_id == "ASIANEW"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, "/home/me/.aws/login/cache"),
        ("/cache", "/cache"),
        ("$PLACE/cache", "/place/cache"),
        ("${PLACE}/cache", "/place/cache"),
        ("$NOTHING/cache", "$NOTHING/cache"),
    ],
)
def test_the_cache_is_where_the_sdks_have_it(said: str | None, expected: str) -> None:
    environ = {"HOME": "/home/me", "PLACE": "/place"}
    if said is not None:
        environ["AWS_LOGIN_CACHE_DIRECTORY"] = said
    assert str(cli_cache.path(Key("login", "x"), environ).parent) == expected


@pytest.fixture
def signed_in(desk: Desk, embedded_aws: EmbeddedAws, account: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Sign a user in at the embedded AWS, whose credentials have ended meanwhile."""
    user = embedded_aws.user("alice", policies={"all": ANYTHING}, account=account)
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded_aws.endpoint_url)
    document = dict(embedded_aws.aws_login(user).document)
    document["accessToken"] = {**document["accessToken"], "expiresAt": later(-1)}
    desk.session = user.arn
    desk.keep(document)
    return desk


@pytest.mark.parametrize("more", ["", "defaults_mode = standard\n"], ids=["short way", "botocore"])
def test_aws_takes_the_proof_and_each_refresh_token_once(
    signed_in: Desk, embedded_aws: EmbeddedAws, more: str
) -> None:
    signed_in.config = more
    before = signed_in.kept()
    found = signed_in.credentials()
    who = embedded_aws.client("sts", found).get_caller_identity()["Arn"]
    assert who == signed_in.session
    assert signed_in.kept()["refreshToken"] != before["refreshToken"]
    assert signed_in.credentials() == found  # those in the cache last
    signed_in.keep(before)
    with pytest.raises(SignInNeededError, match="expired or was revoked") as raised:
        signed_in.credentials()
    assert raised.value.hint == "awsactivate login signin"


def test_another_key_proves_nothing(signed_in: Desk) -> None:
    signed_in.keep({**signed_in.kept(), "dpopKey": KEY})
    with pytest.raises(AwsError, match="given to somebody else"):
        signed_in.credentials()


WHOLE = {
    "accessToken": {"accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t"},
    "refreshToken": "r",
    "expiresIn": 900,
}


@pytest.mark.parametrize(
    ("output", "is_whole"),
    [
        (WHOLE, True),
        ({}, False),
        *(({name: value for name, value in WHOLE.items() if name != missing}, False) for missing in WHOLE),
        ({**WHOLE, "accessToken": {}}, False),
        ({**WHOLE, "accessToken": {"accessKeyId": "ASIA", "secretAccessKey": 5, "sessionToken": "t"}}, False),
        ({**WHOLE, "refreshToken": ""}, False),
        ({**WHOLE, "expiresIn": 10**12}, False),
        ({**WHOLE, "expiresIn": "soon"}, False),
    ],
)
@pytest.mark.parametrize("has_payload", [True, False])
def test_by_botocore_s_way_too_only_aws_s_whole_answer_is_taken(
    monkeypatch: pytest.MonkeyPatch, output: dict[str, Any], is_whole: bool, has_payload: bool
) -> None:
    """A network's sign-in page answers 200, and botocore makes an empty answer of it."""
    client = SimpleNamespace(meta=SimpleNamespace(events=SimpleNamespace(register=lambda *_: None)))
    answer = {"tokenOutput": output} if has_payload or output else {}
    monkeypatch.setattr(login_session, "begin_short_way", lambda *_, **__: None)
    monkeypatch.setattr("awsactivate.aws.clients.client", lambda *_, **__: client)
    monkeypatch.setattr("awsactivate.aws.calls.call", lambda *_: answer)
    if is_whole:
        assert login_session.exchange({}, "key", None, "us-east-1") == WHOLE
    else:
        with pytest.raises(Unreadable):
            login_session.exchange({}, "key", None, "us-east-1")
