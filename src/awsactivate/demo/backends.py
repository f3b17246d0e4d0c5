"""What moto's backends hold of accounts: users, roles, policies, devices, buckets and keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from awsactivate.demo.evaluator import Document
from awsactivate.demo.principals import Key, Principal
from awsactivate.sessions import arn_parts

PARTITION = "aws"

_homes: dict[str, str] = {}  # access key id → the account where it was found: there may be hundreds


def open_account(account_id: str) -> Any:
    """Return the IAM of an account, which comes to be by this where it was not."""
    return iam_backends[account_id][PARTITION]


def iam_of(account_id: str) -> Any | None:
    """Return the IAM of an account, or None where there is no such account."""
    # BackendDict.get, unlike [], makes nothing
    account = iam_backends.get(account_id)
    return account[PARTITION] if account is not None else None


def users_key(access_key_id: str) -> Key | None:
    """Find an IAM user's active access key."""
    for account_id in _home_first(access_key_id):
        iam = iam_of(account_id)
        found = iam.access_keys.get(access_key_id) if iam is not None else None
        if iam is None or found is None or found.status != "Active":
            continue
        _homes[access_key_id] = account_id
        # by the key itself, for a user may have been renamed since
        user = next(one for one in iam.users.values() if found in one.access_keys)
        principal = Principal("User", account_id, user.arn, user.id, access_key_id, user_name=user.name)
        return Key(access_key_id, found.secret_access_key, principal)
    return None


def user_session(account_id: str, name: str, now: float) -> Principal:
    """Make the session of a user who has signed in to the console, with an MFA code."""
    user = open_account(account_id).users[name]
    return Principal(
        "User", account_id, user.arn, user.id, "", user_name=user.name, issued_at=now, mfa_at=now
    )


def users_called(name: str, account_id: str = "") -> list[tuple[str, str]]:
    """List the users of a name, with their accounts; of one account, where it is named."""
    accounts = [account_id] if account_id else list(iam_backends)
    found = ((account, iam_of(account)) for account in accounts)
    return [(account, name) for account, iam in found if iam is not None and name in iam.users]


def _home_first(access_key_id: str) -> Iterator[str]:
    home = _homes.get(access_key_id)
    if home is not None and home in iam_backends:
        yield home
    yield from reversed(list(iam_backends))  # a new key is of a new account, more often than not


def user_of(principal: Principal) -> Any | None:
    """Return moto's user behind a principal, or None where there is none."""
    iam = iam_of(principal.account_id)
    return iam.users.get(principal.user_name) if iam is not None else None


def role_at(role_arn: str) -> Any | None:
    """Return moto's role, or None where there is none."""
    account_id = arn_parts.account_of(role_arn)
    iam = iam_of(account_id) if account_id and arn_parts.partition_of(role_arn) == PARTITION else None
    roles = iam.roles.values() if iam is not None else ()
    return next((role for role in roles if role.arn == role_arn), None)


def exists(principal: Principal) -> bool:
    """Tell whether the user or role is still there, and still the same one."""
    if principal.role_arn:
        role = role_at(principal.role_arn)
        return role is not None and principal.user_id.startswith(f"{role.id}:")
    user = user_of(principal)
    return user is not None and (principal.type != "User" or user.id == principal.user_id)


def identity_documents(principal: Principal) -> tuple[Document, ...]:
    """Gather the policies of a user with the groups, or of a role."""
    holder = role_at(principal.role_arn) if principal.role_arn else user_of(principal)
    if holder is None:
        return ()
    holders = [holder]
    if principal.user_name:
        holders += open_account(principal.account_id).get_groups_for_user(principal.user_name)
    return tuple(document for one in holders for document in _documents_of(one))


def boundary_documents(principal: Principal) -> tuple[Document, ...] | None:
    """Read a role's permissions boundary; None where it has none."""
    role = role_at(principal.role_arn) if principal.role_arn else None
    if role is None or not role.permissions_boundary_arn:
        return None
    return managed_documents(principal.account_id, [role.permissions_boundary_arn])


