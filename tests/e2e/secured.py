"""A bootstrapped account with a user who has all that a session needs, and shells of hers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from account.accounts import Account
from awsactivate.demo.aws import EmbeddedAws, MfaDevice, User
from awsactivate.sessions.credentials import Credentials
from harness.shells import PROGRAM, Shell, environment


@dataclass
class Secured:
    """A bootstrapped account, whose user alice has a key and a device; a home with her profile `prod`."""

    aws: EmbeddedAws
    account: str
    user: User
    device: MfaDevice
    environ: dict[str, str]
    admin: Credentials
    shells: list[Shell]

    def make_state(self) -> None:
        """Make what is left of the account: the buckets, the key."""
        _account(self.aws, self.account).apply()

    def shell(self, name: str) -> Shell:
        """Open one more shell."""
        opened = Shell(name, self.environ, Path(self.environ["HOME"]))
        self.shells.append(opened)
        return opened

    def activate(self, shell: Shell, words: str = "prod") -> dict[str, str]:
        """Start a session there; return a stolen copy of what it put into the environment."""
        told = shell.run(f"activate {words} --mfa-code {self.device.code()}")
        assert f"activated {words.split()[0]}" in told, told
        file = Path(self.environ["HOME"]) / "stolen"
        shell.run(f"env -0 >{file}")
        entries = dict(entry.partition("=")[::2] for entry in file.read_text().split("\0") if entry)
        return {name: value for name, value in entries.items() if name.startswith("AWS_")}

    def core(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run the program itself, with no shell around it."""
        return subprocess.run(
            [str(PROGRAM), *words],
            env=self.environ,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def add_profile(self, name: str, keys: str) -> None:
        """Add a profile with the keys of its own."""
        with (Path(self.environ["HOME"]) / ".aws/credentials").open("a") as file:
            file.write(f"\n[{name}]\n{keys}")

    def client_of(self, copy: dict[str, str], service: str) -> Any:
        """Make a client that uses a stolen copy."""
        keys = Credentials(
            copy["AWS_ACCESS_KEY_ID"], copy["AWS_SECRET_ACCESS_KEY"], copy["AWS_SESSION_TOKEN"]
        )
        return self.aws.client(service, keys)

    def works(self, stolen: dict[str, str]) -> tuple[bool, str]:
        """Tell whether a copy of a session can do anything, and what AWS says if not."""
        try:
            self.client_of(stolen, "iam").list_roles()
        except ClientError as error:
            return False, str(error)
        return True, ""


def _account(aws: EmbeddedAws, account: str) -> Account:
    return Account(account, aws.endpoint_url, aws.account(account), pause=lambda _seconds: None)


@pytest.fixture
def secured(embedded_aws: EmbeddedAws, account: str, tmp_path: Path) -> Iterator[Secured]:
    """Bootstrap the account for alice, but for the state's place, and give her what she needs."""
    admin = embedded_aws.account(account)
    _account(embedded_aws, account).apply_people(users=("alice",))
    iam = embedded_aws.client("iam", admin)
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    user = User(
        "alice",
        f"arn:aws:iam::{account}:user/alice",
        account,
        Credentials(key["AccessKeyId"], key["SecretAccessKey"]),
    )
    device = embedded_aws.mfa_device(user)
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text(
        "[profile alice]\nregion = eu-west-1\n\n"
        f"[profile prod]\nrole_arn = arn:aws:iam::{account}:role/terraform\nsource_profile = alice\n"
        f"mfa_serial = {device.serial}\nregion = eu-west-1\nrevocable = true\n\n"
        f"[profile unmarked]\nrole_arn = arn:aws:iam::{account}:role/terraform\nsource_profile = alice\n"
        f"mfa_serial = {device.serial}\nregion = eu-west-1\n"
    )
    (home / ".aws/credentials").write_text(
        f"[alice]\naws_access_key_id = {key['AccessKeyId']}\n"
        f"aws_secret_access_key = {key['SecretAccessKey']}\n"
    )
    environ = environment(home, AWS_ENDPOINT_URL=embedded_aws.endpoint_url)
    made = Secured(embedded_aws, account, user, device, environ, admin, [])
    yield made
    for shell in made.shells:
        shell.close()
