"""A thousand revocations over simulated days leave a role with those only that something still hangs on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from account.accounts import Account
from awsactivate.account import policies
from awsactivate.aws import role_denials
from awsactivate.demo.aws import EmbeddedAws
from awsactivate.revocation import inline_policy
from awsactivate.revocation import tag as revocation_tag
from awsactivate.revocation.known_sessions import KnownSessionsFile
from awsactivate.revoking.own_list import OwnList
from awsactivate.sessions import arns, session_names

HOUR = 3600
GRACE = 300


@pytest.mark.long
def test_a_users_list_holds_the_unexpired_only(
    embedded_aws: EmbeddedAws, account: str, tmp_path: Path
) -> None:
    admin = embedded_aws.account(account)
    Account(account, embedded_aws.endpoint_url, admin, pause=lambda _seconds: None).apply(
        users=("alice",), revoke_without_mfa=True
    )
    iam = embedded_aws.client("iam", admin)
    role = arns.role_arn(f"arn:aws:iam::{account}:role/terraform")
    known_file = KnownSessionsFile(tmp_path, warn=lambda _text: None)
    now, step, made = session_names.EPOCH_2026 + 40_000_000, 20 * 60, []
    for number in range(1000):
        now += step
        nonce = session_names.nonce((now - session_names.EPOCH_2026) // 60, f"{number:05}")
        made.append(f"AROAEXAMPLEROLE000001:{session_names.session_name('alice', nonce)}")
        OwnList(iam, role, "alice", known_file, HOUR, now).revoke([made[-1]])
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="terraform")["Tags"]}
    found = revocation_tag.parse(tags[policies.revoked_tag("alice")])
    alive = (HOUR + GRACE) // step + 1
    assert found.all_since is None
    assert list(found.revoked) == made[-len(found.revoked) :]
    assert 1 <= len(found.revoked) <= alive
    assert len((tmp_path / "sessions.json").read_bytes()) < 4096


@pytest.mark.long
def test_a_roles_policies_are_the_unexpired_only(embedded_aws: EmbeddedAws, account: str) -> None:
    admin = embedded_aws.account(account)
    Account(account, embedded_aws.endpoint_url, admin, pause=lambda _seconds: None).apply(
        users=("alice",), revoke_without_mfa=True
    )
    iam = embedded_aws.client("iam", admin)
    now, step = session_names.EPOCH_2026 + 40_000_000, 20 * 60
    for number in range(60):
        now += step
        denial = inline_policy.of_session(f"AROAEXAMPLEROLE000001:name{number:03}", now + 1)
        role_denials.put(iam, "terraform", denial, now, time.sleep)
    longest = iam.get_role(RoleName="terraform")["Role"]["MaxSessionDuration"]
    ours = [
        name
        for name in iam.list_role_policies(RoleName="terraform")["PolicyNames"]
        if name.startswith(policies.REVOKED_PREFIX)
    ]
    assert f"{policies.REVOKED_PREFIX}name059" in ours
    assert len(ours) <= (longest + GRACE) // step + 2
