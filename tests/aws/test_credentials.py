"""Whatever goes wrong where credentials are fetched is the source's failure, never a bug of ours."""

from __future__ import annotations

import errno
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.credentials
import botocore.exceptions
import botocore.parsers
import botocore.session
import pytest
import urllib3.exceptions
from botocore.exceptions import ClientError
from dateutil.parser import ParserError
from hypothesis import given, settings
from hypothesis import strategies as st

from awsactivate.aws import (
    calls,
    clients,
    credentials,
    http,
    parameters,
    process_credentials,
    source_failures,
)
from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.aws.process_credentials import Ran
from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError
from awsactivate.opening.signer import load_credentials
from awsactivate.profiles.model import parse
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source

SECRET = "wJalrXUtnFEMI-a-secret"
CONFIG = """
[profile process]
credential_process = /opt/tool "an argument"
[profile web]
role_arn = arn:aws:iam::111122223333:role/web
web_identity_token_file = /run/token
"""
SESSION = botocore.session.Session(profile="process")
SOURCES = (
    Source("process", "process"),
    Source("web-identity", "web"),
    Source("credential_source", "EcsContainer"),
    Source("credential_source", "Ec2InstanceMetadata"),
)


class _Words(dict[str, Any]):
    """What botocore's messages are made of, whichever names they ask for."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"


def botocores_own() -> Iterator[Exception]:
    """Make one of each exception class of botocore's."""
    for module in (botocore.exceptions, botocore.parsers):
        for kind in vars(module).values():
            if not (isinstance(kind, type) and issubclass(kind, Exception)):
                continue
            if issubclass(kind, ClientError):
                continue  # made by the codes below
            made = kind.__new__(kind)
            made.kwargs = _Words(report="", error=OSError("x"), error_msg="why", provider="p", profile="a")  # type: ignore[attr-defined]
            fmt = getattr(kind, "fmt", "it failed")
            Exception.__init__(made, fmt.format_map(_Words(error="x")))
            yield made


def builtins_own() -> Iterator[Exception]:
    """Make one of each class that reading files, running programs and parsing may raise."""
    import builtins

    special: dict[type, tuple[Any, ...]] = {
        UnicodeDecodeError: ("utf-8", b"\xff", 0, 1, "invalid start byte"),
        UnicodeEncodeError: ("latin-1", "€", 0, 1, "ordinal not in range"),
        UnicodeTranslateError: ("€", 0, 1, "x"),
        ExceptionGroup: ("several", [ValueError("x")]),
    }
    for kind in vars(builtins).values():
        if isinstance(kind, type) and issubclass(kind, Exception):
            yield kind(*special.get(kind, (SECRET,)))
    for number in (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.EISDIR, errno.ENOTDIR, errno.E2BIG):
        yield OSError(number, "words of the system", "/opt/tool")
    for text in ("", "hello\n{}", "{", "{} {}", "[", SECRET):
        yield json.JSONDecodeError("Extra data" if text == "{} {}" else "Expecting value", text, 0)
    yield ParserError("String does not contain a date: %s", SECRET)
    yield subprocess.TimeoutExpired("tool", 1)
    yield RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired.")
    yield urllib3.exceptions.LocationParseError("x")


