"""A refusal in each protocol: botocore's own parsers read AWS's code and our words out of it."""

from __future__ import annotations

import pytest
from botocore.parsers import create_parser

from awsactivate.guard import refusals
from awsactivate.guard.call import Answer, Asked, Head, Named
from guard import serialized

WORDS = 'User: <arn> & "more" is not authorized to perform: s3:X because nobody said yes: ü'
REQUEST_ID = "0b5c6e3e-6c9c-4a67-9a5b-000000000001"


def refused(service: str, operation: str, protocol: str, method: str = "POST") -> Answer:
    """The answer to a call."""
    named = Named(service, operation, protocol, (Asked(f"{service}:{operation}"),), model=service)
    return refusals.denied(Head(method, "h", "/", ()), named, WORDS, REQUEST_ID)


@pytest.mark.parametrize(
    ("service", "operation", "protocol", "code", "status"),
    [
        ("sts", "AssumeRole", "query", "AccessDenied", 403),
        ("ec2", "RunInstances", "ec2", "UnauthorizedOperation", 403),
        ("dynamodb", "PutItem", "json", "AccessDeniedException", 400),
        ("lambda", "CreateFunction", "rest-json", "AccessDeniedException", 403),
        ("s3", "PutObject", "rest-xml", "AccessDenied", 403),
        ("s3control", "CreateJob", "rest-xml", "AccessDenied", 403),
        ("route53", "CreateHostedZone", "rest-xml", "AccessDenied", 403),
        ("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", "AccessDeniedException", 400),
        ("sqs", "SendMessage", "query", "AccessDenied", 403),
    ],
)
def test_botocore_reads_the_code_and_the_words(
    service: str, operation: str, protocol: str, code: str, status: int
) -> None:
    answer = refused(service, operation, protocol)
    model = serialized.SESSION.get_service_model(service)
    headers = {name.lower(): value for name, value in answer.headers}
    parsed = create_parser(protocol).parse(
        {"body": answer.body, "headers": headers, "status_code": answer.status},
        model.operation_model(operation).output_shape,
    )
    assert answer.status == status
    assert (parsed["Error"]["Code"], parsed["Error"]["Message"]) == (code, WORDS)
    assert parsed["ResponseMetadata"]["RequestId"] == REQUEST_ID


def test_an_answer_to_head_has_no_body() -> None:
    assert refused("s3", "HeadObject", "rest-xml", "HEAD").body == b""


def test_the_sentence_is_awss_and_names_a_few_of_many() -> None:
    asked = tuple(Asked("s3:DeleteObject", f"arn:aws:s3:::b/{number}") for number in range(7))
    named = Named("s3", "DeleteObjects", "rest-xml", (*asked, Asked("s3:Other")))
    said = refusals.sentence(named, "terraform", "because the person said no")
    assert said.startswith(
        "User: terraform is not authorized to perform: s3:DeleteObject on resource: arn:aws:s3:::b/0, "
    )
    assert said.endswith("arn:aws:s3:::b/4 and 3 more because the person said no")


def test_nothing_in_a_name_can_write_over_a_screen() -> None:
    named = Named("s3", "DeleteObject", "rest-xml", (Asked("s3:DeleteObject", "arn:aws:s3:::b/\x1b[2J\n"),))
    assert refusals.sentence(named, "x", "no").isprintable()


@pytest.mark.parametrize("protocol", ["query", "ec2", "json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"])
def test_what_can_not_be_reached_now_is_no_refusal(protocol: str) -> None:
    named = Named("s3", "PutObject", protocol, (), model="s3")
    answer = refusals.unavailable(Head("POST", "h", "/", ()), named, WORDS, REQUEST_ID)
    assert answer.status == 503
    said = answer.body + repr(answer.headers).encode()
    assert b"ServiceUnavailable" in said
    assert b"AccessDenied" not in said
    assert b"Unauthorized" not in said
