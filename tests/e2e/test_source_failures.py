"""Each way in which a profile's source has failed somebody: one line that names it, by the real program."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from harness.shells import PROGRAM, environment

PROCESS = "[profile p]\nregion = eu-west-1\ncredential_process = {}\n"
ROLE = "arn:aws:iam::111122223333:role/r"
SSO = (
    "[profile p]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 111122223333\n"
    "sso_role_name = Admin\n"
    "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
)
CONTAINER = f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n"
WEB = f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\nweb_identity_token_file = {{}}\n"
CACHED = f".aws/sso/cache/{hashlib.sha1(b'corp').hexdigest()}.json"
DOCUMENT = {"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t"}


def printing(**more: object) -> str:
    """Write a command that prints a document of credentials."""
    return PROCESS.format("echo '" + json.dumps({**DOCUMENT, **more}) + "'")


def run(
    home: Path, config: str, files: dict[str, str | None] | None = None, **environ: str
) -> tuple[int, str]:
    """Export the profile `p` of `config`, in a home with `files` (None: a folder); no AWS is anywhere."""
    for name, text in {".aws/config": config, **(files or {})}.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.mkdir()
        else:
            path.write_text(text)
            path.chmod(0o600)
    given = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_EC2_METADATA_DISABLED": "true", **environ}
    result = subprocess.run(
        [str(PROGRAM), "export", "p"],
        env={name: value for name, value in environment(home, **given).items() if value != "(unset)"},
        capture_output=True,
        text=True,
        cwd=home,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert result.stdout == ""
    assert "bug" not in result.stderr
    assert "Traceback" not in result.stderr
    return result.returncode, result.stderr.replace(str(home), "HOME")


@pytest.mark.parametrize(
    ("config", "said", "hint"),
    [
        (
            PROCESS.format("~/bin/x"),
            "credential_process '~/bin/x' is not there: no shell expands ~",
            "whole path",
        ),
        (PROCESS.format("$HOME/bin/x"), "credential_process '$HOME/bin/x' is not there: no shell", "sh -c"),
        (PROCESS.format("no-such-program"), "credential_process 'no-such-program' is not there", "installed"),
        (PROCESS.format("./plain"), "credential_process './plain' may not be run", "chmod +x ./plain"),
        (PROCESS.format("/"), "credential_process '/' is a folder, not a program", ""),
        (
            PROCESS.format("sh -c 'echo"),
            "credential_process has a quote or a \\ that is not closed",
            "quotes",
        ),
        (PROCESS.format(""), "credential_process is empty", "take the line out"),
        (PROCESS.format("true"), "credential_process 'true' printed nothing on stdout", "by hand"),
        (PROCESS.format("echo [1]"), "printed JSON that is no credential_process document", "by hand"),
        (PROCESS.format("echo null"), "printed JSON that is no credential_process document", "by hand"),
        (
            PROCESS.format("printf 'Hello\\n{}'"),
            "printed something else on stdout before its JSON",
            "by hand",
        ),
        (PROCESS.format("printf '{}\\nbye'"), "printed something else on stdout after its JSON", "by hand"),
        (PROCESS.format("printf '\\377'"), "printed what is not UTF-8 text", "by hand"),
        (
            PROCESS.format("sh -c 'echo not signed in >&2; exit 1'"),
            "'sh' failed (exit status 1): not signed",
            "by hand",
        ),
        (PROCESS.format("false"), "credential_process 'false' failed (exit status 1)", "by hand"),
        (
            PROCESS.format("echo {}"),
            "printed another document than it should: Unsupported version",
            "by hand",
        ),
        (printing(Expiration=""), "printed an Expiration that is no time", "by hand"),
        (printing(Expiration="soon"), "printed an Expiration that is no time", "by hand"),
        (printing(Expiration="2099-01-01T00:00:00"), "printed an Expiration that is no time", "by hand"),
        (printing(Expiration=1), "printed an Expiration that is no time", "by hand"),
        (printing(Expiration="2001-01-01T00:00:00Z"), "gives credentials that have expired", "sign in"),
        (printing(AccessKeyId=""), "printed a document in which AccessKeyId is empty", "by hand"),
        (WEB.format("/nowhere/token"), "web_identity_token_file /nowhere/token is not there", ""),
        (WEB.format("/"), "web_identity_token_file / is a folder", ""),
        (WEB.format("/dev/null"), "web_identity_token_file /dev/null holds no token", ""),
        (CONTAINER, "credential_source EcsContainer: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ""),
        (
            CONTAINER.replace("EcsContainer", "Ec2InstanceMetadata"),
            "the instance metadata service gives no",
            "",
        ),
        (printing() + "api_versions = foo\n", "profile 'p': api_versions, which must hold one", "doctor"),
        (PROCESS.format("echo x") + "max_attempts = many\n", "printed what is not JSON (line 1", "by hand"),
        (
            WEB.format(__file__) + "metadata_service_timeout = 1s\n",
            "profile 'p': metadata_service_timeout or AWS_METADATA_SERVICE_TIMEOUT has a value",
            "",
        ),
    ],
    ids=range(30),
)
def test_a_source_that_fails_is_named(config: str, said: str, hint: str, tmp_path: Path) -> None:
    status, stderr = run(tmp_path, config, {"plain": "no program"})
    error, *rest = stderr.splitlines()
    assert (status, error.startswith("awsactivate: error: profile 'p': ")) == (3, True), stderr
    assert said in error
    assert hint in "".join(rest)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AWS_ENDPOINT_URL": "localhost:4566"}, "the endpoint 'localhost:4566' is no URL"),
        ({"AWS_ENDPOINT_URL": "http://localhost:99999"}, "the endpoint 'http://localhost:99999' is no URL"),
        ({"AWS_ENDPOINT_URL": "http://localhost:80 "}, "the endpoint 'http://localhost:80 ' is no URL"),
        (
            {"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "x"},
            "metadata_service_num_attempts or AWS_METADATA_SERVICE_NUM_ATTEMPTS has a value",
        ),
    ],
    ids=["endpoint", "port", "blank", "attempts"],
)
def test_a_variable_that_no_client_can_be_made_with_is_named(
    environ: dict[str, str], said: str, tmp_path: Path
) -> None:
    status, stderr = run(tmp_path, WEB.format(__file__), **environ)
    assert (status, said in stderr) == (3, True), stderr


@pytest.mark.parametrize("text", ["", "{", "[]", '{"accessToken": "t", "expiresAt": "soon"}', "\x00"])
def test_a_broken_token_of_single_sign_on_is_named_by_its_file(text: str, tmp_path: Path) -> None:
    status, stderr = run(tmp_path, SSO, {CACHED: text})
    assert (status, CACHED in stderr) == (3, True), stderr
    assert stderr.splitlines()[1] == "awsactivate: hint: awsactivate login p"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"},
            "FULL_URI names a host that SDKs refuse",
        ),
        *(
            ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": address}, "FULL_URI is no address such as http://127")
            for address in ("127.0.0.1:80/x", "http://[::1/x")
        ),
        (
            {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere/token",
            },
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE /nowhere/token is not there",
        ),
        (
            {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/",
            },
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE / is a folder",
        ),
        (
            {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a secret\nof two lines",
            },
            "the authorization token has a line break in it",
        ),
    ],
    ids=["host", "no-scheme", "no-address", "no-token", "folder", "line-break"],
)
def test_what_a_container_can_have_wrong_is_named(environ: dict[str, str], said: str, tmp_path: Path) -> None:
    status, stderr = run(tmp_path, CONTAINER, **environ)
    assert (status, said in stderr) == (3, True), stderr
    assert "a secret" not in stderr


@pytest.mark.parametrize(
    "line", ["credential_process = ./loop", "credential_process = awsactivate export p --format process"]
)
def test_a_process_that_asks_for_its_own_profile_ends_at_once(line: str, tmp_path: Path) -> None:
    """It started itself for ever: 26 processes in 10 s."""
    script = tmp_path / "loop"
    script.write_text("#!/bin/sh\necho x >> count\nexec awsactivate export p --format process\n")
    script.chmod(0o755)
    status, stderr = run(tmp_path, f"[profile p]\n{line}\n")
    assert status == 3
    assert "asks for itself" in stderr
    assert stderr.count("\n") == 2
    if "loop" in line:
        assert (tmp_path / "count").read_text() == "x\n"
