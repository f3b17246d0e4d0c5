"""The world of the end-to-end tests: an account, a user with an MFA device, a role that demands MFA."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from awsactivate.demo.aws import EmbeddedAws, MfaDevice, Role, User
from e2e.secured import secured
from harness.shells import SHELLS, Shell, environment

__all__ = ["secured"]

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class World:
    """What a test has to do with."""

    aws: EmbeddedAws
    account: str
    user: User
    device: MfaDevice
    role: Role
    home: Path
    environ: dict[str, str]

    @property
    def prompt(self) -> str:
        """The MFA prompt, as the contract has it."""
        return f"MFA code for {self.device.serial}: "

    def add_profile(self, text: str) -> None:
        """Add sections to the config."""
        with (self.home / ".aws/config").open("a") as config:
            config.write(text)

    def add_environment(self, shell: Shell) -> None:
        """Export the user's own keys in the shell; add the profile `env` of the role, which takes them."""
        export = "set -gx {} {}" if shell.name == "fish" else "export {}={}"
        shell.run(export.format("AWS_ACCESS_KEY_ID", self.user.credentials.access_key_id))
        shell.run(export.format("AWS_SECRET_ACCESS_KEY", self.user.credentials.secret_access_key))
        self.add_profile(
            f"[profile env]\nrole_arn = {self.role.arn}\ncredential_source = Environment\n"
            f"mfa_serial = {self.device.serial}\n"
        )

    def operations(self) -> list[str]:
        """Name the operations that AWS was asked for, in order."""
        return [request.operation for request in self.aws.requests]


def mfa_trust(account: str) -> dict[str, object]:
    """Trust the account's users, with MFA."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            }
        ],
    }


@pytest.fixture
def world(embedded_aws: EmbeddedAws, account: str, tmp_path: Path) -> World:
    """Make the account, and the home of a person who configured it as the AWS CLI's documentation says."""
    user = embedded_aws.user("alice", policies={"all": ANYTHING}, account=account)
    device = embedded_aws.mfa_device(user)
    role = embedded_aws.role(
        "terraform", trust=mfa_trust(account), policies={"all": ANYTHING}, account=account
    )
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text(
        "[profile alice]\nregion = us-east-1\n\n"
        f"[profile prod]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = {device.serial}\n"
        "region = eu-west-1\n\n"
        f"[profile dev]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = {device.serial}\n\n"
    )
    (home / ".aws/credentials").write_text(
        f"[alice]\naws_access_key_id = {user.credentials.access_key_id}\n"
        f"aws_secret_access_key = {user.credentials.secret_access_key}\n"
    )
    environ = environment(home, AWS_ENDPOINT_URL=embedded_aws.endpoint_url)
    return World(embedded_aws, account, user, device, role, home, environ)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, world: World) -> Iterator[Shell]:
    """Open each shell in that home; AWS_PROFILE and a region are set, as people have them."""
    environ = {**world.environ, "AWS_PROFILE": "alice", "AWS_REGION": "us-west-2"}
    opened = Shell(request.param, environ, world.home)
    yield opened
    opened.close()
