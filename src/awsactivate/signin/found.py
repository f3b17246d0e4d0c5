"""The tokens that are kept of a sign-in, read one at a time, in the order that the store tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from awsactivate.errors import KeyringError
from awsactivate.frozen import dataclass
from awsactivate.signin.cli_cache import UnreadableTokenError
from awsactivate.signin.key import Key
from awsactivate.signin.store import Kept, Store

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """A token, and where it is kept."""

    kept: Kept
    token: T


def find_tokens(
    key: Key,
    store: Store,
    now: str,
    read: Callable[[Mapping[str, Any]], T],
    tell_fault: Callable[[str], None],
) -> Iterator[Found[T]]:
    """Give each token that `read` can read; ValueError of it says why not, and quotes nothing.

    `tell_fault` is told of one that can't be used. `now` is in RFC 3339.
    """
    for look in store.looks(key, now):
        kept = None
        try:
            kept = look(key)
            token = None if kept is None else read(kept.document)
        except UnreadableTokenError as error:
            tell_fault(f"the token in {error.path} {error.reason}")
            continue
        except KeyringError as error:  # another place may have one, and a person can get one
            tell_fault(error.message)
            continue
        except ValueError as error:
            tell_fault(f"the token in {store.place(key, kept)} can't be used: {error}")
            continue
        if kept is not None and token is not None:
            yield Found(kept, token)
