"""The alias by which secrets find their KMS key.

https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html and its neighbours
"""

from __future__ import annotations

from awsactivate.account.resources import Change, Found, Resource
from awsactivate.aws.resources import keys
from awsactivate.aws.resources.access import Access, unless_missing


def read(access: Access, resource: Resource) -> Found | None:
    """Read which key the alias names."""
    found = keys.find(access, resource.name)
    if found.named is None:
        return None
    key = found.key or found.named
    is_right = found.named["KeyId"] == key["KeyId"]
    return Found(
        {"TargetKeyId": resource.want("TargetKeyId") if is_right else f"another key, {found.named['KeyId']}"},
        ours=found.made is not None and is_right,
    )


def create(access: Access, resource: Resource) -> None:
    """Give the key its name."""
    access.call_until_settled(
        access.client("kms").create_alias, AliasName=resource.name, TargetKeyId=_key_id(access)
    )


def write(access: Access, resource: Resource, change: Change) -> None:
    """Give the name back to the key that was made for it."""
    access.call_until_settled(
        access.client("kms").update_alias, AliasName=resource.name, TargetKeyId=_key_id(access)
    )


def delete(access: Access, resource: Resource) -> None:
    """Delete the name; the key stays."""
    unless_missing(access.client("kms").delete_alias, "NotFoundException", AliasName=resource.name)


def _key_id(access: Access) -> str:
    key = keys.find(access, access.settings.secrets_alias).key
    if key is None:
        raise LookupError("the alias is made after its key")
    return str(key["KeyId"])
