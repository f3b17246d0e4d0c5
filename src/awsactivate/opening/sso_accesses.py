"""What a person may use by single sign-on, with the token of the sign-in that is there."""

from __future__ import annotations

from collections.abc import Callable

from awsactivate.commandline import Context
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.synced import Access
from awsactivate.sessions.environment import without_session
from awsactivate.signin import sso_settings
from awsactivate.signin.sso_token import SsoToken
from awsactivate.signin.sso_tokens import SsoTokens


def list_accesses(
    session: str, profiles: Profiles, context: Context, progress: Callable[[int], None]
) -> list[Access]:
    """List all accounts and roles of an `[sso-session]`; `progress` is told how many accounts answered."""
    from awsactivate.aws import sign_on, sso_accesses
    from awsactivate.aws.answers import NoAnswer, Refused
    from awsactivate.aws.unsigned_service import Unsigned

    settings = sso_settings.of_session(session, profiles)
    tokens = SsoTokens(settings, without_session(context.environ), context.clock)

    def list_with(token: SsoToken) -> list[Access]:
        portal = Unsigned("sso", profile=None, region=tokens.reach(token).region)
        try:
            return sso_accesses.list_accesses(portal.call, token.access, progress=progress)
        except Refused as refused:
            if refused.status == 401:
                raise tokens.forget_ended(token, refused, f"{refused.message} ({refused.code})") from refused
            raise sign_on.refused_words(settings, "ListAccountRoles", refused) from refused
        except NoAnswer as nothing:
            said = nothing.as_error()
            said.message = f"{settings.whose}: {said.message}"
            raise said from nothing

    return tokens.use(list_with)
