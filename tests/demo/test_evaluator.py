"""How documents are weighed against each other, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.demo.evaluator import Decision, Names, Policies, Question, Verdict, decide, verdict

ROOT = "arn:aws:iam::111122223333:root"
ALICE = "arn:aws:iam::111122223333:user/alice"
NAMES = Names(frozenset({"*", ALICE}), frozenset({"111122223333", ROOT}))
QUESTION = Question("s3:GetObject", "arn:aws:s3:::bucket/alice/key", {"aws:username": "alice"})


def document(effect: str = "Allow", version: str = "2012-10-17", **elements: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "*"} | elements
    return {"Version": version, "Statement": statement}


ALLOW = document(Resource="*")
DENY = document("Deny", Resource="*")
SILENT = document(Action="iam:*", Resource="*")
FOR_ALICE = document(Principal={"AWS": ALICE})
FOR_ACCOUNT = document(Principal={"AWS": ROOT})
FOR_EVERYBODY = document(Principal="*")
FOR_BOB = document(Principal={"AWS": "arn:aws:iam::111122223333:user/bob"})

BY_IDENTITY = Decision(False, "because no identity-based policy allows the s3:GetObject action")


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Resource": "*"}, Verdict.ALLOW),
        ({"Action": "S3:getobject", "Resource": "*"}, Verdict.ALLOW),
        ({"Action": ["iam:*", "s3:Get*"], "Resource": "*"}, Verdict.ALLOW),
        ({"Action": "s3:Put*", "Resource": "*"}, Verdict.SILENCE),
        ({"NotAction": "iam:*", "Action": [], "Resource": "*"}, Verdict.ALLOW),
        ({"NotAction": "s3:*", "Resource": "*"}, Verdict.SILENCE),
        ({"Resource": "arn:aws:s3:::bucket/*"}, Verdict.ALLOW),
        ({"Resource": "arn:aws:s3:::bucket"}, Verdict.SILENCE),
        ({"Resource": "arn:aws:s3:::bucket/${aws:username}/*"}, Verdict.ALLOW),
        ({"Resource": "arn:aws:s3:::bucket/${aws:userid}/*"}, Verdict.SILENCE),
        ({"Resource": "arn:aws:s3:::BUCKET/*"}, Verdict.SILENCE),
        ({"NotResource": "arn:aws:s3:::other/*"}, Verdict.ALLOW),
        ({"NotResource": "arn:aws:s3:::bucket/*"}, Verdict.SILENCE),
        ({"Resource": "*", "Condition": {"StringEquals": {"aws:username": "bob"}}}, Verdict.SILENCE),
        ({"effect": "Deny", "Resource": "*"}, Verdict.DENY),
        ({"version": "2008-10-17", "Resource": "arn:aws:s3:::bucket/${aws:username}/*"}, Verdict.SILENCE),
    ],
)
def test_a_statement_speaks_of_its_actions_and_resources(elements: Any, expected: Verdict) -> None:
    assert verdict([document(**elements)], QUESTION) is expected


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Principal": "*"}, Verdict.ALLOW),
        ({"Principal": {"AWS": "*"}}, Verdict.ALLOW),
        ({"Principal": {"AWS": ["x", ALICE]}}, Verdict.ALLOW),
        ({"Principal": {"AWS": "111122223333"}}, Verdict.ALLOW),
        ({"Principal": {"AWS": ROOT}}, Verdict.ALLOW),
        ({"Principal": {"AWS": "444455556666"}}, Verdict.SILENCE),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, Verdict.SILENCE),
        ({"NotPrincipal": {"AWS": ALICE}}, Verdict.SILENCE),
        ({"NotPrincipal": {"AWS": "444455556666"}}, Verdict.ALLOW),
    ],
)
def test_a_resources_statement_speaks_to_its_principals(principal: Any, expected: Verdict) -> None:
    assert verdict([document(**principal)], QUESTION, NAMES.own | NAMES.account) is expected


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        (Policies(), BY_IDENTITY),
        (Policies((SILENT,)), BY_IDENTITY),
        (Policies((ALLOW,)), Decision(True)),
        (Policies((ALLOW, DENY)), Decision(False, "with an explicit deny in an identity-based policy")),
        # a bucket's policy stands in for an identity's only where it names the caller itself
        (Policies(resource=FOR_ALICE), Decision(True)),
        (Policies(resource=FOR_EVERYBODY), Decision(True)),
        (Policies(resource=FOR_ACCOUNT), BY_IDENTITY),
        (Policies((ALLOW,), resource=FOR_BOB), Decision(True)),
        (
            Policies((ALLOW,), resource=document("Deny", Principal="*")),
            Decision(False, "with an explicit deny in a resource-based policy"),
        ),
        # from another account, both must allow
        (Policies((ALLOW,), cross_account=True), Decision(False)),
        (Policies((ALLOW,), resource=FOR_ACCOUNT, cross_account=True), Decision(True)),
        (Policies(resource=FOR_ALICE, cross_account=True), BY_IDENTITY),
        # a role's trust must allow, whatever else does
        (Policies((ALLOW,), resource=FOR_BOB, resource_must_allow=True), Decision(False)),
        (Policies((ALLOW,), resource=FOR_ACCOUNT, resource_must_allow=True), Decision(True)),
        (Policies(resource=FOR_ACCOUNT, resource_must_allow=True), BY_IDENTITY),
        (Policies(resource=FOR_ALICE, resource_must_allow=True), Decision(True)),
        (
            Policies((ALLOW,), resource=document("Deny", Principal="*"), resource_must_allow=True),
            Decision(False, "with an explicit deny in the role trust policy"),
        ),
        # boundaries and session policies only take away
        (
            Policies((ALLOW,), boundary=(SILENT,)),
            Decision(False, "because no permissions boundary allows the s3:GetObject action"),
        ),
        (Policies((ALLOW,), boundary=(ALLOW,), sessions=((ALLOW,),)), Decision(True)),
        (Policies(boundary=(ALLOW,)), BY_IDENTITY),
        (
            Policies((ALLOW,), sessions=((),)),
            Decision(False, "because no session policy allows the s3:GetObject action"),
        ),
        (
            Policies((ALLOW,), sessions=((ALLOW, DENY),)),
            Decision(False, "with an explicit deny in a session policy"),
        ),
        # within a layer any document may allow; every layer must
        (Policies((ALLOW,), sessions=((SILENT, ALLOW), (ALLOW,), (ALLOW,))), Decision(True)),
        (
            Policies((ALLOW,), sessions=((ALLOW,), (SILENT,), (ALLOW,))),
            Decision(False, "because no session policy allows the s3:GetObject action"),
        ),
        (
            Policies((ALLOW,), sessions=((ALLOW,), (SILENT,), (ALLOW, DENY))),
            Decision(False, "with an explicit deny in a session policy"),
        ),
        (Policies((SILENT,), sessions=((ALLOW,), (ALLOW,))), BY_IDENTITY),
    ],
)
def test_policies_are_weighed_as_aws_weighs_them(policies: Policies, expected: Decision) -> None:
    assert decide(QUESTION, policies, NAMES) == expected
