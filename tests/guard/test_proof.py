"""A signature proves a stand-in key of this run, or it is refused."""

from __future__ import annotations

import pytest
from botocore import auth

from awsactivate.frozen import replace
from awsactivate.guard import claims, stand_ins
from awsactivate.guard.call import Head
from awsactivate.guard.claims import UnacceptableError
from awsactivate.guard.proof import Proved, prove
from awsactivate.guard.stand_ins import StandIn
from guard.keys import NOW, STAND_IN, signed_by_botocore, this_run

URL = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/a%3Ab//c?Marker=a%20b%2B&Q&A=1"
BODY = b'{"name": "value"}'
OTHER = stand_ins.made(bytes(range(1, 1 + stand_ins.RANDOMNESS)))


def proved(head: Head, body: bytes | None = BODY, now: float = NOW) -> Proved:
    """Verify the signature of a request."""
    return prove(head, claims.read(head), this_run(), now, body)


def refused(head: Head, body: bytes | None = BODY, now: float = NOW) -> str:
    """Return the code with which a request is refused."""
    with pytest.raises(UnacceptableError) as error:
        proved(head, body, now)
    return error.value.code


@pytest.fixture
def head(stopped_clock: None) -> Head:
    """Return a request that COMMAND signed."""
    return signed_by_botocore(STAND_IN, URL, headers={"X-Amz-Meta": "a   b"}, body=BODY, service="lambda")


def test_who_knows_the_secret_is_believed(head: Head) -> None:
    assert proved(head).stand_in == STAND_IN


@pytest.mark.parametrize(
    "change",
    [
        lambda head: replace(head, method="PUT"),
        lambda head: replace(head, target=head.target.replace("functions", "layers")),
        lambda head: replace(head, target=f"{head.target}&More=1"),
        lambda head: replace(head, target=head.target.replace("%3A", "%253A")),
        lambda head: replace(
            head,
            headers=tuple((name, "x" if name == "X-Amz-Meta" else value) for name, value in head.headers),
        ),
        lambda head: replace(
            head,
            headers=tuple((name, value.replace("eu-west-1", "us-east-1")) for name, value in head.headers),
        ),
        lambda head: replace(
            head,
            headers=tuple((name, value.replace("123015Z", "123016Z")) for name, value in head.headers),
        ),
    ],
)
def test_whatever_is_signed_can_not_be_changed(head: Head, change) -> None:  # type: ignore[no-untyped-def]
    changed = change(head)
    if "us-east-1" in str(changed):
        changed = replace(changed, host="lambda.us-east-1.amazonaws.com")
    assert refused(changed) == "SignatureDoesNotMatch"


def test_another_body_is_refused(head: Head) -> None:
    assert refused(head, b"another") == "SignatureDoesNotMatch"


def test_a_body_is_held_to_the_hash_that_the_request_names(stopped_clock: None) -> None:
    head = signed_by_botocore(
        STAND_IN,
        "https://b.s3.amazonaws.com/k",
        method="PUT",
        body=BODY,
        service="s3",
        signer=auth.S3SigV4Auth,
    )
    assert proved(head).payload == proved(head, None).payload
    assert refused(head, b"another") == "XAmzContentSHA256Mismatch"


@pytest.mark.parametrize(
    "key",
    [OTHER, replace(STAND_IN, access_key_id=OTHER.access_key_id), replace(STAND_IN, session_token="another")],
    ids=["another run's", "an id of another run's", "with a token"],
)
def test_another_key_is_refused(stopped_clock: None, key: StandIn) -> None:
    assert refused(signed_by_botocore(key, URL, body=BODY, service="lambda")) == "InvalidClientTokenId"


def test_the_right_id_with_another_secret_is_refused(stopped_clock: None) -> None:
    key = replace(OTHER, access_key_id=STAND_IN.access_key_id)
    assert refused(signed_by_botocore(key, URL, body=BODY, service="lambda")) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("token", ["%E2%82%AC", "%FF", "%ED%A0%80"])
def test_a_token_in_no_alphabet_is_another(stopped_clock: None, token: str) -> None:
    link = signed_by_botocore(STAND_IN, URL, service="lambda", signer=auth.SigV4QueryAuth)
    head = replace(link, target=f"{link.target}&X-Amz-Security-Token={token}")
    assert refused(head, b"") == "InvalidClientTokenId"


def test_what_was_handed_out_is_taken_with_its_own_token_alone(stopped_clock: None) -> None:
    run = this_run()
    handed_out = run.hand_out(bytes(range(1, 1 + stand_ins.RANDOMNESS)), run.credentials(run.own))
    good = signed_by_botocore(handed_out, URL, body=BODY, service="lambda")
    assert prove(good, claims.read(good), run, NOW, BODY).stand_in == handed_out
    for token in (None, "another", "\xe9"):
        bad = signed_by_botocore(replace(handed_out, session_token=token), URL, body=BODY, service="lambda")
        with pytest.raises(UnacceptableError, match="none of those that this guard gave out"):
            prove(bad, claims.read(bad), run, NOW, BODY)


@pytest.mark.parametrize(("later", "taken"), [(-901, False), (-900, True), (900, True), (901, False)])
def test_the_time_of_signing_is_within_fifteen_minutes(head: Head, later: int, taken: bool) -> None:
    if taken:
        assert proved(head, now=NOW + later)
    else:
        assert refused(head, now=NOW + later) == "RequestTimeTooSkewed"


@pytest.mark.parametrize(("later", "taken"), [(-301, False), (-300, True), (120, True), (121, False)])
def test_a_link_is_good_for_as_long_as_it_says(stopped_clock: None, later: int, taken: bool) -> None:
    head = signed_by_botocore(
        *(STAND_IN, "https://b.s3.amazonaws.com/a//b"),
        method="GET",
        service="s3",
        signer=auth.S3SigV4QueryAuth,
        expires=120,  # type: ignore[arg-type]
    )
    if taken:
        assert proved(head, b"whatever", NOW + later).payload == "UNSIGNED-PAYLOAD"
    else:
        assert refused(head, b"", NOW + later) == "RequestTimeTooSkewed"


def test_a_claim_that_needs_the_body_is_not_proved_without(head: Head) -> None:
    assert claims.read(head).needs_body
    with pytest.raises(ValueError, match="needs the body"):
        proved(head, None)
