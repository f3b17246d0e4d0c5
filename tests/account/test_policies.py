"""The documents, word for word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from awsactivate.account import capacity, policies

ROLE = "arn:aws:iam::111122223333:role/terraform"


def test_the_trust_policy_demands_mfa_and_an_own_name_and_refuses_session_tags() -> None:
    assert policies.trust_policy("111122223333") == json.loads("""
    {"Version": "2012-10-17", "Statement": [
      {"Sid": "OwnSessionNameWithMfa", "Effect": "Allow",
       "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole",
       "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"},
                     "StringLike": {"sts:RoleSessionName": "${aws:username}=??????????"}}},
      {"Sid": "NoSessionTags", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:TagSession"}
    ]}""")


def test_the_group_may_assume_the_role_revoke_and_look_after_own_keys() -> None:
    assert policies.group_policy(ROLE) == json.loads("""
    {"Version": "2012-10-17", "Statement": [
      {"Sid": "AssumeTerraform", "Effect": "Allow", "Action": "sts:AssumeRole",
       "Resource": "arn:aws:iam::111122223333:role/terraform"},
      {"Sid": "RevokeOwnSessions", "Effect": "Allow", "Action": "iam:TagRole",
       "Resource": "arn:aws:iam::111122223333:role/terraform",
       "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "awsactivate-revoked-${aws:username}"},
                     "Null": {"aws:TagKeys": "false"},
                     "Bool": {"aws:MultiFactorAuthPresent": "true"}}},
      {"Sid": "NarrowOwnSessions", "Effect": "Allow", "Action": "sts:GetScopedCredentials", "Resource": "*"},
      {"Sid": "ReadRevocations", "Effect": "Allow", "Action": "iam:ListRoleTags",
       "Resource": "arn:aws:iam::111122223333:role/terraform"},
      {"Sid": "OwnKeysWithMfa", "Effect": "Allow",
       "Action": ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:UpdateAccessKey", "iam:ListAccessKeys",
                  "iam:GetAccessKeyLastUsed", "iam:ResyncMFADevice"],
       "Resource": "arn:aws:iam::111122223333:user/${aws:username}",
       "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
      {"Sid": "ReadOwnDevices", "Effect": "Allow", "Action": ["iam:ListMFADevices", "iam:GetUser"],
       "Resource": "arn:aws:iam::111122223333:user/${aws:username}"}
    ]}""")


def test_the_role_denies_the_sessions_that_its_tags_name_and_may_not_change_itself() -> None:
    def revoked(number: int, user: str) -> policies.Document:
        tag = f"aws:PrincipalTag/awsactivate-revoked-{user}"
        return {
            "Sid": f"Revoked{number}",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "StringLike": {
                    "aws:userid": f"*:{user}=??????????",
                    tag: ["*-${aws:userid}/*", "ALL/*"],
                },
                "StringNotLike": {tag: "*+${aws:userid}/*"},
            },
        }

    probe, protect, *rest = policies.revocation_policy(ROLE, ["bob", "alice"])["Statement"]
    assert probe == {"Sid": "Probe", "Effect": "Allow", "Action": "iam:ListRoleTags", "Resource": ROLE}
    assert protect == {
        "Sid": "ProtectThisRole",
        "Effect": "Deny",
        "Action": [
            "iam:TagRole",
            "iam:UntagRole",
            "iam:PutRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:AttachRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:DeleteRolePermissionsBoundary",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:DeleteRole",
        ],
        "Resource": ROLE,
    }
    assert rest == [revoked(0, "alice"), revoked(1, "bob")]


def test_documents_of_another_partition_name_it_everywhere() -> None:
    role = "arn:aws-cn:iam::111122223333:role/terraform"
    documents = [
        policies.trust_policy("111122223333", partition="aws-cn"),
        policies.group_policy(role),
        policies.revocation_policy(role, ["alice"]),
        policies.key_policy(role),
        policies.bucket_policy("arn:aws-cn:s3:::b", role),
    ]
    assert "arn:aws:" not in json.dumps(documents)


def test_two_spellings_of_one_policy_are_canonically_equal() -> None:
    one = {"Statement": [{"Effect": "Allow", "Action": ["b:B", "a:A"], "Resource": "*"}, {"Effect": "Deny"}]}
    other = {
        "Statement": [{"Effect": "Deny"}, {"Resource": ["*"], "Effect": "Allow", "Action": ["a:A", "b:B"]}]
    }
    assert policies.canonical(one) == policies.canonical(other)


def test_a_policy_with_one_more_action_is_canonically_different() -> None:
    one = {"Statement": [{"Effect": "Allow", "Action": ["a:A"]}]}
    assert policies.canonical(one) != policies.canonical(
        {"Statement": [{"Effect": "Allow", "Action": ["a:A", "b:B"]}]}
    )


def test_a_statement_that_stands_alone_and_booleans_are_read_as_aws_reads_them() -> None:
    alone = {"Statement": {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": False}}}}
    listed = {"Statement": [{"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}]}
    assert policies.canonical(alone) == policies.canonical(listed)


def test_what_an_existing_account_was_made_with_can_be_read_off_its_documents() -> None:
    plain = policies.trust_policy("111122223333", plain_session_names=True)
    assert policies.allows_plain_session_names(plain)
    assert not policies.allows_plain_session_names(policies.trust_policy("111122223333"))


@pytest.mark.parametrize(("length", "fit"), [(5, 33), (20, 28), (53, 21)])
def test_the_users_that_fit_in_ten_thousand_characters_are_counted(length: int, fit: int) -> None:
    users = [f"{number:02}" + "x" * (length - 2) for number in range(60)]
    assert capacity.users_that_fit(ROLE, users, 0) == fit
    assert capacity.refusal(ROLE, users[:fit], 0) is None
    assert capacity.refusal(ROLE, users[: fit + 1], 0) == (
        "the inline policies of a role may have 10,240 characters together:"
        f" {fit} of these {fit + 1} users fit"
    )


def test_the_roles_other_inline_policies_take_room_from_users() -> None:
    users = [f"user{number}" for number in range(10)]
    assert capacity.refusal(ROLE, users, 9000) == (
        "the inline policies of a role may have 10,240 characters together, 9,000 of which its other inline"
        " policies take: 1 of these 10 users fit"
    )


def test_who_is_in_the_role_already_may_use_the_room_that_is_kept_for_one_to_leave() -> None:
    users = [f"{number:05}" for number in range(34)]
    assert capacity.refusal(ROLE, users, 0) is not None
    assert capacity.refusal(ROLE, users, 0, known=users[:33]) is not None
    assert capacity.refusal(ROLE, users, 0, known=users) is None
    assert capacity.refusal(ROLE, [*users, "00035"], 0, known=[*users, "00035"]) is not None


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("length", [1, 5, 20, 53])
def test_one_who_leaves_frees_more_than_the_denial_of_the_sessions_takes(length: int, plain: bool) -> None:
    users = ["a" * length, "b" * length]
    sizes = [
        policies.size(policies.revocation_policy(ROLE, some, plain_session_names=plain))
        for some in (users, users[:1])
    ]
    assert sizes[0] - sizes[1] > capacity.room_for_one_to_leave(users)


@pytest.mark.parametrize(("there", "more"), [(0, 34), (30, 3), (34, 0), (40, 0)])
def test_the_users_that_still_fit_are_counted(there: int, more: int) -> None:
    users = [f"user{number:02}" for number in range(there)]
    assert capacity.more_that_fit(ROLE, users, 0) == more
    if users and more:
        extra = [f"more{number:02}" for number in range(more)]
        assert capacity.refusal(ROLE, [*users, *extra], 0) is None
        assert capacity.refusal(ROLE, [*users, *extra, "more99"], 0) is not None


@pytest.mark.parametrize(
    ("patterns", "is_enforced"),
    [
        ("${aws:username}=??????????", True),
        (["${aws:username}=??????????", "${aws:username}"], True),
        ("${aws:username}*", False),
        (["${aws:username}=??????????", "*"], False),
        (None, False),
    ],
)
def test_a_trust_that_lets_a_session_be_called_otherwise_is_told(patterns: Any, is_enforced: bool) -> None:
    trust = policies.trust_policy("111122223333")
    condition = trust["Statement"][0]["Condition"]
    if patterns is None:
        del condition["StringLike"]
    else:
        condition["StringLike"]["sts:RoleSessionName"] = patterns
    assert policies.enforces_session_names(trust) is is_enforced
