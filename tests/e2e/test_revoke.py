"""A session is revoked from the shell that has it: every copy is refused, and nothing else."""

from __future__ import annotations

import json

import pytest

from e2e.secured import Secured
from harness.shells import SHELLS


@pytest.mark.parametrize("name", SHELLS)
def test_of_two_shells_one_is_revoked_and_the_other_goes_on(name: str, secured: Secured) -> None:
    first, second = secured.shell(name), secured.shell(name)
    stolen, other = secured.activate(first), secured.activate(second)
    assert (secured.works(stolen)[0], secured.works(other)[0]) == (True, True)
    told = first.run("deactivate --revoke")
    assert first.status() == 0
    assert "revoked prod: alice=" in told
    assert ", confirmed after " in told
    assert first.value("$AWS_ACCESS_KEY_ID$AWSACTIVATE_PROFILE") == ""
    allowed, refusal = secured.works(stolen)
    assert not allowed
    assert "is not authorized to perform: iam:ListRoles" in refusal
    assert "with an explicit deny" in refusal
    assert secured.works(other)[0]


def test_a_new_session_works_right_after_the_old_one_was_revoked(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell)
    shell.run("deactivate --revoke")
    assert secured.works(secured.activate(shell))[0]
    assert not secured.works(stolen)[0]


@pytest.mark.parametrize("name", SHELLS)
def test_the_end_of_a_shell_revokes_where_that_was_asked_for(name: str, secured: Secured) -> None:
    shell = secured.shell(name)
    stolen = secured.activate(shell, "prod --revoke-on-exit")
    assert secured.works(stolen)[0]
    shell.begin("exit", "revoked prod: alice=")
    shell.expect("recorded, not confirmed")
    assert not secured.works(stolen)[0]


def test_without_waiting_nothing_is_said_to_be_proved(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell)
    told = shell.run("deactivate --revoke --no-wait")
    assert shell.status() == 0
    assert "recorded, not confirmed; the session lives until " in told
    assert not secured.works(stolen)[0]


def test_with_the_network_cut_the_shell_is_deactivated_and_told_how_to_go_on(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell)
    shell.run("export AWS_ENDPOINT_URL=http://127.0.0.1:1")
    told = shell.run("deactivate --revoke")
    assert shell.status() == 7
    assert "is not revoked: " in told
    assert "a copy of it lives until " in told
    assert shell.value("$AWS_ACCESS_KEY_ID$AWSACTIVATE_PROFILE") == ""
    hint = next(line for line in told.splitlines() if "hint: " in line).partition("hint: ")[2]
    shell.run(f"export AWS_ENDPOINT_URL={secured.aws.endpoint_url}")
    shell.run(f"{hint} --mfa-code {secured.device.code()}")
    assert shell.status() == 0
    assert not secured.works(stolen)[0]


def test_a_key_that_was_rotated_meanwhile_is_told(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell, "unmarked")
    iam = secured.aws.client("iam", secured.admin)
    iam.delete_access_key(UserName="alice", AccessKeyId=secured.user.credentials.access_key_id)
    told = shell.run("deactivate --revoke")
    assert shell.status() == 6
    assert "is not revoked: " in told
    assert "a copy of it lives until " in told
    assert "awsactivate revoke --session AROA" in told
    assert shell.value("$AWS_ACCESS_KEY_ID$AWSACTIVATE_PROFILE") == ""
    assert secured.works(stolen)[0]


def test_an_expired_session_needs_nothing(secured: Secured) -> None:
    shell = secured.shell("bash")
    secured.activate(shell)
    shell.run("export AWSACTIVATE_EXPIRATION=1700000000")
    told = shell.run("deactivate --revoke")
    assert shell.status() == 0
    assert "expired at " in told
    assert "there is nothing to revoke" in told


def test_a_role_that_was_deleted_needs_nothing(secured: Secured) -> None:
    shell = secured.shell("bash")
    secured.activate(shell)
    iam = secured.aws.client("iam", secured.admin)
    for policy in iam.list_role_policies(RoleName="terraform")["PolicyNames"]:
        iam.delete_role_policy(RoleName="terraform", PolicyName=policy)
    for attached in iam.list_attached_role_policies(RoleName="terraform")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="terraform", PolicyArn=attached["PolicyArn"])
    iam.delete_role(RoleName="terraform")
    told = shell.run("deactivate --revoke")
    assert "does not exist any more" in told or "is not revoked: " in told
    assert shell.value("$AWS_ACCESS_KEY_ID$AWSACTIVATE_PROFILE") == ""


def test_what_is_denied_is_listed_with_its_end(secured: Secured) -> None:
    shell = secured.shell("bash")
    secured.activate(shell)
    shell.run("deactivate --revoke")
    done = secured.core("revoke", "--list", "--json", "--profile", "alice")
    assert done.returncode == 0, done.stderr
    [entry] = json.loads(done.stdout)
    assert "alice=" in json.dumps(entry)


def test_the_proof_on_a_real_account_is_a_report_that_one_can_paste(secured: Secured) -> None:
    shell = secured.shell("bash")
    prompt = f"MFA code for {secured.device.serial}: "
    shell.begin("awsactivate verify --revocation --profile prod", prompt)
    shell.type(f"{secured.device.code()}\n")
    shell.expect(prompt)
    shell.type(f"{secured.device.code()}\n")
    report = shell.prompt()
    assert shell.status() == 0, report
    lines = [line.strip() for line in report.splitlines() if line.startswith(("✓", "✗", "-"))]
    assert [line.partition(":")[0] for line in lines] == [
        "- what is tried",
        "✓ a session is begun",
        "✓ it works",
        "✓ once revoked, AWS refuses it",
        "✓ its ticket, narrowed credentials with the MFA behind them, revokes it",
        "✓ a session begun afterwards works",
    ]
    assert f"arn:aws:iam::{secured.account}:role/terraform" in lines[0]
    iam = secured.aws.client("iam", secured.admin)
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="terraform")["Tags"]}
    assert tags["awsactivate-revoked-alice"].count("-AROA") == 2  # neither session lives on


@pytest.mark.long
def test_a_revocation_that_aws_does_not_heed_fails_the_proof(secured: Secured) -> None:
    iam = secured.aws.client("iam", secured.admin)
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    for policy in iam.list_role_policies(RoleName="terraform")["PolicyNames"]:
        iam.put_role_policy(RoleName="terraform", PolicyName=policy, PolicyDocument=json.dumps(document))
    shell = secured.shell("bash")
    code = secured.device.code()
    report = shell.run(f"awsactivate verify --revocation --profile prod --mfa-code {code}")
    assert shell.status() == 1, report
    assert "✗ once revoked, AWS refuses it: is " in report
    assert "not confirmed" in report
    assert "- a session begun afterwards works: not tried: a step before it failed" in report
