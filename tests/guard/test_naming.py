"""What a request is called: held to what botocore's own serializers write."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from awsactivate.aws import models
from awsactivate.frozen import replace
from awsactivate.guard import handing_out_table, naming, table_file
from awsactivate.guard.call import Asked, Head, Named
from awsactivate.guard.naming import Knowledge, SignedFor, needs_body
from awsactivate.guard.unsupported import UnacceptableError
from guard import serialized

KNOWLEDGE = Knowledge(models.load, table_file.read_table(), handing_out_table.read_table())
USUAL = (
    *(
        "apigateway",
        "autoscaling",
        "cloudformation",
        "cloudfront",
        "cloudwatch",
        "dynamodb",
        "ecr",
        "ecs",
        "elb",
    ),
    *(
        "elbv2",
        "events",
        "iam",
        "kinesis",
        "kms",
        "lambda",
        "logs",
        "route53",
        "s3",
        "s3control",
        "secretsmanager",
    ),
    *("sns", "sqs", "ssm", "stepfunctions", "sts", "wafv2"),
)
# These have their place, and are not told from them: the older one of each two
OLDER = {
    "GetBucketLifecycle",
    "GetBucketNotification",
    "PutBucketLifecycle",
    "PutBucketNotification",
    "ListDirectoryBuckets",
}


def named(head: Head, body: bytes = b"", service: str = "s3") -> Named:
    """Name a request that is signed for `service`; what needs no body is given none."""
    signed = SignedFor(service, serialized.REGION, serialized.ACCOUNT)
    return naming.name(head, body if needs_body(head, service) else b"", signed, KNOWLEDGE)


def call(service: str, operation: str, given: dict[str, Any] | None = None) -> Named:
    """Name a call as botocore writes it."""
    model = serialized.SESSION.get_service_model(service)
    return named(*serialized.request(model, operation, given), model.signing_name)


def wrongly_named(service: str) -> list[str]:
    """Name those operations of a service that are taken for others."""
    model = serialized.SESSION.get_service_model(service)
    wrong = []
    for operation in model.operation_names:
        try:
            head, body = serialized.request(model, operation)
        except ParamValidationError:
            wrong.append(f"{operation}: no request")
            continue
        found = named(head, body, model.signing_name)
        if (found.operation, found.known) != (operation, True):
            wrong.append(operation)
    return wrong


@pytest.mark.parametrize("service", USUAL)
def test_each_operation_of_a_usual_service_is_named_as_itself(service: str) -> None:
    assert set(wrongly_named(service)) - OLDER == set()


def asked(*pairs: tuple[str, str]) -> tuple[Asked, ...]:
    """What is asked of writes, by actions and resources."""
    return tuple(Asked(action, resource) for action, resource in pairs)


def test_an_object_is_named_by_the_host_or_by_the_path_alike() -> None:
    by_host = named(Head("DELETE", "acme.logs.s3.eu-west-1.amazonaws.com", "/a/b%20c", ()))
    by_path = named(Head("DELETE", "s3.eu-west-1.amazonaws.com", "/acme.logs/a/b%20c", ()))
    assert by_host == by_path
    assert by_host.asked == asked(("s3:DeleteObject", "arn:aws:s3:::acme.logs/a/b c"))


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("acme.s3.amazonaws.com", "acme"),
        ("acme.s3-us-west-2.amazonaws.com", "acme"),
        ("acme.s3.dualstack.eu-west-1.amazonaws.com", "acme"),
        ("acme.s3-fips.dualstack.us-gov-west-1.amazonaws.com", "acme"),
        ("acme.s3-accelerate.dualstack.amazonaws.com", "acme"),
        ("a.s3.b.s3.cn-north-1.amazonaws.com.cn", "a.s3.b"),
    ],
)
def test_a_bucket_is_read_out_of_each_of_its_hosts(host: str, bucket: str) -> None:
    found = named(Head("PUT", host, "/?policy", ()), b"{}")
    assert (found.operation, found.asked[0].resource) == ("PutBucketPolicy", f"arn:aws:s3:::{bucket}")


def test_an_access_point_is_not_taken_for_a_bucket() -> None:
    host = "logs-111122223333.s3-accesspoint.eu-west-1.amazonaws.com"
    found = named(Head("PUT", host, "/a/b", (("Content-Length", "1"),)))
    arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/logs/object/a/b"
    assert found.asked == asked(("s3:PutObject", arn))


@pytest.mark.parametrize("alias", ["logs-k3j2-s3alias", "logs-k3j2--ol-s3", "arn:aws:s3:::other"])
def test_what_is_no_buckets_own_name_may_be_any_bucket(alias: str) -> None:
    """A `--deny` of the bucket must bite."""
    for found in (
        named(Head("DELETE", "s3.eu-west-1.amazonaws.com", f"/{alias}/k", ())),
        call("s3", "CopyObject", {"Bucket": "acme", "Key": "k", "CopySource": f"{alias}/k"}),
    ):
        assert ("*", True) in [(one.resource, one.vague) for one in found.asked]


def test_a_key_that_looks_like_another_objects_arn_is_a_key() -> None:
    """Its own resource would otherwise be whatever the child says."""
    found = named(Head("PUT", "acme.s3.amazonaws.com", "/arn:aws:s3:::public/x", ()))
    assert found.asked == asked(("s3:PutObject", "arn:aws:s3:::acme/arn:aws:s3:::public/x"))


def test_an_object_with_an_acl_asks_for_both_in_a_link_too() -> None:
    acl = ("s3:PutObjectAcl", "arn:aws:s3:::acme/k")
    headers = (("x-amz-acl", "public-read"),)
    assert acl in [
        (one.action, one.resource) for one in named(Head("PUT", "acme.s3.amazonaws.com", "/k", headers)).asked
    ]
    link = Head("PUT", "acme.s3.amazonaws.com", "/k?x-amz-acl=public-read&X-Amz-Signature=0", ())
    assert acl in [(one.action, one.resource) for one in named(link).asked]


def test_each_object_of_a_batch_is_asked_for() -> None:
    objects = [{"Key": "a"}, {"Key": "b/*", "VersionId": "2"}]
    found = call("s3", "DeleteObjects", {"Bucket": "acme", "Delete": {"Objects": objects}})
    assert found.asked == asked(
        ("s3:DeleteObject", "arn:aws:s3:::acme/a"), ("s3:DeleteObjectVersion", "arn:aws:s3:::acme/b/*")
    )


def test_a_copy_reads_what_it_copies() -> None:
    given = {"Bucket": "acme", "Key": "k", "CopySource": "src/x%20y?versionId=1"}
    found = call("s3", "CopyObject", given)
    assert [(one.action, one.resource, one.writes) for one in found.asked] == [
        ("s3:PutObject", "arn:aws:s3:::acme/k", True),
        ("s3:GetObjectVersion", "arn:aws:s3:::src/x y", False),
    ]


TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table"


def test_each_item_of_a_transaction_is_judged_by_itself() -> None:
    items = [
        {"Put": {"TableName": "t", "Item": {}}},
        {"ConditionCheck": {"TableName": "u", "Key": {}, "ConditionExpression": "a"}},
    ]
    found = call("dynamodb", "TransactWriteItems", {"TransactItems": items})
    assert found.asked == (
        Asked("dynamodb:PutItem", f"{TABLE}/t"),
        Asked("dynamodb:ConditionCheckItem", f"{TABLE}/u", writes=False),
    )


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ('SELECT * FROM "t"."i" WHERE a = 1', Asked("dynamodb:PartiQLSelect", f"{TABLE}/t", writes=False)),
        ("insert into t value {'a': 1}", Asked("dynamodb:PartiQLInsert", f"{TABLE}/t")),
        ('UPDATE "t" SET a = 1', Asked("dynamodb:PartiQLUpdate", f"{TABLE}/t")),
        ("DELETE FROM t WHERE a = 'SELECT x FROM y'", Asked("dynamodb:PartiQLDelete", f"{TABLE}/t")),
        ("""SELECT "x FROM mine" FROM t""", Asked("dynamodb:PartiQLSelect", f"{TABLE}/t", writes=False)),
        ("SELECT a FROM t WHERE a = 'b--c'", Asked("dynamodb:PartiQLSelect", f"{TABLE}/t", writes=False)),
        ("SELECT a /* FROM mine */ FROM t", Asked("dynamodb:PartiQLUpdate", vague=True)),
        ("SELECT " + "a " * 5000 + "FROM t", Asked("dynamodb:PartiQLUpdate", vague=True)),
        ("/* SELECT 1 FROM t */ DROP", Asked("dynamodb:PartiQLUpdate", vague=True)),
    ],
)
def test_a_statement_says_itself_what_it_does(statement: str, wanted: Asked) -> None:
    statements = [{"Statement": statement}]
    assert call("dynamodb", "BatchExecuteStatement", {"Statements": statements}).asked == (wanted,)


def test_each_instance_is_asked_for() -> None:
    found = call("ec2", "TerminateInstances", {"InstanceIds": ["i-1", "i-2"]})
    arn = "arn:aws:ec2:eu-west-1:111122223333:instance"
    assert found.asked == asked(
        ("ec2:TerminateInstances", f"{arn}/i-1"), ("ec2:TerminateInstances", f"{arn}/i-2")
    )
    assert found.protocol == "ec2"


def test_a_role_that_is_passed_on_is_asked_for() -> None:
    role = "arn:aws:iam::111122223333:role/r"
    found = call("lambda", "CreateFunction", {"FunctionName": "f", "Role": role, "Code": {}})
    function = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    assert found.asked == asked(("lambda:CreateFunction", function), ("iam:PassRole", role))


def test_a_read_of_a_secret_is_one_and_its_arn_is_open_where_aws_adds_to_it() -> None:
    found = call("secretsmanager", "GetSecretValue", {"SecretId": "db"})
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"
    assert found.asked == (
        Asked("secretsmanager:GetSecretValue", arn, writes=False, reads_secret=True, vague=True),
    )
    assert call("ssm", "GetParameter", {"Name": "/a/b"}).asked[0] == Asked(
        "ssm:GetParameter",
        "arn:aws:ssm:eu-west-1:111122223333:parameter/a/b",
        writes=False,
        reads_secret=True,
    )


def test_an_alias_of_a_key_stands_for_a_key_that_is_not_known() -> None:
    given = {"KeyId": "alias/a"}
    (found,) = call("kms", "DisableKey", given).asked
    assert (found.resource, found.vague) == ("arn:aws:kms:eu-west-1:111122223333:key/*", True)


def test_what_hands_out_credentials_is_told() -> None:
    given = {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "some"}
    assert call("sts", "AssumeRole", given).hands_out
    assert not call("sts", "GetCallerIdentity", {}).hands_out


JSON = (("Content-Type", "application/x-amz-json-1.0"),)
DYNAMODB = "dynamodb.eu-west-1.amazonaws.com"


def target(operation: str, path: str = "/") -> Head:
    """A call of DynamoDB's."""
    return Head("POST", DYNAMODB, path, (*JSON, ("X-Amz-Target", f"DynamoDB_20120810.{operation}")))


