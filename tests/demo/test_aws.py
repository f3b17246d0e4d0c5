"""The embedded AWS as an object and as a process: start, faults, tokens, patches."""

from __future__ import annotations

import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from awsactivate.demo import patches
from awsactivate.demo.aws import EmbeddedAws
from awsactivate.demo.documents import allowing
from awsactivate.sessions.credentials import Credentials
from demo.asking import credentials_of, refusal
from needs import needs_program


def test_there_is_one_in_a_process(embedded_aws: EmbeddedAws) -> None:
    with pytest.raises(RuntimeError, match="an embedded AWS runs in this process already"):
        EmbeddedAws().start()
    with pytest.raises(RuntimeError, match="the embedded AWS does not run"):
        _ = EmbeddedAws().endpoint_url


def test_it_listens_on_the_loopback_alone(embedded_aws: EmbeddedAws) -> None:
    port = int(embedded_aws.endpoint_url.rpartition(":")[2])
    assert embedded_aws.endpoint_url == f"http://127.0.0.1:{port}"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=1)


def test_no_secret_is_in_a_repr(embedded_aws: EmbeddedAws, account: str) -> None:
    user = embedded_aws.user("alice", account=account)
    device = embedded_aws.mfa_device(user)
    shown = f"{user!r} {device!r} {embedded_aws._state!r}"
    assert user.credentials.secret_access_key not in shown
    assert device.seed not in shown


def test_every_request_is_seen(embedded_aws: EmbeddedAws, account: str) -> None:
    user = embedded_aws.user("alice", account=account)
    embedded_aws.requests.clear()
    embedded_aws.client("sts", user.credentials).get_caller_identity()
    refusal(embedded_aws.client("iam", user.credentials).list_users)
    key = user.credentials.access_key_id
    assert embedded_aws.requests == [("sts", "GetCallerIdentity", key), ("iam", "ListUsers", key)]


def test_a_fault_hits_the_next_calls_of_its_operation(embedded_aws: EmbeddedAws, account: str) -> None:
    admin = embedded_aws.account(account)
    iam, ssm = embedded_aws.client("iam", admin), embedded_aws.client("ssm", admin)
    embedded_aws.levers.fail_next("ListUsers", "Throttling", "Rate exceeded", times=2)
    embedded_aws.levers.fail_next("DescribeParameters", "ThrottlingException", "Rate exceeded")
    iam.list_roles()
    assert refusal(iam.list_users) == (400, "Throttling", "Rate exceeded")
    assert refusal(iam.list_users) == (400, "Throttling", "Rate exceeded")
    assert iam.list_users()["Users"]
    assert refusal(ssm.describe_parameters) == (400, "ThrottlingException", "Rate exceeded")
    assert ssm.describe_parameters()["Parameters"] == []


def test_a_delay_holds_up_its_own_call_only(embedded_aws: EmbeddedAws, account: str) -> None:
    iam = embedded_aws.client("iam", embedded_aws.account(account))
    embedded_aws.levers.delay_next("ListUsers", 0.8)
    with ThreadPoolExecutor() as pool:
        began = time.monotonic()
        late = pool.submit(iam.list_users)
        while embedded_aws.requests[-1:] == [] or embedded_aws.requests[-1].operation != "ListUsers":
            time.sleep(0.01)
        iam.list_roles()
        assert not late.done()
        assert late.result()["Users"]
        assert time.monotonic() - began >= 0.8


def test_calls_at_once_do_not_disturb_each_other(embedded_aws: EmbeddedAws, account: str) -> None:
    iam = embedded_aws.client("iam", embedded_aws.account(account))
    embedded_aws.role("r", account=account)

    def tag(number: int) -> None:
        iam.tag_role(RoleName="r", Tags=[{"Key": f"k{number}", "Value": "v"}])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tag, range(24)))
    assert len(iam.list_role_tags(RoleName="r")["Tags"]) == 24


def portal(aws: EmbeddedAws, token: str, **query: str) -> tuple[int, dict[str, Any]]:
    url = f"{aws.endpoint_url}/federation/credentials?role_name={query['role']}&account_id={query['account']}"
    request = urllib.request.Request(url, headers={"x-amz-sso_bearer_token": token})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_portal_gives_its_role_to_the_bearer_of_a_token(embedded_aws: EmbeddedAws, account: str) -> None:
    role = embedded_aws.role("AWSReservedSSO_Admin_0123", policies={"all": allowing()}, account=account)
    token = embedded_aws.portal_token("Admin", role, account)
    status, answer = portal(embedded_aws, token, role="Admin", account=account)
    given = answer["roleCredentials"]
    assert status == 200
    session = Credentials(given["accessKeyId"], given["secretAccessKey"], given["sessionToken"])
    assert embedded_aws.client("sts", session).get_caller_identity()["Arn"] == (
        f"arn:aws:sts::{account}:assumed-role/AWSReservedSSO_Admin_0123/someone@example.com"
    )
    assert 3590 < given["expiration"] / 1000 - embedded_aws.clock.now() <= 3600
    assert portal(embedded_aws, token, role="Other", account=account)[0] == 403
    assert portal(embedded_aws, "forged", role="Admin", account=account)[0] == 401
    embedded_aws.clock.advance(9 * 3600)
    assert portal(embedded_aws, token, role="Admin", account=account)[0] == 401


