"""A token of IAM Identity Center: one that is kept, renewed where it can be, or one that a person gets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from awsactivate.aws.answers import Refused
from awsactivate.aws.sign_on import Oidc, Portal, refused_words
from awsactivate.errors import (
    AwsactivateError,
    AwsError,
    KeyringError,
    SignInNeededError,
    TokenOutOfReachError,
    UnreachableError,
)
from awsactivate.frozen import replace
from awsactivate.person import terminal
from awsactivate.sessions import values
from awsactivate.sessions.credentials import rfc3339
from awsactivate.signin import sso_by_person, sso_token, start_urls
from awsactivate.signin.cli_cache import UnreadableTokenError
from awsactivate.signin.ending import Ended, Tell, end_all
from awsactivate.signin.found import Found, find_tokens
from awsactivate.signin.hints import login_hint
from awsactivate.signin.keeping import keep_new
from awsactivate.signin.one_at_a_time import RENEWAL_SECONDS, SignInGoesOnError, alone
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_token import SsoToken
from awsactivate.signin.store import CantBeKeptError, Kept, Store

T = TypeVar("T")

_ENDED = ("InvalidGrantException", "ExpiredTokenException", "UnauthorizedException")
_TAKEN_NO_LONGER = "UnauthorizedException"  # a bare 401 may be a proxy's


class SsoTokens:
    """The tokens of one sign-in, for the user whose environment `environ` is.

    `fault` is what the keyring has said already to this command.
    """

    def __init__(
        self,
        settings: SsoSettings,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        fault: KeyringError | None = None,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._clock = clock
        self._store = Store(environ, fault)
        self._fault = ""
        self._unkept = ""
        self.by_person: set[str] = set()
        """The digests of those that a person has got by this."""

    def use(self, trade: Callable[[SsoToken], T]) -> T:
        """Return what the current token gives; where AWS takes it no longer, what the next does that is kept.

        SignInNeededError of `trade` says by `refused` that a token is not taken.
        """
        first: SignInNeededError | None = None
        refused: set[str] = set()
        while True:
            try:
                token = self.get_current(refused)
            except SignInNeededError as error:
                raise first or error from error
            try:
                return trade(token)
            except SignInNeededError as error:
                if not error.refused or error.refused in refused:
                    raise
                first = first or error
                refused.add(error.refused)

    def get_current(self, refused: Collection[str] = ()) -> SsoToken:
        """Return a token that lasts, renewed without a person if need be; else SignInNeededError.

        `refused` are the digests of tokens that AWS does not take.
        """
        can_be_renewed, busy = False, ""
        for one in self._find_tokens(refused):
            if self._lasts_well(one.token):
                return one.token
            can_be_renewed = can_be_renewed or one.token.can_be_renewed(self._now())
        if can_be_renewed:
            try:
                with alone(self._settings.key, self._environ, self._tell_waiting, seconds=RENEWAL_SECONDS):
                    if token := self._renew_first(refused):
                        return token
            except SignInGoesOnError as error:
                busy = error.message
        for one in self._find_tokens(refused):
            if one.token.lasts(self._now()):
                return one.token
        raise self.needed(said=busy or self._unkept)

    def end(self, tell: Tell) -> Ended:
        """Have AWS end each sign-in of which a token is kept, and forget it; `tell` gets what AWS refuses.

        By a token that has ended nothing is ended, but by the one that follows it.
        """
        return end_all(self._settings.key, self._store, self._environ, self._end, tell, self._tell_waiting)

    def _end(self, kept: Kept) -> bool:
        try:
            token = sso_token.read(kept.document)
        except ValueError as error:
            place = self._store.place(self._settings.key, kept)
            raise AwsError(
                f"{self._settings.whose}: the token in {place} can't be ended at AWS: {error}"
            ) from None
        settings = self._of(token)
        if not settings.region:
            raise AwsError(f"{settings.whose}: its token names no region, so that it is not ended at AWS")
        if not token.lasts(self._now()):
            if not token.can_be_renewed(self._now()):
                return False
            try:
                token = self._trade_in(Found(kept, token), to_end=True)
            except Refused as refused:
                if refused.code in _ENDED:
                    return False
                raise refused_words(settings, "CreateToken", refused) from refused
        try:
            Portal(settings).log_out(token)
        except Refused as refused:
            if refused.code == _TAKEN_NO_LONGER:
                return False
            hint = "sign out on the portal's page in a browser"
            raise refused_words(settings, "Logout", refused, hint) from refused
        return True

    def sign_in(
        self,
        *,
        device_code: bool = False,
        share: bool = False,
        must_keep: bool = False,
        refused: Collection[str] = (),
    ) -> SsoToken:
        """Have a person sign in, unless another shell has got a token since; keep it, and return it.

        `refused` are the digests of tokens that AWS does not take. Unless it `must_keep` the token, one that
        the keyring does not take is used once.
        """
        with alone(self._settings.key, self._environ, self._tell_waiting) as has_waited:
            for one in self._find_tokens() if has_waited or not must_keep else ():
                if share and one.kept.place != "cli":
                    continue
                if one.token.digest not in refused and one.token.lasts(self._now()):
                    return one.token
            given = (self._settings, self._environ, self._clock)
            token = sso_by_person.sign_in(*given, device_code=device_code)
            self.by_person.add(token.digest)
            self._keep(token, share=share, must_keep=must_keep)
        return token

    def needed(self, *, said: str = "", refused: str = "") -> SignInNeededError:
        """Return the error that says that a person has to sign in, and why."""
        settings, fault = self._settings, self._store.fault
        if fault is not None and not said:
            return TokenOutOfReachError(f"{settings.whose}: {fault.message}", fault)
        reason = said or self._fault or f"nobody is signed in to {settings.key.name}"
        return SignInNeededError(f"{settings.whose}: {reason}", login_hint(settings.name), refused=refused)

    def forget_ended(self, token: SsoToken, refused: Refused, said: str) -> SignInNeededError:
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

    def _find_tokens(self, refused: Collection[str] = ()) -> Iterator[Found[SsoToken]]:
        """Look where tokens are kept; one of ours of another start URL or region is none."""
        self._fault = ""
        now = self._now()
        for one in find_tokens(
            self._settings.key, self._store, rfc3339(now), sso_token.read, self._note_fault
        ):
            if one.token.digest in refused or (
                one.kept.place == "keyring" and not self._is_for_us(one.token)
            ):
                continue
            if not one.token.lasts(now):
                ends = rfc3339(one.token.ends)
                self._note_fault(f"the sign-in to {self._settings.key.name} has ended ({ends})")
            yield one

    def _note_fault(self, words: str) -> None:
        self._fault = words

    def reach(self, token: SsoToken) -> SsoSettings:
        """Return where a token is used: the start URL of an organisation may have led to another region."""
        return self._settings if start_urls.is_of_aws(self._settings.start_url) else self._of(token)

    def _of(self, token: SsoToken) -> SsoSettings:
        """Return the settings with which a token was had: the configuration may say otherwise since."""
        settings = self._settings
        try:
            region = values.region(token.region)
        except ValueError:
            region = settings.region
        return replace(settings, start_url=token.start_url or settings.start_url, region=region)

    def _is_for_us(self, token: SsoToken) -> bool:
        return token.start_url == self._settings.start_url and self.reach(token).region == token.region

    def _lasts_well(self, token: SsoToken) -> bool:
        return token.lasts(self._now()) and not token.should_be_renewed(self._now())

    def _renew_first(self, refused: Collection[str]) -> SsoToken | None:
        """Renew the first token that AWS renews; another process may have done it."""
        for one in self._find_tokens(refused):
            if self._lasts_well(one.token):
                return one.token
            if one.token.can_be_renewed(self._now()) and (token := self._try_to_renew(one)):
                return token
        return None

    def _try_to_renew(self, found: Found[SsoToken]) -> SsoToken | None:
        """Trade in the refresh token; None where AWS takes it no longer, or the next could not be kept."""
        still = found.token if found.token.lasts(self._now()) else None
        try:
            return self._trade_in(found)
        except CantBeKeptError as error:
            self._unkept = f"the sign-in to {self._settings.key.name} can't be renewed, for {error.message}"
            return still
        except Refused as refused:
            if still is None and (refused.status >= 500 or refused.is_throttling):
                raise refused_words(self._settings, "CreateToken", refused) from refused
            return still
        except UnreachableError:
            if still is None:
                raise
            return still

    def _trade_in(self, found: Found[SsoToken], *, to_end: bool = False) -> SsoToken:
        """Have the refresh token give another, which is kept where the old one was."""
        with self._store.renewing(found.kept, to_end=to_end) as keep:
            token = Oidc(self._of(found.token), self._clock).renew(found.token)
            document = {**found.kept.document, **sso_token.written(token)}
            try:
                keep(replace(found.kept, document=document), rfc3339(token.ends), True)
            except AwsactivateError as error:
                terminal.say(f"the renewed sign-in to {self._settings.key.name} is not kept: {error.message}")
        return token

    def _keep(self, token: SsoToken, *, share: bool, must_keep: bool) -> None:
        kept = Kept(self._settings.key, "cli" if share else "keyring", sso_token.written(token))
        until, renews = rfc3339(token.ends), token.can_be_renewed(self._now())
        told = f"the sign-in to {self._settings.key.name}"
        keep_new(self._store, kept, until=until, renews=renews, told=told, must_keep=must_keep)

    def _tell_waiting(self) -> None:
        terminal.say(f"another awsactivate signs in to {self._settings.key.name}: waiting for it")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