@pytest.mark.parametrize(
    ("head", "body", "service", "called"),
    [
        (target("Explode"), b"{}", "dynamodb", "Explode"),
        (target("ListTables", "/elsewhere"), b"{}", "dynamodb", None),
        (replace(target("ListTables"), method="GET"), b"", "dynamodb", None),
        (Head("POST", "sts.amazonaws.com", "/", ()), b"Action=Nothing&Version=2011-06-15", "sts", "Nothing"),
        (
            Head("GET", "lambda.eu-west-1.amazonaws.com", "/2015-03-31/functions/../x", ()),
            b"",
            "lambda",
            None,
        ),
        (Head("GET", "acme.s3.amazonaws.com", "/?somethingNew", ()), b"", "s3", None),
        (Head("POST", "acme.s3.amazonaws.com", "/k?nothing", ()), b"", "s3", None),
        (Head("GET", "x.execute-api.eu-west-1.amazonaws.com", "/prod/pets", ()), b"", "execute-api", None),
        (Head("GET", "nobody.eu-west-1.amazonaws.com", "/", ()), b"", "nobody", None),
    ],
)
def test_what_no_model_knows_is_a_write_that_is_called_as_it_calls_itself(
    head: Head, body: bytes, service: str, called: str | None
) -> None:
    found = named(head, body, service)
    assert not found.known
    assert found.operation == (called or f"{head.method} {head.path}")
    assert [(one.writes, one.resource, one.vague, one.guessed) for one in found.asked] == [
        (True, "*", True, True)
    ]


