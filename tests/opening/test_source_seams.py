"""Whatever files and the network do where a source is read, or traded in, is told in words."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from awsactivate.aws.direct import http1, transport, trust
from awsactivate.aws.direct.http1 import BrokenAnswerError
from awsactivate.aws.sts import Sts
from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError
from awsactivate.files import private_files
from awsactivate.keychain import index
from awsactivate.opening.signer import load_credentials
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source

CONFIG = """
[profile key]
aws_access_key_id = AKIA
aws_secret_access_key = s
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
[profile login]
login_session = arn:aws:iam::111122223333:user/alice
region = us-east-1
"""
SECRET = "wJalrXUtnFEMI-a-secret"


def of_the_system() -> Iterator[OSError]:
    """Make what each error of the system raises, as a file or a connection may."""
    for number in errno.errorcode:
        yield OSError(number, os.strerror(number), f"/{SECRET}")
    yield OSError(SECRET)


def of_the_network() -> Iterator[Exception]:
    """Make what a connection raises besides."""
    yield from of_the_system()
    yield TimeoutError("timed out")
    yield socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    yield socket.herror(1, "Unknown host")
    for kind in (ssl.SSLError, ssl.SSLCertVerificationError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        error = kind(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
        error.reason = "CERTIFICATE_VERIFY_FAILED"  # as OpenSSL's own have one
        error.verify_code = 20  # type: ignore[union-attr]
        yield error


def raising(error: Exception) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("AWS", "XDG"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(CONFIG)
    return tmp_path


def context() -> Context:
    return Context(environ=dict(os.environ), clock=time.time, program="", release_stdout=lambda: None)


def load(kind: str) -> Credentials:
    profiles = read_profiles(os.environ)
    return load_credentials(Source(kind, kind), profiles, context(), target_profile=None)  # type: ignore[arg-type]


def check(act: Callable[[], object]) -> None:
    with pytest.raises(AwsactivateError) as raised:
        act()
    told = raised.value
    assert told.exit_code in (3, 4, 6, 7), told.message
    assert SECRET not in f"{told.message} {told.hint}"
    assert "\n" not in told.message


@pytest.mark.parametrize("method", ["stat", "read_bytes"])
def test_every_failure_of_a_configuration_file_is_told(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in of_the_system():
        if not isinstance(error, FileNotFoundError):
            with monkeypatch.context() as patch:
                patch.setattr(Path, method, raising(error))
                check(lambda: read_profiles(os.environ))


@pytest.mark.parametrize("kind", ["sso", "login"])
def test_every_failure_of_a_file_of_tokens_is_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in of_the_system():
        monkeypatch.setattr(private_files, "read", raising(error))
        check(lambda: load(kind))


def test_every_failure_of_the_index_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in of_the_system():
        if not isinstance(error, FileNotFoundError):
            monkeypatch.setattr(private_files, "read", raising(error))
            check(lambda: index.read(os.environ))


def test_an_index_below_another_users_folder_is_none_of_ours(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a container's HOME is root's, and the files are named by variables."""
    monkeypatch.setattr(private_files, "read", raising(PermissionError(errno.EACCES, "Permission denied")))
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != home)
    monkeypatch.setattr(os, "getuid", lambda: home.stat().st_uid + 1)
    assert index.read(os.environ) == {}


@pytest.mark.parametrize(
    ("module", "name"),
    [(socket, "create_connection"), (trust, "shared"), (transport.Transport, "_secure"), (http1, "read")],
    ids=["connect", "authorities", "tls", "answer"],
)
def test_every_failure_of_the_short_way_to_aws_is_told(
    module: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Connection:
        def __getattr__(self, _: str) -> Callable[..., object]:
            return lambda *_, **__: self

        def __enter__(self) -> Connection:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing is open."""

    monkeypatch.setattr(time, "sleep", lambda _: None)
    errors = [*of_the_network(), *([BrokenAnswerError("x")] if name == "read" else [])]
    for error in errors:
        with monkeypatch.context() as patch:
            patch.setattr(socket, "create_connection", lambda *_, **__: Connection())
            patch.setattr(trust, "shared", lambda _: Connection())
            if name != "_secure":
                patch.setattr(module, name, raising(error))
            else:
                patch.setattr(Connection, "wrap_socket", raising(error), raising=False)
            check(lambda: Sts(Credentials("AKIA", "s"), None, region="eu-west-1").get_caller_identity())
