"""The secure account taken down: what this tool made, in the reverse of the order in which it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from awsactivate.account.desired import BUCKET, KEY, desired
from awsactivate.account.removal import Removal, removal
from awsactivate.account.resources import Resource
from awsactivate.aws.resources import buckets
from awsactivate.aws.resources.access import Access
from awsactivate.aws.resources.failures import changing, explain_failures
from awsactivate.aws.resources.kinds import KINDS
from awsactivate.sessions import limits


def plan(access: Access) -> tuple[Removal, ...]:
    """Decide what goes and what stays; nothing is changed."""
    return tuple(_decide(access, resource) for resource in reversed(desired(access.settings)))


def take_down(access: Access, removals: Iterable[Removal], say: Callable[[str], None]) -> None:
    """Delete what is to be deleted, in the order given."""
    done: list[str] = []
    for step in removals:
        if step.action != "delete":
            continue
        with changing(access, step.resource, done):
            _delete(access, step, say)
        done.append(_words(step.resource))
        say(done[-1])


def _decide(access: Access, resource: Resource) -> Removal:
    with explain_failures(resource, access.settings.region):
        found = KINDS[resource.type].read(access, resource)
        is_readable_bucket = resource.type == BUCKET and found is not None and not found.conflict
        holds_objects = is_readable_bucket and buckets.holds_objects(access, resource)
    return removal(resource, found, holds_objects=holds_objects)


def _delete(access: Access, step: Removal, say: Callable[[str], None]) -> None:
    if step.resource.type == BUCKET:
        buckets.allow_deletion(access, step.resource)
        say(f"took the statement {buckets.NOT_DELETED_BY_THE_ROLE} out of the policy of {step.resource}")
        if step.needs_name:
            buckets.empty(access, step.resource)
    KINDS[step.resource.type].delete(access, step.resource)


def _words(resource: Resource) -> str:
    if resource.type == KEY:
        return f"deleted {resource}, which can be called back for {limits.LONGEST_KEY_RECOVERY_DAYS} days"
    return f"deleted {resource}"
