"""What IAM would refuse of a session policy is found before anybody types a code."""

from __future__ import annotations

import json
from typing import Any

import parliament
import pytest

from awsactivate.scopes import grammar
from awsactivate.sessions.limits import LONGEST_SESSION_POLICY

READS = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}


def faults_of(document: Any) -> tuple[str, ...]:
    return grammar.faults(json.dumps(document))


def statement(**changes: Any) -> tuple[str, ...]:
    changed = {name: value for name, value in {**READS, **changes}.items() if value is not None}
    return faults_of({"Version": "2012-10-17", "Statement": [changed]})


RIGHT: dict[str, dict[str, Any]] = {
    "plain": {},
    "everything": {"Action": "*"},
    "a list": {"Action": ["s3:*", "execute-api:Invoke", "ec2:Describe?ags"]},
    "an action of next year": {"Action": "quantum:TeleportThings"},
    "not": {"Action": None, "NotAction": "iam:*", "Resource": None, "NotResource": "arn:aws:s3:::x"},
    "any partition": {"Resource": "arn:*:s3:::state/*.tflock"},
    "a variable": {"Resource": "arn:aws:s3:::home/${aws:username}/*"},
    "a variable for the account": {"Resource": "arn:aws:sqs:*:${aws:PrincipalAccount}:x"},
    "a deep ARN": {"Resource": "arn:aws:logs:eu-west-1:111122223333:log-group:/a:log-stream:b"},
    "conditions": {
        "Condition": {
            "stringlikeifexists": {"s3:prefix": ["a", ""]},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["a"]},
            "Null": {"aws:RequestTag/a b": True},
            "NumericLessThan": {"s3:max-keys": 10},
        }
    },
    "a Sid": {"Sid": "Reads1"},
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_policy_of_iam_has_no_faults(name: str) -> None:
    assert statement(**RIGHT[name]) == ()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no effect": ({"Effect": None}, "Effect: must be Allow or Deny"),
    "effect in small letters": ({"Effect": "allow"}, "Effect: must be Allow or Deny"),
    "no action": ({"Action": None}, "Action: must be there, or NotAction"),
    "both": ({"NotAction": "iam:*"}, "Action: must be there, or NotAction, and not both"),
    "no resource": ({"Resource": None}, "Resource: must be there, or NotResource"),
    "an empty list": ({"Action": []}, "Action: must be a text, or a list of texts"),
    "a number": ({"Resource": 3}, "Resource: must be a text, or a list of texts"),
    "any service": (
        {"Action": "*:Get*"},
        "Action: '*:Get*' names no service: AWS takes no wildcard before the colon",
    ),
    "no service": ({"Action": "GetObject"}, "Action: 'GetObject' must be SERVICE:ACTION, or *"),
    "a blank": ({"Action": "s3: GetObject"}, "Action: 's3: GetObject' must be SERVICE:ACTION, or *"),
    "no ARN": ({"Resource": "my-bucket/*"}, "Resource: 'my-bucket/*' must be an ARN, or *"),
    "half an ARN": ({"Resource": "arn:aws:s3"}, "Resource: 'arn:aws:s3' must be an ARN, or *"),
    "any service's ARN": ({"Resource": "arn:aws:*:::x"}, "Resource: 'arn:aws:*:::x' must be an ARN, or *"),
    "a principal": ({"Principal": "*"}, "Principal: a session policy has none: it is about this session"),
    "a misspelt element": (
        {"resource": "*"},
        "resource: a statement has no such element (it is written Resource)",
    ),
    "a Sid with a blank": ({"Sid": "my reads"}, "Sid: must be letters and digits"),
    "no operator": (
        {"Condition": {"StringIs": {"aws:a": "b"}}},
        "Condition: there is no operator 'StringIs'",
    ),
    "a misspelt quantifier": (
        {"Condition": {"ForAnyValues:StringEquals": {"aws:a": "b"}}},
        "Condition: there is no operator 'ForAnyValues:StringEquals'",
    ),
    "Null if exists": (
        {"Condition": {"NullIfExists": {"aws:a": "true"}}},
        "Condition: there is no operator 'NullIfExists'",
    ),
    "a key without a service": (
        {"Condition": {"Bool": {"SecureTransport": "true"}}},
        "Condition: 'SecureTransport' is no key of AWS's: they are written SERVICE:NAME",
    ),
    "null for a value": (
        {"Condition": {"Bool": {"aws:SecureTransport": None}}},
        "Condition: aws:SecureTransport: must be a text, a number, true or false, or a list of these",
    ),
    "a condition that is a list": ({"Condition": []}, "Condition: must be an object"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_iam_would_refuse_of_a_statement_is_said(name: str) -> None:
    changes, fault = WRONG[name]
    assert statement(**changes) == (f"statement 1: {fault}",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it is no JSON: line 1, column 1: Expecting value"),
        (
            "{'Version': 1}",
            "it is no JSON: line 1, column 2: Expecting property name enclosed in double quotes",
        ),
        ('["x"]', "it is no JSON object"),
        ("[" * 100_000, "it is no policy: it is nested too deep"),
        ('{"Statement": []}', "Statement: must be a statement, or a list of them"),
        ('{"Version": "2012-10-18", "Statement": %s}', "Version: must be 2012-10-17 or 2008-10-17"),
        ('{"Version": "2012-10-17", "Version": "2008-10-17"}', "it says 'Version' twice in one place"),
        ('{"Statement": %s, "Statments": 1}', "Statments: the policy has no such element"),
        ('{"Statement": ["x"]}', "statement 1: must be an object"),
        ('{"Id": 7, "Statement": %s}', "Id: must be a text"),
        ('{"Id": "Ā", "Statement": %s}', "it holds the character 'Ā', and AWS takes none beyond U+00FF"),
    ],
)
def test_what_is_no_policy_is_said(text: str, fault: str) -> None:
    assert grammar.faults(text.replace("%s", json.dumps(READS))) == (fault,)


