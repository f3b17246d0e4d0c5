"""A person's machine for the tests of keys and devices: a home, a keyring, an IAM user, and the commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from awsactivate.demo.aws import EmbeddedAws, User
from awsactivate.keychain import item as keyring_item
from awsactivate.keychain.item import KeyringItem
from awsactivate.sessions.credentials import Credentials

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
MFA_ONLY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "iam:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
        {"Effect": "Allow", "Action": "iam:ListMFADevices", "Resource": "*"},
    ],
}
TESTS = Path(__file__).parents[1]


class Zygote:
    """The process that forks for each command (see `zygote`)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS), "HOME": "/nonexistent"},
        )
        self._answer()

    def run(self, order: dict[str, object]) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> int:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@dataclass(frozen=True)
class Done:
    """How a command ended: what went to stdout and stderr, and the exit status."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        return [line.removeprefix("awsactivate: ") for line in self.err.splitlines()]


@dataclass
class Desk:
    aws: EmbeddedAws
    account: str
    user: User
    home: Path
    environ: dict[str, str]
    zygote: Zygote = field(repr=False)

    @property
    def credentials_file(self) -> Path:
        return self.home / ".aws/credentials"

    @property
    def config_file(self) -> Path:
        return self.home / ".aws/config"

    def run(self, *argv: str, stdin: str = "", kill_at: int = 0, **environ: str) -> Done:
        files = [self.home / name for name in ("stdin", "stdout", "stderr")]
        files[0].write_text(stdin)
        status = self.zygote.run(
            {
                "argv": argv,
                "environ": {**self.environ, **environ},
                "files": list(map(str, files)),
                "kill_at": kill_at,
            }
        )
        return Done(status, files[1].read_text(), files[2].read_text())

    def item(self, name: str = "alice") -> KeyringItem | None:
        """Return what the keyring has of a profile."""
        path = Path(self.environ["TEST_KEYRING_FILE"])
        items = json.loads(path.read_text()) if path.exists() else {}
        text = items.get(f"awsactivate/{name}")
        return keyring_item.from_text(text) if text else None

    def index(self) -> dict[str, object]:
        path = self.home / ".local/share/awsactivate/identities.json"
        return json.loads(path.read_text())["identities"] if path.exists() else {}

    def works(self, credentials: Credentials) -> bool:
        """Tell whether AWS accepts an access key."""
        try:
            return self.aws.client("sts", credentials).get_caller_identity()["Arn"] == self.user.arn
        except self.aws.client("sts", credentials).exceptions.ClientError:
            return False

    def iam_keys(self) -> dict[str, str]:
        """Return the user's access keys, with their status."""
        iam = self.aws.client("iam", self.aws.account(self.account))
        answer = iam.list_access_keys(UserName=self.user.name)
        return {key["AccessKeyId"]: key["Status"] for key in answer["AccessKeyMetadata"]}

    def devices(self) -> list[str]:
        """Return the serials of the user's devices."""
        iam = self.aws.client("iam", self.aws.account(self.account))
        answer = iam.list_mfa_devices(UserName=self.user.name)
        return [device["SerialNumber"] for device in answer["MFADevices"]]

    def unassigned(self) -> list[str]:
        """Return the serials of the account's half-made devices."""
        iam = self.aws.client("iam", self.aws.account(self.account))
        answer = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")
        return [device["SerialNumber"] for device in answer["VirtualMFADevices"]]


def credentials_text(user: User, name: str = "alice") -> str:
    return (
        f"[{name}]\naws_access_key_id = {user.credentials.access_key_id}\n"
        f"aws_secret_access_key = {user.credentials.secret_access_key}\n"
    )


def make_desk(aws: EmbeddedAws, account: str, folder: Path, zygote: Zygote) -> Desk:
    """Set up a machine whose user's key stands in the credentials file, among other things."""
    user = aws.user("alice", policies={"all": ANYTHING}, account=account)
    home = folder / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text("[profile alice]\nregion = us-east-1\n")
    (home / ".aws/credentials").write_text(f"# mine\n{credentials_text(user)}\n[other]\nx = 1\n")
    (home / ".aws/credentials").chmod(0o600)
    environ = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWSACTIVATE_KEYRING_BACKEND": "harness.file_keyring.FileKeyring",
        "TEST_KEYRING_FILE": str(folder / "keyring.json"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Desk(aws, account, user, home, environ, zygote)
