"""What a tag does: by the rule that AWS judges by, whatever is in the tag."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from account.answers import answer
from account.policy_cases import ALLOWED, ROLE_ID, Case
from awsactivate.account import policies
from awsactivate.revocation import rule
from awsactivate.revocation.rule import Effect

ROLE = "arn:aws:iam::111122223333:role/terraform"
A, B = f"{ROLE_ID}:alice=k3v9q2m7xd", f"{ROLE_ID}:alice=k3v9q2m7xe"
BOB = f"{ROLE_ID}:bob=k3v9q2m7xd"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
PIECES = [
    f"-{A}/",
    f"+{A}/",
    f"-{B}/",
    f"+{B}/",
    f"-{BOB}/",
    "ALL/",
    "ALL/t1/",
    "t1764000000/",
    "-",
    "/",
    "x",
    "*",
]


def evaluated(value: str, assumed_role_id: str) -> bool:
    """Whether the whole policy denies the session, by the evaluator of the embedded AWS."""
    asked = Case(
        "a request",
        f"arn:aws:sts::111122223333:assumed-role/terraform/{assumed_role_id.partition(':')[2]}",
        "ec2:DescribeInstances",
        "*",
        ALLOWED,
        [EVERYTHING, policies.revocation_policy(ROLE, ["alice", "bob"])],
        {
            "aws:userid": assumed_role_id,
            f"aws:PrincipalTag/{policies.revoked_tag('alice')}": value,
            f"aws:PrincipalTag/{policies.revoked_tag('bob')}": "",
        },
    )
    return answer(asked) != ALLOWED


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.sampled_from([A, B, BOB]))
@example(f"-{A}/+{A}/", A)
@example(f"ALL/-{A}/", B)
def test_the_rule_is_the_policys_own(value: str, assumed_role_id: str) -> None:
    assert rule.denies(value, assumed_role_id, "alice") == evaluated(value, assumed_role_id)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", Effect()),
        ("x", Effect()),
        (f"-{A}/", Effect(denied=(A,))),
        # what a thief of the key wrote before writing needed MFA: it denies nothing
        (f"-{A}/+{A}/", Effect(idle=(A,))),
        (f"-{A}/-{B}/+{A}/", Effect(denied=(B,), idle=(A,))),
        (f"ALL/t1764000000/+{A}/", Effect(exempt=(A,), all_denied=True)),
        (f"ALL/t1764000000/-{B}/+{A}/", Effect(denied=(B,), exempt=(A,), all_denied=True)),
        (f"ALL/-{A}/", Effect(denied=(A,), all_denied=True)),
        (f" ALL/-{A}/", Effect(denied=(A,))),
        (f"-{A}", Effect()),
        (f"note-{A}/", Effect(denied=(A,))),
        (f"-{BOB}/", Effect(idle=(BOB,))),
        (f"-{A}/t1764000000/", Effect(denied=(A,))),
    ],
)
def test_the_effect_of_a_value_is_told_for_each_session_that_it_names(value: str, expected: Effect) -> None:
    assert rule.effect(value, "alice") == expected