def test_botocore_finds_the_portal_where_the_endpoint_says(embedded_aws: EmbeddedAws, account: str) -> None:
    role = embedded_aws.role("AWSReservedSSO_Admin_0123", account=account)
    token = embedded_aws.portal_token("Admin", role, account)
    sso = embedded_aws.client("sso", embedded_aws.account(account))
    answer = sso.get_role_credentials(roleName="Admin", accountId=account, accessToken=token)
    assert answer["roleCredentials"]["accessKeyId"].startswith("ASIA")
    refused = refusal(sso.get_role_credentials, roleName="Admin", accountId=account, accessToken="forged")
    assert refused == (401, "UnauthorizedException", "Session token not found or invalid")


def test_as_a_process_it_prints_its_url_and_ends_with_its_stdin() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "awsactivate.demo.serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    access_key_id, secret = process.stdout.readline().split()
    with urllib.request.urlopen(url + "/awsactivate-demo/clock") as answer:
        assert abs(json.load(answer)["now"] - time.time()) < 60
    assert (access_key_id[:4], len(secret)) == ("AKIA", 40)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, None)


def test_terraform_keeps_its_state_in_a_bucket(
    embedded_aws: EmbeddedAws, account: str, tmp_path: Path
) -> None:
    """Another SDK than botocore, with its own signatures, conditional writes and reading of errors."""
    terraform = needs_program("terraform")
    admin = embedded_aws.account(account)
    embedded_aws.client("s3", admin).create_bucket(Bucket=f"state-{account}")
    role = embedded_aws.role("terraform", policies={"all": allowing()}, account=account)
    sts = embedded_aws.client("sts", admin)
    session = credentials_of(sts.assume_role(RoleArn=role.arn, RoleSessionName="terraform"))
    (tmp_path / "main.tf").write_text(
        f'terraform {{\n  backend "s3" {{\n    bucket = "state-{account}"\n    key = "a b/state"\n'
        "    use_lockfile = true\n  }\n}\n"
        'resource "terraform_data" "x" {\n  input = 1\n}\n'
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": embedded_aws.endpoint_url,
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token or "",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [terraform, *arguments, "-input=false", "-no-color"]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert run("init").returncode == 0
    assert "1 added" in run("apply", "-auto-approve").stdout
    listed = embedded_aws.client("s3", admin).list_objects_v2(Bucket=f"state-{account}")["Contents"]
    assert [one["Key"] for one in listed] == ["a b/state"]
    embedded_aws.clock.advance(3601)
    expired = run("plan")
    assert (expired.returncode, "ExpiredToken" in expired.stderr) == (1, True)


def test_the_version_of_moto_is_the_one_that_is_patched() -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    (pinned,) = [
        requirement
        for requirement in tomllib.loads(pyproject.read_text())["project"]["optional-dependencies"]["demo"]
        if requirement.startswith("moto")
    ]
    assert pinned.rpartition("==")[2] == patches.MOTO_VERSION == importlib.metadata.version("moto")


TWICE = """
from awsactivate.demo.aws import EmbeddedAws
aws = EmbeddedAws()
for _ in range(2):
    with aws:
        names = [user["UserName"] for user in aws.client("iam", aws.account()).list_users()["Users"]]
        print(names, aws.user("alice").arn)
"""


def test_each_start_is_an_aws_without_accounts() -> None:
    answer = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True, check=True)
    assert answer.stdout == "['administrator'] arn:aws:iam::111122223333:user/alice\n" * 2


WITHOUT_PATCHES = """
import json
from moto.iam.models import User, Group
from moto.s3.models import FakeBucket
from moto.iam.access_control import PermissionResult
from awsactivate.demo import patches

def seen():
    bucket = FakeBucket("b", "111122223333", "us-east-1")
    bucket.policy = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}).encode()
    permitted = bucket.get_permission("s3:GetObject", "arn:aws:s3:::b/k") is PermissionResult.PERMITTED
    user = User("111122223333", "us-east-1", "alice")
    group = Group("111122223333", "us-east-1", "terraform")
    return [user.id[:4] == "AIDA", group.id[:4] == "AGPA", permitted]

before = seen()
with patches.applied():
    within = seen()
print(json.dumps([before, within, seen()]))
"""


def test_the_patches_still_bite_and_are_taken_back() -> None:
    """In a process of its own, for in this one the patches are on."""
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT_PATCHES], capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout) == [[False] * 3, [True] * 3, [False] * 3]


def test_moto_is_told_the_account_and_asked_for_no_permission(
    embedded_aws: EmbeddedAws, account: str
) -> None:
    """The header by which moto is told whose request it is must go on working, whatever a client sends."""
    client = embedded_aws.client("iam", embedded_aws.user("alice", {"a": allowing()}, account).credentials)

    def claim_another_account(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = "999999999999"

    client.meta.events.register("before-send.iam.ListUsers", claim_another_account)
    names = sorted(user["UserName"] for user in client.list_users()["Users"])
    assert names == ["administrator", "alice"]
