"""The scopes that have a name: what they say, how long they are, that nothing passes but reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import parliament
import pytest

from awsactivate.demo.evaluator import Question, Verdict, verdict
from awsactivate.scopes import documents, grammar, reads, scope, table_file

TABLE = table_file.read_table()
NAMES = ("read-only", "read-only:secrets", "read-only:s3,ec2", "read-only:ssm,secrets", "terraform-plan")
NAMES += ("terraform-plan:state-1/prod/terraform.tfstate", "terraform-plan:state-1/env:/a b/*.tfstate")


def document(name: str, *, beside_managed: bool = False) -> Any:
    found = scope.named(name, TABLE)
    return json.loads(found.role_policy if beside_managed else found.policy)


def says(policy: Any, action: str, resource: str = "*", **context: Any) -> Verdict:
    return verdict(
        [policy], Question(action, resource, {k.replace("__", ":"): v for k, v in context.items()})
    )


def allows(policy: Any, action: str, resource: str = "*", **context: Any) -> bool:
    return says(policy, action, resource, **context) is Verdict.ALLOW


@pytest.mark.parametrize("name", NAMES)
def test_a_scope_is_a_policy_of_no_more_characters_than_aws_takes(name: str) -> None:
    found = scope.named(name, TABLE)
    assert grammar.faults(found.policy) == ()
    assert not found.role_policy or grammar.faults(found.role_policy) == ()


def test_each_service_alone_is_one_too() -> None:
    for service, reading in TABLE.items():
        if reading.patterns:
            assert grammar.faults(scope.named(f"read-only:{service}", TABLE).policy) == (), service


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_can_be_narrowed_again(name: str) -> None:
    assert allows(document(name), "sts:GetScopedCredentials")


def test_there_are_forty_usual_services_and_the_table_knows_them() -> None:
    assert len(set(documents.USUAL)) == len(documents.USUAL) == 40
    assert set(documents.USUAL) <= TABLE.keys()


@pytest.mark.long
def test_a_read_only_scope_allows_what_reads_and_nothing_that_another_data_set_calls_a_write() -> None:
    """Parliament's list of actions is older, and not that which the table is made from."""
    known = json.loads((Path(parliament.__file__).parent / "iam_definition.json").read_text(encoding="utf-8"))
    policy, again = document("read-only"), "sts:GetScopedCredentials"
    refused, passed = [], []
    for service in known:
        prefix = service["prefix"]
        for privilege in service["privileges"]:
            action, level = f"{prefix}:{privilege['privilege']}", privilege["access_level"]
            if level not in ("Read", "List") and allows(policy, action) and action != again:
                passed.append(action)
            if level in ("Read", "List") and prefix in documents.USUAL and not allows(policy, action):
                refused.append(action)
    assert passed == []
    # of what reads in them, each of these is left out for want of room, or as it answers with a secret
    usual = {action for action in refused if action.partition(":")[2].startswith(("Get", "List", "Describe"))}
    assert {action for action in usual if not action.startswith("codebuild:")} == {
        *("ec2:GetPasswordData", "ecr:GetAuthorizationToken", "secretsmanager:GetSecretValue"),
        *("ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"),
        *("cognito-idp:DescribeUserPoolClient", "states:GetExecutionHistory", "s3:GetDataAccess"),
    }


