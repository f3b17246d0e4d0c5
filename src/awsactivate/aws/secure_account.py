"""The secure account on AWS: read, planned and brought to what is desired."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.account import policies
from awsactivate.account.desired import GROUP, ROLE, desired
from awsactivate.account.difference import difference
from awsactivate.account.resources import Found, Planned, Resource
from awsactivate.account.settings import Settings, administrator_access
from awsactivate.aws import shards
from awsactivate.aws.refusals import code_of, translated
from awsactivate.aws.resources import roles
from awsactivate.aws.resources.access import Access, unless_missing
from awsactivate.aws.resources.failures import UNKNOWN_THERE, changing, explain_failures, may_be_off
from awsactivate.aws.resources.kinds import KINDS
from awsactivate.errors import AwsError
from awsactivate.frozen import replace
from awsactivate.sessions import arns

Say = Callable[[str], None]

_WITHOUT_MFA = (
    "revoking needs no MFA here: a thief of an access key who has a copy of its user's session as well"
    " can lift the revocation of that copy"
)


def ask_identity(sts: Any) -> tuple[str, str, str]:
    """Ask who calls: the account's id, its partition, and the caller's ARN."""
    try:
        answer = sts.get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        translation = translated(error, doing="sts:GetCallerIdentity")
        region = sts.meta.region_name
        if isinstance(error, ClientError) and code_of(error) in UNKNOWN_THERE and may_be_off(region):
            raise AwsError(
                f"{translation.message}, unless the region {region} is not enabled in the account",
                f"aws account enable-region --region-name {region}",
                code=code_of(error),
            ) from error
        raise translation from error
    return answer["Account"], arns.partition_of(answer["Arn"]), answer["Arn"]


def add_what_stays(access: Access) -> Settings:
    """Add to the settings what is there and is never taken away by leaving it unsaid.

    Those are the people, each of whom needs the statement that revokes, and permissions of an existing role
    that are less than everything.
    """
    settings = shards.read_people(access)
    if settings.policy_arns:
        return settings
    with explain_failures(Resource(ROLE, settings.role_name, ()), settings.region):
        attached = roles.list_attached_policies(access, settings.role_name)
    if administrator_access(settings.partition) in attached:
        return settings
    return replace(settings, policy_arns=tuple(attached))


def read_settings(access: Access) -> Settings:
    """Return the settings with those choices that the role and group were made with."""
    iam, settings = access.client("iam"), access.settings
    with explain_failures(Resource(ROLE, settings.role_name, ()), settings.region):
        role = unless_missing(iam.get_role, "NoSuchEntity", RoleName=settings.role_name)
    with explain_failures(Resource(GROUP, settings.group_name, ()), settings.region):
        group = unless_missing(
            iam.get_group_policy,
            "NoSuchEntity",
            GroupName=settings.group_name,
            PolicyName=policies.GROUP_POLICY_NAME,
        )
    if role is None or group is None:
        missing = f"role {settings.role_name}" if role is None else f"group {settings.group_name}"
        raise AwsError(
            f"{missing} is not set up in account {settings.account_id}", "awsactivate bootstrap apply"
        )
    return replace(
        settings,
        max_session=role["Role"]["MaxSessionDuration"],
        plain_session_names=policies.allows_plain_session_names(role["Role"]["AssumeRolePolicyDocument"]),
    )


def plan(access: Access, resources: Iterable[Resource] | None = None) -> tuple[Planned, ...]:
    """Compare each resource (default: all of the account's) with what is there; nothing is changed."""
    chosen = desired(access.settings) if resources is None else resources
    return tuple(_plan_one(access, resource) for resource in chosen)


def read(access: Access, resource: Resource) -> Found | None:
    """Read one resource."""
    with explain_failures(resource, access.settings.region):
        return KINDS[resource.type].read(access, resource)


def apply(access: Access, planned: Iterable[Planned], say: Say) -> tuple[Planned, ...]:
    """Make and change what was planned, in order; return it.

    Each step leaves something from which a later run goes on, whenever this one is stopped.
    """
    work = tuple(planned)
    for step in work:
        if step.conflict:
            raise AwsError(f"{step.resource} {step.conflict}; nothing was changed", code="Conflict")
    done: list[str] = []
    for step in work:
        if step.action == "unchanged":
            continue
        with changing(access, step.resource, done):
            _make(access, step)
        words = "created" if step.action == "create" else "changed"
        done.append(f"{words} {step.resource}")
        say(done[-1])
    return work


def _plan_one(access: Access, resource: Resource) -> Planned:
    planned = difference(resource, read(access, resource))
    if str(resource) == f"{GROUP}/{access.settings.group_name}" and access.settings.revoke_without_mfa:
        return replace(planned, notes=(*planned.notes, _WITHOUT_MFA))
    return planned


def _make(access: Access, step: Planned) -> None:
    kind, resource = KINDS[step.resource.type], step.resource
    if step.action == "create":
        kind.create(access, resource)
    left = _until(access, resource, lambda planned: planned.action != "create")
    for change in left.changes:
        kind.write(access, resource, change)
    left = _until(access, resource, lambda planned: planned.action == "unchanged")
    if left.action != "unchanged":
        wrong = ", ".join(change.property for change in left.changes) or left.conflict or "all of it"
        raise AwsError(f"{resource} does not read back as it was written: {wrong}", "run this again")


def _until(access: Access, resource: Resource, is_reached: Callable[[Planned], bool]) -> Planned:
    """Read until `is_reached`, for as long as AWS may take to show what was written."""
    planned = Planned(resource, "create")
    for _ in access.pauses():
        found = access.patiently(KINDS[resource.type].read, access=access, resource=resource)
        planned = difference(resource, found)
        if is_reached(planned):
            break
    return planned
