"""AWS Sign-In's token for a `login_session`: the one that is kept, renewed, or one that a person gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from awsactivate.aws import login_session
from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.errors import (
    AwsactivateError,
    AwsError,
    KeyringError,
    ProfileError,
    SignInNeededError,
    TokenOutOfReachError,
)
from awsactivate.frozen import replace
from awsactivate.person import terminal
from awsactivate.sessions import dpop, login_token
from awsactivate.sessions.credentials import Credentials, rfc3339
from awsactivate.sessions.login_token import LoginToken
from awsactivate.signin import login_by_person
from awsactivate.signin.cli_cache import UnreadableTokenError
from awsactivate.signin.ending import Ended, Tell, end_all
from awsactivate.signin.found import Found, find_tokens
from awsactivate.signin.hints import login_hint
from awsactivate.signin.keeping import keep_new
from awsactivate.signin.key import Key
from awsactivate.signin.one_at_a_time import RENEWAL_SECONDS, SignInGoesOnError, alone
from awsactivate.signin.store import CantBeKeptError, Keep, Kept, Store

# Of a quarter of an hour: a shell that renews below ten minutes, and one that serves a command, get more.
_FRESH_SECONDS = 12 * 60
_LAST_SECONDS = 60  # where they can't be renewed, they do for so long


class _NoKeyError(SignInNeededError):
    """The key that would prove whose a token is can't be read."""


