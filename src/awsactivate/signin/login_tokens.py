"""AWS Sign-In's token for a `login_session`: the one that is kept, renewed, or one that a person gets."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from awsactivate.aws import login_session
from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.errors import AwsactivateError, ProfileError, SignInNeededError
from awsactivate.frozen import dataclass, replace
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import dpop, login_token
from awsactivate.sessions.credentials import Credentials, rfc3339
from awsactivate.sessions.login_token import LoginToken
from awsactivate.signin import by_browser, cli_cache, pasted_code, ways
from awsactivate.signin.cli_cache import UnreadableTokenError
from awsactivate.signin.hints import login_hint
from awsactivate.signin.key import Key
from awsactivate.signin.listener import Listener
from awsactivate.signin.proof import RANDOM_BYTES, Proof, address, proof
from awsactivate.signin.store import Kept, Store

SAME_DEVICE, CROSS_DEVICE = (f"arn:aws:signin:::devtools/{which}-device" for which in ("same", "cross"))
_CALLBACK, _CONFIRMATION = "/oauth/callback", "/v1/sessions/confirmation"

# Of a quarter of an hour: a shell that renews below ten minutes, and one that serves a command, get more.
_FRESH_SECONDS = 12 * 60
_LAST_SECONDS = 60  # where they can't be renewed, they do for so long
_LONGEST_SECONDS = 12 * 3600  # after which AWS has a person sign in anew
_TRIES = 3


@dataclass(frozen=True)
class _Found:
    """A token, and where it is kept."""

    kept: Kept
    token: LoginToken


class LoginTokens:
    """The tokens of the sign-in that a profile names, for the user whose environment `environ` is."""

    def __init__(
        self,
        profile: str,
        session: str,
        region: str | None,
        environ: Mapping[str, str],
        clock: Callable[[], float],
    ) -> None:
        self._profile = profile
        self._session = session.strip()
        self._region = region
        self._environ = environ
        self._clock = clock
        self._store = Store(environ)
        self._key = Key("login", self._session)
        self._fault = ""

    def current(self) -> Credentials:
        """Return credentials that last, renewed if need be.

        SignInNeededError where nobody is signed in any more, ProfileError where somebody else is than the
        profile names.
        """
        for found in self._found():
            if found.token.lasts(self._clock(), _FRESH_SECONDS):
                return found.token.credentials
        with self._store.alone(self._key, self._tell_waiting):
            refusal: AwsactivateError | None = None
            for found in self._found():
                if found.token.lasts(self._clock(), _FRESH_SECONDS):
                    return found.token.credentials
                try:
                    return self._renewed(found).credentials
                except AwsactivateError as error:
                    if found.token.lasts(self._clock(), _LAST_SECONDS):
                        return found.token.credentials
                    refusal = refusal or error
        raise refusal or self.needed()

    def are_kept(self) -> bool:
        """Tell whether there is a token at all, be it good or not."""
        try:
            return next(self._found(), None) is not None or bool(self._fault)
        except ProfileError:
            return True  # somebody else's, by the name of this one

    def sign_in(
        self, *, device_code: bool = False, share: bool = False, must_keep: bool = False
    ) -> Credentials:
        """Have a person sign in, unless another shell has meanwhile; keep the token, and use it.

        Where it can't be kept it is used once, unless it `must_keep`.
        """
        with self._store.alone(self._key, self._tell_waiting) as has_waited:
            for found in self._found() if has_waited else ():
                if found.token.lasts(self._clock(), _FRESH_SECONDS):
                    return found.token.credentials
            token = self._by_person(device_code=device_code)
            login_token.refuse_another(token, self._session, self._whose, self._hint)
            self._keep(token, share=share, must_keep=must_keep)
        return token.credentials

    def end(self) -> None:
        """Have AWS take the refresh token no longer, and forget it here; AwsError where AWS refuses.

        It is forgotten all the same.
        """
        try:
            for found in self._found():
                token = found.token
                if not token.lasts(self._clock(), _LAST_SECONDS):
                    token = self._renewed(found)
                login_session.revoke(token, self._profile, token.region or self._region)
        except SignInNeededError:
            pass  # which AWS has ended already
        finally:
            self._store.forget(self._key)

    def needed(self) -> SignInNeededError:
        """Return the error that says that a person has to sign in, and why."""
        reason = self._fault or "nobody is signed in"
        return SignInNeededError(f"{self._whose}: {reason}", self._hint)

    @property
    def _hint(self) -> str:
        return login_hint(self._profile)

    @property
    def _whose(self) -> str:
        return f"profile {self._profile!r}"

    def _found(self) -> Iterator[_Found]:
        """Look where tokens are kept, first where one lasts by what is known without opening the keyring."""
        self._fault = ""
        for look in self._store.looks(self._key, rfc3339(datetime.fromtimestamp(self._clock(), UTC))):
            kept = None
            try:
                kept = look(self._key)
                token = login_token.of_document(kept.document) if kept else None
            except UnreadableTokenError as error:
                self._fault = f"its sign-in in {error.path} {error.reason}"
                continue
            except ValueError as error:
                self._fault = f"its sign-in in {self._store.place(self._key, kept)} can't be used: {error}"
                continue
            if kept is None or token is None:
                continue
            login_token.refuse_another(token, self._session, self._whose, self._hint)
            yield _Found(kept, token)

    def _renewed(self, found: _Found) -> LoginToken:
        """Trade in the refresh token, which is good once; what comes of it is kept where it was."""
        if found.kept.place == "cli":
            self._refuse_unwritable(found.kept)
        token = found.token
        asked = {
            "clientId": token.client_id,
            "refreshToken": token.refresh_token,
            "grantType": "refresh_token",
        }
        try:
            output = self._exchanged(asked, token.key, token.region or self._region)
        except Refused as refused:
            # the AWS CLI, which waits for nobody, may have renewed it in the same moment
            for newer in self._found():
                if newer.kept.place == found.kept.place and newer.token.refresh_token != token.refresh_token:
                    is_good = newer.token.lasts(self._clock(), _LAST_SECONDS)
                    return newer.token if is_good else self._renewed(newer)
            raise self._explained(refused) from refused
        renewed = login_token.refreshed(token, output, self._clock())
        self._put(replace(found.kept, document=renewed.document), renewed)
        return renewed

    def _refuse_unwritable(self, kept: Kept) -> None:
        """Refuse to use up a refresh token where the next can't be kept: the person would be signed out."""
        try:
            cli_cache.try_out(kept.key, kept.document, self._environ)
        except AwsactivateError as error:
            path = cli_cache.path(self._key, self._environ)
            raise ProfileError(
                f"{self._whose}: its sign-in can't be renewed, for {error.message}", f"ls -l {path}"
            ) from error

    def _exchanged(self, asked: Mapping[str, str], key: str, region: str | None) -> Mapping[str, object]:
        try:
            return login_session.exchanged(asked, key, self._profile, region)
        except ValueError as error:
            said = f"{self._whose}: its sign-in can't be used: {error}"
            raise SignInNeededError(said, self._hint) from None
        except NoAnswer as nothing:
            unreachable = nothing.as_error()
            unreachable.message = f"{self._whose}: {unreachable.message}"
            raise unreachable from nothing

    def _explained(self, refused: Refused) -> AwsactivateError:
        return login_session.explained(refused, self._whose, self._hint)

    def _by_person(self, *, device_code: bool) -> LoginToken:
        way = ways.way(self._environ, sys.platform, device_code=device_code)
        own, key = proof(os.urandom(RANDOM_BYTES)), dpop.new_key()
        endpoint = login_session.endpoint(self._profile, self._region)
        if not way.by_browser:
            redirect = f"{endpoint.rstrip('/')}{_CONFIRMATION}"
            page = _page(endpoint, own, CROSS_DEVICE, redirect)
            reason = f" ({way.reason})" if way.reason else ""
            terminal.say(f"{self._whose}{reason}: to sign in, open this address in any browser: {page}")
            return self._by_code(self._pasted(own), own, key, CROSS_DEVICE, redirect)
        with Listener(_CALLBACK, own.state, terminal.say) as listener:
            redirect = listener.redirect_uri
            page = _page(endpoint, own, SAME_DEVICE, redirect)
            code = by_browser.code_of(
                listener, page, whose=self._whose, name=self._profile, environ=self._environ
            )
            return self._by_code(code, own, key, SAME_DEVICE, redirect)

    def _pasted(self, own: Proof) -> str:
        for left in reversed(range(_TRIES)):
            try:
                return pasted_code.code_in(terminal.ask_secret("the code that its page shows: "), own.state)
            except ValueError as error:
                if not left:
                    raise SignInNeededError(f"{self._whose}: {error}", self._hint) from None
                terminal.say(str(error))
        raise AssertionError("the last try returns or raises")

    def _by_code(self, code: str, own: Proof, key: str, client_id: str, redirect: str) -> LoginToken:
        asked = {
            "clientId": client_id,
            "grantType": "authorization_code",
            "code": code,
            "codeVerifier": own.verifier,
            "redirectUri": redirect,
        }
        try:
            output = self._exchanged(asked, key, self._region)
        except Refused as refused:
            raise self._explained(refused) from refused
        return login_token.of_answer(output, client_id, key, self._region, self._clock())

    def _keep(self, token: LoginToken, *, share: bool, must_keep: bool) -> None:
        kept = Kept(self._key, "cli" if share else "keyring", token.document)
        if share:
            self._store.share(kept, until=self._until(token), renews=True)
            return
        try:
            self._store.keep(kept, until=self._until(token), renews=True)
        except AwsactivateError as error:
            if must_keep:
                raise
            terminal.say(f"the sign-in of {self._whose} is used once, and not kept: {error.message}")

    def _put(self, kept: Kept, token: LoginToken) -> None:
        try:
            self._store.keep(kept, until=self._until(token), renews=True)
        except AwsactivateError as error:
            terminal.say(f"the renewed sign-in of {self._whose} is not kept: {error.message}")

    def _until(self, token: LoginToken) -> str:
        """Tell until when AWS renews it at the longest."""
        begun = token.begun_at if token.begun_at is not None else int(self._clock())
        return rfc3339(datetime.fromtimestamp(begun + _LONGEST_SECONDS, UTC))

    def _tell_waiting(self) -> None:
        terminal.say(f"another awsactivate signs in for {self._whose}: waiting until it has")


def _page(endpoint: str, own: Proof, client_id: str, redirect: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "state": own.state,
        "code_challenge_method": "SHA-256",  # as AWS Sign-In calls it
        "scope": "openid",
        "redirect_uri": redirect,
        "code_challenge": own.challenge,
    }
    return address(endpoint, "/v1/authorize", asked)


def begun(profiles: Profiles, environ: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Tell of the sign-ins that the profiles use here: whose they are, by which client, and since when."""
    store, found = Store(environ), []
    for session in {profile.login_session for profile in profiles.values() if profile.login_session}:
        for look in (store.in_cli_cache, store.in_keyring):
            try:
                kept = look(Key("login", session.strip()))
                token = login_token.of_document(kept.document) if kept else None
            except (UnreadableTokenError, ValueError):
                continue  # nobody is signed in by it
            if token is not None and token.identity is not None and token.begun_at is not None:
                found.append((token.identity, token.client_id, token.begun_at))
    return found
