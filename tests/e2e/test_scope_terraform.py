"""`exec --scope terraform-plan` and the real terraform, its state in S3: nothing but the lock is written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from account.test_terraform_provider import needs_plugins
from e2e.secured import Secured
from harness.shells import Shell
from needs import needs_program

pytestmark = pytest.mark.terraform

DATA = 'resource "terraform_data" "one" {\n  input = "a"\n}\n'
WITH_PROVIDER = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}
resource "aws_ssm_parameter" "one" {
  name  = "/web/one"
  type  = "String"
  value = "%s"
}
data "aws_caller_identity" "me" {}
"""
PLAN = "awsactivate exec --scope terraform-plan --why 'a plan' -- terraform plan -input=false -no-color"
WRITE = "import boto3; boto3.client('s3').put_object(Bucket='{bucket}', Key='{key}', Body=b'')"
DELETE = "import boto3; boto3.client('s3').delete_object(Bucket='{bucket}', Key='{key}')"


def began(secured: Secured, text: str) -> tuple[Shell, str]:
    """A shell in a folder with the configuration and its backend; and the state's bucket."""
    needs_program("terraform")
    secured.make_state()
    secured.environ["TF_CLI_CONFIG_FILE"] = "/dev/null"
    secured.environ["CHECKPOINT_DISABLE"] = "1"
    folder = Path(secured.environ["HOME"]) / "infra"
    folder.mkdir()
    (folder / "main.tf").write_text(text)
    shell = secured.shell("bash")
    secured.activate(shell)
    shell.run(f"cd {folder}")
    run(shell, "awsactivate bootstrap backend --key network.tfstate > backend.tf")
    bucket = next(
        line.split('"')[1] for line in (folder / "backend.tf").read_text().splitlines() if "bucket" in line
    )
    return shell, bucket


def run(shell: Shell, line: str, status: int = 0) -> str:
    told = shell.run(line)
    assert shell.status() == status, f"{line}: {told}"
    return told


def test_a_plan_locks_and_reads_the_state_and_an_apply_is_refused(secured: Secured) -> None:
    shell, bucket = began(secured, DATA)
    run(shell, "terraform init -input=false -no-color")
    run(shell, "terraform apply -input=false -auto-approve -no-color")
    assert "No changes." in run(shell, PLAN)
    place = f"terraform-plan:{bucket}/network.tfstate"
    assert "No changes." in run(shell, PLAN.replace("terraform-plan", place))
    Path(secured.environ["HOME"], "infra/main.tf").write_text(DATA.replace('"a"', '"b"'))
    assert "1 to change" in run(shell, PLAN)
    apply = PLAN.replace("terraform plan", "terraform apply -auto-approve")
    assert "AccessDenied" in run(shell, apply, 1)
    other = PLAN.replace("terraform-plan", "terraform-plan:another-bucket/x")
    assert "AccessDenied" in run(shell, other, 1), "the lock of another state"
    calls = (
        (WRITE, "network.tfstate.tflock", 0),
        (DELETE, "network.tfstate.tflock", 0),
        (WRITE, "network.tfstate", 1),
        (WRITE, "other.tfstate.tflock", 1),
    )
    for call, key, status in calls:
        write = call.format(bucket=bucket, key=key)
        told = run(shell, f'awsactivate exec --scope {place} -- {sys.executable} -c "{write}"', status)
        assert ("AccessDenied" in told) == bool(status)
    run(shell, "terraform apply -input=false -auto-approve -no-color")


def test_the_real_provider_plans_and_may_not_apply(secured: Secured) -> None:
    plugins = needs_plugins()
    shell, _bucket = began(secured, WITH_PROVIDER % "a")
    run(shell, f"terraform init -input=false -no-color -plugin-dir={plugins}")
    run(shell, "terraform apply -input=false -auto-approve -no-color")
    Path(secured.environ["HOME"], "infra/main.tf").write_text(WITH_PROVIDER % "b")
    assert "1 to change" in run(shell, PLAN)
    assert "AccessDenied" in run(shell, PLAN.replace("terraform plan", "terraform apply -auto-approve"), 1)
