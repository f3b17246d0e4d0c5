"""The people of a secure account that exists: one joins, one leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from botocore.exceptions import ClientError

from awsactivate import policies
from awsactivate.account import desired
from awsactivate.account.resources import Planned, Resource
from awsactivate.account.settings import Settings
from awsactivate.aws import secure_account
from awsactivate.aws.refusals import code_of
from awsactivate.aws.resources import roles, users
from awsactivate.aws.resources.access import Access
from awsactivate.aws.resources.failures import told
from awsactivate.errors import ProfileError

_OF_THE_USERS = ("Tags", "Policies")  # the role's properties that name its users


def with_members(access: Access) -> Settings:
    """Return the account's settings as it was made, with its people."""
    return secure_account.with_people(replace(access, settings=secure_account.as_it_is(access)))


def is_known(access: Access, user: str) -> bool:
    """Tell whether IAM has the user, or the role still knows of one who was taken out halfway."""
    settings = access.settings
    if secure_account.read(access, desired.user(settings, user)) is not None:
        return True
    return user in settings.former_users


def plan_joining(access: Access, user: str) -> tuple[Planned, ...]:
    """Plan what makes `user` one of the group whose sessions can be revoked; `access` counts the user in."""
    return secure_account.plan(
        access, [_role_of_the_users(access.settings), desired.user(access.settings, user)]
    )


def leave(access: Access, user: str, before: str, *, delete: bool, say: Callable[[str], None]) -> None:
    """Make what `user` holds worthless, then take the user out; `access` does not count the user in.

    Sessions issued before the instant `before` end first, since all else only keeps new ones from starting.
    Each step may have been done already by a run that was stopped.
    """
    settings, done = access.settings, list[str]()
    role, person = _role_of_the_users(settings), desired.user(settings, user)
    is_there = secure_account.read(access, person) is not None

    def finished(words: str) -> None:
        done.append(words)
        say(words)

    with told(role, settings.region, done):
        _deny_sessions(access, user, before)
        finished(f"denied all sessions of {user} issued before {before}")
    if is_there:
        with told(person, settings.region, done):
            _disarm(access, user, finished)
    with told(role, settings.region, done):
        _forget(access, user, role)
        finished(f"took {user} out of {role}")
    if delete and is_there:
        with told(person, settings.region, done):
            users.delete(access, person)
            finished(f"deleted {person}")


def _disarm(access: Access, user: str, finished: Callable[[str], None]) -> None:
    for key_id in users.deactivate_keys(access, user):
        finished(f"made access key {key_id} inactive")
    users.leave_group(access, user, access.settings.group_name)
    finished(f"took {user} out of group {access.settings.group_name}")
    for serial in users.delete_devices(access, user):
        finished(f"deleted MFA device {serial}")


def _deny_sessions(access: Access, user: str, before: str) -> None:
    name = access.settings.role_name
    policy = policies.REVOKED_PREFIX + user
    try:
        access.settled(
            access.client("iam").put_role_policy,
            RoleName=name,
            PolicyName=policy,
            PolicyDocument=policies.compact(policies.deny_user(user, before)),
        )
    except ClientError as error:
        if code_of(error) != "LimitExceeded":
            raise
        denied = [p for p in roles.inline_policies(access, name) if p.startswith(policies.REVOKED_PREFIX)]
        raise ProfileError(
            f"role {name} has no room left for the policy {policy}",
            f"lift one of those that are over: {', '.join(denied) or 'none'} (awsactivate revoke --list)",
        ) from error


def _forget(access: Access, user: str, role: Resource) -> None:
    for change in secure_account.plan(access, [role])[0].changes:
        roles.write(access, role, change)
    tag = policies.revoked_tag(user)
    # after the policy that reads it
    access.settled(access.client("iam").untag_role, RoleName=role.name, TagKeys=[tag])


def _role_of_the_users(settings: Settings) -> Resource:
    role = desired.role(settings)
    return replace(role, properties=tuple(p for p in role.properties if p.name in _OF_THE_USERS))
