"""An empty account and a real shell: planned, applied, enrolled, activated, and verified."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from awsactivate.demo.aws import EmbeddedAws
from awsactivate.demo.devices import code_at
from harness.desks import TESTS
from harness.shells import SHELLS, Shell, environment


@pytest.fixture
def environ(embedded_aws: EmbeddedAws, account: str, tmp_path: Path) -> dict[str, str]:
    """Give the environment of somebody who has an administrator's profile, and nothing else."""
    keys = embedded_aws.account(account)
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text("[profile admin]\nregion = eu-west-1\n")
    (home / ".aws/credentials").write_text(
        f"[admin]\naws_access_key_id = {keys.access_key_id}\n"
        f"aws_secret_access_key = {keys.secret_access_key}\n"
    )
    return environment(
        home,
        AWS_ENDPOINT_URL=embedded_aws.endpoint_url,
        AWSACTIVATE_KEYRING_BACKEND="harness.file_keyring.FileKeyring",
        TEST_KEYRING_FILE=str(tmp_path / "keyring.json"),
        PYTHONPATH=str(TESTS),
    )


@pytest.mark.parametrize("name", SHELLS)
def test_a_person_comes_from_an_empty_account_to_a_session_and_its_proof(
    name: str, environ: dict[str, str], account: str, tmp_path: Path
) -> None:
    shell = Shell(name, environ, Path(environ["HOME"]))
    try:
        planned = shell.run("awsactivate bootstrap plan --user alice --profile admin")
        assert "7 to create, 0 to change, 0 unchanged, 0 in conflict" in planned
        device = f"arn:aws:iam::{account}:mfa/alice"
        question = f"do this in account {account}, region eu-west-1? [y/N] "
        shell.begin(
            "awsactivate bootstrap apply --user alice --enroll --show-secret --profile admin", question
        )
        shell.type("y\n")
        shell.expect("secret: ")
        secret = shell.expect("\n").strip()
        window = int(time.time()) // 30
        for number in (window - 1, window):
            shell.expect(f"MFA code for {device}: ")
            shell.type(f"{code_at(secret, number)}\n")
        assert "alice is enrolled; from now on: activate terraform" in shell.prompt()

        shell.begin("activate terraform", f"MFA code for {device}: ")
        shell.type(f"{code_at(secret, window + 1)}\n")
        assert f"activated terraform: terraform in {account} (eu-west-1), 60 min" in shell.prompt()
        shell.run(f"aws sts get-caller-identity --output json >{tmp_path}/identity")
        arn = json.loads((tmp_path / "identity").read_text())["Arn"]
        assert re.fullmatch(rf"arn:aws:sts::{account}:assumed-role/terraform/alice=[0-9a-z]{{10}}", arn)

        shell.run(f"awsactivate verify --json >{tmp_path}/verified")
        assert shell.status() == 0
        verified = json.loads((tmp_path / "verified").read_text())
        assert verified["ok"] is True
        assert [check for check in verified["checks"] if check["ok"] is False] == []
        assert len([check for check in verified["checks"] if check["ok"]]) >= 25
        shell.run("deactivate")
        kept = Path(environ["TEST_KEYRING_FILE"]).read_text()
        assert kept.count("AKIA") == 1
    finally:
        shell.close()
