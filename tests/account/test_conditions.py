"""Each operator of a Condition, as a table."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.account.conditions import holds

CONTEXT = {
    "aws:username": "alice",
    "aws:userid": "AROAEXAMPLE:alice=0123456789",
    "aws:tagkeys": ("team", "cost"),
    "aws:principaltag/team": "blue",
    "aws:principaltag/star": "a*",
    "aws:principaltag/empty": "",
    "aws:multifactorauthpresent": "true",
    "aws:multifactorauthage": "90",
    "aws:tokenissuetime": "2026-11-23T10:00:00Z",
    "aws:principalarn": "arn:aws:iam::111122223333:role/team/terraform",
    "aws:sourceip": "127.0.0.1",
}
IS, IS_NOT = True, False


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "expected"),
    [
        ("StringEquals", "aws:username", "alice", IS),
        ("StringEquals", "aws:username", "Alice", IS_NOT),
        ("StringEquals", "AWS:UserName", ["bob", "alice"], IS),
        ("StringEquals", "aws:username", "al*", IS_NOT),
        ("StringEquals", "aws:PrincipalTag/Team", "blue", IS),
        ("StringEquals", "aws:PrincipalTag/none", "blue", IS_NOT),
        ("StringEqualsIfExists", "aws:PrincipalTag/none", "blue", IS),
        ("StringEqualsIfExists", "aws:PrincipalTag/team", "red", IS_NOT),
        ("StringEqualsIgnoreCase", "aws:username", "ALICE", IS),
        ("StringNotEqualsIgnoreCase", "aws:username", "ALICE", IS_NOT),
        ("StringNotEquals", "aws:username", ["bob", "carol"], IS),
        ("StringNotEquals", "aws:username", ["bob", "alice"], IS_NOT),
        ("StringNotEquals", "aws:PrincipalTag/none", "blue", IS),
        ("StringLike", "aws:username", "al*", IS),
        ("StringLike", "aws:username", "?????", IS),
        ("StringLike", "aws:username", "????", IS_NOT),
        ("StringLike", "aws:userid", "*:alice=??????????", IS),
        ("StringLike", "aws:userid", "*:alice=?????????", IS_NOT),
        ("StringLike", "aws:userid", "*:${aws:username}=??????????", IS),
        ("StringLike", "aws:userid", "*:${aws:nothing}=*", IS_NOT),
        ("StringLike", "aws:userid", "*:${aws:nothing, 'alice'}=*", IS),
        ("StringLike", "aws:PrincipalTag/empty", "*-x/*", IS_NOT),
        ("StringLike", "aws:PrincipalTag/empty", "*", IS),
        ("StringEquals", "aws:PrincipalTag/star", "a${*}", IS),
        ("StringLike", "aws:PrincipalTag/star", "a${?}", IS_NOT),
        ("StringNotLike", "aws:username", "b*", IS),
        ("StringNotLike", "aws:username", ["b*", "a*"], IS_NOT),
        ("StringNotLike", "aws:username", "${aws:nothing}*", IS),
        ("Bool", "aws:MultiFactorAuthPresent", "true", IS),
        ("Bool", "aws:MultiFactorAuthPresent", True, IS),
        ("Bool", "aws:MultiFactorAuthPresent", "false", IS_NOT),
        ("Bool", "aws:SecureTransport", "false", IS_NOT),
        ("BoolIfExists", "aws:SecureTransport", "false", IS),
        ("Null", "aws:TagKeys", "false", IS),
        ("Null", "aws:TagKeys", "true", IS_NOT),
        ("Null", "aws:TokenAge", "true", IS),
        ("Null", "aws:TokenAge", False, IS_NOT),
        ("NumericEquals", "aws:MultiFactorAuthAge", "90", IS),
        ("NumericLessThan", "aws:MultiFactorAuthAge", 3600, IS),
        ("NumericLessThan", "aws:MultiFactorAuthAge", "90", IS_NOT),
        ("NumericLessThanEquals", "aws:MultiFactorAuthAge", "90", IS),
        ("NumericGreaterThan", "aws:MultiFactorAuthAge", "89.5", IS),
        ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "91", IS_NOT),
        ("NumericNotEquals", "aws:MultiFactorAuthAge", "90", IS_NOT),
        ("NumericLessThan", "aws:username", "90", IS_NOT),
        ("DateLessThan", "aws:TokenIssueTime", "2026-11-23T10:00:01Z", IS),
        ("DateLessThan", "aws:TokenIssueTime", "2026-11-23T10:00:00Z", IS_NOT),
        ("DateLessThan", "aws:TokenIssueTime", "2026-11-23T12:00:00+02:00", IS_NOT),
        ("DateLessThan", "aws:TokenIssueTime", "1795428001", IS),
        ("DateGreaterThan", "aws:TokenIssueTime", "2026-11-22", IS),
        ("DateEquals", "aws:TokenIssueTime", "1795428000", IS),
        ("DateNotEquals", "aws:TokenIssueTime", "1795428000", IS_NOT),
        ("DateLessThanIfExists", "aws:NoDate", "2026-11-23", IS),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*", IS),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", IS),
        ("ArnLike", "aws:PrincipalArn", "arn:*:role/team/terraform", IS_NOT),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:user/*", IS),
        ("ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*", IS_NOT),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "127.0.0.0/8"], IS),
        ("NotIpAddress", "aws:SourceIp", "127.0.0.1", IS_NOT),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["team", "cost", "more"], IS),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["team"], IS_NOT),
        ("ForAllValues:StringEquals", "aws:Nothing", ["team"], IS),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["team"], IS),
        ("ForAnyValue:StringLike", "aws:TagKeys", ["x*"], IS_NOT),
        ("ForAnyValue:StringEquals", "aws:Nothing", ["team"], IS_NOT),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ["x"], IS),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ["cost"], IS_NOT),
        ("ForAnyValue:StringEquals", "aws:username", ["alice"], IS),
        ("StringEquals", "aws:TagKeys", ["team", "cost"], IS_NOT),
    ],
)
def test_an_operator_compares_a_key_with_what_a_policy_wants(
    operator: str, key: str, wanted: Any, expected: bool
) -> None:
    assert holds({operator: {key: wanted}}, CONTEXT) is expected


def test_every_key_of_every_operator_must_hold() -> None:
    both = {
        "StringEquals": {"aws:username": "alice", "aws:PrincipalTag/team": "blue"},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
    }
    assert holds(both, CONTEXT)
    assert not holds(both | {"Null": {"aws:username": "true"}}, CONTEXT)


def test_what_a_variable_stands_for_is_no_pattern() -> None:
    condition = {"StringLike": {"aws:username": "${aws:PrincipalTag/star}"}}
    assert not holds(condition, CONTEXT | {"aws:username": "ab"})
    assert holds(condition, CONTEXT | {"aws:username": "a*"})


def test_an_old_version_of_the_language_has_no_variables() -> None:
    condition = {"StringEquals": {"aws:username": "${aws:username}"}}
    assert holds(condition, CONTEXT)
    assert not holds(condition, CONTEXT, variables=False)


def test_an_operator_that_iam_has_not_is_an_error_of_the_document() -> None:
    with pytest.raises(ValueError, match="must be one that IAM has, not 'StringIs'"):
        holds({"StringIs": {"aws:username": "alice"}}, CONTEXT)
