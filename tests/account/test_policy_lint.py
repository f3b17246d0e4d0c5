"""Every document, by a linter of IAM policies that is not ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import parliament
import pytest

from account.policy_cases import BUCKET, ROLE
from awsactivate.account import policies

INSTANT = "2026-11-23T10:00:01Z"
DOCUMENTS: dict[str, Mapping[str, Any]] = {
    "trust": policies.trust_policy("111122223333"),
    "trust, plain names": policies.trust_policy("111122223333", plain_session_names=True),
    "group": policies.group_policy(ROLE),
    "group, no MFA to revoke": policies.group_policy(ROLE, revoke_without_mfa=True),
    "revocation": policies.revocation_policy(ROLE, ["alice", "bob"]),
    "revocation, plain names": policies.revocation_policy(ROLE, ["alice"], plain_session_names=True),
    "bucket": policies.bucket_policy(f"arn:aws:s3:::{BUCKET}", ROLE),
    "deny a session": policies.deny_session("AROAEXAMPLEROLE000001:alice=0000000000", INSTANT),
    "deny a user": policies.deny_user("alice", INSTANT),
    "deny everyone": policies.deny_everyone(INSTANT),
}


# what AWS has had for a few days only is in no linter's list yet
NEW_TO_IT = ("UNKNOWN_ACTION", "Unknown action sts:GetScopedCredentials")


def findings(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = parliament.analyze_policy_string(json.dumps(document)).findings
    told = [(finding.issue, str(finding.detail)) for finding in found]
    return [finding for finding in told if finding != NEW_TO_IT]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_linter_finds_nothing(name: str) -> None:
    document = DOCUMENTS[name]
    if name.startswith("trust"):  # it stands in the role, so it names none; the linter wants one
        statements = [{**s, "Resource": ROLE} for s in policies.statements(document)]
        document = {**document, "Statement": statements}
    assert findings(document) == []


def test_of_the_keys_policy_it_minds_the_star_alone_which_there_is_that_one_key() -> None:
    assert {issue for issue, _ in findings(policies.key_policy(ROLE))} == {"RESOURCE_STAR"}


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"Action": "iam:TagRoles"}, "UNKNOWN_ACTION"),
        ({"Resource": f"arn:aws:s3:::{BUCKET}"}, "RESOURCE_MISMATCH"),
        ({"Condition": {"StringEquals": {"iam:TagKeys": "x"}}}, "UNKNOWN_CONDITION_FOR_ACTION"),
        ({"Condition": {"ForAnyValues:StringEquals": {"aws:TagKeys": "x"}}}, "UNKNOWN_OPERATOR"),
    ],
)
def test_it_would_find_a_slip(change: dict[str, Any], issue: str) -> None:
    document = policies.group_policy(ROLE)
    statements = [{**s, **change} if s["Sid"] == "RevokeOwnSessions" else s for s in document["Statement"]]
    assert issue in [found for found, _ in findings({**document, "Statement": statements})]
