"""A token of IAM Identity Center: one that is kept, renewed where it can be, or one that a person gets."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime

from awsactivate.aws.answers import Refused
from awsactivate.aws.sign_on import CALLBACK, Oidc, refused_words
from awsactivate.errors import AwsactivateError, KeyringError, SignInNeededError, UnreachableError
from awsactivate.frozen import dataclass, replace
from awsactivate.person import terminal
from awsactivate.sessions.credentials import rfc3339
from awsactivate.signin import sso_token, ways
from awsactivate.signin.cli_cache import UnreadableTokenError
from awsactivate.signin.hints import login_hint
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_token import SsoToken
from awsactivate.signin.store import Kept, Store

_TAKEN_NO_LONGER = "UnauthorizedException"  # a bare 401 may be a proxy's


@dataclass(frozen=True)
class _Found:
    """A token, and where it is kept."""

    kept: Kept
    token: SsoToken


class SsoTokens:
    """The tokens of one sign-in, for the user whose environment `environ` is."""

    def __init__(self, settings: SsoSettings, environ: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._settings = settings
        self._environ = environ
        self._clock = clock
        self._store = Store(environ)
        self._fault = ""

    def current(self) -> SsoToken:
        """Return a token that lasts, renewed without a person if need be; else SignInNeededError."""
        can_be_renewed = False
        for found in self._found():
            if self._lasts_well(found.token):
                return found.token
            can_be_renewed = can_be_renewed or found.token.can_be_renewed(self._now())
        if can_be_renewed:
            with self._store.alone(self._settings.key, self._tell_waiting):
                if token := self._renewed_by_now():
                    return token
        for found in self._found():
            if found.token.lasts(self._now()):
                return found.token
        raise self.needed()

    def to_end(self) -> Iterator[SsoToken]:
        """Give each token that is kept, or what follows it: by one that has ended nothing is ended."""
        for found in self._found():
            if found.token.lasts(self._now()):
                yield found.token
            elif found.token.can_be_renewed(self._now()) and (token := self._renewed(found)):
                yield token

    def sign_in(
        self,
        *,
        device_code: bool = False,
        share: bool = False,
        must_keep: bool = False,
        refused: str = "",
    ) -> SsoToken:
        """Have a person sign in, unless another shell has got a token since; keep it, and return it.

        `refused` is the digest of a token that AWS does not take. Unless it `must_keep` the token, one that
        the keyring does not take is used once.
        """
        with self._store.alone(self._settings.key, self._tell_waiting) as has_waited:
            for found in self._found() if has_waited else ():
                if found.token.digest != refused and found.token.lasts(self._now()):
                    return found.token
            token = self._by_person(device_code=device_code)
            self._keep(token, share=share, must_keep=must_keep)
        return token

    def needed(self, *, said: str = "", refused: str = "") -> SignInNeededError:
        """Return the error that says that a person has to sign in, and why."""
        settings = self._settings
        reason = said or self._fault or f"nobody is signed in to {settings.key.name}"
        return SignInNeededError(f"{settings.whose}: {reason}", login_hint(settings.name), refused=refused)

    def ended(self, token: SsoToken, refused: Refused, said: str) -> SignInNeededError:
        """Forget our token that AWS itself says it takes no longer, and return the error that tells it."""
        if refused.code == _TAKEN_NO_LONGER:
            self._forget(token)
        return self.needed(said=said, refused=token.digest)

    def _forget(self, token: SsoToken) -> None:
        try:
            self._store.forget_refused(
                self._settings.key, lambda document: document.get("accessToken") == token.access
            )
        except (AwsactivateError, UnreadableTokenError) as error:
            terminal.say(f"the sign-in to {self._settings.key.name} has ended, and is not forgotten: {error}")

    def _found(self) -> Iterator[_Found]:
        """Look where tokens are kept, first where one lasts by what is known without opening the keyring."""
        self._fault = ""
        for look in self._store.looks(self._settings.key, rfc3339(self._now())):
            try:
                kept = look(self._settings.key)
                token = sso_token.read(kept.document) if kept else None
            except UnreadableTokenError as error:
                self._fault = f"the token in {error.path} {error.reason}"
                continue
            except ValueError:
                place = self._store.place(self._settings.key, kept)
                self._fault = f"the token of {self._settings.key.name} in {place} is none"
                continue
            if kept is None or token is None or (kept.place == "keyring" and not self._is_for_us(token)):
                continue
            if not token.lasts(self._now()):
                self._fault = f"the sign-in to {self._settings.key.name} has ended ({rfc3339(token.ends)})"
            yield _Found(kept, token)

    def _is_for_us(self, token: SsoToken) -> bool:
        wanted = (self._settings.start_url, self._settings.region)
        return (token.start_url, token.region) == wanted

    def _lasts_well(self, token: SsoToken) -> bool:
        return token.lasts(self._now()) and not token.should_be_renewed(self._now())

    def _renewed_by_now(self) -> SsoToken | None:
        """Renew the first token that AWS renews; another process may have done it."""
        for found in self._found():
            if self._lasts_well(found.token):
                return found.token
            if found.token.can_be_renewed(self._now()) and (token := self._renewed(found)):
                return token
        return None

    def _renewed(self, found: _Found) -> SsoToken | None:
        """Trade in the refresh token; None where AWS takes it no longer."""
        still = found.token if found.token.lasts(self._now()) else None
        try:
            token = Oidc(self._settings, self._clock).renewed(found.token)
        except Refused as refused:
            if still is None and (refused.status >= 500 or refused.is_throttling):
                raise refused_words(self._settings, "CreateToken", refused) from refused
            return still
        except UnreachableError:
            if still is None:
                raise
            return still
        document = {**found.kept.document, **sso_token.written(token)}
        try:
            self._store.keep(replace(found.kept, document=document), until=rfc3339(token.ends), renews=True)
        except AwsactivateError as error:
            terminal.say(f"the renewed sign-in to {self._settings.key.name} is not kept: {error.message}")
        return token

    def _by_person(self, *, device_code: bool) -> SsoToken:
        way = ways.way(self._environ, sys.platform, device_code=device_code)
        oidc = Oidc(self._settings, self._clock)
        if way.by_browser and self._settings.has_session:
            return self._by_browser(oidc)
        return self._by_device(oidc, way)

    def _by_browser(self, oidc: Oidc) -> SsoToken:
        from awsactivate.signin import by_browser
        from awsactivate.signin.listener import Listener
        from awsactivate.signin.proof import RANDOM_BYTES, address, proof

        own = proof(os.urandom(RANDOM_BYTES))
        client = oidc.register(by_browser=True)
        with Listener(CALLBACK, own.state, terminal.say) as listener:
            page = {
                "response_type": "code",
                "client_id": client.id,
                "redirect_uri": listener.redirect_uri,
                "state": own.state,
                "code_challenge_method": "S256",
                "code_challenge": own.challenge,
                "scopes": " ".join(self._settings.scopes),
            }
            code = by_browser.code_of(
                listener,
                address(oidc.url, "/authorize", page),
                whose=self._settings.whose,
                name=self._settings.name,
                environ=self._environ,
            )
            return oidc.by_code(client, code, own.verifier, listener.redirect_uri)

    def _by_device(self, oidc: Oidc, way: ways.Way) -> SsoToken:
        client = oidc.register(by_browser=False)
        code = oidc.start_device(client)
        reason = f" ({way.reason})" if way.reason else ""
        said = (
            f"{self._settings.whose}{reason}: to sign in, open {code.address} in any browser,"
            f" and give the code {code.user_code} there; or open {code.whole_address}"
        )
        with ExitStack() as stack:
            if way.by_browser:
                from awsactivate.signin.browser import open_at
                from awsactivate.signin.door import Door

                # who could read the code would sign this person in as somebody else
                door = stack.enter_context(Door(code.whole_address))
                open_at(door.address, self._environ)
            terminal.say(said)
            token = oidc.by_device(client, code, time.sleep)
        if token is None:
            raise self.needed(said=f"nobody has signed in within {code.seconds / 60:.0f} min")
        return token

    def _keep(self, token: SsoToken, *, share: bool, must_keep: bool) -> None:
        until, renews = rfc3339(token.ends), token.can_be_renewed(self._now())
        kept = Kept(self._settings.key, "cli" if share else "keyring", sso_token.written(token))
        if share:
            self._store.share(kept, until=until, renews=renews)
            return
        try:
            self._store.keep(kept, until=until, renews=renews)
        except KeyringError as error:
            if must_keep:
                raise
            terminal.say(f"this sign-in is used once, and kept nowhere: {error.message}")

    def _tell_waiting(self) -> None:
        terminal.say(f"another awsactivate signs in to {self._settings.key.name}: waiting for it")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
