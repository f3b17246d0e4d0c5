"""The token that a person has just got: kept where it may be, or used once."""

from __future__ import annotations

from awsactivate.errors import AwsactivateError
from awsactivate.person import terminal
from awsactivate.signin.store import Kept, Store


def keep_new(store: Store, kept: Kept, *, until: str, renews: bool, told: str, must_keep: bool) -> None:
    """Keep it in its place; unless it `must_keep`, what can't be kept is used once, which is said of `told`.

    A place in the AWS CLI's cache is one that the person asked for.
    """
    try:
        if kept.place == "cli":
            store.share(kept, until=until, renews=renews, tell=terminal.say)
        else:
            store.keep(kept, until=until, renews=renews)
    except AwsactivateError as error:
        if must_keep:
            raise
        terminal.say(f"{told} is used once, and kept nowhere: {error.message}")