class LoginTokens:
    """The tokens of the sign-in that a profile names, for the user whose environment `environ` is.

    Without a profile it is a sign-in that no configuration names any more, which can be ended. `fault` is
    what the keyring has said already to this command.
    """

    def __init__(
        self,
        profile: str | None,
        session: str,
        region: str | None,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        fault: KeyringError | None = None,
    ) -> None:
        self._profile = profile
        self._session = session.strip()
        self._region = region
        self._environ = environ
        self._clock = clock
        self._store = Store(environ, fault)
        self._key = Key("login", self._session)
        self._fault = ""

    def get_current(self) -> Credentials:
        """Return credentials that last, renewed if need be.

        SignInNeededError where nobody is signed in any more, ProfileError where somebody else is than the
        profile names.
        """
        for one in self._find_tokens():
            if one.token.lasts(self._clock(), _FRESH_SECONDS):
                return one.token.credentials
        refusal: AwsactivateError | None = None
        try:
            with alone(self._key, self._environ, self._tell_waiting, seconds=RENEWAL_SECONDS):
                for one in self._find_tokens():
                    if one.token.lasts(self._clock(), _FRESH_SECONDS):
                        return one.token.credentials
                    try:
                        return self._renew(one).credentials
                    except AwsactivateError as error:
                        if one.token.lasts(self._clock(), _LAST_SECONDS):
                            return one.token.credentials
                        refusal = refusal or error
        except SignInGoesOnError as error:
            for one in self._find_tokens():
                if one.token.lasts(self._clock(), _LAST_SECONDS):
                    return one.token.credentials
            raise self.needed(said=error.message) from error
        raise refusal or self.needed()

    def sign_in(
        self, *, device_code: bool = False, share: bool = False, must_keep: bool = False
    ) -> Credentials:
        """Have a person sign in, unless another shell has meanwhile; keep the token, and use it.

        Where it can't be kept it is used once, unless it `must_keep`.
        """
        with alone(self._key, self._environ, self._tell_waiting) as has_waited:
            for one in self._find_tokens() if has_waited or not must_keep else ():
                if share and one.kept.place != "cli":
                    continue
                if one.token.lasts(self._clock(), _FRESH_SECONDS):
                    return one.token.credentials
            token = self._have_person_sign_in(device_code=device_code)
            try:
                login_token.refuse_another(token, self._session, self._whose, self._hint)
                self._keep(token, share=share, must_keep=must_keep)
            except AwsactivateError:
                self._drop(token)
                raise
        return token.credentials

    def _drop(self, token: LoginToken) -> None:
        """Have AWS end what nobody keeps: it could be renewed for 12 hours."""
        try:
            login_session.revoke(token, self._profile, token.region or self._region)
        except AwsactivateError as error:
            who = token.identity or "somebody"
            terminal.say(f"the sign-in as {who} is kept nowhere, and is not ended at AWS: {error.message}")

    def end(self, tell: Tell) -> Ended:
        """Have AWS take the refresh tokens no longer, whosever they are, and forget them here.

        `tell` gets what AWS refuses; it is forgotten all the same.
        """
        return end_all(self._key, self._store, self._environ, self._end, tell, self._tell_waiting)

    def _end(self, kept: Kept) -> bool:
        try:
            token = login_token.of_document(kept.document)
        except ValueError as error:
            said = f"its sign-in in {self._store.place(self._key, kept)} can't be ended at AWS: {error}"
            raise AwsError(f"{self._whose}: {said}") from None
        try:
            if not token.lasts(self._clock(), _LAST_SECONDS):
                token = self._renew(Found(kept, token), to_end=True)
            login_session.revoke(token, self._profile, token.region or self._region)
        except _NoKeyError as error:
            raise AwsError(f"{error.message}, so that it is not ended at AWS") from error
        except SignInNeededError:
            return False  # AWS has ended it already
        except AwsactivateError as error:
            if self._whose not in error.message:
                error.message = f"{self._whose}: {error.message}"
            raise
        return True

    def needed(self, *, said: str = "") -> SignInNeededError:
        """Return the error that says that a person has to sign in, and why."""
        fault = self._store.fault
        if fault is not None and not said:
            return TokenOutOfReachError(f"{self._whose}: {fault.message}", fault)
        reason = said or self._fault or "nobody is signed in"
        return SignInNeededError(f"{self._whose}: {reason}", self._hint)

    @property
    def _hint(self) -> str:
        return login_hint(self._profile or "PROFILE")

    @property
    def _whose(self) -> str:
        return (
            f"profile {self._profile!r}" if self._profile is not None else f"the sign-in as {self._session}"
        )

    def _find_tokens(self) -> Iterator[Found[LoginToken]]:
        """Look where tokens are kept; ProfileError where one is of somebody else than the profile names."""
        for one in self._find_whosever():
            login_token.refuse_another(one.token, self._session, self._whose, self._hint)
            yield one

    def _find_whosever(self) -> Iterator[Found[LoginToken]]:
        self._fault = ""
        now = rfc3339(datetime.fromtimestamp(self._clock(), UTC))
        return find_tokens(self._key, self._store, now, login_token.of_document, self._note_fault)

    def _note_fault(self, words: str) -> None:
        self._fault = words

    def _renew(self, found: Found[LoginToken], *, to_end: bool = False) -> LoginToken:
        """Trade in the refresh token, which is good once; what comes of it is kept where it was."""
        token = found.token
        asked = {
            "clientId": token.client_id,
            "refreshToken": token.refresh_token,
            "grantType": "refresh_token",
        }
        try:
            with self._store.renewing(found.kept, to_end=to_end) as keep:
                output = self._exchange(asked, token.key, token.region or self._region)
                renewed = login_token.refreshed(token, output, self._clock())
                self._put(keep, replace(found.kept, document=renewed.document), renewed)
        except CantBeKeptError as error:
            said = f"{self._whose}: its sign-in can't be renewed, for {error.message}"
            raise ProfileError(said, error.hint or self._hint) from error
        except Refused as refused:
            # the AWS CLI, which waits for nobody, may have renewed it in the same moment
            for newer in self._find_whosever():
                is_same = (newer.kept.place, newer.token.identity) == (found.kept.place, token.identity)
                if is_same and newer.token.refresh_token != token.refresh_token:
                    is_good = newer.token.lasts(self._clock(), _LAST_SECONDS)
                    return newer.token if is_good else self._renew(newer, to_end=to_end)
            if login_session.is_over(refused) and not token.lasts(self._clock(), _LAST_SECONDS):
                self._forget(token)
            raise self._explained(refused) from refused
        return renewed

    def _forget(self, token: LoginToken) -> None:
        """Forget our token that AWS renews no longer."""
        try:
            self._store.forget_refused(
                self._key, lambda document: document.get("refreshToken") == token.refresh_token
            )
        except (AwsactivateError, UnreadableTokenError) as error:
            terminal.say(f"the sign-in of {self._whose} has ended, and is not forgotten: {error}")

    def _exchange(self, asked: Mapping[str, str], key: str, region: str | None) -> Mapping[str, object]:
        try:
            return login_session.exchange(asked, key, self._profile, region)
        except ValueError as error:
            said = f"{self._whose}: its sign-in can't be used: {error}"
            raise _NoKeyError(said, self._hint) from None
        except NoAnswer as nothing:
            unreachable = nothing.as_error()
            unreachable.message = f"{self._whose}: {unreachable.message}"
            raise unreachable from nothing

    def _explained(self, refused: Refused) -> AwsactivateError:
        return login_session.explained(refused, self._whose, self._hint)

    def _have_person_sign_in(self, *, device_code: bool) -> LoginToken:
        if self._profile is None:
            raise AssertionError("who signs in does so for a profile")
        key = dpop.new_key()

        def trade(asked: Mapping[str, str]) -> Mapping[str, object]:
            try:
                return self._exchange(asked, key, self._region)
            except Refused as refused:
                raise self._explained(refused) from refused

        given = (self._profile, self._region, self._environ)
        client_id, output = login_by_person.sign_in(*given, device_code=device_code, trade=trade)
        return login_token.of_answer(output, client_id, key, self._region, self._clock())

    def _keep(self, token: LoginToken, *, share: bool, must_keep: bool) -> None:
        kept = Kept(self._key, "cli" if share else "keyring", token.document)
        until, told = self._until(token), f"the sign-in of {self._whose}"
        keep_new(self._store, kept, until=until, renews=False, told=told, must_keep=must_keep)

    def _put(self, keep: Keep, kept: Kept, token: LoginToken) -> None:
        try:
            keep(kept, self._until(token), False)
        except AwsactivateError as error:
            terminal.say(f"the renewed sign-in of {self._whose} is not kept: {error.message}")

    def _until(self, token: LoginToken) -> str:
        return rfc3339(token.ends_at(datetime.fromtimestamp(self._clock(), UTC)))

    def _tell_waiting(self) -> None:
        terminal.say(f"another awsactivate signs in for {self._whose}: waiting until it has")