def managed_documents(account_id: str, policy_arns: Iterable[str]) -> tuple[Document, ...]:
    """Read the default versions of managed policies; one that does not exist says nothing."""
    iam = open_account(account_id)
    found = []
    for arn in policy_arns:
        provide_managed_policy(account_id, arn)
        if arn in iam.managed_policies:
            found.append(_default_version(iam.managed_policies[arn]))
    return tuple(found)


def provide_managed_policy(account_id: str, policy_arn: str) -> None:
    """Give an account one of AWS's own policies.

    moto would give every account all 1,500 of them, or none.
    """
    prefix = f"arn:{PARTITION}:iam::aws:policy/"
    iam = open_account(account_id)
    if policy_arn in iam.managed_policies or not policy_arn.startswith(prefix):
        return
    name = policy_arn.rpartition("/")[2]
    data = _aws_policies().get(name)
    if data is not None:
        policy = AWSManagedPolicy.from_data(name, account_id, PARTITION, data)
        iam.managed_policies[policy.arn] = policy
        iam.aws_managed_policies.append(policy)


def principal_tags(principal: Principal) -> dict[str, str]:
    """Gather a principal's tags by lower-case key; a session's own win over its role's."""
    holder = role_at(principal.role_arn) if principal.role_arn else user_of(principal)
    tags = {} if holder is None else tags_of(holder)
    return tags | {key.lower(): value for key, value in principal.session_tags.items()}


def tags_of(holder: Any) -> dict[str, str]:
    """Read the tags of a user or role by lower-case key, as they are at this moment."""
    return {tag["Key"].lower(): tag["Value"] for tag in holder.tags or []}


def device_seed(principal: Principal, serial: str) -> str | None:
    """Return the seed of an MFA device that is enabled for the user; None otherwise."""
    user = user_of(principal)
    if user is None or serial not in user.mfa_devices:
        return None
    device = open_account(principal.account_id).virtual_mfa_devices.get(serial)
    return None if device is None else str(device.base32_string_seed)


def seeds_of(principal: Principal) -> list[str]:
    """Return the seeds of all MFA devices that are enabled for the user."""
    user = user_of(principal)
    found = [device_seed(principal, serial) for serial in (user.mfa_devices if user else ())]
    return [seed for seed in found if seed is not None]


def bucket_policy(bucket: str) -> tuple[str, Document | None] | None:
    """Return a bucket's account and policy; None where there is no such bucket."""
    home = s3_backends.bucket_accounts.get(bucket)
    if home is None:
        return None
    partition, account_id = home
    policy = s3_backends[account_id][partition].buckets[bucket].policy
    return account_id, json.loads(policy) if policy else None


def kms_key_arn(account_id: str, region: str, key: str) -> str | None:
    """Return the ARN of a KMS key that is given by id, ARN or alias; None where there is none."""
    prefix = f"arn:{PARTITION}:kms:"
    if key.startswith(prefix):
        region, account_id = arn_parts.region_of(key) or "", arn_parts.account_of(key) or ""
        key = arn_parts.resource_of(key) or ""
    keys = kms_backends[account_id][region].keys
    name = key.removeprefix("key/")
    for candidate in keys.values():
        if name == candidate.id or name in candidate.aliases:
            return str(candidate.arn)
    return None


@lru_cache(maxsize=1)
def _aws_policies() -> Mapping[str, Any]:
    policies: Mapping[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def _documents_of(holder: Any) -> list[Document]:
    inline = [json.loads(document) for document in holder.policies.values()]
    return inline + [_default_version(policy) for policy in holder.managed_policies.values()]


def _default_version(policy: Any) -> Document:
    version = next(one for one in policy.versions if one.version_id == policy.default_version_id)
    document: Document = json.loads(version.document)
    return document
