"""What is wrong with the network, met for real: proxies, certificates, names, pages of this machine's own."""

from __future__ import annotations

import base64
import contextlib
import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore import exceptions as botocore

from awsactivate.aws import unreachable
from awsactivate.aws.unreachable import explained
from awsactivate.sessions.addresses import place, shown, without_user
from needs import needs_program

PASSWORD = "p@ss/w#rd"
CALL = (
    "from awsactivate.aws.sts import Sts; from awsactivate.sessions.credentials import Credentials\n"
    "from awsactivate.errors import AwsactivateError; import json\n"
    "try: Sts(Credentials('AKIAEXAMPLE', 'x' * 40), None, region='eu-west-1').get_caller_identity()\n"
    "except AwsactivateError as e: print(json.dumps([e.exit_code, e.message, e.hint]))\n"
)


def call(tmp_path: Path, **environ: str) -> tuple[int, str, str]:
    """Ask STS who a made-up key is, in a process of its own, and return how that fails."""
    import json

    plain = {"PATH": os.defpath, "HOME": str(tmp_path), "AWS_MAX_ATTEMPTS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CALL], env={**plain, **environ}, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)
    status, message, hint = json.loads(done.stdout)
    assert status == 7
    assert message.startswith("AWS could not be reached: ")
    assert "p@ss" not in message + hint
    return status, message.removeprefix("AWS could not be reached: "), hint


@contextlib.contextmanager
def server(handle: Callable[[BaseHTTPRequestHandler], None], **tls: str) -> Iterator[int]:
    """Listen on the loopback for whatever method, by TLS where a certificate is given."""
    import ssl

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            handle(self)

        do_POST = do_CONNECT = do_GET  # noqa: N815  (http.server's names)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls["certificate"], tls["key"])
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield listening.server_port
    finally:
        listening.shutdown()
        listening.server_close()


def answering(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return handle


def wants_password(request: BaseHTTPRequestHandler) -> None:
    """A proxy that knows one user alone, and then says that it may not go there."""
    good = "Basic " + base64.b64encode(b"me:right").decode()
    is_known = request.headers.get("Proxy-Authorization") == good
    answering(403 if is_known else 407, Proxy_Authenticate="Basic")(request)


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("", "of HTTPS_PROXY wants another name and password than it was given (407)"),
        ("me:wrong%40@", "of HTTPS_PROXY wants another name and password than it was given (407)"),
        ("me:right@", "of HTTPS_PROXY refuses the way to AWS (403)"),
    ],
)
def test_a_proxy_that_refuses_is_named_without_its_password(tmp_path: Path, user: str, said: str) -> None:
    with server(wants_password) as port:
        _, message, hint = call(tmp_path, HTTPS_PROXY=f"http://{user}127.0.0.1:{port}")
    assert message == f"the proxy http://127.0.0.1:{port} {said}"
    assert "HTTPS_PROXY" in hint
    assert "wrong" not in message + hint


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "HTTPS_PROXY",
            f"http://user:{PASSWORD}@127.0.0.1:9",
            "HTTPS_PROXY can't be read as a proxy's address",
        ),
        ("https_proxy", f"user:{PASSWORD}@127.0.0.1:9", "https_proxy can't be read as a proxy's address"),
        ("HTTPS_PROXY", "http://user:p@ss x@127.0.0.1:9", "HTTPS_PROXY can't be read as a proxy's address"),
        ("HTTPS_PROXY", "http://user:p@ss@127.0.0.1:x", "HTTPS_PROXY can't be read as a proxy's address"),
        (
            "https_proxy",
            "socks5h://user:p@ss@127.0.0.1:9",
            "https_proxy names a proxy that speaks socks5h, which AWS's SDK for Python does not",
        ),
        (
            "HTTPS_PROXY",
            "http://user:p@ss@127.0.0.1:9",
            "the proxy http://127.0.0.1:9 of HTTPS_PROXY gives no connection",
        ),
    ],
)
def test_a_proxy_that_is_none_is_named_by_its_variable(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    _, message, _ = call(tmp_path, **{name: value})
    assert message == said


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate for localhost that nobody knows, as an inspecting proxy makes them."""
    openssl = needs_program("openssl")
    folder = tmp_path_factory.mktemp("tls")
    files = {"certificate": str(folder / "certificate"), "key": str(folder / "key")}
    make_certificate(openssl, files["certificate"], files["key"], "-addext", "subjectAltName=DNS:localhost")
    return files


def make_certificate(openssl: str, certificate: str, key: str, *more: str) -> None:
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=inspector", "-out"]
    subprocess.run([openssl, *words, certificate, "-keyout", key, *more], check=True, capture_output=True)


def test_an_inspecting_proxys_certificate_is_told_with_what_names_the_bundle(
    tmp_path: Path, certificate: dict[str, str]
) -> None:
    other = tmp_path / "other.pem"
    make_certificate("openssl", str(other), str(tmp_path / "key"))
    with server(answering(200), **certificate) as port:
        url = f"https://localhost:{port}"
        _, message, hint = call(tmp_path, AWS_ENDPOINT_URL=url)
        assert message == (
            "no known authority stands for the certificate of localhost: an inspecting proxy may have made it"
        )
        assert hint == "name the bundle in AWS_CA_BUNDLE, or as ca_bundle in the profile"
        *_, hint = call(tmp_path, AWS_ENDPOINT_URL=url, SSL_CERT_FILE=certificate["certificate"])
        assert hint == "export AWS_CA_BUNDLE=\"$SSL_CERT_FILE\": AWS's SDKs don't read SSL_CERT_FILE"
        _, message, _ = call(tmp_path, AWS_ENDPOINT_URL=url, AWS_CA_BUNDLE=str(other))
        assert message.startswith(
            "the CA bundle that AWS_CA_BUNDLE names does not know the certificate of localhost"
        )
        # what the hint says helps
        _, message, _ = call(tmp_path, AWS_ENDPOINT_URL=url, AWS_CA_BUNDLE=certificate["certificate"])
        assert message.startswith("something answered HTTP 200 that is not AWS's answer")
        # another name than the certificate's
        _, message, _ = call(
            tmp_path, AWS_ENDPOINT_URL=f"https://127.0.0.1:{port}", AWS_CA_BUNDLE=certificate["certificate"]
        )
        assert message == "the certificate that came is not 127.0.0.1's: a sign-in page may be in between"


def test_a_port_without_tls_is_no_aws(tmp_path: Path) -> None:
    with server(answering(200)) as port:
        _, message, _ = call(tmp_path, AWS_ENDPOINT_URL=f"https://localhost:{port}")
    assert message == "localhost does not speak TLS as AWS does: a proxy or a sign-in page may be in between"


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize(
    ("path", "reason"), [("/no/such/bundle.pem", "No such file or directory"), ("", "its name is empty")]
)
def test_a_bundle_that_is_not_there_is_named_by_its_variable(
    tmp_path: Path, name: str, path: str, reason: str
) -> None:
    _, message, hint = call(tmp_path, **{name: path})
    assert message == f"the CA bundle {path!r} that {name} names can't be read: {reason}"
    assert hint == f"unset {name}, or name the bundle"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/no/such", "No such file or directory"),
        ("HOME/empty.pem", "it holds no certificate"),
        ("HOME/file/ca.pem", "Not a directory"),
    ],
)
@pytest.mark.parametrize("by", ["ca_bundle", "AWS_CA_BUNDLE"])
def test_a_bundle_that_is_no_use_is_named_with_its_file(
    tmp_path: Path, certificate: dict[str, str], path: str, reason: str, by: str
) -> None:
    path = path.replace("HOME", str(tmp_path))
    (tmp_path / "empty.pem").write_text("nothing\n")
    (tmp_path / "file").touch()
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(f"[default]\nca_bundle = {path}\n" if by == "ca_bundle" else "")
    settings = {} if by == "ca_bundle" else {by: path}
    with server(answering(200), **certificate) as port:
        _, message, hint = call(tmp_path, AWS_ENDPOINT_URL=f"https://localhost:{port}", **settings)
    named_by = by if settings else "ca_bundle of profile 'default'"
    assert message == f"the CA bundle {path!r} that {named_by} names can't be read: {reason}"
    assert hint == (f"unset {by}, or name the bundle" if settings else "correct ca_bundle in the profile")


def test_a_name_that_does_not_resolve(tmp_path: Path) -> None:
    _, message, hint = call(tmp_path, AWS_ENDPOINT_URL="https://no-such-host.invalid")
    assert message == "the name no-such-host.invalid can't be resolved"
    *_, hint = call(tmp_path, AWS_ENDPOINT_URL="https://no-such-host.invalid", ALL_PROXY="http://127.0.0.1:9")
    assert hint == "export HTTPS_PROXY: AWS's SDKs don't read ALL_PROXY"


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _, message, _ = call(tmp_path, AWS_ENDPOINT_URL=f"http://u:p@ss@127.0.0.1:{port}")
    assert message == "127.0.0.1 refuses the connection"


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>sign in</html>"), (302, b""), (511, b"<html>sign in</html>"), (502, b"bad gateway")],
)
def test_a_sign_in_page_of_the_network_is_no_answer_of_aws(tmp_path: Path, status: int, body: bytes) -> None:
    handle = answering(status, body, Content_Type="text/html", Location="http://portal.example/")
    with server(handle) as port:
        _, message, hint = call(tmp_path, AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}")
    assert message == (
        f"something answered HTTP {status} that is not AWS's answer, such as a sign-in page of the network"
    )
    assert hint.startswith("sign in to the network in a browser")


@pytest.mark.parametrize(
    ("families", "said"),
    [
        (
            {socket.AF_INET6},
            "sts.eu-west-1.amazonaws.com has no IPv6 address, and this network has nothing else",
        ),
        (set(), "there is no way from this network to sts.eu-west-1.amazonaws.com"),
    ],
)
def test_a_network_of_ipv6_alone_is_told_from_none(families: set[socket.AddressFamily], said: str) -> None:
    no_way = OSError(errno.ENETUNREACH, "Network is unreachable")
    words = 'Could not connect to the endpoint URL: "https://sts.eu-west-1.amazonaws.com"'
    with mock.patch.object(unreachable, "_has_way", lambda family: family in families):
        assert explained(words, no_way, {}).message == f"AWS could not be reached: {said}"


@pytest.mark.parametrize(
    "address",
    [
        f"http://user:{PASSWORD}@host:9",
        f"https://{PASSWORD}@host",
        f'"socks5://u:{PASSWORD}\'"@host:9"',
        f'Failed to connect to proxy URL: "http://user:{PASSWORD}@host:9" and https://{PASSWORD}@other/x',
        f"HTTPSConnectionPool(host='x'): url: http://a:{PASSWORD}@b/?q=1 (Caused by X)",
        f"http://user:{PASSWORD}@[::1",
    ],
)
def test_an_address_in_any_text_loses_its_user_part(address: str) -> None:
    assert "p@ss" not in without_user(address)
    assert "w#rd" not in without_user(address)
    assert (
        "host" in without_user(address) or "://b" in without_user(address) or "[::1" in without_user(address)
    )


def test_an_address_alone_loses_it_whatever_stands_in_it() -> None:
    assert shown("http://user:p ss\n@host:9/x") == "http://host:9/x"
    assert shown("http://host/a") == "http://host/a"
    assert place("http://[::1]:80") == "http://[::1]:80"


# Every error of botocore's that has a text to fill in.
ERRORS = sorted(
    (
        kind
        for kind in vars(botocore).values()
        if isinstance(kind, type) and issubclass(kind, botocore.BotoCoreError)
    ),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_no_text_that_a_library_makes_of_an_address_shows_its_password(
    kind: type[botocore.BotoCoreError],
) -> None:
    import re

    from awsactivate.aws.refusals import translated
    from awsactivate.person.printable import one_line

    address = f"http://user:{PASSWORD}@host:9"
    values = dict.fromkeys(re.findall(r"\{(\w+)", getattr(kind, "fmt", "")), address)
    try:
        error = kind(**values)
    except TypeError:  # one that is made of another exception
        pytest.skip(f"{kind.__name__} takes no texts")
    said = translated(error)
    text = one_line(said.message) + one_line(said.hint or "")
    assert "p@ss" not in text
    assert "w#rd" not in text
