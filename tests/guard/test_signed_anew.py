"""A request that is signed anew is the one that botocore would have signed with the real key, to the byte."""

from __future__ import annotations

import pytest
from botocore import auth

from awsactivate.frozen import replace
from awsactivate.guard import claims
from awsactivate.guard.call import Head
from awsactivate.guard.proof import Proved, prove
from awsactivate.guard.signed_anew import Signed, signed_anew
from awsactivate.sessions.credentials import Credentials
from guard.keys import NOW, REAL, STAND_IN, signed_by_botocore, this_run

BODY = b"Action=GetCallerIdentity&Version=2011-06-15"
LAMBDA = "https://lambda.eu-west-1.amazonaws.com"
BUCKET = "https://b.s3.eu-west-1.amazonaws.com"
CASES = {
    "query": {"url": "https://sts.eu-west-1.amazonaws.com/", "body": BODY},
    "a quoted path": {
        "url": f"{LAMBDA}/functions/arn%3Aaws%3Alambda/code",
        "service": "lambda",
        "method": "GET",
    },
    "a query": {"url": f"{LAMBDA}/f?b=1&a=x%20y&c&a=%2B", "service": "lambda", "method": "GET"},
    "headers": {"url": LAMBDA, "headers": {"X-Amz-Meta-B": " b  c ", "Accept": "*/*"}, "service": "lambda"},
    "a port": {"url": "https://localhost.amazonaws.com:8443/x"},
    "a Date": {"url": LAMBDA, "headers": {"Date": "Mon, 04 May 2026 12:30:15 GMT"}, "service": "lambda"},
    "an object": {
        "url": f"{BUCKET}/a//b/../c%20d~",
        "method": "PUT",
        "body": BODY,
        "service": "s3",
        "signer": auth.S3SigV4Auth,
    },
    "a link to an object": {
        "url": f"{BUCKET}/a//b?versionId=x%2By",
        "method": "GET",
        "service": "s3",
        "signer": auth.S3SigV4QueryAuth,
        "expires": 300,
    },
    "a link": {
        "url": "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity",
        "method": "GET",
        "headers": {"x-k8s-aws-id": "cluster"},
        "signer": auth.SigV4QueryAuth,
        "expires": 60,
    },
}


def proved(head: Head, body: bytes = BODY) -> Proved:
    """Verify the signature of COMMAND's request."""
    return prove(head, claims.read(head), this_run(), NOW, body)


@pytest.mark.parametrize("key", [REAL, replace(REAL, session_token=None)], ids=["temporary", "long-term"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_what_botocore_would_have_signed(
    stopped_clock: None, case: dict[str, str], key: Credentials
) -> None:
    theirs = signed_by_botocore(STAND_IN, **case)  # type: ignore[arg-type]
    ours = signed_anew(theirs, proved(theirs, case.get("body", b"")), key).head  # type: ignore[arg-type]
    direct = signed_by_botocore(key, **case)  # type: ignore[arg-type]
    assert ours == direct


def test_what_was_handed_out_and_has_a_token_gets_the_other_one(stopped_clock: None) -> None:
    run = this_run()
    handed_out = run.hand_out(bytes(range(200)), REAL)
    for case in (CASES["query"], CASES["a link"], CASES["an object"]):
        theirs = signed_by_botocore(handed_out, **case)  # type: ignore[arg-type]
        checked = prove(theirs, claims.read(theirs), run, NOW, case.get("body", b""))  # type: ignore[arg-type]
        assert signed_anew(theirs, checked, run.credentials(checked.stand_in)).head == signed_by_botocore(
            REAL,
            **case,  # type: ignore[arg-type]
        )


def test_a_token_that_the_real_key_has_not_goes_with_the_stand_in(stopped_clock: None) -> None:
    run = this_run()
    long_term = replace(REAL, session_token=None)
    handed_out = run.hand_out(bytes(range(200)), long_term)
    theirs = signed_by_botocore(handed_out, **CASES["query"])  # type: ignore[arg-type]
    checked = prove(theirs, claims.read(theirs), run, NOW, BODY)
    assert signed_anew(theirs, checked, long_term).head == signed_by_botocore(
        long_term,
        **CASES["query"],  # type: ignore[arg-type]
    )


def test_it_may_go_elsewhere_than_it_was_signed_for(stopped_clock: None) -> None:
    """To the user's own endpoint: another host, and a path before its own."""
    theirs = signed_by_botocore(STAND_IN, f"{LAMBDA}/functions/a%3Ab", method="GET", service="lambda")
    elsewhere = replace(
        theirs,
        host="localhost:4566",
        target=f"/aws{theirs.target}",
        headers=(("Host", "localhost:4566"), *theirs.headers[1:]),
    )
    assert signed_anew(elsewhere, proved(theirs, b""), REAL).head == signed_by_botocore(
        REAL, "https://localhost:4566/aws/functions/a%3Ab", method="GET", service="lambda"
    )


def test_it_may_be_signed_for_another_region_than_the_child_knew(stopped_clock: None) -> None:
    theirs = signed_by_botocore(STAND_IN, "https://iam.amazonaws.com/", body=BODY, service="sts")
    signed: Signed = signed_anew(theirs, proved(theirs), REAL, region="us-east-1", service="iam")
    assert str(signed.scope) == "20260504/us-east-1/iam/aws4_request"
    assert f"{REAL.access_key_id}/{signed.scope}" in str(signed.head.get("Authorization"))


def test_no_secret_is_shown(stopped_clock: None) -> None:
    theirs = signed_by_botocore(STAND_IN, **CASES["query"])  # type: ignore[arg-type]
    signed = signed_anew(theirs, proved(theirs), REAL)
    assert repr(signed.key) not in repr(signed)
    assert STAND_IN.secret_access_key not in repr(proved(theirs))
