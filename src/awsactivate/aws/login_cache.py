"""The AWS CLI's cache of sign-ins by `aws login`: read, and changed under its own mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from awsactivate.errors import AwsactivateError, ProfileError, SignInNeededError
from awsactivate.files import file_changes, private_files
from awsactivate.files.lock import locked
from awsactivate.files.user_folders import home, state_folder
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import login_token
from awsactivate.sessions.login_token import LoginToken

_MODE = 0o600  # of a file that is new
_LOCK_SECONDS = 45.0  # longer than one who refreshes waits for AWS


def path_of(login_session: str, environ: Mapping[str, str]) -> Path:
    """Return where the token of a `login_session` is kept."""
    return folder(environ) / login_token.file_name(login_session)


def folder(environ: Mapping[str, str]) -> Path:
    """Return the cache's folder, by the SDKs' rule."""
    named = environ.get("AWS_LOGIN_CACHE_DIRECTORY")
    if named is None:
        return home(environ) / login_token.FOLDER
    with suppress(RuntimeError):
        return Path(_expanded(named, environ)).expanduser()
    return Path(named)


def begun(profiles: Profiles, environ: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Tell of the sign-ins that the profiles use here: whose they are, by which client, and since when."""
    found = []
    for session in {profile.login_session for profile in profiles.values() if profile.login_session}:
        try:
            token = login_token.parsed(private_files.read(path_of(session, environ)))
        except (OSError, ValueError):
            continue  # nobody is signed in by it
        if token.identity is not None and token.begun_at is not None:
            found.append((token.identity, token.client_id, token.begun_at))
    return found


def read(path: Path, whose: str, hint: str) -> LoginToken:
    """Read a token; SignInNeededError where there is none, or none that can be used."""
    try:
        return login_token.parsed(private_files.read(path))
    except FileNotFoundError:
        raise SignInNeededError(f"{whose}: nobody is signed in", hint) from None
    except OSError as error:
        raise SignInNeededError(
            f"{whose}: its sign-in in {path} can't be read: {error.strerror or type(error).__name__}", hint
        ) from error
    except ValueError as error:
        raise SignInNeededError(f"{whose}: its sign-in in {path} can't be used: {error}", hint) from None


def write(path: Path, token: LoginToken) -> None:
    """Keep a token in place of the one that is there."""
    file_changes.change({path: _content(token)})


def try_out(path: Path, token: LoginToken, whose: str) -> None:
    """Raise what `write` would raise: a refresh that can't be kept would sign the person out."""
    try:
        file_changes.try_out({path: _content(token)})
    except AwsactivateError as error:
        raise ProfileError(
            f"{whose}: its sign-in can't be renewed, for {error.message}", f"ls -l {path}"
        ) from error


@contextmanager
def one_at_a_time(path: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """Keep other awsactivates off a token; the AWS CLI keeps off nobody.

    Where no lock can be had, such as on a disk that is read-only, it goes on without one.
    """
    try:
        lock = locked(state_folder(environ) / f"login-{path.stem[:16]}.lock", seconds=_LOCK_SECONDS)
        lock.__enter__()
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _content(token: LoginToken) -> file_changes.Content:
    return file_changes.Content(login_token.written(token).encode(), _MODE)


def _expanded(text: str, environ: Mapping[str, str]) -> str:
    """Put variables in, as botocore does."""
    import re

    return re.sub(
        r"\$(?:\{([^}]*)\}|(\w+))", lambda found: environ.get(found[1] or found[2] or "", found[0]), text
    )