def test_two_statements_bear_different_names() -> None:
    assert faults_of({"Statement": [{**READS, "Sid": "a"}, {**READS, "Sid": "a"}]}) == (
        "statement 2: Sid: a is another statement's already",
    )


def test_white_space_counts_nothing_since_it_is_not_sent() -> None:
    resources = [f"arn:aws:s3:::bucket-{number:04}/*" for number in range(60)]
    text = json.dumps({"Version": "2012-10-17", "Statement": {**READS, "Resource": resources}}, indent=8)
    assert len(text) > LONGEST_SESSION_POLICY
    assert grammar.faults(text) == ()
    assert len(grammar.compact(text)) < LONGEST_SESSION_POLICY
    assert json.loads(grammar.compact(text)) == json.loads(text)
    longer = json.dumps({"Statement": {**READS, "Resource": resources * 2}})
    count = len(grammar.compact(longer))
    assert grammar.faults(longer) == (f"it has {count} characters without white space, and AWS takes 2048",)


MALFORMED = {
    *("MALFORMED", "UNKNOWN_OPERATOR", "INVALID_ARN", "INVALID_SID", "EXCEPTION"),
    "MISMATCHED_TYPE_OPERATION_TO_NULL",
}


def test_a_linter_that_is_not_ours_calls_the_same_ones_malformed() -> None:
    """Parliament knows the actions too: only what it says of the grammar is asked here."""
    changes = {**RIGHT, **{name: given for name, (given, _) in WRONG.items()}}
    differing = set()
    for name, given in changes.items():
        kept = {key: value for key, value in {**READS, **given}.items() if value is not None}
        text = json.dumps({"Version": "2012-10-17", "Statement": [kept]})
        found = {one.issue for one in parliament.analyze_policy_string(text).findings}
        if bool(found & MALFORMED) != bool(grammar.faults(text)):
            differing.add(name)
    assert differing == {
        "a variable for the account",  # which it minds, and IAM takes
        # what it does not look at, or knows for roles' policies only
        *("an empty list", "any service", "any service's ARN", "a blank", "a principal", "Null if exists"),
        *("a key without a service", "a condition that is a list"),
    }
