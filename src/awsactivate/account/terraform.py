"""The desired state as a terraform configuration that takes over what is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from awsactivate.account import desired, policies
from awsactivate.account.backend import terraform_block
from awsactivate.account.hcl import Block, document, jsonencode, reference
from awsactivate.account.resources import GROUP_PATH, MANAGED_BY, Resource
from awsactivate.account.settings import Settings

STATE_KEY = "bootstrap/terraform.tfstate"

_TAGS = {MANAGED_BY[0]: MANAGED_BY[1]}
# What says whose a resource is.
_MARKS = ("tags", "description", "path")
_KEEP = Block("lifecycle", arguments=(("prevent_destroy", True),))


def configuration(settings: Settings, key_id: str, theirs: Collection[str] = ()) -> str:
    """Write the configuration; `key_id` is the id of the secrets key, which only KMS knows.

    `theirs` are the resources, as texts, that were there before this tool: terraform neither marks nor
    destroys them. Their people it only looks up.
    """
    blocks = [_terraform(settings), _provider(settings)]
    for resource in desired.desired(settings):
        is_theirs = str(resource) in theirs
        if is_theirs and resource.type == desired.USER:
            described = _their_user(resource, settings)
        else:
            described = _WRITERS[resource.type](resource, settings, key_id)
        for number, (block, identifier) in enumerate(described):
            blocks.append(_unmarked(block) if is_theirs and number == 0 else block)
            if identifier is not None:
                address = reference(".".join(block.labels))
                blocks.append(Block("import", arguments=(("to", address), ("id", identifier))))
    return document(blocks)


# a block, and the id by which terraform imports what it describes; None where that is only looked up
Described = list[tuple[Block, str | None]]


def _unmarked(block: Block) -> Block:
    """Leave what describes a resource, but does not secure it, as it was before us."""
    if block.type != "resource":
        return block
    said = tuple(name for name, _ in block.arguments if name in _MARKS)
    rest = tuple((name, value) for name, value in block.arguments if name not in _MARKS)
    kept = [reference(name) for name in said]
    lifecycle = Block("lifecycle", arguments=(("prevent_destroy", True), ("ignore_changes", kept)))
    others = tuple(inner for inner in block.blocks if inner.type != "lifecycle")
    return Block(block.type, block.labels, rest, (*others, lifecycle), block.comment)


def _terraform(settings: Settings) -> Block:
    inner = terraform_block(settings, STATE_KEY, of_bootstrap=True)
    provider = Block(
        "required_providers", arguments=(("aws", {"source": "hashicorp/aws", "version": ">= 5.0"}),)
    )
    return Block("terraform", arguments=(("required_version", ">= 1.10"),), blocks=(provider, *inner.blocks))


def _provider(settings: Settings) -> Block:
    return Block(
        "provider",
        ("aws",),
        (("region", settings.region), ("allowed_account_ids", [settings.account_id])),
        (Block("ignore_tags", arguments=(("key_prefixes", [policies.REVOKED_PREFIX]),)),),
        comment="ignore_tags: the role's tags hold which sessions are revoked, and must outlive every apply",
    )


def _role(resource: Resource, settings: Settings, _key_id: str) -> Described:
    name, number = resource.name, _number(resource.name, settings.role_name)
    role = reference(f"aws_iam_role.role{number}.name")
    boundary = settings.permissions_boundary
    said = (policies.REVOKE_WITHOUT_MFA_TAG, policies.SHARD_TAG)
    chosen = {key: "" for key in resource.want("Tags") if key in said}
    found: Described = [
        (
            Block(
                "resource",
                ("aws_iam_role", f"role{number}"),
                (
                    ("name", name),
                    ("description", desired.ROLE_DESCRIPTION),
                    ("max_session_duration", resource.want("MaxSessionDuration")),
                    *([("permissions_boundary", boundary)] if boundary else []),
                    ("assume_role_policy", jsonencode(resource.want("AssumeRolePolicyDocument"))),
                    ("tags", {**_TAGS, **chosen}),
                ),
            ),
            name,
        )
    ]
    for policy, text in resource.want("Policies").items():
        arguments = (("name", policy), ("role", role), ("policy", jsonencode(text)))
        found.append(
            (
                Block("resource", ("aws_iam_role_policy", _label(policy) + number), arguments),
                f"{name}:{policy}",
            )
        )
    for arn in resource.want("ManagedPolicyArns"):
        labels = ("aws_iam_role_policy_attachment", _label(arn.rpartition("/")[2]) + number)
        found.append((Block("resource", labels, (("role", role), ("policy_arn", arn))), f"{name}/{arn}"))
    return found


def _group(resource: Resource, settings: Settings, _key_id: str) -> Described:
    name, label = resource.name, _group_label(resource.name, settings)
    found: Described = [
        (Block("resource", ("aws_iam_group", label), (("name", name), ("path", GROUP_PATH))), name)
    ]
    for policy, text in resource.want("Policies").items():
        group = reference(f"aws_iam_group.{label}.name")
        arguments = (("name", policy), ("group", group), ("policy", jsonencode(text)))
        number = _number(name, settings.group_name)
        found.append(
            (
                Block("resource", ("aws_iam_group_policy", _label(policy) + number), arguments),
                f"{name}:{policy}",
            )
        )
    return found


def _user(resource: Resource, settings: Settings, _key_id: str) -> Described:
    name, label = resource.name, _label(resource.name)
    return [
        (Block("resource", ("aws_iam_user", label), (("name", name), ("tags", _TAGS))), name),
        _membership(resource, f"aws_iam_user.{label}.name", settings),
    ]


def _their_user(resource: Resource, settings: Settings) -> Described:
    name, label = resource.name, _label(resource.name)
    return [
        (Block("data", ("aws_iam_user", label), (("user_name", name),)), None),
        _membership(resource, f"data.aws_iam_user.{label}.user_name", settings),
    ]


def _membership(resource: Resource, user: str, settings: Settings) -> tuple[Block, str]:
    name, wanted = resource.name, resource.want("Groups")
    groups = [reference(f"aws_iam_group.{_group_label(group, settings)}.name") for group in wanted]
    arguments = (("user", reference(user)), ("groups", groups))
    block = Block("resource", ("aws_iam_user_group_membership", _label(name)), arguments)
    return block, "/".join((name, *wanted))


def _group_label(group_name: str, settings: Settings) -> str:
    return f"group{_number(group_name, settings.group_name)}"


def _number(name: str, first: str) -> str:
    """Return what tells one of several from the first, in a label."""
    return name.removeprefix(first).replace("-", "_")


def _key(resource: Resource, _settings: Settings, key_id: str) -> Described:
    arguments = (
        ("description", desired.key_description(f"alias/{resource.name}")),
        ("enable_key_rotation", resource.want("EnableKeyRotation")),
        ("policy", jsonencode(resource.want("KeyPolicy"))),
        ("tags", {**_TAGS, "awsactivate-alias": f"alias/{resource.name}"}),
    )
    return [(Block("resource", ("aws_kms_key", "secrets"), arguments, (_KEEP,)), key_id)]


def _alias(resource: Resource, _settings: Settings, _key_id: str) -> Described:
    arguments = (("name", resource.name), ("target_key_id", reference("aws_kms_key.secrets.key_id")))
    return [(Block("resource", ("aws_kms_alias", "secrets"), arguments), resource.name)]


def _bucket(resource: Resource, settings: Settings, _key_id: str) -> Described:
    name = resource.name
    label = "bootstrap_state" if name == settings.bootstrap_bucket else "state"
    bucket = ("bucket", reference(f"aws_s3_bucket.{label}.id"))

    def part(type_: str, *blocks: Block, arguments: tuple[tuple[str, Any], ...] = ()) -> tuple[Block, str]:
        return Block("resource", (type_, label), (bucket, *arguments), blocks), name

    public = resource.want("PublicAccessBlockConfiguration")
    encryption = resource.want("BucketEncryption")
    expiration = (("noncurrent_days", resource.want("NoncurrentVersionExpiration")),)
    return [
        (
            Block("resource", ("aws_s3_bucket", label), (("bucket", name), ("tags", _TAGS)), (_KEEP,)),
            name,
        ),
        part("aws_s3_bucket_public_access_block", arguments=tuple((_snake(k), v) for k, v in public.items())),
        part(
            "aws_s3_bucket_ownership_controls",
            Block("rule", arguments=(("object_ownership", resource.want("OwnershipControls")),)),
        ),
        part(
            "aws_s3_bucket_server_side_encryption_configuration",
            Block(
                "rule",
                arguments=(("bucket_key_enabled", encryption["BucketKeyEnabled"]),),
                blocks=(
                    Block(
                        "apply_server_side_encryption_by_default",
                        arguments=(("sse_algorithm", encryption["SSEAlgorithm"]),),
                    ),
                ),
            ),
        ),
        part(
            "aws_s3_bucket_versioning",
            Block(
                "versioning_configuration", arguments=(("status", resource.want("VersioningConfiguration")),)
            ),
        ),
        part("aws_s3_bucket_policy", arguments=(("policy", jsonencode(resource.want("BucketPolicy"))),)),
        part(
            "aws_s3_bucket_lifecycle_configuration",
            Block(
                "rule",
                arguments=(("id", "awsactivate-old-versions"), ("status", "Enabled")),
                blocks=(Block("filter"), Block("noncurrent_version_expiration", arguments=expiration)),
            ),
        ),
    ]


def _table(resource: Resource, _settings: Settings, _key_id: str) -> Described:
    (key,) = resource.want("KeySchema")
    arguments = (
        ("name", resource.name),
        ("billing_mode", resource.want("BillingMode")),
        ("hash_key", key["AttributeName"]),
        ("deletion_protection_enabled", resource.want("DeletionProtectionEnabled")),
        ("tags", _TAGS),
    )
    blocks = (
        Block("attribute", arguments=(("name", key["AttributeName"]), ("type", "S"))),
        Block("server_side_encryption", arguments=(("enabled", resource.want("SSESpecification")),)),
        Block(
            "point_in_time_recovery", arguments=(("enabled", resource.want("PointInTimeRecoveryEnabled")),)
        ),
        _KEEP,
    )
    return [(Block("resource", ("aws_dynamodb_table", "locks"), arguments, blocks), resource.name)]


_WRITERS: dict[str, Callable[[Resource, Settings, str], Described]] = {
    desired.ROLE: _role,
    desired.GROUP: _group,
    desired.USER: _user,
    desired.KEY: _key,
    desired.ALIAS: _alias,
    desired.BUCKET: _bucket,
    desired.TABLE: _table,
}


def _label(name: str) -> str:
    """Make a name that terraform takes, a different one for each."""
    escaped = "".join(c if c.isalnum() or c == "-" else "_" if c == "_" else f"_{ord(c):x}_" for c in name)
    return escaped if escaped[0].isalpha() or escaped[0] == "_" else f"_{escaped}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()
