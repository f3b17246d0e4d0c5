"""A new access key asked of IAM: none of ours is lost, and none of anybody else's is deleted.

That a key is about to be made stands in the keyring's item before IAM is asked (see `item.Rotation`). What
may be ours of the keys that appear then is bounded in time by AWS's own clock: made between the call and its
end. All others are somebody's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError
from awsactivate.frozen import replace
from awsactivate.keychain import rotation
from awsactivate.keychain.item import AccessKey, Rotation
from awsactivate.person import terminal

if TYPE_CHECKING:
    from awsactivate.aws.access_keys import UserKey

_PAUSES = (0, 2, 4)  # seconds after which a key whose answer was lost is looked for
_SLACK = 1  # second, to which AWS's `Date` is cut


def plan(iam: Any, user_name: str, keys: tuple[UserKey, ...], context: Context) -> Rotation:
    """Return what is to be kept before a key is made, dated by the clock that IAM dates its keys with."""
    from awsactivate.aws import access_keys

    return Rotation(
        since=int(context.clock() - access_keys.measure_clock_ahead(iam, user_name, context.clock)),
        known=tuple(key.id for key in keys),
    )


def make(
    iam: Any,
    user_name: str,
    under_way: Rotation,
    keep: Callable[[Rotation | None], None],
    context: Context,
) -> AccessKey:
    """Make a key and `keep` it as the one that follows.

    Where IAM refused, no key was made, and that one was about to be is struck out. Where its answer was lost,
    a key that can only be this call's is deleted. A key that can't be kept is deleted too.
    """
    from awsactivate.aws import access_keys, once

    try:
        made = access_keys.create(iam, user_name)
    except AwsactivateError as error:
        if once.was_refused(error):
            keep(None)
        else:
            _settle(iam, user_name, under_way, keep, context)
        raise
    try:
        keep(replace(under_way, following=made))
    except BaseException:
        _take_back(iam, user_name, made.id)
        raise
    return made


def discard_ours(
    iam: Any, user_name: str, keys: tuple[UserKey, ...], under_way: Rotation
) -> tuple[UserKey, ...]:
    """Delete what a run that was stopped has made, and return the keys that are left."""
    from awsactivate.aws import access_keys

    left = []
    for key in keys:
        is_candidate = key.id not in under_way.known and rotation.is_within(key.created_at, under_way)
        if is_candidate and access_keys.ask_last_use(iam, key.id) is None:
            access_keys.delete(iam, user_name, key.id)
            terminal.say(f"deleted {key.id}, which a run made that was stopped before it could store it")
        else:
            left.append(key)
    return tuple(left)


def _settle(
    iam: Any,
    user_name: str,
    under_way: Rotation,
    keep: Callable[[Rotation | None], None],
    context: Context,
) -> None:
    """Find out whether the call whose answer was lost has made a key, and leave nothing of it behind."""
    from awsactivate.aws import access_keys

    until = int(context.clock() - access_keys.measure_clock_ahead(iam, user_name, context.clock)) + _SLACK
    bounded = replace(under_way, until=until)
    try:
        for pause in _PAUSES:
            time.sleep(pause)
            keys = access_keys.list_keys(iam, user_name)
            if len(discard_ours(iam, user_name, keys, bounded)) < len(keys):
                break
    except AwsactivateError:
        keep(bounded)  # the next run looks again
        return
    keep(None)


def _take_back(iam: Any, user_name: str, key_id: str) -> None:
    from awsactivate.aws import access_keys

    try:
        access_keys.delete(iam, user_name, key_id)
    except AwsactivateError as error:
        terminal.say(f"access key {key_id}, whose secret nobody has, is left: {error.message}")
