"""The backend block with which terraform keeps its state in the account's buckets."""

from __future__ import annotations

from awsactivate.account.hcl import Block, document
from awsactivate.account.settings import Settings


def backend(settings: Settings, key: str, *, of_bootstrap: bool = False) -> str:
    """Write a file with the block, for the state `key` in one of the two buckets."""
    return document([terraform_block(settings, key, of_bootstrap=of_bootstrap)])


def terraform_block(settings: Settings, key: str, *, of_bootstrap: bool) -> Block:
    """Describe the block; credentials come from the environment, as `activate` leaves it.

    `encrypt` is not said: without a key's name it asks for AES256, and overrides the bucket's own SSE-KMS.
    """
    arguments: list[tuple[str, object]] = [
        ("bucket", settings.bootstrap_bucket if of_bootstrap else settings.state_bucket),
        ("key", key),
        ("region", settings.region),
    ]
    if settings.locks_in_bucket:
        arguments.append(("use_lockfile", True))
    if settings.lock_table:
        arguments.append(("dynamodb_table", settings.lock_table))
    return Block("terraform", blocks=(Block("backend", ("s3",), tuple(arguments)),))
