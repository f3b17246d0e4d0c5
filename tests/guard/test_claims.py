"""What a request says of its own signature, and the kinds that the guard refuses in words."""

from __future__ import annotations

import pytest

from awsactivate.frozen import replace
from awsactivate.guard import claims
from awsactivate.guard.call import Head
from awsactivate.guard.claims import Claim, UnacceptableError
from awsactivate.sessions.sigv4 import Scope

HOST = "sts.eu-west-1.amazonaws.com"
SIGNATURE = "0123456789abcdef" * 4
SCOPE = Scope("20260504T123015Z", "eu-west-1", "sts")
CREDENTIAL = "AKIAEXAMPLE/20260504/eu-west-1/sts/aws4_request"
AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders=host;x-amz-date, Signature={SIGNATURE}"
)
HEAD = Head(
    "POST", HOST, "/", (("Host", HOST), ("X-Amz-Date", SCOPE.stamp), ("Authorization", AUTHORIZATION))
)
LINK = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + CREDENTIAL.replace("/", "%2F") + "&X-Amz-Date="
    f"{SCOPE.stamp}&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={SIGNATURE}"
)


def with_header(name: str, value: str) -> Head:
    """Add a header to the request."""
    return replace(HEAD, headers=(*HEAD.headers, (name, value)))


def signed_so(authorization: str) -> Head:
    """Let the request bear another signature."""
    return replace(HEAD, headers=(*HEAD.headers[:2], ("Authorization", authorization)))


def linked(query: str) -> Head:
    """Let the request be a presigned link."""
    return Head("GET", HOST, f"/?{query}", (("Host", HOST),))


def test_a_header_says_whose_signature_it_is() -> None:
    assert claims.read(HEAD) == Claim("AKIAEXAMPLE", SCOPE, ("host", "x-amz-date"), SIGNATURE, None, "", None)


def test_a_signature_counts_for_fifteen_minutes_and_a_link_for_as_long_as_it_says() -> None:
    signed_at = claims.read(HEAD).signed_at
    assert (signed_at, claims.read(HEAD).until - signed_at) == (1777897815, 900)
    assert claims.read(linked(LINK)).until - signed_at == 60


def test_a_link_says_it_in_its_query() -> None:
    assert claims.read(linked(f"{LINK}&X-Amz-Security-Token=a%2Bb")) == Claim(
        "AKIAEXAMPLE", SCOPE, ("host",), SIGNATURE, "a+b", "", 60
    )


def test_a_link_to_sts_need_not_say_how_long_it_lasts() -> None:
    """The SDK for Go makes such."""
    assert claims.read(linked(LINK.replace("X-Amz-Expires=60&", ""))).lasts == 900


def test_a_link_of_s3_signs_no_body_but_one_that_it_names() -> None:
    link = LINK.replace("%2Fsts%2F", "%2Fs3%2F")
    assert claims.read(linked(link)).payload == "UNSIGNED-PAYLOAD"
    assert claims.read(linked(f"{link}&X-Amz-Content-Sha256={SIGNATURE}")).payload == SIGNATURE


def test_a_date_header_does_where_there_is_no_other() -> None:
    head = replace(
        HEAD, headers=(HEAD.headers[0], ("Date", "Mon, 04 May 2026 12:30:15 GMT"), HEAD.headers[2])
    )
    assert claims.read(head).scope == SCOPE


@pytest.mark.parametrize(
    ("payload", "signed_chunks", "named"),
    [
        (SIGNATURE, False, True),
        ("UNSIGNED-PAYLOAD", False, False),
        ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", False, False),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", True, False),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", True, False),
    ],
)
def test_what_stands_for_the_body_is_named(payload: str, signed_chunks: bool, named: bool) -> None:
    claim = claims.read(with_header("x-amz-content-sha256", payload))
    assert (claim.payload, claim.has_signed_chunks, claim.names_hash, claim.needs_body) == (
        *(payload, signed_chunks, named),
        False,
    )


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (replace(HEAD, headers=HEAD.headers[:2]), "unsigned requests"),
        (signed_so("Bearer abc"), "bearer tokens"),
        (signed_so("AWS4-ECDSA-P256-SHA256 Credential=a/b"), "SigV4a"),
        (linked("X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256"), "SigV4a"),
        (signed_so("AWS AKIAEXAMPLE:c2lnbmF0dXJl"), "otherwise than by Signature Version 4"),
        (linked("AWSAccessKeyId=AKIAEXAMPLE&Signature=abc&Expires=1"), "unsigned requests"),
        (signed_so(AUTHORIZATION.replace("/sts/", "/s3express/")), "directory buckets"),
        (with_header("x-amz-s3session-token", "abc"), "directory buckets"),
        (with_header("Content-Type", "application/vnd.amazon.eventstream"), "event streams"),
        (with_header("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-EVENTS"), "event streams"),
        (with_header("X-Amz-Content-Sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"), "SigV4a"),
        (with_header("Upgrade", "websocket"), "WebSockets"),
    ],
)
def test_what_the_guard_can_not_sign_is_refused_in_words(head: Head, words: str) -> None:
    with pytest.raises(UnacceptableError, match=words) as refused:
        claims.read(head)
    assert refused.value.code == "AccessDenied"


