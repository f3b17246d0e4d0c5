"""The people of a secure account that exists: one joins, one leaves."""

from __future__ import annotations

import math
from collections.abc import Callable

from awsactivate.account import capacity, desired, policies
from awsactivate.account.resources import Planned, Resource
from awsactivate.account.settings import Settings
from awsactivate.aws import role_denials, secure_account, shards
from awsactivate.aws.resources import roles, users
from awsactivate.aws.resources.access import Access
from awsactivate.aws.resources.failures import changing, explain_failures
from awsactivate.errors import ProfileError
from awsactivate.frozen import replace
from awsactivate.revocation import inline_policy

# Seconds in which a session may still start with a key that was made inactive, or by a group that was left.
_MOMENT = 60
_OF_THE_USERS = ("Tags", "Policies")  # the role's properties that name its users


def read_members(access: Access) -> Settings:
    """Return the account's settings as it was made, with its people."""
    return shards.read_people(replace(access, settings=secure_account.read_settings(access)))


def list_homes(access: Access, user: str) -> list[Settings]:
    """Describe each role alone of which the user is a member, or was one.

    Then the role has the user's tag, or denies sessions up to an instant, for up to a day.
    """
    found = [one for one in access.settings.each if user in one.revocable_users]
    return found or [one for one in access.settings.each if _ask_whether_denied(access, one, user)]


def _ask_whether_denied(access: Access, one: Settings, user: str) -> bool:
    with explain_failures(_role_of_the_users(one), one.region):
        inline = roles.read_inline_policies(access, one.role_name)
    denied = [
        inline_policy.parse(document) for name, document in inline.items() if inline_policy.is_ours(name)
    ]
    return any(denial and (denial.kind, denial.who) == ("user", user) for denial in denied)


def plan_joining(access: Access, user: str, home: Settings) -> tuple[Planned, ...]:
    """Plan what makes `user` one of the group whose sessions can be revoked; `access` counts the user in.

    Where that group is one more, its role comes first, and what names the roles before the group: so a group
    that is there tells that all of that is done.
    """
    settings, person = access.settings, desired.user(access.settings, user)
    group = desired.group(home)
    if not home.is_shard or secure_account.read(access, group) is not None:
        return secure_account.plan(access, [_role_of_the_users(home), person])
    named = [_with_policy_alone(resource) for resource in desired.naming_roles(settings)]
    for resource in named:
        if secure_account.read(access, resource) is None:
            raise ProfileError(
                f"{resource} is not there, and its policy must name the new role {home.role_name}",
                "give --region, --prefix and --secrets-alias as `awsactivate bootstrap apply` was given them",
            )
    return secure_account.plan(access, [desired.role(home), *named, group, person])


def _with_policy_alone(resource: Resource) -> Resource:
    kept = tuple(p for p in resource.properties if p.name in ("KeyPolicy", "BucketPolicy"))
    return replace(resource, properties=kept)


def count_more_that_fit(access: Access, settings: Settings) -> int:
    """Count how many more users, with names as long as the longest there is, one role alone has room for."""
    with explain_failures(_role_of_the_users(settings), settings.region):
        inline = roles.read_inline_policies(access, settings.role_name)
    others = sum(
        policies.size(document)
        for name, document in inline.items()
        if name != policies.REVOCATION_POLICY_NAME
    )
    return capacity.more_that_fit(
        settings.role_arn,
        settings.revocable_users,
        others,
        plain_session_names=settings.plain_session_names,
    )


def leave(
    access: Access, user: str, clock: Callable[[], float], *, delete: bool, say: Callable[[str], None]
) -> None:
    """Make what `user` holds worthless, then take the user out.

    `access` is of one role alone, and does not count the user in.

    Sessions end first, and once more when no new one can start. Each step may have been done already by a
    run that was stopped. `clock` tells AWS's time.
    """
    done = list[str]()
    role, person = _role_of_the_users(access.settings), desired.user(access.settings, user)
    is_there = secure_account.read(access, person) is not None

    def report(words: str) -> None:
        done.append(words)
        say(words)

    with changing(access, role, done):
        _deny_sessions(access, user, clock(), seconds_ahead=1)
        report(f"denied all sessions of {user}")
    if is_there:
        with changing(access, person, done):
            _disarm(access, user, report)
        with changing(access, role, done):
            _deny_sessions(access, user, clock(), seconds_ahead=_MOMENT)
    with changing(access, role, done):
        _forget(access, user, role)
        report(f"took {user} out of {role}")
    if delete and is_there:
        with changing(access, person, done):
            users.delete(access, person)
            report(f"deleted {person}")


def _disarm(access: Access, user: str, report: Callable[[str], None]) -> None:
    for key_id in users.deactivate_keys(access, user):
        report(f"made access key {key_id} inactive")
    users.leave_group(access, user, access.settings.group_name)
    report(f"took {user} out of group {access.settings.group_name}")
    for serial in users.delete_devices(access, user):
        report(f"deleted MFA device {serial}")


def _deny_sessions(access: Access, user: str, now: float, *, seconds_ahead: int) -> None:
    """Deny the sessions that were issued by now, or in as many seconds from now as it may take."""
    denial = inline_policy.of_user(user, math.ceil(now) + seconds_ahead)
    role_denials.put(access.client("iam"), access.settings.role_name, denial, int(now), access.pause)


def _forget(access: Access, user: str, role: Resource) -> None:
    for change in secure_account.plan(access, [role])[0].changes:
        roles.write(access, role, change)
    tag = policies.revoked_tag(user)
    # after the policy that reads it
    access.call_until_settled(access.client("iam").untag_role, RoleName=role.name, TagKeys=[tag])


def _role_of_the_users(settings: Settings) -> Resource:
    role = desired.role(settings)
    return replace(role, properties=tuple(p for p in role.properties if p.name in _OF_THE_USERS))
