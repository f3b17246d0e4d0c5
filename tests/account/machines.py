"""The machine of an administrator whose account has nothing in it."""

from __future__ import annotations

from pathlib import Path

from awsactivate.demo.aws import EmbeddedAws, User
from harness.desks import Desk, Zygote


def new_desk(aws: EmbeddedAws, account: str, folder: Path, zygote: Zygote) -> Desk:
    """Give the machine; `user` is whom to enrol there, who does not exist yet."""
    keys = aws.account(account)
    home = folder / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text("[profile admin]\nregion = eu-west-1\n")
    (home / ".aws/credentials").write_text(
        f"[admin]\naws_access_key_id = {keys.access_key_id}\n"
        f"aws_secret_access_key = {keys.secret_access_key}\n"
    )
    environ = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWSACTIVATE_KEYRING_BACKEND": "harness.file_keyring.FileKeyring",
        "TEST_KEYRING_FILE": str(folder / "keyring.json"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    alice = User("alice", f"arn:aws:iam::{account}:user/alice", account, keys)
    return Desk(aws, account, alice, home, environ, zygote)
