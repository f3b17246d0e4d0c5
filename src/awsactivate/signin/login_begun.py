"""The sign-ins of `aws login` by which one is signed in on this machine."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.errors import AwsactivateError
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import login_token
from awsactivate.signin.cli_cache import UnreadableTokenError
from awsactivate.signin.key import Key
from awsactivate.signin.store import Store


def list_begun(profiles: Profiles, environ: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Tell of the sign-ins that the profiles use here: whose they are, by which client, and since when.

    One that can't be known, as where the keyring is locked, is told, and keeps nobody from ending others.
    """
    store, found = Store(environ), []
    for session in {profile.login_session for profile in profiles.values() if profile.login_session}:
        for look in (store.read_cli_cache, store.read_keyring):
            try:
                kept = look(Key("login", session.strip()))
                token = login_token.of_document(kept.document) if kept else None
            except (UnreadableTokenError, ValueError):
                continue  # nobody is signed in by it
            except AwsactivateError as error:
                terminal.say(f"whether you are signed in as {session} can't be known: {error.message}")
                continue
            if token is not None and token.identity is not None and token.begun_at is not None:
                found.append((token.identity, token.client_id, token.begun_at))
    return found
