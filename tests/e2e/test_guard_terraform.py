"""`exec --guard` and the real terraform with its real AWS provider: applied, destroyed, asked about."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from account.test_terraform_provider import needs_plugins
from e2e.conftest import ANYTHING, World
from e2e.test_guard import guarded
from harness.shells import PROGRAM
from harness.terminals import Terminal
from needs import needs_program

__all__ = ["guarded"]

pytestmark = pytest.mark.terraform

# What a provider does by itself: buckets by s3control too, roles of IAM's one region, and a role of its own.
INFRA = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
ASSUMED}
resource "aws_s3_bucket" "one" {
  bucket = "NAME"
  tags   = { team = "web" }
}
resource "aws_s3_object" "one" {
  bucket  = aws_s3_bucket.one.id
  key     = "a/b c+d.txt"
  content = "text"
}
resource "aws_iam_role" "one" {
  name               = "NAME"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }
    ]
  })
}
resource "aws_ssm_parameter" "one" {
  name  = "/NAME/one"
  type  = "String"
  value = "1"
}
data "aws_caller_identity" "me" {}
output "arn" { value = data.aws_caller_identity.me.arn }
"""


class Infra:
    """A folder with a configuration, and terraform behind the guard."""

    def __init__(self, world: World, assumed: str = "") -> None:
        self.world = world
        self.folder = world.home / "infra"
        self.folder.mkdir()
        text = INFRA.replace("NAME", f"web-{world.account}").replace("ASSUMED", assumed)
        (self.folder / "main.tf").write_text(text)
        self.environ = {**world.environ, "TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1"}
        self.terraform = needs_program("terraform")
        self.direct("init", "-input=false", f"-plugin-dir={needs_plugins()}")

    def direct(self, *words: str) -> None:
        """Run terraform by itself."""
        subprocess.run(
            [self.terraform, *words], cwd=self.folder, env=self.environ, check=True, capture_output=True
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `awsactivate exec …`, with no terminal."""
        return subprocess.run(
            [PROGRAM, "exec", *words],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            timeout=300,
        )

    def guard(self, policy: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Run terraform under a policy."""
        return self.run("--guard", "--allow", str(policy), "open", "--", *self.words(*words))

    def learn(self, policy: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Run terraform, and write the policy of what it does."""
        way = ("--guard=learn", "--policy-out", str(policy))
        return self.run(*way, "open", "--", *self.words(*words))

    def words(self, verb: str) -> tuple[str, ...]:
        """Return the command line of a verb."""
        return self.terraform, verb, "-input=false", "-auto-approve", "-no-color"


def test_apply_and_destroy_are_learned_and_pass_under_what_was_learned(guarded: World) -> None:
    infra = Infra(guarded)
    for verb in ("apply", "destroy"):
        done = infra.learn(guarded.home / f"{verb}.json", verb)
        assert done.returncode == 0, done.stderr + done.stdout
    for verb in ("apply", "destroy"):
        done = infra.guard(guarded.home / f"{verb}.json", verb)
        assert done.returncode == 0, done.stderr + done.stdout
    actions = json.dumps(json.loads((guarded.home / "apply.json").read_text()))
    for action in ("s3:CreateBucket", "s3:PutObject", "iam:CreateRole", "ssm:PutParameter"):
        assert action in actions
    assert f"arn:aws:s3:::web-{guarded.account}" in actions


def test_what_it_was_not_seen_to_do_is_refused_and_reported(guarded: World) -> None:
    infra = Infra(guarded)
    done = infra.run("--guard", "open", "--", *infra.words("apply"))
    assert done.returncode == 1
    told = done.stderr.replace("\n│ ", " ")
    assert "is not authorized to perform: s3:CreateBucket on resource: arn:aws:s3:::web-" in told


def test_the_role_that_its_provider_assumes_works(guarded: World) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    other = guarded.aws.role(
        "other",
        trust={"Version": "2012-10-17", "Statement": [trust]},
        policies={"all": ANYTHING},
        account=guarded.account,
    )
    infra = Infra(guarded, f'  assume_role {{\n    role_arn = "{other.arn}"\n  }}\n')
    done = infra.learn(guarded.home / "apply.json", "apply")
    assert done.returncode == 0, done.stderr + done.stdout
    assert f'arn = "arn:aws:sts::{guarded.account}:assumed-role/other/' in done.stdout


def test_each_write_is_asked_on_the_terminal_as_a_list(guarded: World) -> None:
    infra = Infra(guarded)
    words = [PROGRAM, "exec", "--guard", "open", "--", *infra.words("apply")]
    opened = Terminal(words, infra.environ, folder=infra.folder)
    try:
        for _ in range(12):  # each action that it needs, some of them at the same time
            if opened.search(r"\? |Apply complete!")[0] != "? ":
                break
            opened.answer("a\n")
        assert opened.wait() == 0, opened.rest()
        assert opened.modes() == opened.modes_before
    finally:
        opened.close()
