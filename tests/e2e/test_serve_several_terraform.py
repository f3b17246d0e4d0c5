"""`exec --serve=A,B,C` and the real terraform: providers, backend and remote state of three accounts."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from account.test_terraform_provider import needs_plugins
from awsactivate.profiles.served_config import command_line
from e2e.conftest import ANYTHING, World, mfa_trust
from harness.shells import PROGRAM
from needs import needs_program

pytestmark = pytest.mark.terraform

MAIN = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
  backend "s3" {
    profile        = "prod"
    bucket         = "state-of-prod"
    key            = "main.tfstate"
    region         = "eu-west-1"
    use_lockfile   = true
    use_path_style = true
  }
}
provider "aws" {
  profile = "prod"
}
provider "aws" {
  alias   = "dns"
  profile = "dns"
}
provider "aws" {
  alias   = "logs"
  profile = "logs"
  region  = "eu-north-1"
}
data "terraform_remote_state" "zone" {
  backend = "s3"
  config = {
    profile        = "dns"
    bucket         = "state-of-dns"
    key            = "zone.tfstate"
    region         = "eu-west-1"
    use_path_style = true
  }
}
data "aws_caller_identity" "prod" {}
data "aws_caller_identity" "dns" {
  provider = aws.dns
}
resource "aws_ssm_parameter" "logs" {
  provider = aws.logs
  name     = "/zone"
  type     = "String"
  value    = data.terraform_remote_state.zone.outputs.zone
}
output "accounts" {
  value = [data.aws_caller_identity.prod.account_id, data.aws_caller_identity.dns.account_id,
    split(":", aws_ssm_parameter.logs.arn)[4]]
}
"""
STATE = {
    "version": 4,
    "terraform_version": "1.11.4",
    "serial": 1,
    "lineage": "b1c9b9b0-0000-4000-8000-000000000000",
    "outputs": {"zone": {"value": "example.org", "type": "string"}},
    "resources": [],
}


def add_account(world: World, name: str) -> str:
    """Make an account with a role that alice may assume, and with a bucket; add its profile."""
    account = str(int(world.account) + {"dns": 500_000_000, "logs": 600_000_000}[name])
    admin = world.aws.account(account)
    role = world.aws.role(
        "deploy", trust=mfa_trust(world.account), policies={"all": ANYTHING}, account=account
    )
    world.add_profile(
        f"[profile {name}]\nrole_arn = {role.arn}\nsource_profile = alice\nregion = eu-west-1\n"
        f"mfa_serial = {world.device.serial}\nexpected_account_id = {account}\n"
    )
    bucket(world, admin, name)
    return account


def bucket(world: World, admin: object, name: str) -> None:
    s3 = world.aws.client("s3", admin, "eu-west-1")  # type: ignore[arg-type]
    s3.create_bucket(Bucket=f"state-of-{name}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if name == "dns":
        s3.put_object(Bucket="state-of-dns", Key="zone.tfstate", Body=json.dumps(STATE).encode())


def test_three_accounts_in_one_run_for_one_code(world: World) -> None:
    needs_program("terraform")
    plugins = needs_plugins()
    accounts = [world.account, *(add_account(world, name) for name in ("dns", "logs"))]
    bucket(world, world.aws.account(world.account), "prod")
    folder = world.home / "infra"
    folder.mkdir()
    (folder / "main.tf").write_text(MAIN)
    script = (
        f"terraform init -input=false -no-color -plugin-dir={shlex.quote(plugins)} >&2 && "
        "terraform apply -input=false -auto-approve -no-color >&2 && "
        "terraform plan -input=false -no-color -detailed-exitcode >&2 && "
        "terraform output -json accounts"
    )
    world.aws.requests.clear()
    code = world.device.code()
    done = subprocess.run(
        [PROGRAM, "exec", "--serve=prod,dns,logs", "--mfa-code", code, "--", "sh", "-c", script],
        cwd=folder,
        env={**world.environ, "TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == accounts
    by_key = [r for r in world.aws.requests if (r.access_key_id or "").startswith("AKIA")]
    assert [r.operation for r in by_key if r.operation != "GetCallerIdentity"] == ["GetSessionToken"]
    assert world.operations().count("AssumeRole") == 3
    secret = world.user.credentials.secret_access_key
    assert not any(secret in path.read_text("latin-1") for path in folder.rglob("*.tf*") if path.is_file())


def test_the_provider_reads_a_command_whose_words_need_quoting(world: World, tmp_path: Path) -> None:
    needs_program("terraform")
    plugins = needs_plugins()
    odd = tmp_path / "a #folder; of 'one' \"other\" $HOME"
    odd.mkdir()
    session = world.aws.client("sts", world.user.credentials).get_session_token()["Credentials"]
    document = json.dumps({"Version": 1, **session, "Expiration": session["Expiration"].isoformat()})
    (odd / "print.py").write_text(f"print({document!r})\n")
    (odd / "python").symlink_to(sys.executable)
    line = command_line([str(odd / "python"), "-I", str(odd / "print.py"), "odd"])
    (tmp_path / "config").write_text(f"[profile odd]\nregion = eu-west-1\ncredential_process = {line}\n")
    (tmp_path / "main.tf").write_text(
        'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n'
        'provider "aws" {\n  profile = "odd"\n}\n'
        'data "aws_caller_identity" "me" {}\n'
        'output "me" {\n  value = data.aws_caller_identity.me.account_id\n}\n'
    )
    for words in (["init", f"-plugin-dir={plugins}"], ["apply", "-auto-approve"]):
        done = subprocess.run(
            ["terraform", *words, "-input=false", "-no-color"],
            cwd=tmp_path,
            env={
                **world.environ,
                "AWS_CONFIG_FILE": str(tmp_path / "config"),
                "TF_CLI_CONFIG_FILE": "/dev/null",
                "CHECKPOINT_DISABLE": "1",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
    assert f'me = "{world.account}"' in done.stdout