@pytest.mark.parametrize(
    "action",
    ["secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParametersByPath", "ec2:GetPasswordData"],
)
def test_secrets_values_are_read_only_where_that_is_said(action: str) -> None:
    managed = json.loads('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    for policy in (document("read-only"), document("read-only:ssm,ec2,secretsmanager")):
        assert says(policy, action) is Verdict.DENY
    assert says(document("read-only", beside_managed=True), action) is Verdict.DENY
    assert allows(document("read-only:secrets"), action)
    both = [managed, document("read-only:secrets", beside_managed=True)]
    assert verdict(both, Question(action, "*", {})) is Verdict.ALLOW


PLACE = "state-1/prod/terraform.tfstate"
STATE = f"arn:aws:s3:::{PLACE}"
ROW: dict[str, Any] = {"dynamodb__attributes": ("LockID", "Info"), "dynamodb__leadingkeys": (PLACE,)}
OTHER_ROW: dict[str, Any] = {**ROW, "dynamodb__leadingkeys": ("state-1/other",)}
ITEM: dict[str, Any] = {"dynamodb__attributes": ("LockID", "Digest"), "dynamodb__leadingkeys": (PLACE,)}
TABLE_ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/locks"


@pytest.mark.parametrize(
    ("action", "resource", "context", "any_state", "this_state"),
    [
        ("s3:GetObject", STATE, {}, True, True),
        ("s3:PutObject", STATE, {}, False, False),
        ("s3:DeleteObject", STATE, {}, False, False),
        ("s3:PutObject", f"{STATE}.tflock", {}, True, True),
        ("s3:DeleteObject", f"{STATE}.tflock", {}, True, True),
        ("s3:PutObject", "arn:aws-cn:s3:::state-1/prod/terraform.tfstate.tflock", {}, True, True),
        ("s3:PutObject", "arn:aws:s3:::state-1/other.tflock", {}, True, False),
        ("dynamodb:PutItem", TABLE_ARN, ROW, True, True),
        ("dynamodb:DeleteItem", TABLE_ARN, ROW, True, True),
        ("dynamodb:PutItem", TABLE_ARN, OTHER_ROW, True, False),
        ("dynamodb:PutItem", TABLE_ARN, ITEM, False, False),
        ("dynamodb:UpdateItem", TABLE_ARN, ROW, False, False),
        ("dynamodb:GetItem", TABLE_ARN, {}, True, True),
        ("kms:Decrypt", "*", {"kms__viaservice": "s3.eu-west-1.amazonaws.com"}, True, True),
        ("kms:Decrypt", "*", {"kms__viaservice": "lambda.eu-west-1.amazonaws.com"}, False, False),
        ("kms:Decrypt", "*", {}, False, False),
        ("secretsmanager:GetSecretValue", "*", {}, True, True),
        ("ec2:RunInstances", "*", {}, False, False),
        ("iam:PassRole", "*", {}, False, False),
    ],
)
def test_a_plan_reads_and_writes_nothing_but_its_lock(
    action: str, resource: str, context: dict[str, Any], any_state: bool, this_state: bool
) -> None:
    assert allows(document("terraform-plan"), action, resource, **context) is any_state
    assert allows(document(f"terraform-plan:{PLACE}"), action, resource, **context) is this_state


def test_no_character_of_a_states_key_is_a_wildcard() -> None:
    policy = document("terraform-plan:state-1/env:/*/${x}.tfstate")
    assert allows(policy, "s3:PutObject", "arn:aws:s3:::state-1/env:/*/${x}.tfstate.tflock")
    assert not allows(policy, "s3:PutObject", "arn:aws:s3:::state-1/env:/a/${x}.tfstate.tflock")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("read-only:", "names no service that IAM knows: ''"),
        ("read-only:S3", "names no service that IAM knows: 'S3' (did you mean s3?)"),
        (
            "read-only:ec2,cloudwach",
            "names no service that IAM knows: 'cloudwach' (did you mean cloudwatch or",
        ),
        ("terraform-plan:", "must be terraform-plan:BUCKET/KEY, not 'terraform-plan:'"),
        ("terraform-plan:bucket", "must be terraform-plan:BUCKET/KEY, not 'terraform-plan:bucket'"),
        (
            "terraform-plan:bucket/Ā",
            "can't be written as a policy: it holds the character 'Ā', and AWS takes none beyond U+00FF",
        ),
    ],
)
def test_a_name_that_makes_no_sense_is_told_of(text: str, fault: str) -> None:
    with pytest.raises(ValueError) as caught:
        scope.named(text, TABLE)
    assert str(caught.value).startswith(fault)


def test_too_many_services_are_told_of() -> None:
    with pytest.raises(ValueError) as caught:
        scope.named("read-only:" + ",".join(name for name, one in TABLE.items() if one.patterns), TABLE)
    assert str(caught.value).endswith("AWS takes 2048: name fewer services")


def test_what_hides_secrets_says_so() -> None:
    hiding = {name: scope.named(name, TABLE).hides_secrets for name in NAMES[:5]}
    assert hiding == {
        "read-only": True,
        "read-only:secrets": False,
        "read-only:s3,ec2": True,
        "read-only:ssm,secrets": False,
        "terraform-plan": False,
    }


def test_a_persons_own_policy_is_a_scope_too() -> None:
    text = '{ "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"} }'
    found = scope.of_policy(text)
    assert (found.name, json.loads(found.policy)) == ("policy", {"Version": "2012-10-17", **json.loads(text)})
    with_variable = text.replace('"*"', '"arn:aws:s3:::${x}"')
    assert "Version" not in scope.of_policy(with_variable).policy, "it would be a variable then"
    with pytest.raises(ValueError, match=r"^it is no JSON object$"):
        scope.of_policy("[]")


def test_a_line_of_the_table_is_read() -> None:
    assert reads.parse("# head\nx Get* -GetY -GetYZ !GetZ\n") == {
        "x": reads.Reading(("Get*",), ("GetY", "GetYZ"), ("GetZ",))
    }
    table = reads.parse("x Get* -GetY -GetYZ !GetZ\n")
    assert reads.denied(table, ["x"], secrets=False) == ["x:GetY*", "x:GetZ"]
    assert reads.denied(table, ["x"], secrets=True) == ["x:GetY*"]
