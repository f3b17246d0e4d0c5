"""Every form of `awsactivate revoke`, by the real core: who is denied, who is not, and what is said."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from e2e.conftest import World
from e2e.secured import Secured
from harness.shells import PROGRAM

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def stolen(secured: Secured) -> dict[str, str]:
    """Give a copy of a session of alice's that works."""
    done = secured.core("export", "prod", "--format", "process", "--mfa-code", secured.device.code())
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    copy = {
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
        "AWS_ENDPOINT_URL": secured.aws.endpoint_url,
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    assert secured.works(copy) == (True, "")
    return copy


@pytest.fixture
def admin(secured: Secured) -> None:
    """Give the home a profile of an administrator's."""
    secured.add_profile(
        "admin",
        f"aws_access_key_id = {secured.admin.access_key_id}\n"
        f"aws_secret_access_key = {secured.admin.secret_access_key}\nregion = eu-west-1\n",
    )


def id_of(secured: Secured, copy: dict[str, str]) -> str:
    sts = secured.client_of(copy, "sts")
    return str(sts.get_caller_identity()["UserId"])


def anybody_of(secured: Secured) -> dict[str, Any]:
    """Trust whoever is of the account."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{secured.account}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def role_arn(secured: Secured) -> str:
    return f"arn:aws:iam::{secured.account}:role/terraform"


def policies_of(secured: Secured, role: str = "terraform") -> dict[str, Any]:
    iam = secured.aws.client("iam", secured.admin)
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in names
        if name.startswith("awsactivate-revoked-")
    }


def test_one_session_by_its_id(secured: Secured, stolen: dict[str, str]) -> None:
    words = ("revoke", "--session", id_of(secured, stolen), "--role-arn", role_arn(secured))
    plan = secured.core(*words, "--dry-run", "--profile", "alice")
    assert plan.returncode == 0, plan.stderr
    assert "tag-role" in plan.stdout or "TagRole" in plan.stdout
    assert secured.works(stolen)[0]
    without = secured.core(*words, "--profile", "alice")
    assert without.returncode == 5, without.stderr
    assert secured.works(stolen)[0]
    done = secured.core(*words, "--profile", "alice", "--mfa-code", secured.device.code())
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("revoked ")
    assert not secured.works(stolen)[0]
    assert policies_of(secured) == {}  # by her own list, for which nobody must be asked


def test_mine_are_all_of_mine_and_what_begins_afterwards_works(
    secured: Secured, stolen: dict[str, str]
) -> None:
    done = secured.core("revoke", "--mine", "--profile", "alice", "--mfa-code", secured.device.code())
    secured.aws.clock.advance(60)  # each code serves once
    assert done.returncode == 0, done.stderr
    assert "revoked all sessions of alice on terraform up to " in done.stdout
    assert "denied: everything, to every session of alice " in done.stdout
    assert not secured.works(stolen)[0]
    shell = secured.shell("bash")
    assert secured.works(secured.activate(shell))[0]


@pytest.mark.parametrize(("words", "whom"), [(("--user", "alice"), "alice"), (("--everyone",), "everyone")])
def test_an_administrator_is_told_and_asked_before_a_user_or_everyone_is_denied(
    secured: Secured, stolen: dict[str, str], admin: None, words: tuple[str, ...], whom: str
) -> None:
    del admin
    where = ("--role-arn", role_arn(secured), "--profile", "admin")
    refused = secured.core("revoke", *words, *where)
    assert refused.returncode != 0
    assert refused.stderr.startswith("awsactivate: denied: everything, to every session of ")
    assert "issued before " in refused.stderr
    assert policies_of(secured) == {}
    assert secured.works(stolen)[0]
    shown = secured.core("revoke", *words, *where, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert '"Deny"' in shown.stdout
    assert policies_of(secured) == {}
    done = secured.core("revoke", *words, *where, "--yes")
    assert done.returncode == 0, done.stderr
    assert not secured.works(stolen)[0]
    [document] = policies_of(secured).values()
    assert document["Statement"][0]["Effect"] == "Deny"
    listed = secured.core("revoke", "--list", "--json", *where)
    [entry] = json.loads(listed.stdout)
    name = next(value for key, value in entry.items() if key in ("entry", "id", "name"))
    lifted = secured.core("revoke", "--lift", name, *where, "--yes")
    assert lifted.returncode == 0, lifted.stderr
    assert policies_of(secured) == {}
    assert secured.works(stolen)[0]
    assert whom in done.stdout or "all" in done.stdout


def test_a_user_may_end_nobody_elses_sessions(secured: Secured, stolen: dict[str, str]) -> None:
    where = ("--role-arn", role_arn(secured), "--profile", "alice", "--yes")
    for words in (("--user", "bob"), ("--everyone",)):
        secured.aws.clock.advance(30)  # each takes a code of its own
        done = secured.core("revoke", *words, *where, "--mfa-code", secured.device.code())
        assert done.returncode == 6, done.stderr
        assert "hint: " in done.stderr
    assert policies_of(secured) == {}
    assert secured.works(stolen)[0]


def test_a_session_of_another_role_is_denied_by_a_policy_where_that_is_allowed(
    secured: Secured, admin: None
) -> None:
    del admin
    role = secured.aws.role(
        "other", trust=anybody_of(secured), policies={"all": ANYTHING}, account=secured.account
    )
    sts = secured.aws.client("sts", secured.admin)
    copies = []
    for name in ("one", "two"):
        made = sts.assume_role(RoleArn=role.arn, RoleSessionName=name)
        keys = made["Credentials"]
        copies.append(
            {
                "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                "AWS_SESSION_TOKEN": keys["SessionToken"],
                "AWS_ENDPOINT_URL": secured.aws.endpoint_url,
                "AWS_DEFAULT_REGION": "eu-west-1",
            }
        )
    words = ("revoke", "--session", id_of(secured, copies[0]), "--role-arn", role.arn)
    refused = secured.core(*words, "--profile", "alice")
    assert refused.returncode == 6
    assert "lives until " in refused.stderr
    assert secured.works(copies[0]) == (True, "")
    done = secured.core(*words, "--profile", "admin")
    assert done.returncode == 0, done.stderr
    assert [secured.works(copy)[0] for copy in copies] == [False, True]
    assert list(policies_of(secured, "other")) == ["awsactivate-revoked-one"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--session", "nonsense", "--role-arn", "ROLE"), 2, "AROA"),
        (("--session", "AROAEXAMPLE:alice=x", "--role-arn", "nonsense"), 2, "role"),
        (("--user", "a b"), 2, "--user must be an IAM user's name"),
        (("--mine", "--everyone"), 2, "not allowed with"),
        ((), 2, "required"),
        (("--mine", "--json"), 2, "--json goes with --list"),
        (("--list", "--dry-run"), 2, "--list changes nothing"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    world: World, words: tuple[str, ...], code: int, told: str
) -> None:
    filled = [world.role.arn if word == "ROLE" else word for word in words]
    command = [str(PROGRAM), "revoke", *filled, "--profile", "alice"]
    done = subprocess.run(command, env=world.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert told in done.stderr


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef", "IAM Identity Center"),
        ("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", "service-linked role"),
    ],
)
def test_roles_that_nobody_can_change_are_told(secured: Secured, role: str, told: str) -> None:
    arn = f"arn:aws:iam::{secured.account}:role/{role}"
    done = secured.core(
        "revoke", "--session", "AROAEXAMPLEROLE000001:it", "--role-arn", arn, "--profile", "alice"
    )
    assert done.returncode == 6
    assert told in done.stderr


def test_a_user_of_a_role_with_free_names_is_denied_by_name_alone_and_that_is_said(
    secured: Secured, admin: None
) -> None:
    del admin
    free = secured.aws.role(
        "free", trust=anybody_of(secured), policies={"all": ANYTHING}, account=secured.account
    )
    words = ("revoke", "--user", "alice", "--profile", "admin", "--yes", "--role-arn")
    done = secured.core(*words, free.arn)
    assert done.returncode == 0, done.stderr
    assert "free does not hold its users to their names" in done.stderr
    assert f"hint: awsactivate revoke --everyone --role-arn {free.arn}" in done.stderr
    assert "does not hold" not in secured.core(*words, role_arn(secured)).stderr
