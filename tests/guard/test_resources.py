"""The ARNs that a call's parameters name, and what stays open in them."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.guard.resources import ANY, Resource, Where, named

HERE = Where("aws", "eu-west-1", "111122223333")
LAMBDA = "arn:$:lambda:$:$:function:{FunctionName|function}"
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f"
OTHERS = "arn:aws:lambda:eu-west-1:444455556666:function:f"
KEY = "arn:$:kms:$:$:key/{KeyId|key}"
KEYS = "arn:aws:kms:eu-west-1:111122223333:key"
SECRET = "arn:$:secretsmanager:$:$:secret:{SecretId}"
SECRETS = "arn:aws:secretsmanager:eu-west-1:111122223333:secret"
ELSEWHERE = "arn:aws:kms:us-east-1:444455556666:key/1"


@pytest.mark.parametrize(
    ("form", "parameters", "wanted"),
    [
        ("arn:$:s3:::{Bucket}/{Key}", {"Bucket": "b", "Key": "k"}, [Resource("arn:aws:s3:::b/k")]),
        ("arn:$:s3:::{Bucket}/{Key}", {"Bucket": "b"}, [Resource("arn:aws:s3:::b/*", vague=True)]),
        (
            "arn:$:x:$:$:{A}/{B}",
            {"A": ["a", "b"], "B": 1},
            [
                Resource("arn:aws:x:eu-west-1:111122223333:a/1"),
                Resource("arn:aws:x:eu-west-1:111122223333:b/1"),
            ],
        ),
        ("arn:$:x:$:$:t/*", {}, [Resource("arn:aws:x:eu-west-1:111122223333:t/*", vague=True)]),
        ("arn:$:x:$:$:t/{A}?", {}, []),
        ("arn:$:x:$:$:t/{A}?", {"A": "a"}, [Resource("arn:aws:x:eu-west-1:111122223333:t/a")]),
        (
            "arn:$:x:$:$:t/{A.B[].C}",
            {"A": {"B": [{"C": "c"}, {"D": "d"}]}},
            [Resource("arn:aws:x:eu-west-1:111122223333:t/c")],
        ),
        (
            "arn:$:x:$:$:t/{A.*}",
            {"A": {"c": [], "d": []}},
            [
                Resource("arn:aws:x:eu-west-1:111122223333:t/c"),
                Resource("arn:aws:x:eu-west-1:111122223333:t/d"),
            ],
        ),
        ("arn:$:x:$:$:t/{A,B}", {"B": "b"}, [Resource("arn:aws:x:eu-west-1:111122223333:t/b")]),
        ("{Arn}", {"Arn": ELSEWHERE}, [Resource(ELSEWHERE)]),
        ("{Arn}", {"Arn": "no arn"}, [ANY]),
        ("{Arn}", {}, [ANY]),
        ("{Arn}?", {}, []),
        ("*", {}, [ANY]),
        (LAMBDA, {"FunctionName": "f"}, [Resource(FUNCTION)]),
        (LAMBDA, {"FunctionName": "f:live"}, [Resource(FUNCTION)]),
        (LAMBDA, {"FunctionName": "111122223333:function:f"}, [Resource(FUNCTION)]),
        (LAMBDA, {"FunctionName": "444455556666:f"}, [Resource(OTHERS)]),
        (LAMBDA, {"FunctionName": "us-east-1:f"}, [Resource(f"{FUNCTION[:-1]}*", vague=True)]),
        (
            "arn:$:sqs:$:$:{QueueUrl|last}",
            {"QueueUrl": "https://x/444455556666/q"},
            [Resource("arn:aws:sqs:eu-west-1:444455556666:q")],
        ),
        (
            "arn:$:x:$:$:t/{A}",
            {"A": "a", "AccountId": "444455556666"},
            [Resource("arn:aws:x:eu-west-1:*:t/a", vague=True)],
        ),
        (LAMBDA, {"FunctionName": f"{FUNCTION}:live"}, [Resource(FUNCTION)]),
        (LAMBDA, {"FunctionName": ELSEWHERE}, [ANY]),
        (KEY, {"KeyId": "1"}, [Resource(f"{KEYS}/1")]),
        (KEY, {"KeyId": ELSEWHERE}, [Resource(ELSEWHERE)]),
        (KEY, {"KeyId": "alias/a"}, [Resource(f"{KEYS}/*", vague=True)]),
        (KEY, {"KeyId": "arn:aws:kms:eu-west-1:111122223333:alias/a"}, [Resource(f"{KEYS}/*", vague=True)]),
        (
            KEY,
            {"KeyId": "arn:aws:kms:eu-west-1:444455556666:alias/a"},
            [Resource("arn:aws:kms:eu-west-1:444455556666:key/*", vague=True)],
        ),
        (SECRET, {"SecretId": "db"}, [Resource(f"{SECRETS}:db-??????", vague=True)]),
        (SECRET, {"SecretId": "my-secret"}, [Resource(f"{SECRETS}:my-secret-??????", vague=True)]),
        (SECRET, {"SecretId": f"{SECRETS}:db-AbCdEf"}, [Resource(f"{SECRETS}:db-AbCdEf")]),
        (SECRET, {"SecretId": f"{SECRETS}:db"}, [Resource(f"{SECRETS}:db-??????", vague=True)]),
        (
            "arn:$:iam::$:role/{Path|folder}{RoleName}",
            {"RoleName": "r"},
            [Resource("arn:aws:iam::111122223333:role/r")],
        ),
        (
            "arn:$:iam::$:role/{Path|folder}{RoleName}",
            {"RoleName": "r", "Path": "/a/b/"},
            [Resource("arn:aws:iam::111122223333:role/a/b/r")],
        ),
        (
            "arn:$:x:$:$:t/{A}/{B}",
            {"A": "arn:aws:x:::t/a", "B": "b"},
            [Resource("arn:aws:x:eu-west-1:111122223333:t/*/b", vague=True)],
        ),
    ],
)
def test_a_form_is_filled_by_what_the_parameters_say(
    form: str, parameters: dict[str, Any], wanted: list[Resource]
) -> None:
    assert list(named(form, parameters, HERE)) == wanted


def test_of_very_many_things_it_is_all_that_are_asked_for() -> None:
    assert named("arn:$:x:::{A}/{B}", {"A": ["a"] * 1, "B": [str(n) for n in range(1001)]}, HERE) == (ANY,)


def test_an_account_that_is_not_known_stays_open() -> None:
    nobody = Where("aws-cn", "cn-north-1", "")
    assert named("arn:$:x:$:$:t/{A}", {"A": "a"}, nobody) == (
        Resource("arn:aws-cn:x:cn-north-1:*:t/a", vague=True),
    )
