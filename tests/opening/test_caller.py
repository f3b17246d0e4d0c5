"""Whose credentials sign a command's own calls: those that botocore would take from the same surroundings."""

from __future__ import annotations

import argparse
import http.server
import itertools
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import botocore.credentials
import pytest
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.opening.caller import find_caller
from awsactivate.opening.served_session import fetch_credentials

CONFIG = (
    "[default]\nregion = eu-west-1\n[profile keys]\nregion = eu-west-1\n[profile bare]\nregion = eu-west-1\n"
)
KEYS = "aws_access_key_id = AKIA{0}\naws_secret_access_key = s\n"
OUTSIDE = {
    "AWS_WEB_IDENTITY_TOKEN_FILE": ("AssumeRoleWithWebIdentityProvider", "web"),
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": ("ContainerProvider", "container"),
    "INSTANCE": ("InstanceMetadataProvider", "instance"),
}
NAMES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
OF_KEYS = (
    {},
    {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"},
    {"AWS_ACCESS_KEY_ID": "AKIAENV"},
    {"AWS_SECRET_ACCESS_KEY": "s"},
    {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
    {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SECURITY_TOKEN": "old"},
    {
        "AWS_ACCESS_KEY_ID": "AKIAENV",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SECURITY_TOKEN": "old",
        "AWS_SESSION_TOKEN": "new",
    },
)
OF_PROFILES = (
    *({name: value} for name in NAMES for value in ("keys", "bare", "missing")),
    *(
        {"AWS_PROFILE": first, "AWS_DEFAULT_PROFILE": second}
        for first, second in (("keys", "keys"), ("", ""))
    ),
    {},
)
OF_OUTSIDE = ({}, *({name: "/x"} for name in OUTSIDE), dict.fromkeys(OUTSIDE, "/x"))


def surroundings() -> Iterator[tuple[Mapping[str, str], bool]]:
    """Make each environment, and whether the default profile has keys."""
    for keys, profile, outside in itertools.product(OF_KEYS, OF_PROFILES, OF_OUTSIDE):
        for has_default in (False, True):
            yield {**keys, **profile, **outside}, has_default


def theirs(environ: Mapping[str, str]) -> tuple[str, str | None] | None:
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            # An empty name is none for us, where botocore looks for a profile called ''; and with keys in the
            # environment no name has an effect, where botocore stumbles over one that does not exist.
            if not environ.get(name) or (
                environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY")
            ):
                patch.delenv(name, raising=False)
        try:
            found = Session().get_credentials()
        except BotoCoreError:
            return None
    return (found.access_key, found.token) if found else None


def ours(environ: Mapping[str, str]) -> tuple[str, str | None] | None:
    context = Context(environ=environ, clock=time.time, program="", release_stdout=lambda: None)
    arguments = argparse.Namespace(profile=None, region=None, mfa_code=None)
    try:
        signer = find_caller(arguments, context)
    except ProfileError:
        return None
    return signer.credentials.access_key_id, signer.credentials.session_token


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what is outside of profiles give a key, where its variable is set."""
    for variable, (provider, name) in OUTSIDE.items():

        def load(_: object, variable: str = variable, name: str = name) -> object:
            has = variable in os.environ
            return botocore.credentials.Credentials(f"AKIA{name}", "s", "t") if has else None

        monkeypatch.setattr(getattr(botocore.credentials, provider), "load", load)


def test_a_commands_own_calls_are_signed_as_botocore_signs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outside: None
) -> None:
    """Half a key, an old name of the token and a pod's identity were passed over, for another identity."""
    for name in [name for name in os.environ if name.startswith("AWS")]:
        monkeypatch.delenv(name)
    files = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config")}
    (tmp_path / "config").write_text(CONFIG)
    (tmp_path / "credentials").write_text("[keys]\n" + KEYS.format("KEYS"))
    both = (f"[{name}]\n" + KEYS.format(name.upper()) for name in ("keys", "default"))
    (tmp_path / "with-default").write_text("".join(both))
    count = 0
    for environ, has_default in surroundings():
        path = tmp_path / ("with-default" if has_default else "credentials")
        given = {**files, "AWS_SHARED_CREDENTIALS_FILE": str(path), **environ}
        with monkeypatch.context() as patch:
            for name, value in given.items():
                patch.setenv(name, value)
            expected = theirs(given)
            assert ours(given) == expected, (environ, has_default)
        count += 1
    assert count > 500


@pytest.mark.parametrize("uri", ["http://127.0.0.1:port/p", "http://[::1/p", "http://127.0.0.1:99999/p"])
def test_an_address_that_is_none_is_not_ours(uri: str) -> None:
    environ = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t",
        "AWSACTIVATE_VARS": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    }
    assert fetch_credentials(environ) is None


def test_what_answers_without_credentials_is_told() -> None:
    """It ended in a KeyError: another program may serve at the address that a variable names."""

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"hello": 1}')

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        environ = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{server.server_port}/p",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t",
            "AWSACTIVATE_VARS": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        }
        with pytest.raises(ProfileError, match="answers with no document of credentials"):
            fetch_credentials(environ)
        thread.join()
