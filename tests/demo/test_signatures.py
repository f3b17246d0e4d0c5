"""Who is let in: signatures, tokens, keys and times."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from awsactivate.demo.aws import EmbeddedAws
from awsactivate.demo.clock import basic_iso8601
from awsactivate.sessions.credentials import Credentials
from demo.asking import credentials_of, refusal
from needs import needs_program

# service, an operation that asks for nothing
QUERY = ("sts", "get_caller_identity")
JSON = ("ssm", "describe_parameters")
S3 = ("s3", "list_buckets")
EACH = pytest.mark.parametrize(("service", "operation"), [QUERY, JSON, S3])

WRONG_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)
WRONG_SIGNATURE_S3 = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your key and signing method."
)
INVALID_TOKEN = "The security token included in the request is invalid."
MALFORMED_TOKEN = "The provided token is malformed or otherwise invalid."


def ask(aws: EmbeddedAws, credentials: Credentials, service: str, operation: str) -> tuple[int, str, str]:
    return refusal(getattr(aws.client(service, credentials), operation))


@EACH
def test_a_right_signature_is_let_in(
    embedded_aws: EmbeddedAws, account: str, service: str, operation: str
) -> None:
    answer = getattr(embedded_aws.client(service, embedded_aws.account(account)), operation)()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        (*QUERY, (403, "SignatureDoesNotMatch", WRONG_SIGNATURE)),
        (*JSON, (400, "InvalidSignatureException", WRONG_SIGNATURE)),
        (*S3, (403, "SignatureDoesNotMatch", WRONG_SIGNATURE_S3)),
    ],
)
def test_a_wrong_secret_is_refused(
    embedded_aws: EmbeddedAws, account: str, service: str, operation: str, expected: object
) -> None:
    user = embedded_aws.user("alice", account=account)
    wrong = replace(user.credentials, secret_access_key="x" * 40)
    assert ask(embedded_aws, wrong, service, operation) == expected


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        (*QUERY, (403, "InvalidClientTokenId", INVALID_TOKEN)),
        (*JSON, (400, "UnrecognizedClientException", INVALID_TOKEN)),
        (
            *S3,
            (
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            ),
        ),
    ],
)
def test_an_unknown_key_and_an_inactive_one_are_refused_alike(
    embedded_aws: EmbeddedAws, account: str, service: str, operation: str, expected: object
) -> None:
    user = embedded_aws.user("alice", account=account)
    embedded_aws.client("iam", embedded_aws.account(account)).update_access_key(
        UserName="alice", AccessKeyId=user.credentials.access_key_id, Status="Inactive"
    )
    unknown = Credentials("AKIA" + "Z" * 16, "x" * 40)
    assert ask(embedded_aws, user.credentials, service, operation) == expected
    assert ask(embedded_aws, unknown, service, operation) == expected


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        (*QUERY, (403, "InvalidClientTokenId", INVALID_TOKEN)),
        (*JSON, (400, "UnrecognizedClientException", INVALID_TOKEN)),
        (*S3, (400, "InvalidToken", MALFORMED_TOKEN)),
    ],
)
@pytest.mark.parametrize("token", [None, "IQoJb3JpZ2luX2VjTOKEN"])
def test_temporary_credentials_need_their_own_token(
    embedded_aws: EmbeddedAws, account: str, service: str, operation: str, token: str | None, expected: object
) -> None:
    sts = embedded_aws.client("sts", embedded_aws.account(account))
    session = replace(credentials_of(sts.get_session_token()), session_token=token)
    assert ask(embedded_aws, session, service, operation) == expected


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        (*QUERY, (403, "ExpiredToken", "The security token included in the request is expired")),
        (*JSON, (400, "ExpiredTokenException", "The security token included in the request is expired")),
        (*S3, (400, "ExpiredToken", "The provided token has expired.")),
    ],
)
def test_temporary_credentials_expire(
    embedded_aws: EmbeddedAws, account: str, service: str, operation: str, expected: object
) -> None:
    sts = embedded_aws.client("sts", embedded_aws.account(account))
    session = credentials_of(sts.get_session_token(DurationSeconds=900))
    embedded_aws.clock.advance(880)
    assert embedded_aws.client("sts", session).get_caller_identity()["Account"] == account
    embedded_aws.clock.advance(21)
    assert ask(embedded_aws, session, service, operation) == expected
    assert sts.get_caller_identity()["Account"] == account, "time went by for the caller as well"


@pytest.mark.parametrize(("skew", "sign", "words"), [(360, "-", "expired"), (-360, "+", "not yet current")])
@pytest.mark.parametrize(
    ("service", "operation", "status", "code"),
    [(*QUERY, 403, "SignatureDoesNotMatch"), (*JSON, 400, "InvalidSignatureException")],
)
def test_a_clock_that_is_off_by_more_than_five_minutes_is_told(
    embedded_aws: EmbeddedAws,
    account: str,
    service: str,
    operation: str,
    status: int,
    code: str,
    skew: int,
    sign: str,
    words: str,
) -> None:
    client = getattr(embedded_aws.client(service, embedded_aws.account(account)), operation)
    embedded_aws.clock.set_skew(skew * 290 / 360)
    client()
    embedded_aws.clock.set_skew(skew)
    now = basic_iso8601(embedded_aws.clock.now())
    refused = refusal(client)
    assert refused[:2] == (status, code)
    assert refused[2].startswith(f"Signature {words}: ")
    assert refused[2].endswith(f"({now} {sign} 5 min.)")


def test_s3_allows_fifteen_minutes(embedded_aws: EmbeddedAws, account: str) -> None:
    s3 = embedded_aws.client("s3", embedded_aws.account(account))
    embedded_aws.clock.set_skew(890)
    s3.list_buckets()
    embedded_aws.clock.set_skew(910)
    assert refusal(s3.list_buckets) == (
        403,
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    )


def test_the_date_of_an_answer_is_the_embedded_clocks(embedded_aws: EmbeddedAws, account: str) -> None:
    embedded_aws.clock.set_skew(-86_400)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(embedded_aws.endpoint_url + "/?Action=GetCallerIdentity&Version=2011-06-15")
    assert raised.value.code == 403
    date = raised.value.headers["Date"]
    expected = basic_iso8601(embedded_aws.clock.now())
    assert (date.split()[1], len(raised.value.headers.get_all("Date"))) == (expected[6:8], 1)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (None, (403, "MissingAuthenticationToken")),
        ("AmazonSSM.DescribeParameters", (400, "MissingAuthenticationTokenException")),
    ],
)
def test_an_unsigned_request_is_refused(
    embedded_aws: EmbeddedAws, account: str, target: str | None, expected: tuple[int, str]
) -> None:
    body = b"{}" if target else b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"} if target else {}
    request = urllib.request.Request(embedded_aws.endpoint_url, body, headers)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    assert raised.value.code == expected[0]
    assert expected[1].encode() in raised.value.read()


def test_a_body_that_was_changed_on_the_way_is_refused(embedded_aws: EmbeddedAws, account: str) -> None:
    key = embedded_aws.account(account)
    signed = AWSRequest(
        "POST",
        embedded_aws.endpoint_url + "/",
        data=b"Action=GetCallerIdentity&Version=2011-06-15",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    SigV4Auth(BotocoreCredentials(key.access_key_id, key.secret_access_key), "sts", "us-east-1").add_auth(
        signed
    )

    def send(body: bytes) -> int:
        request = urllib.request.Request(signed.url, body, dict(signed.headers.items()))
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)

    assert send(b"Action=GetCallerIdentity&Version=2011-06-15") == 200
    with pytest.raises(urllib.error.HTTPError) as raised:
        send(b"Action=GetSessionToken&Version=2011-06-15")
    assert raised.value.code == 403


def test_a_presigned_url_works_until_it_expires(embedded_aws: EmbeddedAws, account: str) -> None:
    s3 = embedded_aws.client("s3", embedded_aws.account(account))
    s3.create_bucket(Bucket=f"b-{account}")
    s3.put_object(Bucket=f"b-{account}", Key="a b/ü+c", Body=b"text")
    url = s3.generate_presigned_url("get_object", {"Bucket": f"b-{account}", "Key": "a b/ü+c"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"text"
    forged = url.replace("Expires=60", "Expires=6000")
    embedded_aws.clock.advance(61)
    for late in (url, forged):
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(late)
        assert raised.value.code == 403


@pytest.mark.parametrize(
    "authorization",
    ["AWS4-HMAC-SHA256 nonsense", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=0"],
)
def test_an_unreadable_signature_is_incomplete(
    embedded_aws: EmbeddedAws, account: str, authorization: str
) -> None:
    request = urllib.request.Request(
        embedded_aws.endpoint_url,
        b"Action=GetCallerIdentity&Version=2011-06-15",
        {"Authorization": authorization},
    )
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    assert raised.value.code == 400
    assert b"IncompleteSignature" in raised.value.read()


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/iam/"])
def test_what_moto_does_for_anybody_is_shut(embedded_aws: EmbeddedAws, account: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(urllib.request.Request(embedded_aws.endpoint_url + path, b""))
    assert raised.value.code == 403


def test_a_signature_of_another_program_is_read_as_well(embedded_aws: EmbeddedAws, account: str) -> None:
    """botocore signs and we check by one reading of the rules; curl signs by its own."""
    key = embedded_aws.account(account)
    command = [needs_program("curl"), "--silent", "--aws-sigv4", "aws:amz:us-east-1:sts", "--config", "-"]
    answer = subprocess.run(
        [*command, "--data", "Action=GetCallerIdentity&Version=2011-06-15", embedded_aws.endpoint_url + "/"],
        input=f'user = "{key.access_key_id}:{key.secret_access_key}"\n',
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"<Account>{account}</Account>" in answer.stdout


def test_the_clock_can_be_moved_over_http(embedded_aws: EmbeddedAws, account: str) -> None:
    before = embedded_aws.clock.now()
    order = json.dumps({"advance": 1000, "skew": 100}).encode()
    url = embedded_aws.endpoint_url + "/awsactivate-demo/clock"
    with urllib.request.urlopen(urllib.request.Request(url, order)) as answer:
        now = json.load(answer)["now"]
    assert 1100 <= now - before < 1130
