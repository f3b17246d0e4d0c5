"""What a person may use by single sign-on, with the token of the sign-in that is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from awsactivate.commandline import Context
from awsactivate.errors import SignInNeededError
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.synced import Access
from awsactivate.signin import cli_cache, sso_settings, sso_token
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_token import SsoToken
from awsactivate.signin.store import Store


def of_person(
    session: str, profiles: Profiles, context: Context, progress: Callable[[int], None]
) -> list[Access]:
    """List all accounts and roles of an `[sso-session]`; `progress` is told how many accounts answered."""
    from awsactivate.aws import sign_on, sso_accesses
    from awsactivate.aws.answers import NoAnswer, Refused
    from awsactivate.aws.unsigned_service import Unsigned

    settings = sso_settings.of_session(session, profiles)
    token = _token(settings, context)
    portal = Unsigned("sso", profile=None, region=settings.region)
    try:
        return sso_accesses.accesses(portal.call, token.access, progress=progress)
    except Refused as refused:
        if refused.status == 401:
            raise SignInNeededError(f"{settings.whose}: {refused.message}", _hint(settings)) from refused
        raise sign_on.refused_words(settings, "ListAccountRoles", refused) from refused
    except NoAnswer as nothing:
        said = nothing.as_error()
        said.message = f"{settings.whose}: {said.message}"
        raise said from nothing


def _token(settings: SsoSettings, context: Context) -> SsoToken:
    store, now = Store(context.environ), datetime.fromtimestamp(context.clock(), UTC)
    try:
        kept = store.in_keyring(settings.key) or store.in_cli_cache(settings.key)
        token = sso_token.read(kept.document) if kept else None
    except (ValueError, cli_cache.UnreadableTokenError):
        token = None
    if token is None or not token.lasts(now):
        state = "nobody is signed in" if token is None else "the sign-in has ended"
        raise SignInNeededError(f"{settings.whose}: {state}", _hint(settings))
    return token


def _hint(settings: SsoSettings) -> str:
    return f"aws sso login --sso-session {settings.name}"
