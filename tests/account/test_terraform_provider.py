"""Both the template and the backend's block, planned and applied by terraform's real AWS provider."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from account.accounts import REGION, Account
from awsactivate.account import terraform
from awsactivate.account.backend import backend
from awsactivate.account.desired import desired
from awsactivate.aws import secure_account
from needs import needs_named_folder, needs_program

pytestmark = pytest.mark.terraform

PLUGINS = "AWSACTIVATE_TEST_TF_PLUGINS"


def needs_plugins() -> str:
    """Return the folder of the provider; without one skip the test, or fail it under CI if one is named."""
    return str(needs_named_folder(PLUGINS, "registry.terraform.io/hashicorp/aws/*"))


class Terraform:
    """A folder with a configuration, and the program that works on it."""

    def __init__(self, folder: Path, account: Account) -> None:
        self._folder = folder
        self._plugins = needs_plugins()
        self._program = needs_program("terraform")
        keys = account.credentials
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": os.devnull,
            "AWS_ENDPOINT_URL": account.endpoint_url,
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            **({"AWS_SESSION_TOKEN": keys.session_token} if keys.session_token else {}),
        }

    def write(self, text: str) -> None:
        """Make `text` the configuration."""
        (self._folder / "main.tf").write_text(text)

    def run(self, *words: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = subprocess.run(
            [self._program, *words],
            cwd=self._folder,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def begin(self) -> None:
        """Open the backend, and take the provider out of the folder."""
        self.run("init", "-input=false", "-no-color", f"-plugin-dir={self._plugins}")

    def changes(self) -> dict[str, list[str]]:
        """Plan, and return what would be done to each address, where that is anything."""
        self.run("plan", "-input=false", "-no-color", "-lock=false", "-out=plan")
        shown: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        found: dict[str, list[str]] = {}
        for change in shown.get("resource_changes", []):
            actions = change["change"]["actions"]
            if actions not in (["no-op"], ["read"]):
                before, after = change["change"]["before"] or {}, change["change"]["after"] or {}
                keys = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
                found[change["address"]] = [
                    *actions,
                    *(f"{k}: {before.get(k)!r} -> {after.get(k)!r}" for k in keys),
                ]
        return found


def configuration(account: Account, **chosen: Any) -> str:
    """Write the template of the account as `bootstrap template` does."""
    access = account.with_what_stays(**chosen)
    (key,) = [
        found["TargetKeyId"]
        for found in access.client("kms").list_aliases()["Aliases"]
        if found["AliasName"] == access.settings.secrets_alias
    ]
    read = ((resource, secure_account.read(access, resource)) for resource in desired(access.settings))
    theirs = {str(resource) for resource, found in read if found is not None and not found.ours}
    return terraform.configuration(access.settings, key, theirs)


def test_what_apply_has_made_is_taken_over_without_a_change_and_changed(
    secured: Account, tmp_path: Path
) -> None:
    chosen = {"users": ("alice", "bob"), "lock": "both"}
    provider = Terraform(tmp_path, secured)
    provider.write(configuration(secured, **chosen))
    provider.begin()
    assert provider.changes() == {}
    provider.run("apply", "-input=false", "-no-color", "plan")
    assert secured.actions(**chosen) == {}
    provider.write(configuration(secured, max_session=7200, **chosen))
    assert provider.changes() == {"aws_iam_role.role": ["update", "max_session_duration: 3600 -> 7200"]}
    provider.run("apply", "-input=false", "-no-color", "plan")
    assert secured.actions(max_session=7200, **chosen) == {}
    assert provider.changes() == {}


def test_what_was_there_before_is_neither_marked_nor_destroyed(empty: Account, tmp_path: Path) -> None:
    """People whom `apply` leaves alone were tagged, and owned: a later destroy would have deleted them."""
    iam = empty.access().client("iam")
    iam.create_user(UserName="carol", Tags=[{"Key": "team", "Value": "red"}])
    root = {"AWS": f"arn:aws:iam::{empty.id}:root"}
    statement = {"Effect": "Deny", "Principal": root, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    iam.create_role(
        RoleName="terraform", AssumeRolePolicyDocument=json.dumps(trust), Description="ours since 2019"
    )
    chosen = {"users": ("alice", "carol")}
    empty.apply(**chosen)
    provider = Terraform(tmp_path, empty)
    text = configuration(empty, **chosen)
    provider.write(text)
    provider.begin()
    assert provider.changes() == {}
    provider.run("apply", "-input=false", "-no-color", "plan")
    assert iam.get_role(RoleName="terraform")["Role"]["Description"] == "ours since 2019"
    assert iam.list_user_tags(UserName="carol")["Tags"] == [{"Key": "team", "Value": "red"}]
    owned = provider.run("state", "list").splitlines()
    assert "aws_iam_user.alice" in owned
    assert "data.aws_iam_user.carol" in owned
    assert "aws_iam_user.carol" not in owned
    # all that may go is taken away, as far as terraform can: carol stays
    provider.run("destroy", "-auto-approve", "-input=false", "-no-color", "-target=aws_iam_user.alice")
    left = {user["UserName"] for user in iam.list_users()["Users"]}
    assert ("carol" in left, "alice" in left) == (True, False)


def test_a_configuration_of_ones_own_keeps_its_state_by_the_block_that_is_printed(
    secured: Account, tmp_path: Path
) -> None:
    settings = secured.settings(lock="both")
    provider = Terraform(tmp_path, secured)
    parameter = 'resource "aws_ssm_parameter" "x" {\n  name  = "/x"\n  type  = "String"\n  value = "1"\n}\n'
    provider.write(backend(settings, "infra.tfstate") + parameter)
    provider.begin()
    assert list(provider.changes()) == ["aws_ssm_parameter.x"]
    provider.run("apply", "-input=false", "-no-color", "-auto-approve")
    assert provider.changes() == {}
    s3 = secured.access().client("s3")
    state = s3.get_object(Bucket=settings.state_bucket, Key="infra.tfstate")
    assert state["ServerSideEncryption"] == "aws:kms"
    assert json.loads(state["Body"].read())["resources"][0]["name"] == "x"
