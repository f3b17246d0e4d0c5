"""What nobody need ask is not asked: whose a known key is, and IAM about a role that keeps no lists."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.conftest import ANYTHING, World
from harness.shells import PROGRAM


@pytest.fixture
def plain(world: World) -> World:
    """Add a role that needs no MFA."""
    role = world.aws.role("plain", policies={"all": ANYTHING}, account=world.account)
    world.add_profile(f"\n[profile plain]\nrole_arn = {role.arn}\nsource_profile = alice\n")
    return world


def signed_on(world: World) -> None:
    """Add the profile `sso`, whose person has signed in."""
    role = world.aws.role("sso", policies={"all": ANYTHING}, account=world.account)
    world.add_profile(
        f"[profile sso]\nsso_session = corp\nsso_account_id = {world.account}\nsso_role_name = Admin\n"
        "region = us-east-1\n[sso-session corp]\nsso_start_url = https://corp\nsso_region = us-east-1\n"
    )
    token = world.aws.portal_token("Admin", role, world.account)
    cache = world.home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    ends = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    file = cache / f"{hashlib.sha1(b'corp').hexdigest()}.json"
    file.write_text(json.dumps({"accessToken": token, "expiresAt": ends}))


def asked(world: World, profile: str = "plain", *, status: int = 0) -> list[str]:
    """Open a session, and tell which operations it took, in order."""
    world.aws.requests.clear()
    done = subprocess.run(
        [PROGRAM, "export", profile, "--format", "process"],
        env=world.environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == status, done.stderr
    return world.operations()


def memory(world: World) -> Path:
    return world.home / ".local/state/awsactivate/callers.json"


def test_whose_a_key_is_is_asked_once_and_iam_never(plain: World) -> None:
    assert asked(plain) == ["GetCallerIdentity", "AssumeRole"]
    assert asked(plain) == ["AssumeRole"]
    assert asked(plain) == ["AssumeRole"]


def test_what_is_remembered_opens_nothing_and_only_its_owner_reads_it(plain: World) -> None:
    asked(plain)
    keys = plain.user.credentials
    known = json.loads(memory(plain).read_text())
    assert list(known) == [keys.access_key_id]
    assert known[keys.access_key_id] == {
        "arn": plain.user.arn,
        "account_id": plain.account,
        "user_id": known[keys.access_key_id]["user_id"],
    }
    assert memory(plain).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"AKIA": 1}', '{"KEY": {"arn": "x"}}', '{"KEY": {}}']
)
def test_a_damaged_memory_is_only_asked_again(text: str, plain: World) -> None:
    memory(plain).parent.mkdir(parents=True, mode=0o700)
    memory(plain).write_text(text.replace("KEY", plain.user.credentials.access_key_id))
    assert asked(plain) == ["GetCallerIdentity", "AssumeRole"]
    assert asked(plain) == ["AssumeRole"]


def test_a_user_who_was_renamed_is_asked_about_when_the_name_of_before_is_refused(plain: World) -> None:
    """A role that lets in only sessions that bear the user's own name."""
    account, iam = plain.account, plain.aws.client("iam", plain.aws.account(plain.account))
    own_name = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringLike": {"sts:RoleSessionName": "${aws:username}=??????????"}},
    }
    trust = {"Version": "2012-10-17", "Statement": [own_name]}
    iam.update_assume_role_policy(RoleName="plain", PolicyDocument=json.dumps(trust))
    assert asked(plain) == ["GetCallerIdentity", "AssumeRole"]
    iam.update_user(UserName="alice", NewUserName="alicia")
    assert asked(plain, status=6) == ["AssumeRole", "GetCallerIdentity"]
    assert asked(plain) == ["AssumeRole"]


def test_a_role_that_a_profile_marks_is_asked_about_first_and_another_never(plain: World) -> None:
    plain.add_profile("revocable = true\n")
    assert sorted(asked(plain)) == ["AssumeRole", "GetCallerIdentity", "ListRoleTags"]
    assert sorted(asked(plain)) == ["AssumeRole", "ListRoleTags"]


@pytest.mark.parametrize("mark", ["", "revocable = true\n"])
def test_who_signs_in_by_single_sign_on_is_no_user_of_iam_and_nobody_is_asked(
    plain: World, mark: str
) -> None:
    signed_on(plain)
    role = f"arn:aws:iam::{plain.account}:role/plain"
    plain.add_profile(f"[profile onwards]\nrole_arn = {role}\nsource_profile = sso\n{mark}")
    assert asked(plain, "onwards") == ["GetRoleCredentials", "AssumeRole"]


def test_iam_that_is_slow_is_not_waited_for_for_long(plain: World) -> None:
    plain.add_profile("revocable = true\n")
    plain.aws.levers.delay_next("ListRoleTags", 20)
    assert "AssumeRole" in asked(plain)


AS_PLAIN = ["--profile", "plain", "--region", "eu-west-1"]
PROBE = """
import sys
from awsactivate.cli import main
status = main(sys.argv[1:])
print(status, "botocore" in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    [
        ["export", "plain", "--format", "process"],
        ["export", "sso", "--format", "process"],
        ["secrets", "export", "app", *AS_PLAIN],
        ["secrets", "list", "app", *AS_PLAIN],
        ["secrets", "get", "app", "key", *AS_PLAIN],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_everybody_waits_for_loads_no_botocore(plain: World, words: list[str]) -> None:
    world = plain
    signed_on(world)
    ssm = world.aws.client("ssm", world.aws.account(world.account), "eu-west-1")
    ssm.put_parameter(Name="/app/key", Value="v", Type="SecureString")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        env=world.environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.stderr == "0 False\n"
    assert done.stdout