FORM_TYPE = "application/x-www-form-urlencoded"
FORM = (("Content-Type", FORM_TYPE),)


@pytest.mark.parametrize(
    ("head", "body", "service"),
    [
        # a target that REST's services don't look at
        (
            Head(
                "DELETE",
                "lambda.eu-west-1.amazonaws.com",
                "/2015-03-31/functions/f",
                (("X-Amz-Target", "DynamoDB_20120810.ListTables"),),
            ),
            b"",
            "lambda",
        ),
        # a target that says one thing, and a query that says another
        (
            Head(
                "POST",
                "sqs.eu-west-1.amazonaws.com",
                "/?Action=DeleteQueue&Version=2012-11-05",
                (*JSON, ("X-Amz-Target", "AmazonSQS.ListQueues")),
            ),
            b"{}",
            "sqs",
        ),
        # two parts of an object
        (Head("DELETE", "acme.s3.amazonaws.com", "/k?tagging&uploadId=1", ()), b"", "s3"),
        (
            Head("POST", DYNAMODB, "/", (*target("ListTables").headers, *target("DeleteTable").headers)),
            b"{}",
            "dynamodb",
        ),
    ],
)
def test_a_call_that_contradicts_itself_is_no_read(head: Head, body: bytes, service: str) -> None:
    assert any(one.writes for one in named(head, body, service).asked)


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/", (), b"%41ction=GetUser&Action=CreateAccessKey&Version=2010-05-08"),
        ("/?Action=GetUser&Version=2010-05-08", FORM, b"Action=DeleteUser&UserName=x"),
        ("/?Action=GetUser&Version=2010-05-08", FORM, b"%41ction=DeleteUser&UserName=x"),
        ("/?Action=GetUser&Version=2010-05-08", FORM, b"x=1;Action=DeleteUser&UserName=x"),
        ("/?Action=GetUser&Version=2010-05-08", FORM, b"action=DeleteUser&UserName=x"),
        ("/?Action=GetUser&Version=2010-05-08", (("Content-Type", f"{FORM_TYPE}; a=json"),), b"a=b"),
        ("/?Action=GetUser&Version=2010-05-08", (("Content-Type", "application/json"),), b"{}"),
        (
            "/?Action=GetUser&Version=2010-05-08",
            (("Content-Type", f"{FORM_TYPE}; charset=ibm037"),),
            "Action=DeleteUser".encode("cp037"),
        ),
        ("/?Action=GetUser&Version=2010-05-08", FORM, "Action=DeleteUser".encode("utf-16")),
        (
            "/?Action=GetUser&Version=2010-05-08",
            (*FORM, ("Content-Encoding", "gzip")),
            gzip.compress(b"Action=DeleteUser", mtime=0),
        ),
        ("/?Action=GetUser&Version=2010-05-08", (*FORM, ("Content-Encoding", "br")), b"Action=DeleteUser"),
        ("/", FORM, b"Version=2010-05-08&UserName=x"),
        ("/", FORM, b"Action=GetUser" + b"&a=b" * 100_000),
    ],
)
def test_a_query_that_does_not_say_one_action_is_none(
    path: str, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    """Said in another way, or packed, it would pass as the read that the other one is."""
    with pytest.raises(UnacceptableError):
        named(Head("POST", "iam.amazonaws.com", path, headers), body, "iam")


def test_an_action_is_read_out_of_a_form_however_it_is_written() -> None:
    body = b"%41ction=CreateAccessKey&Version=2010-05-08&UserName=eve"
    found = named(Head("POST", "iam.amazonaws.com", "/", FORM), body, "iam")
    assert (found.operation, found.hands_out) == ("CreateAccessKey", True)


CLOUDWATCH = "monitoring.eu-west-1.amazonaws.com"
LIST_METRICS = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
BY_CBOR = ("smithy-protocol", "rpc-v2-cbor")
DELETE_ALARMS = ("X-Amz-Target", "GraniteServiceVersion20100801.DeleteAlarms")


@pytest.mark.parametrize(
    "head",
    [
        Head("POST", CLOUDWATCH, LIST_METRICS, (*JSON, DELETE_ALARMS)),
        Head("POST", CLOUDWATCH, LIST_METRICS, (*JSON, DELETE_ALARMS, BY_CBOR)),
        Head("POST", CLOUDWATCH, f"{LIST_METRICS}?Action=DeleteAlarms&Version=2010-08-01", FORM),
        Head("POST", CLOUDWATCH, LIST_METRICS, JSON),
        Head("POST", CLOUDWATCH, "/?Action=ListMetrics&Version=2010-08-01", (*JSON, BY_CBOR)),
        Head("POST", CLOUDWATCH, "/?Action=ListMetrics&Version=2010-08-01", (*JSON, DELETE_ALARMS)),
        Head("POST", DYNAMODB, "/?Action=DeleteTable", target("ListTables").headers),
        Head("POST", DYNAMODB, "/", (*target("ListTables").headers, ("smithy-protocol", "rpc-v2-json"))),
        Head("GET", "lambda.eu-west-1.amazonaws.com", "/2015-03-31/functions", (DELETE_ALARMS,)),
        Head(
            "GET",
            "lambda.eu-west-1.amazonaws.com",
            "/2015-03-31/functions/f",
            (("X-HTTP-Method-Override", "DELETE"),),
        ),
    ],
)
def test_what_says_in_two_ways_what_it_is_is_no_read(head: Head) -> None:
    service = {"monitoring": "monitoring", "dynamodb": "dynamodb"}.get(head.host.partition(".")[0], "lambda")
    assert any(one.writes for one in named(head, b"{}" if head.method == "POST" else b"", service).asked)


def test_by_cbor_alone_it_is_what_its_path_says() -> None:
    found = named(Head("POST", CLOUDWATCH, LIST_METRICS, (BY_CBOR,)), b"\xa0", "monitoring")
    assert (found.operation, [one.writes for one in found.asked]) == ("ListMetrics", [False])


@pytest.mark.parametrize(
    ("method", "host", "path", "service"),
    [
        ("POST", "codeartifact.eu-west-1.amazonaws.com", "/v1//authorization-token?domain=x", "codeartifact"),
        (
            "GET",
            "111122223333.s3-control.eu-west-1.amazonaws.com",
            "/v20180820/accessgrantsinstance/dataaccess",
            "s3",
        ),
        ("GET", "datazone.eu-west-1.api.aws", "/v2/domains/d//environments/e/credentials", "datazone"),
        ("POST", "sts.amazonaws.com", "/?Action=AssumeRole2&Version=2011-06-15", "sts"),
    ],
)
def test_what_no_model_knows_may_hand_out_where_its_service_does(
    method: str, host: str, path: str, service: str
) -> None:
    found = named(Head(method, host, path, ()), b"", service)
    assert (found.known, found.hands_out) == (False, True)


UNCLEAR = {
    "Content-Encoding": ("deflate", b'{"TableName":"t"}'),
    "Content-Type": ("application/x-amz-json-1.0; charset=utf-7", b'{"TableName":"t"}'),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_a_read_whose_body_can_be_read_in_two_ways_is_a_write(name: str) -> None:
    value, body = UNCLEAR[name]
    headers = (*(one for one in target("DescribeTable").headers if one[0] != name), (name, value))
    found = named(Head("POST", DYNAMODB, "/", headers), body, "dynamodb")
    assert found.asked == (Asked("dynamodb:DescribeTable", "*", vague=True),)


def test_a_body_in_another_encoding_is_not_read() -> None:
    for body in (b'{"TableName":"a","TableName":"b"}', '{"TableName":"t"}'.encode("utf-16-le")):
        assert named(target("DescribeTable"), body, "dynamodb").asked[0].writes


def test_a_gzipped_body_is_judged_by_what_is_in_it() -> None:
    headers = (*target("DeleteTable").headers, ("Content-Encoding", "gzip"))
    head = Head("POST", DYNAMODB, "/", headers)
    packed = gzip.compress(b'{"TableName":"t"}')
    assert named(head, packed, "dynamodb").asked == asked(("dynamodb:DeleteTable", f"{TABLE}/t"))
    for spoiled in (packed[:-1], packed + packed, gzip.compress(b" " * 20_000_000)):
        assert named(head, spoiled, "dynamodb").asked[0].resource == "*"


@pytest.mark.parametrize(
    "body",
    [
        b'{"TableName": "mine", "TableName": "other"}',
        b'{"TableName": "mine", "tablename": "other"}',
        b'{"TableName"',
        b"[]",
        b'{"TableName": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_a_body_that_can_be_read_in_two_ways_is_about_anything(body: bytes) -> None:
    found = named(target("DeleteTable"), body, "dynamodb")
    assert found.asked == (Asked("dynamodb:DeleteTable", "*", vague=True),)


def test_a_form_of_many_parts_is_read_in_one_go() -> None:
    body = b"Action=RunInstances&Version=2016-11-15"
    body += b"".join(b"&BlockDeviceMapping.%d.DeviceName=x" % number for number in range(20_000))
    began = time.process_time()
    assert named(Head("POST", "ec2.eu-west-1.amazonaws.com", "/", FORM), body, "ec2").known
    assert time.process_time() - began < 5


def test_half_a_character_in_a_name_is_no_name() -> None:
    """It could be written to no terminal and no journal."""
    found = named(target("DeleteTable"), b'{"TableName": "\\ud800"}', "dynamodb")
    assert found.asked == (Asked("dynamodb:DeleteTable", f"{TABLE}/*", vague=True),)


def test_a_form_that_says_a_parameter_twice_is_about_anything() -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    head = Head("POST", "iam.amazonaws.com", "/", form)
    body = b"Action=DeleteUser&Version=2010-05-08&UserName=a&UserName=b"
    assert named(head, body, "iam").asked == (Asked("iam:DeleteUser", "*", vague=True),)


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>',
        '<!DOCTYPE x [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="utf-7"?><Delete><Object><Key>a</Key></Object></Delete>',
    ],
)
def test_xml_that_declares_something_is_not_read(body: bytes) -> None:
    found = named(Head("POST", "acme.s3.amazonaws.com", "/?delete", ()), body)
    assert found.asked == (Asked("s3:DeleteObject", "*", vague=True),)


def test_services_that_share_a_name_are_told_apart_by_version_and_host() -> None:
    assert call("elb", "DescribeLoadBalancers", {}).model == "elb"
    assert call("elbv2", "DescribeLoadBalancers", {}).model == "elbv2"
    assert call("s3control", "ListAccessPoints", {"AccountId": serialized.ACCOUNT}).model == "s3control"


def test_older_protocols_of_a_service_are_known_too() -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    head = Head("POST", "sqs.eu-west-1.amazonaws.com", "/111122223333/q", form)
    body = b"Action=SendMessage&Version=2012-11-05&QueueUrl=https%3A%2F%2Fx%2F111122223333%2Fq&MessageBody=x"
    found = named(head, body, "sqs")
    assert (found.protocol, found.asked) == (
        "query",
        asked(("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q")),
    )


def test_a_body_in_cbor_is_read() -> None:
    headers = (
        ("Content-Type", "application/x-amz-cbor-1.1"),
        ("X-Amz-Target", "Kinesis_20131202.DeleteStream"),
    )
    head = Head("POST", "kinesis.eu-west-1.amazonaws.com", "/", headers)
    found = named(head, b"\xbf\x6aStreamName\x61s\xff", "kinesis")
    assert found.asked == asked(("kinesis:DeleteStream", "arn:aws:kinesis:eu-west-1:111122223333:stream/s"))


def test_an_objects_body_is_not_wanted_and_all_others_are() -> None:
    def wanted(method: str, target: str, host: str = "acme.s3.amazonaws.com", service: str = "s3") -> bool:
        return needs_body(Head(method, host, target, ()), service)

    assert not wanted("PUT", "/a/b?partNumber=1&uploadId=2")
    assert not wanted("PUT", "/acme/a", "s3.amazonaws.com")
    assert not wanted("PUT", "/?policy")
    assert wanted("PUT", "/acme", "s3.amazonaws.com")
    assert wanted("POST", "/?delete")
    assert wanted("PUT", "/v20180820/jobs", "111122223333.s3-control.eu-west-1.amazonaws.com")
    assert wanted("PUT", "/2015-03-31/x", "lambda.eu-west-1.amazonaws.com", "lambda")


def test_a_service_that_the_table_does_not_know_is_found_by_its_name() -> None:
    bare = Knowledge(models.load, table_file.read_table().__class__({}, {}))
    signed = SignedFor("dynamodb", "eu-west-1", serialized.ACCOUNT)
    found = naming.name(target("ListTables"), json.dumps({}).encode(), signed, bare)
    assert (found.operation, found.known, found.asked[0].writes) == ("ListTables", True, True)


@pytest.mark.exhaustive
def test_each_operation_of_every_service_is_named_as_itself() -> None:
    wrong = {
        f"{service} {operation}"
        for service in serialized.SESSION.get_available_services()
        for operation in wrongly_named(service)
        if operation not in OLDER
    }
    assert wrong == set()


def test_a_quoted_slash_counts_as_a_slash_too() -> None:
    """Whoever unquotes a path before it looks where it leads sees another one."""
    head = Head("GET", "datazone.eu-west-1.api.aws", "/v2/domains/d/environments/e%2Fcredentials", ())
    found = named(head, service="datazone")
    assert found.hands_out
    assert [one.action for one in found.asked] == [
        "datazone:GetEnvironment",
        "datazone:GetEnvironmentCredentials",
    ]
    deleted = named(Head("DELETE", "s3.eu-west-1.amazonaws.com", "/b%2fk", ()))
    assert {one.action for one in deleted.asked} == {"s3:DeleteBucket", "s3:DeleteObject"}


def test_a_quoted_slash_in_a_key_or_an_arn_says_nothing_more() -> None:
    host = "s3.eu-west-1.amazonaws.com"
    assert named(Head("DELETE", host, "/b/a%2Fk", ())) == named(Head("DELETE", host, "/b/a/k", ()))
    arn = "arn%3Aaws%3Abatch%3Aeu-west-1%3A111122223333%3Ajob-queue%2Fq"
    tags = named(Head("GET", "batch.eu-west-1.amazonaws.com", f"/v1/tags/{arn}", ()), service="batch")
    assert [one.action for one in tags.asked] == ["batch:ListTagsForResource"]


@pytest.mark.parametrize("service", ["sts", "iam", "s3", "dynamodb"])
def test_a_call_is_for_a_host_of_the_service_that_it_is_signed_for(service: str) -> None:
    """What answers at a host of an API may be the account's own program, and would get the real token."""
    for host in ("evil.execute-api.eu-west-1.amazonaws.com", "sts.evil.appsync-api.eu-west-1.amazonaws.com"):
        with pytest.raises(UnacceptableError, match="is no host of the service"):
            named(Head("POST", host, "/", ()), b"Action=GetCallerIdentity&Version=2011-06-15", service)
