"""What the configuration says of a sign-in to IAM Identity Center."""

from __future__ import annotations

from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass
from awsactivate.profiles.ini import Values
from awsactivate.profiles.model import Profile, Profiles, near_hint
from awsactivate.sessions.values import words
from awsactivate.signin.key import Key

# What lets a token be traded in for a role's credentials, and be renewed.
_SCOPE = "sso:account:access"


@dataclass(frozen=True)
class SsoSettings:
    """Where one signs in, and for what."""

    key: Key
    start_url: str
    region: str
    scopes: tuple[str, ...]
    """Asked for at registration; none without an `[sso-session]`, and then the token is not renewed."""
    whose: str
    """The profile or session, as it is said to a person."""
    name: str
    """What `awsactivate login` takes."""
    profile: str | None
    """Whose endpoints and certificates go with the calls."""

    @property
    def has_session(self) -> bool:
        """Whether there is an `[sso-session]`, which alone signs in by an address on the loopback."""
        return bool(self.scopes)


def of_profile(profile: Profile, profiles: Profiles) -> SsoSettings:
    """Return what a profile says, by itself or by the session that it names."""
    whose = f"profile {profile.name!r}"
    if profile.sso_session is not None:
        # what both say is the same, else there is no plan with it
        section = {**profile.values, **profiles.sso_sessions.get(profile.sso_session, {})}
        return _settings(profile.sso_session, section, whose, profile.name, profile.name)
    start_url, region = profile.sso_start_url, profile.sso_region
    if not start_url or not region:
        missing = "sso_start_url" if not start_url else "sso_region"
        raise ProfileError(f"{whose} uses SSO but has no {missing}", f"add {missing} = …")
    return SsoSettings(Key("sso", start_url), start_url, region, (), whose, profile.name, profile.name)


def of_session(name: str, profiles: Profiles) -> SsoSettings:
    """Return what the section `[sso-session NAME]` says."""
    if name not in profiles.sso_sessions:
        if section := profiles.unread_as("sso-session", name):
            raise ProfileError(f"sso-session {name!r} does not exist: {section.words}", section.hint)
        raise ProfileError(f"sso-session {name!r} does not exist", near_hint(name, profiles.sso_sessions))
    return _settings(name, profiles.sso_sessions[name], f"sso-session {name!r}", name, None)


def of_new_session(name: str, start_url: str, region: str, section: Values) -> SsoSettings:
    """Return what a section is to say that is written now; it keeps what `section` says besides."""
    both = {**section, "sso_start_url": start_url, "sso_region": region}
    return _settings(name, both, f"sso-session {name!r}", name, None)


def of_key(key: Key) -> SsoSettings:
    """Return what is known of a sign-in that is kept, and of which no configuration says enough."""
    start_url = key.name if key.name.startswith("https://") else ""
    return SsoSettings(key, start_url, "", (), f"the sign-in to {key.name}", key.name, None)


def _settings(session: str, section: Values, whose: str, name: str, profile: str | None) -> SsoSettings:
    for key in ("sso_start_url", "sso_region"):
        if not isinstance(section.get(key), str) or not section[key]:
            raise ProfileError(
                f"{whose}: sso-session {session!r} has no {key}", f"add {key} = … to [sso-session {session}]"
            )
    scopes = section.get("sso_registration_scopes")
    return SsoSettings(
        Key("sso", session),
        str(section["sso_start_url"]),
        str(section["sso_region"]),
        (words(scopes) if isinstance(scopes, str) else ()) or (_SCOPE,),
        whose,
        name,
        profile,
    )
