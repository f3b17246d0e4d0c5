"""The desired state as a CloudFormation template.

Account, partition and region are CloudFormation's own parameters, so that one template serves a StackSet. The
role's revocation tags are left out: a stack that writes them would lift revocations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from awsactivate.account import desired, policies
from awsactivate.account.resources import GROUP_PATH, MANAGED_BY, Resource
from awsactivate.account.settings import Settings
from awsactivate.errors import ProfileError
from awsactivate.frozen import replace
from awsactivate.sessions import limits

Template = dict[str, Any]

_TAGS = [{"Key": MANAGED_BY[0], "Value": MANAGED_BY[1]}]
_RETAINED = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
_DESCRIPTION = (
    "A terraform role that demands MFA, the group and users who may assume it, state buckets and a key for"
    " secrets. IAM is global: deploy it in one region of an account."
)


def template(settings: Settings) -> str:
    """Write the template, as JSON, for whichever account and region it is deployed in."""
    anywhere = replace(
        settings, account_id="${AWS::AccountId}", region="${AWS::Region}", partition="${AWS::Partition}"
    )
    resources: Template = {}
    for resource in desired.desired(anywhere):
        resources.update(_WRITERS[resource.type](resource, anywhere))
    if len(resources) > limits.MOST_TEMPLATE_RESOURCES:
        raise ProfileError(
            f"a CloudFormation template may have {limits.MOST_TEMPLATE_RESOURCES} resources,"
            f" and these are {len(resources)}",
            "awsactivate bootstrap apply, or --format terraform, which have no such limit",
        )
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _DESCRIPTION,
        "Resources": _substituted(resources),
    }
    return json.dumps(document, indent=2) + "\n"


def _role(resource: Resource, settings: Settings) -> Template:
    boundary = [p.want for p in resource.properties if p.name == "PermissionsBoundary"]
    said = (policies.REVOKE_WITHOUT_MFA_TAG, policies.SHARD_TAG)
    chosen = [key for key in resource.want("Tags") if key in said]
    return {
        _logical_role(resource.name, settings): {
            "Type": resource.type,
            "Properties": {
                "RoleName": resource.name,
                "Description": desired.ROLE_DESCRIPTION,
                "AssumeRolePolicyDocument": resource.want("AssumeRolePolicyDocument"),
                "MaxSessionDuration": resource.want("MaxSessionDuration"),
                "ManagedPolicyArns": resource.want("ManagedPolicyArns"),
                "Policies": _inline(resource),
                **({"PermissionsBoundary": boundary[0]} if boundary else {}),
                "Tags": [*_TAGS, *({"Key": key, "Value": ""} for key in chosen)],
            },
        }
    }


def _group(resource: Resource, settings: Settings) -> Template:
    return {
        _logical_group(resource.name, settings): {
            "Type": resource.type,
            # the linter's list of actions is older than sts:GetScopedCredentials
            "Metadata": {"cfn-lint": {"config": {"ignore_checks": ["W3037"]}}},
            "Properties": {"GroupName": resource.name, "Path": GROUP_PATH, "Policies": _inline(resource)},
        }
    }


def _user(resource: Resource, settings: Settings) -> Template:
    groups = [{"Ref": _logical_group(name, settings)} for name in resource.want("Groups")]
    return {
        "User" + _logical(resource.name): {
            "Type": resource.type,
            "Properties": {"UserName": resource.name, "Groups": groups, "Tags": _TAGS},
        }
    }


def _key(resource: Resource, settings: Settings) -> Template:
    return {
        "Key": {
            "Type": resource.type,
            **_RETAINED,
            # which its policy names
            "DependsOn": [_logical_role(one.role_name, settings) for one in settings.each],
            "Properties": {
                "Description": desired.key_description(f"alias/{resource.name}"),
                "KeyPolicy": resource.want("KeyPolicy"),
                "EnableKeyRotation": resource.want("EnableKeyRotation"),
                "PendingWindowInDays": limits.LONGEST_KEY_RECOVERY_DAYS,
                "Tags": _TAGS,
            },
        }
    }


def _alias(resource: Resource, _settings: Settings) -> Template:
    return {
        "Alias": {
            "Type": resource.type,
            "Properties": {"AliasName": resource.name, "TargetKeyId": {"Ref": "Key"}},
        }
    }


def _bucket(resource: Resource, _settings: Settings) -> Template:
    name = "BootstrapStateBucket" if resource.name.endswith("-bootstrap-state") else "StateBucket"
    encryption = resource.want("BucketEncryption")
    old_versions = {
        "Id": "awsactivate-old-versions",
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": resource.want("NoncurrentVersionExpiration")},
    }
    return {
        name: {
            "Type": resource.type,
            **_RETAINED,
            "Properties": {
                "BucketName": resource.name,
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {
                            "BucketKeyEnabled": encryption["BucketKeyEnabled"],
                            "ServerSideEncryptionByDefault": {"SSEAlgorithm": encryption["SSEAlgorithm"]},
                        }
                    ]
                },
                "LifecycleConfiguration": {"Rules": [old_versions]},
                "OwnershipControls": {"Rules": [{"ObjectOwnership": resource.want("OwnershipControls")}]},
                "PublicAccessBlockConfiguration": resource.want("PublicAccessBlockConfiguration"),
                "VersioningConfiguration": {"Status": resource.want("VersioningConfiguration")},
                "Tags": _TAGS,
            },
        },
        name + "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            **_RETAINED,
            "Properties": {"Bucket": {"Ref": name}, "PolicyDocument": resource.want("BucketPolicy")},
        },
    }


def _table(resource: Resource, _settings: Settings) -> Template:
    schema = resource.want("KeySchema")
    return {
        "LockTable": {
            "Type": resource.type,
            **_RETAINED,
            "Properties": {
                "TableName": resource.name,
                "AttributeDefinitions": [
                    {"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in schema
                ],
                "KeySchema": schema,
                "BillingMode": resource.want("BillingMode"),
                "SSESpecification": {"SSEEnabled": resource.want("SSESpecification")},
                "PointInTimeRecoverySpecification": {
                    "PointInTimeRecoveryEnabled": resource.want("PointInTimeRecoveryEnabled")
                },
                "DeletionProtectionEnabled": resource.want("DeletionProtectionEnabled"),
                "Tags": _TAGS,
            },
        }
    }


_WRITERS: dict[str, Callable[[Resource, Settings], Template]] = {
    desired.ROLE: _role,
    desired.GROUP: _group,
    desired.USER: _user,
    desired.KEY: _key,
    desired.ALIAS: _alias,
    desired.BUCKET: _bucket,
    desired.TABLE: _table,
}


def _inline(resource: Resource) -> list[Template]:
    return [
        {"PolicyName": name, "PolicyDocument": document}
        for name, document in resource.want("Policies").items()
    ]


def _logical_role(name: str, settings: Settings) -> str:
    return "Role" + name.removeprefix(settings.role_name).lstrip("-")


def _logical_group(name: str, settings: Settings) -> str:
    return "Group" + name.removeprefix(settings.group_name).lstrip("-")


def _logical(name: str) -> str:
    """Make a name of letters and digits only, a different one for each user."""
    return "".join(
        character if character.isalnum() else f"x{ord(character):x}x" for character in re.sub("x", "xx", name)
    )


def _substituted(value: Any) -> Any:
    """Mark each text that holds a parameter for CloudFormation, and keep IAM's own variables out of it."""
    if isinstance(value, dict):
        return {key: _substituted(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_substituted(member) for member in value]
    if isinstance(value, str) and "${AWS::" in value:
        return {"Fn::Sub": value.replace("${aws:", "${!aws:")}
    return value
