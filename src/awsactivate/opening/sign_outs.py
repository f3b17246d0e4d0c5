"""Which sign-ins there are to end: those that the configuration names, and those kept without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass
from awsactivate.keychain import index
from awsactivate.opening import login_sign_ins, login_source, sign_ins
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions.environment import without_session
from awsactivate.signin import cli_cache, sso_settings
from awsactivate.signin import key as keys
from awsactivate.signin.ending import Ended, Tell
from awsactivate.signin.key import Key
from awsactivate.signin.sso_settings import SsoSettings
from awsactivate.signin.sso_tokens import SsoTokens
from awsactivate.signin.store import Store


@dataclass(frozen=True)
class SignOut:
    """A sign-in that can be ended."""

    key: Key
    end: Callable[[Tell], Ended]
    is_configured: bool
    """Whether the configuration names it."""


def find_named(name: str | None, context: Context) -> SignOut:
    """Return the sign-in that a name means, as `login` takes it, or one of that name which is kept."""
    own = login_sign_ins.find_profile(name, context)
    if own is not None:
        return _of_login(Key("login", (own.login_session or "").strip()), own.name, context)
    try:
        return _of_sso(sign_ins.find_named(name, context), context)
    except ProfileError:
        environ = without_session(context.environ)
        kept = Key("sso", name or "")
        profiles = read_profiles(environ)
        # half a section, or one that is gone, says enough where its token is there
        if kept.name in profiles or kept.text not in index.read_sign_ins(environ):
            raise
        return _without_settings(kept, context, is_configured=kept.name in profiles.sso_sessions)


def find_all(context: Context) -> list[SignOut]:
    """Return every sign-in that may be kept, each once; half a section keeps none from being ended."""
    environ = without_session(context.environ)
    profiles = read_profiles(environ)
    found = _find_sso(profiles, context)
    for profile in profiles.values():
        if profile.login_session:
            key = Key("login", profile.login_session.strip())
            found.setdefault(key, _of_login(key, profile.name, context))
    for text in index.read_sign_ins(environ):
        other = keys.read(text)
        if other is None or other in found:
            continue
        if other.kind == "login":
            found[other] = _of_login(other, None, context)
        else:
            found[other] = _without_settings(other, context, is_configured=False)
    return list(found.values())


def _find_sso(profiles: Profiles, context: Context) -> dict[Key, SignOut]:
    found: dict[Key, SignOut] = {}
    for name in profiles.sso_sessions:
        try:
            out = _of_sso(sso_settings.of_session(name, profiles), context)
        except ProfileError:
            out = _without_settings(Key("sso", name), context, is_configured=True)
        found[out.key] = out
    for profile in profiles.values():
        if profile.sso_start_url is None or profile.sso_session is not None:
            continue
        try:
            out = _of_sso(sso_settings.of_profile(profile, profiles), context)
        except ProfileError:
            out = _without_settings(Key("sso", profile.sso_start_url), context, is_configured=True)
        found.setdefault(out.key, out)
    return found


def _of_sso(settings: SsoSettings, context: Context, *, is_configured: bool = True) -> SignOut:
    tokens = SsoTokens(settings, without_session(context.environ), context.clock)
    return SignOut(settings.key, tokens.end, is_configured)


def _without_settings(key: Key, context: Context, *, is_configured: bool) -> SignOut:
    return _of_sso(sso_settings.of_key(key), context, is_configured=is_configured)


def _of_login(key: Key, profile: str | None, context: Context) -> SignOut:
    environ = without_session(context.environ)
    region = read_profiles(environ)[profile].region if profile is not None else None
    try:
        end = login_source.tokens_of(key.name, profile, region, environ, context.clock).end
    except ProfileError as error:  # of a region, which keeps no other sign-in from being ended
        end = partial(_tell_why_kept, error, key, environ)
    return SignOut(key, end, is_configured=profile is not None)


def _tell_why_kept(error: ProfileError, key: Key, environ: Mapping[str, str], tell: Tell) -> Ended:
    """Tell why a sign-in can't be ended, where there is one."""
    is_kept = Store(environ).read_entry(key) is not None or cli_cache.path(key, environ).exists()
    if is_kept:
        tell(error)
    return Ended(were_kept=is_kept, at_aws=False)
