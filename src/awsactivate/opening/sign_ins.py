"""Which sign-in a name on the command line means, and whose profiles rest on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError, UsageError
from awsactivate.keychain import index
from awsactivate.profiles import chosen
from awsactivate.profiles.model import Profile, Profiles, near_hint
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import values
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.sources import Surroundings, trail_from
from awsactivate.signin import sso_settings
from awsactivate.signin.key import Key
from awsactivate.signin.sso_settings import SsoSettings

_NAME = re.compile(r"[\w.@-]+", re.ASCII)


def find_named(name: str | None, context: Context) -> SsoSettings:
    """Return what a profile's or a session's name means; without one, the only sign-in that there is.

    A name that is both is the profile.
    """
    environ = without_session(context.environ)
    profiles = read_profiles(environ)
    if name is None:
        return _find_only(profiles, environ)
    if name in profiles:
        return find_of_profile(profiles[name], profiles, environ)
    if name in profiles.sso_sessions:
        return sso_settings.of_session(name, profiles)
    message = f"neither a profile nor an sso-session is called {name!r}"
    known = {*profiles, *profiles.sso_sessions}
    if section := profiles.unread_as("profile", name) or profiles.unread_as("sso-session", name):
        raise ProfileError(f"{message}: {section.words}", section.hint)
    raise ProfileError(message, near_hint(name, known))


def find_of_profile(profile: Profile, profiles: Profiles, environ: Mapping[str, str]) -> SsoSettings:
    """Return the sign-in that a profile rests on, by itself or by its source."""
    if profile.sso_session is not None or profile.sso_start_url is not None:
        return sso_settings.of_profile(profile, profiles)
    around = Surroundings(profiles, environ, index.read(environ))
    source = trail_from(profile, around).rest.source
    if source.kind != "sso":
        raise ProfileError(
            f"profile {profile.name!r} rests on no sign-in to IAM Identity Center, but on {source.kind}"
            f" {source.name}",
            f"awsactivate show {profile.name}",
        )
    return sso_settings.of_profile(profiles[source.name], profiles)


def profiles_on(key: Key, context: Context) -> set[str]:
    """Name the profiles whose sessions begin with the sign-in `key`."""
    environ = without_session(context.environ)
    profiles = read_profiles(environ)
    found = set()
    for name, profile in profiles.items():
        try:
            settings = find_of_profile(profile, profiles, environ)
        except ProfileError:
            continue  # it rests on something else, or on nothing
        if settings.key == key:
            found.add(name)
    return found


def plan_session(name: str | None, url: str, region: str, environ: Mapping[str, str]) -> SsoSettings:
    """Return the session that is to be written for a start URL; one of that name must say the same."""
    host = _host(url)
    if host is None:
        raise UsageError(
            f"--start-url must be an https address, not {url!r}", "https://NAME.awsapps.com/start"
        )
    try:
        region = values.region(region)
    except ValueError as error:
        raise UsageError(f"--sso-region {error}") from error
    name = host.partition(".")[0] if name is None else name
    if not _NAME.fullmatch(name):
        raise UsageError(f"a session's name is of letters, digits and _.@-, not {name!r}")
    profiles = read_profiles(environ)
    if name in profiles:
        raise ProfileError(f"{name!r} is a profile: --start-url writes a session", "give another name")
    kept = profiles.sso_sessions.get(name)
    if kept is not None and (kept.get("sso_start_url"), kept.get("sso_region")) != (url, region):
        raise ProfileError(f"sso-session {name!r} is there already, and says otherwise", "give another name")
    return sso_settings.of_new_session(name, url, region, kept or {})


def _host(url: str) -> str | None:
    """Return the host of an address that can stand in a file, None of what is none."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme == "https" and parts.hostname else None


def write_section(settings: SsoSettings, environ: Mapping[str, str]) -> Path:
    """Write the section of a session, and return the file that has it."""
    from awsactivate.profiles import profile_edits

    values_of = {
        "sso_start_url": settings.start_url,
        "sso_region": settings.region,
        "sso_registration_scopes": ",".join(settings.scopes),
    }
    return profile_edits.write_sso_session(settings.name, values_of, environ)


def _find_only(profiles: Profiles, environ: Mapping[str, str]) -> SsoSettings:
    for name in (environ.get("AWSACTIVATE_PROFILE"), chosen.profile_in(environ)):
        if name and name in profiles:
            try:
                return find_of_profile(profiles[name], profiles, environ)
            except ProfileError:
                continue  # which needs no sign-in: then it is not what is meant
    if len(profiles.sso_sessions) == 1:
        return sso_settings.of_session(next(iter(profiles.sso_sessions)), profiles)
    known = ", ".join(profiles.sso_sessions)
    raise ProfileError(
        "no profile or sso-session is named, and none can be told by itself",
        f"awsactivate login one of: {known}"
        if known
        else "awsactivate login NAME --start-url https://NAME.awsapps.com/start --sso-region REGION",
    )
