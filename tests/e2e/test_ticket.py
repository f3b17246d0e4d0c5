"""The ticket: one code buys the session and what can revoke it, and nothing else can be done with that."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from awsactivate.revocation import ticket
from demo.asking import refusal
from e2e.secured import Secured
from e2e.watching import Watch
from harness.shells import SHELLS
from harness.terminals import SECONDS

ROLE = "terraform"
KEY = "awsactivate-revoked-alice"


def value_of(secured: Secured) -> str:
    tags = secured.aws.client("iam", secured.admin).list_role_tags(RoleName=ROLE)["Tags"]
    return next(tag["Value"] for tag in tags if tag["Key"] == KEY)


def write(iam: Any, value: str) -> None:
    iam.tag_role(RoleName=ROLE, Tags=[{"Key": KEY, "Value": value}])


def id_of(secured: Secured, stolen: dict[str, str]) -> str:
    return str(secured.client_of(stolen, "sts").get_caller_identity()["UserId"])


@pytest.mark.parametrize("name", SHELLS)
def test_a_marked_profile_is_revoked_without_a_question_even_after_key_rotation(
    name: str, secured: Secured
) -> None:
    shell = secured.shell(name)
    stolen = secured.activate(shell)
    held = ticket.parsed(shell.value("$_AWSACTIVATE_TICKET"))
    assert held is not None
    iam = secured.aws.client("iam", secured.admin)
    key_id = secured.user.credentials.access_key_id
    iam.delete_access_key(UserName="alice", AccessKeyId=key_id)
    secured.aws.requests.clear()
    told = shell.run("deactivate --revoke")
    assert shell.status() == 0, told
    assert ", confirmed after " in told
    assert "MFA code" not in told
    assert not secured.works(stolen)[0]
    assert key_id not in {request.access_key_id for request in secured.aws.requests}
    secrets = (held.credentials.secret_access_key, str(held.credentials.session_token))
    left = shell.state()
    assert [line for line in left.values() if any(secret in line for secret in secrets)] == []
    assert [name for name in left.environ if "TICKET" in name] == []


def test_the_code_buys_both_side_by_side_once_the_role_is_known(secured: Secured) -> None:
    shell = secured.shell("bash")
    secured.activate(shell)
    first = [request.operation for request in secured.aws.requests if request.service == "sts"]
    secured.aws.requests.clear()
    secured.activate(shell)
    second = [request.operation for request in secured.aws.requests if request.service == "sts"]
    assert sorted(first) == ["AssumeRole", "GetCallerIdentity", "GetScopedCredentials", "GetSessionToken"]
    assert first.index("AssumeRole") < first.index("GetScopedCredentials")
    assert sorted(second) == ["AssumeRole", "GetScopedCredentials", "GetSessionToken"]


@pytest.mark.parametrize("name", SHELLS)
def test_no_child_sees_the_ticket_and_a_switch_replaces_it(name: str, secured: Secured) -> None:
    shell = secured.shell(name)
    secured.activate(shell)
    held = shell.value("$_AWSACTIVATE_TICKET")
    assert "AROA" in held
    assert not [line for line in shell.run("env").splitlines() if "_AWSACTIVATE_TICKET" in line]
    shell.run("set -a" if name != "fish" else "true")
    secured.activate(shell)
    other = shell.value("$_AWSACTIVATE_TICKET")
    assert other != held
    assert not [line for line in shell.run("env").splitlines() if "TICKET" in line]
    secured.aws.clock.advance(60)  # each code serves once
    secured.activate(shell, "unmarked")
    assert shell.value("$_AWSACTIVATE_TICKET") == ""


def test_with_its_ticket_expired_a_code_is_asked_for(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell)
    shell.run("""_AWSACTIVATE_TICKET=${_AWSACTIVATE_TICKET/\\"20[0-9][0-9]-/\\"2020-}""")
    prompt = f"MFA code for {secured.device.serial}: "
    shell.begin("deactivate --revoke", prompt)
    shell.type(f"{secured.device.code()}\n")
    told = shell.prompt()
    assert shell.status() == 0, told
    assert not secured.works(stolen)[0]


def test_without_a_ticket_a_code_may_be_given_and_without_one_it_is_said(secured: Secured) -> None:
    shell = secured.shell("zsh")
    stolen = secured.activate(shell, "unmarked")
    told = shell.run(f"deactivate --revoke --mfa-code {secured.device.code()}")
    assert shell.status() == 0, told
    assert not secured.works(stolen)[0]
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    secured.aws.clock.advance(60)
    kept = secured.activate(shell, "unmarked")
    held = {f"_AWSACTIVATE_REVOKE_{name}": kept[name] for name in names}
    held["_AWSACTIVATE_REVOKE_AWSACTIVATE_ASSUMED_ROLE_ID"] = id_of(secured, kept)
    held["_AWSACTIVATE_REVOKE_AWSACTIVATE_ROLE_ARN"] = f"arn:aws:iam::{secured.account}:role/{ROLE}"
    held["_AWSACTIVATE_REVOKE_AWSACTIVATE_SOURCE_PROFILE"] = "alice"
    held["_AWSACTIVATE_REVOKE_AWSACTIVATE_PROFILE"] = "unmarked"
    secured.environ |= held
    done = secured.core("_revoke", "--no-wait")
    assert done.returncode == 5, done.stderr
    assert "is not revoked: " in done.stderr
    assert secured.works(kept)[0]


@pytest.mark.parametrize("name", SHELLS)
def test_a_terminal_that_is_closed_revokes_by_the_ticket(name: str, secured: Secured) -> None:
    shell = secured.shell(name)
    stolen = secured.activate(shell, "prod --revoke-on-exit")
    assert secured.works(stolen)[0]
    shell.hang_up()
    until = time.monotonic() + SECONDS
    while secured.works(stolen)[0] and time.monotonic() < until:
        time.sleep(0.2)
    assert not secured.works(stolen)[0]


def test_a_thief_of_the_key_can_not_lift_a_revocation_and_its_owner_can(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell)
    id_ = id_of(secured, stolen)
    shell.run("deactivate --revoke")
    assert not secured.works(stolen)[0]
    bare = secured.aws.client("iam", secured.user.credentials)
    before = value_of(secured)
    for value in ("", f"-{id_}/+{id_}/", "x", "ALL/t1/"):
        tag = {"Key": KEY, "Value": value}
        assert refusal(bare.tag_role, RoleName=ROLE, Tags=[tag])[:2] == (403, "AccessDenied")
    assert value_of(secured) == before
    lifted = secured.core(
        "revoke",
        "--lift",
        id_,
        "--role-arn",
        f"arn:aws:iam::{secured.account}:role/{ROLE}",
        "--profile",
        "alice",
        "--mfa-code",
        secured.device.code(),
    )
    assert lifted.returncode == 0, lifted.stderr
    assert secured.works(stolen)[0]


def test_the_ticket_revokes_and_does_nothing_else(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell)
    held = ticket.parsed(shell.value("$_AWSACTIVATE_TICKET"))
    assert held is not None
    id_ = id_of(secured, stolen)
    iam = secured.aws.client("iam", held.credentials)
    for value in ("", f"-{id_}/+{id_}/", f"-{id_[:-1]}z/", f"-{id_}"):
        tag = {"Key": KEY, "Value": value}
        assert refusal(iam.tag_role, RoleName=ROLE, Tags=[tag])[1] == "AccessDenied"
    for call, parameters in (
        (iam.get_user, {"UserName": "alice"}),
        (iam.list_access_keys, {"UserName": "alice"}),
        (iam.create_access_key, {"UserName": "alice"}),
        (iam.untag_role, {"RoleName": ROLE, "TagKeys": [KEY]}),
        (secured.aws.client("s3", held.credentials).list_buckets, {}),
        (
            secured.aws.client("sts", held.credentials).assume_role,
            {"RoleArn": f"arn:aws:iam::{secured.account}:role/{ROLE}", "RoleSessionName": "alice=0123456789"},
        ),
        (
            secured.aws.client("sts", held.credentials).get_scoped_credentials,
            {"DurationSeconds": 60},
        ),
    ):
        assert refusal(call, **parameters)[1] == "AccessDenied"
    write(iam, f"-{id_}/")
    assert not secured.works(stolen)[0]


def test_after_all_of_mine_were_revoked_the_next_is_exempt_for_the_same_code_or_one_more(
    secured: Secured,
) -> None:
    done = secured.core("revoke", "--mine", "--profile", "alice", "--mfa-code", secured.device.code())
    assert done.returncode == 0, done.stderr
    secured.aws.clock.advance(60)
    marked = secured.shell("bash")
    assert secured.works(secured.activate(marked))[0]
    secured.aws.clock.advance(60)
    shell = secured.shell("bash")
    prompt = f"MFA code for {secured.device.serial}: "
    shown = shell.begin(f"activate unmarked --mfa-code {secured.device.code()}", prompt)
    assert "all sessions of alice were revoked: for this one to be exempt takes another code" in shown
    secured.aws.clock.advance(60)
    shell.type(f"{secured.device.code()}\n")
    told = shell.prompt()
    assert "activated unmarked" in told, told
    assert "+AROA" in value_of(secured)
    assert json.dumps(value_of(secured)).count("+AROA") == 2


def test_an_account_of_before_goes_on_and_says_that_revoking_takes_a_code(secured: Secured) -> None:
    iam = secured.aws.client("iam", secured.admin)
    document = iam.get_group_policy(GroupName="terraform", PolicyName="awsactivate")["PolicyDocument"]
    document["Statement"] = [one for one in document["Statement"] if one["Sid"] != "NarrowOwnSessions"]
    iam.put_group_policy(GroupName="terraform", PolicyName="awsactivate", PolicyDocument=json.dumps(document))
    shell = secured.shell("bash")
    told = shell.run(f"activate prod --revoke-on-exit --mfa-code {secured.device.code()}")
    assert "activated prod" in told
    assert "revoking this session will take a code: " in told
    assert "--revoke-on-exit: the end of this shell asks for a code, and revokes only with one" in told


@pytest.mark.parametrize("name", SHELLS)
def test_revoke_of_the_shells_own_session_takes_its_ticket_and_another_ones_a_code(
    name: str, secured: Secured
) -> None:
    shell = secured.shell(name)
    other = id_of(secured, secured.activate(shell))
    secured.aws.clock.advance(60)  # each code serves once
    stolen = secured.activate(shell)
    own = id_of(secured, stolen)
    where = f"--role-arn arn:aws:iam::{secured.account}:role/{ROLE}"
    prompt = f"MFA code for {secured.device.serial}: "
    shell.begin(f"awsactivate revoke --session {other} {where}", prompt)
    shell.type("\x03")
    shell.prompt()
    told = shell.run(f"awsactivate revoke --session {own}")
    assert shell.status() == 0, told
    assert ", confirmed after " in told
    assert "MFA code" not in told
    assert not secured.works(stolen)[0]
    assert not [line for line in shell.run("env").splitlines() if "TICKET" in line]


@pytest.mark.parametrize("name", SHELLS)
def test_nothing_of_the_ticket_is_in_a_trace_a_process_or_a_file(name: str, secured: Secured) -> None:
    shell = secured.shell(name)
    on, off = ("set -g fish_trace 1", "set -e fish_trace") if name == "fish" else ("set -x", "set +x")
    with Watch(shell.pid) as watch:
        told = shell.run(f"{on}; activate prod --mfa-code {secured.device.code()}; {off}")
        assert "activated prod" in told
        held = ticket.parsed(shell.value("$_AWSACTIVATE_TICKET"))
        assert held is not None
        shell.run("/bin/sh -c true; sleep 0.1")
        told += shell.run(f"{on}; deactivate --revoke; {off}")
        assert ", confirmed after " in told
    secrets = [held.credentials.secret_access_key, str(held.credentials.session_token)]
    assert [secret for secret in secrets if secret in told] == []
    assert any(b"_revoke" in line for line in watch.command_lines), "the core was not seen at all"
    for line, environs in watch.environments.items():
        assert not any(secret.encode() in line for secret in secrets)
        # only the core's own process, which takes it out at once, is given it
        if b"_revoke" not in line:
            assert not any(secret.encode() in environ for environ in environs for secret in secrets), line
    shell.close()  # history is written at the end
    files = [path for path in Path(secured.environ["HOME"]).rglob("*") if path.is_file()]
    assert [path for path in files if any(secret.encode() in path.read_bytes() for secret in secrets)] == []