@pytest.mark.parametrize(
    "authorization",
    [
        AUTHORIZATION.replace("Signature=", "Signed="),
        AUTHORIZATION + f", Signature={SIGNATURE}",
        AUTHORIZATION.upper().replace("AWS4-HMAC-SHA256 CREDENTIAL", "AWS4-HMAC-SHA256 Credential"),
        AUTHORIZATION.replace(SIGNATURE, SIGNATURE.upper()),
        AUTHORIZATION.replace(SIGNATURE, SIGNATURE[:-1]),
        AUTHORIZATION.replace("/aws4_request", ""),
        AUTHORIZATION.replace("AKIAEXAMPLE", "AKIA/EXAMPLE"),
        AUTHORIZATION.replace("AKIAEXAMPLE", ""),
        AUTHORIZATION.replace("20260504", "20260505"),
        AUTHORIZATION.replace("host;x-amz-date", "x-amz-date"),
        AUTHORIZATION.replace("host;x-amz-date", "host;host"),
        AUTHORIZATION.replace("host;x-amz-date", "host;te"),
        AUTHORIZATION.replace("host;x-amz-date", "connection;host"),
        AUTHORIZATION.replace("host;x-amz-date", "Host;x-amz-date"),
        "AWS4-HMAC-SHA256",
    ],
)
def test_a_signature_that_can_not_be_read_is_none(authorization: str) -> None:
    with pytest.raises(UnacceptableError) as refused:
        claims.read(signed_so(authorization))
    assert refused.value.code == "IncompleteSignature"


@pytest.mark.parametrize(
    "query",
    [
        f"{LINK}&X-Amz-Signature={SIGNATURE}",
        f"{LINK}&x-amz-credential=AKIAOTHER",
        LINK.replace("X-Amz-Expires=60&", "").replace("%2Fsts%2F", "%2Fs3%2F"),
        LINK.replace("Expires=60", "Expires=604801"),
        LINK.replace("Expires=60", "Expires=0"),
        LINK.replace("Expires=60", "Expires=soon"),
        LINK.replace("20260504T123015Z", "20260504T993015Z"),
        LINK.replace("20260504T123015Z", "20260504T12301%D9%A0Z"),
    ],
)
def test_a_link_that_can_not_be_read_is_none(query: str) -> None:
    with pytest.raises(UnacceptableError) as refused:
        claims.read(linked(query))
    assert refused.value.code == "IncompleteSignature"


@pytest.mark.parametrize(
    "date", ["", "soon", "Fri, 31 Dec 9999 23:59:59 -2300", "Mon, 01 Jan 0001 00:00:00 +2300", "\xe9"]
)
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(UnacceptableError):
        claims.read(replace(HEAD, headers=(HEAD.headers[0], ("Date", date), HEAD.headers[2])))


def test_one_signature_in_a_header_and_another_in_the_query_is_refused() -> None:
    with pytest.raises(UnacceptableError, match="in a header and in its query"):
        claims.read(replace(HEAD, target=f"/?{LINK}"))


@pytest.mark.parametrize(
    "name", ["Host", "x-amz-date", "AUTHORIZATION", "X-Amz-Target", "X-Amz-Security-Token"]
)
def test_what_decides_is_said_once(name: str) -> None:
    """AWS might take the other one than the guard judged."""
    twice = replace(HEAD, headers=(*((name, "a"), (name.lower(), "b")), *HEAD.headers))
    with pytest.raises(UnacceptableError, match="times"):
        claims.read(twice)


@pytest.mark.parametrize("host", ["s3.eu-west-1.amazonaws.com", "", f"{HOST}:8443"])
def test_a_request_is_for_the_host_of_its_connection(host: str) -> None:
    with pytest.raises(UnacceptableError, match="another host"):
        claims.read(replace(HEAD, headers=(("Host", host), *HEAD.headers[1:])))


def test_the_usual_port_may_be_named() -> None:
    assert claims.read(replace(HEAD, headers=(("Host", f"{HOST.upper()}:443"), *HEAD.headers[1:])))


@pytest.mark.parametrize("path", ["/a/../b", "/./b", "/a/%2e%2E", "/..", "/a%2F..%2fb"])
def test_a_path_that_may_be_read_as_another_is_refused_but_for_s3(path: str) -> None:
    with pytest.raises(UnacceptableError, match="segment"):
        claims.read(replace(HEAD, target=path))
    s3 = signed_so(AUTHORIZATION.replace("/sts/", "/s3/"))
    assert claims.read(replace(s3, target=path)).scope.service == "s3"
