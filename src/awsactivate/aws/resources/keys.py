"""The KMS key that encrypts secrets, found by its alias, or by its tags where it has none yet.

https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html and its neighbours
"""

from __future__ import annotations

import json
from typing import Any

from awsactivate.account import policies
from awsactivate.account.desired import key_description
from awsactivate.account.resources import Change, Found, Resource
from awsactivate.aws.resources.access import Access, all_pages, is_ours, tag_list, unless_missing
from awsactivate.frozen import dataclass
from awsactivate.sessions import limits

_ALIAS_TAG = "awsactivate-alias"


@dataclass(frozen=True)
class KeyOfAlias:
    """The key that an alias names, and the one that was made for it: the same, once all is done."""

    named: dict[str, Any] | None
    """What the alias names, as KMS describes it."""
    made: dict[str, Any] | None
    """What this tool made for the alias."""

    @property
    def key(self) -> dict[str, Any] | None:
        """The metadata of the key to use."""
        return self.made or self.named


def find(access: Access, alias: str) -> KeyOfAlias:
    """Look for the alias's key; all keys are looked through only where the alias does not name ours."""
    kms = access.client("kms")
    answer = unless_missing(kms.describe_key, "NotFoundException", KeyId=alias)
    named = answer["KeyMetadata"] if answer else None
    if named and _is_made_for(access, named["KeyId"], alias):
        return KeyOfAlias(named, named)
    for key in all_pages(kms, "list_keys", "Keys"):
        if _is_made_for(access, key["KeyId"], alias):
            return KeyOfAlias(named, kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"])
    return KeyOfAlias(named, None)


def read(access: Access, resource: Resource) -> Found | None:
    """Read the key's properties."""
    kms = access.client("kms")
    found = find(access, access.settings.secrets_alias)
    if found.key is None:
        return None
    key_id = found.key["KeyId"]
    if conflict := _conflict(found.key):
        return Found({}, conflict=conflict)
    document = kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    is_pending = found.key["KeyState"] == "PendingDeletion"  # then KMS does not tell of its rotation
    rotation = {} if is_pending else kms.get_key_rotation_status(KeyId=key_id)
    return Found(
        {
            "KeyState": found.key["KeyState"],
            "KeyPolicy": json.loads(document),
            "EnableKeyRotation": rotation.get("KeyRotationEnabled"),
        },
        ours=found.made is not None,
    )


def create(access: Access, resource: Resource) -> None:
    """Make the key; its tags say for which alias, should we be stopped before that is made."""
    alias = access.settings.secrets_alias
    access.call_until_settled(
        access.client("kms").create_key,
        Description=key_description(alias),
        Policy=policies.compact(resource.want("KeyPolicy")),
        Tags=[
            *tag_list(key="TagKey", value="TagValue"),
            {"TagKey": _ALIAS_TAG, "TagValue": alias},
        ],
    )


def write(access: Access, resource: Resource, change: Change) -> None:
    """Change one property."""
    kms = access.client("kms")
    key_id = _key_id(access)
    if change.property == "KeyState":
        if change.before == "PendingDeletion":
            access.call_until_settled(kms.cancel_key_deletion, KeyId=key_id)
        access.call_until_settled(kms.enable_key, KeyId=key_id)
    elif change.property == "KeyPolicy":
        access.call_until_settled(
            kms.put_key_policy, KeyId=key_id, PolicyName="default", Policy=policies.compact(change.after)
        )
    else:
        access.call_until_settled(kms.enable_key_rotation, KeyId=key_id)


def delete(access: Access, resource: Resource) -> None:
    """Schedule the key's deletion; until then it can be called back."""
    key = find(access, access.settings.secrets_alias).key
    if key is not None and key["KeyState"] != "PendingDeletion":
        access.call_until_settled(
            access.client("kms").schedule_key_deletion,
            KeyId=key["KeyId"],
            PendingWindowInDays=limits.LONGEST_KEY_RECOVERY_DAYS,
        )


def _key_id(access: Access) -> str:
    for _ in access.pauses():
        key = find(access, access.settings.secrets_alias).key
        if key is not None:
            return str(key["KeyId"])
    raise LookupError("KMS does not list the key that it has just made")


def _is_made_for(access: Access, key_id: str, alias: str) -> bool:
    answer = unless_missing(
        access.client("kms").list_resource_tags, "NotFoundException", "AccessDeniedException", KeyId=key_id
    )  # KMS refuses this for AWS's own keys, none of which is ours
    tags = {tag["TagKey"]: tag["TagValue"] for tag in answer["Tags"]} if answer else {}
    return is_ours(tags) and tags.get(_ALIAS_TAG) == alias


def _conflict(key: dict[str, Any]) -> str | None:
    wanted = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS"}
    wrong = [f"{name} {key[name]}" for name, value in wanted.items() if key.get(name, value) != value]
    return f"names a key with {', '.join(wrong)}: --secrets-alias alias/NAME" if wrong else None
