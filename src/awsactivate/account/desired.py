"""Settings to the resources that the account must have, in the order in which they can be made."""

from __future__ import annotations

from awsactivate.account import policies
from awsactivate.account.resources import Property, Resource, Rule
from awsactivate.account.settings import Settings

ROLE = "AWS::IAM::Role"
GROUP = "AWS::IAM::Group"
USER = "AWS::IAM::User"
KEY = "AWS::KMS::Key"
ALIAS = "AWS::KMS::Alias"
BUCKET = "AWS::S3::Bucket"
TABLE = "AWS::DynamoDB::Table"

DAYS_OF_OLD_VERSIONS = 90
# What is made says of itself; a description that is there already stays.
ROLE_DESCRIPTION = "Assumed with MFA, one session a name; managed by awsactivate"


def key_description(alias: str) -> str:
    """Return what the key of `alias` says of itself."""
    return f"Secrets of {alias}; managed by awsactivate"


def desired(settings: Settings) -> tuple[Resource, ...]:
    """List what the account must have."""
    return (
        *(resource for one in settings.each for resource in people(settings, one)),
        key(settings),
        alias(settings),
        *buckets(settings),
        *([table(settings.lock_table)] if settings.lock_table else []),
    )


def naming_roles(settings: Settings) -> tuple[Resource, ...]:
    """List what has policies that name each of the roles."""
    return (key(settings), *buckets(settings))


def buckets(settings: Settings) -> tuple[Resource, ...]:
    """List the buckets."""
    return (bucket(settings, settings.bootstrap_bucket), bucket(settings, settings.state_bucket))


def people(settings: Settings, one: Settings) -> tuple[Resource, ...]:
    """List one of the roles, its group, and its users; who is in two groups belongs to the first."""
    users = [name for name in sorted(one.users) if settings.home_of(name) == one]
    return (role(one), group(one), *(user(settings, name) for name in users))


def role(settings: Settings) -> Resource:
    """Describe the role that users assume, `settings` one role alone.

    What keeps a session from changing its own role comes before what allows it everything.
    """
    trust = policies.trust_policy(
        settings.account_id,
        partition=settings.partition,
        plain_session_names=settings.plain_session_names,
    )
    revocation = policies.revocation_policy(
        settings.role_arn, settings.revocable_users, plain_session_names=settings.plain_session_names
    )
    boundary = settings.permissions_boundary
    tags = [policies.revoked_tag(name) for name in settings.revocable_users]
    tags += [policies.REVOKE_WITHOUT_MFA_TAG] if settings.revoke_without_mfa else []
    tags += [policies.SHARD_TAG] if settings.is_shard else []
    return Resource(
        ROLE,
        settings.role_name,
        (
            Property("AssumeRolePolicyDocument", trust, Rule.SAME_POLICY),
            Property("MaxSessionDuration", settings.max_session, Rule.AT_MOST),
            Property("Tags", tags, Rule.INCLUDES),
            *([Property("PermissionsBoundary", boundary)] if boundary else []),
            Property("Policies", {policies.REVOCATION_POLICY_NAME: revocation}, Rule.SAME_POLICY),
            Property("ManagedPolicyArns", sorted(settings.permissions)),
        ),
    )


def group(settings: Settings) -> Resource:
    """Describe the group, whose members may assume the role and nothing else, `settings` one role alone."""
    document = policies.group_policy(settings.role_arn, revoke_without_mfa=settings.revoke_without_mfa)
    return Resource(
        GROUP,
        settings.group_name,
        (
            Property("Policies", {policies.GROUP_POLICY_NAME: document}, Rule.SAME_POLICY),
            Property("ManagedPolicyArns", []),
        ),
    )


def user(settings: Settings, name: str) -> Resource:
    """Describe a user, who has nothing but the group."""
    groups = [one.group_name for one in settings.each if name in one.users]
    return Resource(
        USER,
        name,
        (
            Property("Groups", groups, Rule.INCLUDES),
            Property("Policies", [], Rule.IF_OURS),
            Property("ManagedPolicyArns", [], Rule.IF_OURS),
        ),
    )


def key(settings: Settings) -> Resource:
    """Describe the key that encrypts secrets; it is found by its alias."""
    return Resource(
        KEY,
        settings.secrets_alias.removeprefix("alias/"),
        (
            Property("KeyState", "Enabled"),
            Property("KeyPolicy", policies.key_policy(*settings.role_arns), Rule.INCLUDES_STATEMENTS),
            Property("EnableKeyRotation", True),
        ),
    )


def alias(settings: Settings) -> Resource:
    """Describe the name by which secrets find their key."""
    target = settings.secrets_alias.removeprefix("alias/")
    return Resource(ALIAS, settings.secrets_alias, (Property("TargetKeyId", f"the key {target}"),))


def bucket(settings: Settings, name: str) -> Resource:
    """Describe a bucket for terraform's state."""
    arn = f"arn:{settings.partition}:s3:::{name}"
    return Resource(
        BUCKET,
        name,
        (
            Property(
                "PublicAccessBlockConfiguration",
                dict.fromkeys(
                    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
                    True,
                ),
            ),
            Property("OwnershipControls", "BucketOwnerEnforced"),
            Property(
                "BucketEncryption", {"SSEAlgorithm": "aws:kms", "BucketKeyEnabled": True}, Rule.ENCRYPTED
            ),
            Property("VersioningConfiguration", "Enabled"),
            Property(
                "BucketPolicy", policies.bucket_policy(arn, *settings.role_arns), Rule.INCLUDES_STATEMENTS
            ),
            Property("NoncurrentVersionExpiration", DAYS_OF_OLD_VERSIONS),
        ),
    )


def table(name: str) -> Resource:
    """Describe the table that holds terraform's locks."""
    return Resource(
        TABLE,
        name,
        (
            Property("KeySchema", [{"AttributeName": "LockID", "KeyType": "HASH"}]),
            Property("BillingMode", "PAY_PER_REQUEST"),
            Property("SSESpecification", True),
            Property("PointInTimeRecoveryEnabled", True),
            Property("DeletionProtectionEnabled", True),
        ),
    )
