"""A sign-in ended at AWS, and forgotten here: each token that is kept of it, wherever that is.

A token is forgotten when it has been ended, or when that was refused, which is told. So who breaks off with
Ctrl-C has still what lives on at AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress

from awsactivate.errors import AwsactivateError, AwsError, KeyringError
from awsactivate.frozen import dataclass
from awsactivate.keychain.index_entry import Place
from awsactivate.signin.cli_cache import UnreadableTokenError
from awsactivate.signin.key import Key
from awsactivate.signin.one_at_a_time import SignInGoesOnError, alone
from awsactivate.signin.store import Kept, Store

# Longer than a renewal takes at the most, which would have AWS give what is not ended here.
_WAITING_SECONDS = 45.0

Tell = Callable[[AwsactivateError], None]
End = Callable[[Kept], bool]
"""Has AWS end one token; False where it had ended already."""


@dataclass(frozen=True)
class Ended:
    """What came of it, beside the errors that were told."""

    were_kept: bool
    """Whether there was any token."""
    at_aws: bool
    """Whether AWS has ended one now."""


def end_all(
    key: Key,
    store: Store,
    environ: Mapping[str, str],
    end: End,
    tell: Tell,
    tell_waiting: Callable[[], None],
) -> Ended:
    """End and forget each token of a sign-in; `tell` gets an error at once, and then comes the next.

    A token that can't be read is one that may live on at AWS: that is told as well.
    """
    were_kept = at_aws = False
    with ExitStack() as stack:
        with suppress(SignInGoesOnError):  # a person signs in: that is another token
            stack.enter_context(alone(key, environ, tell_waiting, seconds=_WAITING_SECONDS))
        for place, look in store.all_places(key):
            failed: AwsactivateError | None = None
            try:
                kept = look(key)
                if kept is None:
                    store.note_gone(key, place)
                    continue
                at_aws = end(kept) or at_aws
            except UnreadableTokenError as error:
                failed = AwsError(f"the token in {error.path} {error.reason}, so that it is not ended at AWS")
            except KeyringError as error:
                were_kept = True
                tell(error)
                continue  # what could not be read stays
            except AwsactivateError as error:
                failed = error
            were_kept = True
            _forget(key, place, store, failed, tell)
    return Ended(were_kept, at_aws)


def _forget(key: Key, place: Place, store: Store, failed: AwsactivateError | None, tell: Tell) -> None:
    try:
        store.forget(key, place)
    except AwsactivateError as error:
        if failed is not None:
            tell(failed)
        tell(error)
        return
    if failed is not None:
        failed.message += ": forgotten here all the same"
        tell(failed)