def refusals() -> Iterator[ClientError]:
    """Make what AWS answers where it says no, or is out of order."""
    for code, status in (
        ("UnauthorizedException", 401),
        ("ForbiddenException", 403),
        ("ResourceNotFoundException", 404),
        ("TooManyRequestsException", 429),
        ("InternalServerException", 500),
        ("", 503),
        ("InvalidIdentityToken", 400),
        ("ExpiredTokenException", 400),
        ("AccessDenied", 403),
    ):
        answer = {
            "Error": {"Code": code, "Message": "AWS's own sentence"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        yield ClientError(answer, "GetRoleCredentials")  # type: ignore[arg-type]


def failures() -> list[Exception]:
    """Make all of them anew: a raised exception keeps its way through the code."""
    return [*botocores_own(), *builtins_own(), *refusals()]


@pytest.fixture(autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give botocore the configuration of these tests."""
    file = tmp_path_factory.mktemp("aws") / "config"
    file.write_text(CONFIG)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file.parent / "credentials"))


def test_the_list_of_failures_is_a_long_one() -> None:
    assert len(failures()) > 150
    assert {type(error) for error in failures()} > {KeyError, OSError, ValueError, ClientError, ParserError}


class _Raising:
    """Stands in for a provider, a resolver or credentials, and raises where it is told to."""

    def __init__(self, error: Exception, *, at: str) -> None:
        self._error = error
        self._at = at

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def called(*_: Any, **__: Any) -> Any:
            if name == self._at:
                raise self._error
            return self

        return called


@pytest.mark.parametrize("at", ["get_provider", "load", "get_frozen_credentials"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_failure_of_a_provider_names_the_source_and_holds_no_secret(
    source: Source, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ: Mapping[str, str] = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/run/token"}
    # one session for all: to make one takes 10 ms, and a look into its settings at each failure as long
    monkeypatch.setattr(credentials, "settings", lambda _: SESSION)
    monkeypatch.setattr(credentials.unusable_settings, "named", lambda *_: None)
    for error in failures():
        stand_in = _Raising(error, at=at)
        monkeypatch.setattr(SESSION, "get_component", lambda _, found=stand_in: found)
        # the provider of a process is made by ourselves, so that its questions can be seen
        monkeypatch.setattr(
            botocore.credentials, "ProcessProvider", lambda *_, found=stand_in, **__: found.get_provider()
        )
        with pytest.raises(AwsactivateError) as raised:
            credentials.load(source, parse(CONFIG, ""), environ, "target")
        told = raised.value
        assert told.exit_code in (3, 4, 6, 7), error
        assert told.message.startswith(f"profile {source.name!r}: ") or source.name in told.message
        assert SECRET not in f"{told.message} {told.hint}"
        assert "bug" not in told.message
        if isinstance(error, ClientError):
            assert told.exit_code == 6
            assert "AWS's own sentence" in told.message


@pytest.mark.parametrize(
    "make",
    [
        lambda: clients.client("sts", Credentials("AKIA", "s"), profile="web"),
        lambda: parameters.Ssm(Credentials("AKIA", "s"), profile="web", region=None).client,
        lambda: http.configured_endpoint("sts", "web"),
        lambda: credentials.load_chain({}),
    ],
    ids=["client", "parameters", "endpoint", "chain"],
)
def test_every_failure_of_botocores_session_is_one_of_the_settings(
    make: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (clients, http, credentials):
        monkeypatch.setattr(module, "settings", lambda _: SESSION)
    for error in failures():

        def fail(*_: Any, e: Exception = error, **__: Any) -> Any:
            raise e

        for name in ("create_client", "get_credentials", "get_scoped_config", "get_config_variable"):
            monkeypatch.setattr(botocore.session.Session, name, fail)
        with pytest.raises(AwsactivateError) as raised:
            make()
        assert raised.value.exit_code in (3, 5, 6, 7), error
        assert SECRET not in f"{raised.value.message} {raised.value.hint}"


def test_every_failure_of_a_call_is_told() -> None:
    """A port that is none stopped the signing of a call, which ended in "this is a bug"."""
    for error in failures():

        class Stub:
            def get_caller_identity(self, e: Exception = error) -> None:
                raise e

        with pytest.raises((AwsactivateError, Refused, NoAnswer)) as raised:
            calls.call(Stub(), "GetCallerIdentity", {})
        assert SECRET not in str(raised.value) or isinstance(raised.value, NoAnswer)
        assert isinstance(error, ClientError) == isinstance(raised.value, Refused)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("endpoint_url = localhost:4566", "profile 'x': the endpoint 'localhost:4566' is no URL"),
        ("endpoint_url = me:pw@host", "profile 'x': the endpoint is no URL"),
        ("endpoint_url = http://host:65536", "profile 'x': the endpoint 'http://host:65536' is no URL"),
        ("endpoint_url = http://host:port", "profile 'x': the endpoint 'http://host:port' is no URL"),
        ("endpoint_url = http://[::1", "profile 'x': the endpoint is no URL"),
        (
            "api_versions = foo",
            "profile 'x': api_versions, which must hold one 'key = value' an indented line,",
        ),
        (
            "max_attempts = many",
            "profile 'x': max_attempts or AWS_MAX_ATTEMPTS has a value that can't be used",
        ),
        (
            "endpoint_url = http://localhost:99999",
            "profile 'x': the endpoint 'http://localhost:99999' is no URL",
        ),
        (
            "endpoint_url = http://local host:80",
            "profile 'x': the endpoint 'http://local host:80' is no URL",
        ),
        ("retry_mode = often", "the configuration can't be used: Invalid value provided to"),
    ],
)
def test_a_setting_that_no_client_can_be_made_of_is_named(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "config").write_text(f"[profile x]\nregion = eu-west-1\n{text}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(AwsactivateError) as raised:
        clients.client("sts", Credentials("AKIA", "s"), profile="x")
    assert raised.value.exit_code == 3
    assert raised.value.message.startswith(said)


def test_a_log_of_keys_that_can_not_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "missing/keys"))
    with pytest.raises(AwsactivateError) as raised:
        clients.client("sts", Credentials("AKIA", "s"), profile=None, region="eu-west-1")
    assert (
        raised.value.message == "SSLKEYLOGFILE names a file that can't be written: No such file or directory"
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    stdout=st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
        st.fixed_dictionaries(
            {
                "Version": st.just(1),
                "AccessKeyId": st.sampled_from(["AKIA", "", None, 1, []]),
                "SecretAccessKey": st.sampled_from([SECRET, "", None, 1, {}]),
                "SessionToken": st.sampled_from(["token", "", None, 1, {}]),
                "Expiration": st.sampled_from(
                    [
                        "",
                        "soon",
                        "2001-01-01T00:00:00Z",
                        "2099-01-01",
                        "9999-12-31T23:59:59-12:00",
                        None,
                        7,
                        [],
                    ]
                ),
            }
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_whatever_a_process_prints_is_credentials_or_its_own_failure(stdout: bytes) -> None:
    """And what is read without botocore is what it would read."""
    ran = Ran(0, stdout, b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credentials, "settings", lambda _: SESSION)
        patch.setattr(credentials.unusable_settings, "named", lambda *_: None)
        # a program that is run again, for what it gave has ended, gives the same
        patch.setattr(process_credentials, "VisibleProcess", lambda *_: ran)
        found: Credentials | AwsactivateError
        try:
            found = credentials.load(Source("process", "process"), parse(CONFIG, ""), {}, None, ran)
        except AwsactivateError as error:
            found = error
    if (read := process_credentials.usual(ran, time.time())) is not None:
        assert read == found
    if isinstance(found, Credentials):
        assert isinstance(found.access_key_id, str)
        assert isinstance(found.secret_access_key, str)
        return
    assert found.exit_code == 3
    assert found.message.startswith("profile 'process': credential_process '/opt/tool' ")
    assert SECRET not in found.message


DOCUMENT = {"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": SECRET, "SessionToken": "token"}


@pytest.mark.parametrize(
    ("more", "is_usual"),
    [
        ({}, True),
        ({"Expiration": "2099-01-31T12:00:00Z"}, True),
        ({"Expiration": "2099-01-31T12:00:00.123456+02:00", "AccountId": "111122223333"}, True),
        ({"SessionToken": None}, True),
        ({"Expiration": "2099-01-31T12:00:00"}, False),
        ({"Expiration": "2099-02-30T12:00:00Z"}, False),
        ({"Expiration": "in an hour"}, False),
        ({"Expiration": "2026-01-31T12:00:00Z"}, False),
        ({"SessionToken": ""}, False),
        ({"Version": 1.0}, False),
        ({"Version": True}, False),
        ({"Version": 2}, False),
    ],
    ids=repr,
)
def test_the_usual_documents_are_read_without_botocore(more: dict[str, Any], is_usual: bool) -> None:
    ran = Ran(0, json.dumps({**DOCUMENT, **more}).encode(), b"")
    assert (process_credentials.usual(ran, time.time()) is not None) == is_usual
    assert process_credentials.usual(Ran(1, ran.stdout, b""), time.time()) is None


def test_a_program_is_run_once_and_again_only_where_what_it_gave_has_ended(tmp_path: Path) -> None:
    """The test counts its runs by the lines that it writes."""
    ends = datetime.fromtimestamp(time.time() + 300, UTC).isoformat()
    for more, runs in (({}, 1), ({"Version": 2}, 1), ({"Expiration": ends}, 2)):
        log, document = tmp_path / f"log{len(str(more))}", json.dumps({**DOCUMENT, **more})
        command = f'sh -c \'echo run >>"{log}"; cat "{tmp_path}/document"\''
        (tmp_path / "document").write_text(document)
        profiles = parse(f"[profile process]\ncredential_process = {command}\n", "")
        context = Context(environ={}, clock=time.time, program="", release_stdout=lambda: None)
        (tmp_path / "config").write_text(f"[profile process]\ncredential_process = {command}\n")
        with pytest.MonkeyPatch.context() as patch, suppress(AwsactivateError):
            patch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
            load_credentials(Source("process", "process"), profiles, context, target_profile=None)
        assert len(log.read_text().splitlines()) == runs


@pytest.mark.parametrize("name", ["EcsContainer", "Ec2InstanceMetadata"])
@pytest.mark.parametrize(
    "error",
    [UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), ParserError("x"), KeyError("x"), TypeError("x")],
    ids=lambda error: type(error).__name__,
)
def test_an_answer_that_is_no_document_is_called_that(name: str, error: Exception) -> None:
    """Bytes that are no text were called an authorization token's."""
    told = source_failures.explained(error, source_failures.Fetching(name, "x"))
    assert told.message.endswith(" service answered with no document of credentials")


def test_our_own_error_inside_a_source_stays_what_it_is() -> None:
    error = AwsactivateError("already told")
    assert source_failures.explained(error, source_failures.Fetching("process", "x")) is error
