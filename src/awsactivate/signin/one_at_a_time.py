"""One process at a time gets a token of a sign-in; the others wait, and then look for what it has got."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import lock
from awsactivate.files.user_folders import state_folder
from awsactivate.signin.key import Key

_LOOK_SECONDS = 0.2
_SIGN_IN_SECONDS = 900.0  # a person finds the phone; then whoever waits begins by itself
RENEWAL_SECONDS = 5.0  # what a renewal may take: who wants no more does not wait for a person


class SignInGoesOnError(AwsactivateError):
    """Another process has a person sign in, or renews a token, and does not end."""


@contextmanager
def alone(
    key: Key,
    environ: Mapping[str, str],
    tell_waiting: Callable[[], None],
    *,
    seconds: float = _SIGN_IN_SECONDS,
) -> Iterator[bool]:
    """Be the only process that gets a token of `key`; who has to wait calls `tell_waiting`.

    It gives whether it waited: two shells at once sign in once, and who waited looks for the token again.
    SignInGoesOnError where another has not ended within `seconds`.
    """
    name = hashlib.sha256(key.text.encode()).hexdigest()[:16]
    path = state_folder(environ) / f"sign-in-{name}.lock"
    has_waited = False
    with ExitStack() as stack:
        try:
            has_waited = _take(stack, path, tell_waiting, seconds)
        except TimeoutError as error:
            raise SignInGoesOnError(
                f"another awsactivate signs in to {key.name} now, and has not ended", "end it, or try again"
            ) from error
        except OSError:
            pass  # a home that can't be written keeps nobody from signing in
        yield has_waited


def _take(stack: ExitStack, path: Path, tell_waiting: Callable[[], None], seconds: float) -> bool:
    try:
        stack.enter_context(lock.locked(path, seconds=_LOOK_SECONDS))
    except TimeoutError:
        tell_waiting()
        stack.enter_context(lock.locked(path, seconds=seconds))
        return True
    return False
