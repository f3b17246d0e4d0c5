"""From a profile to the credentials that it rests on: the way along its source profiles.

The way is botocore's. The profile that was asked for assumes its role; one that was reached as a source is
not left again where it has an access key of its own, even if it names a role as well. Beyond botocore, three
things that it refuses or ignores lead on: a role without any source rests on its own profile's credentials; a
profile without a role or credentials is another name of its `source_profile`, whose role is assumed as if it
had been asked for; and a profile may have its access key in the keyring, which then is taken before anything
that a file says.
"""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.errors import NoSourceError, ProfileError
from awsactivate.frozen import dataclass
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.profiles.ini import Values
from awsactivate.profiles.model import KEYS, Profile, Profiles, near_hint
from awsactivate.sessions import values
from awsactivate.sessions.rings import refuse_ring
from awsactivate.sessions.steps import from_profile

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal[
        "profile", "keyring", "environment", "sso", "process", "login", "credential_source", "web-identity"
    ]
    # What the credentials are, as far as can be told before they are fetched: an IAM user's own key, a
    # session of a role (no MFA code helps it, and the sessions it assumes last an hour), or temporary ones
    # of either.
    Nature = Literal["long-term", "role", "temporary"]
else:
    Kind = Nature = str

_CREDENTIAL_SOURCES = ("Environment", "Ec2InstanceMetadata", "EcsContainer")
_LEADING = (
    *("source_profile", "credential_source", "credential_process", "role_arn", "web_identity_token_file"),
    *("aws_access_key_id", "aws_secret_access_key", "login_session"),
    *("sso_session", "sso_account_id", "sso_role_name", "sso_start_url"),
)
_OF_ENVIRONMENT = "for the keys of the environment: credential_source = Environment, beside role_arn"
_ENVIRONMENT_TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")


@dataclass(frozen=True)
class Surroundings:
    """All that names may refer to: the profiles, the environment, and the index of the keyring."""

    profiles: Profiles
    environ: Mapping[str, str]
    index: Mapping[str, IndexEntry]

    def has_key(self, profile: Profile) -> bool:
        """Tell whether `profile` has its own access key (or a half of one), in a file or the keyring."""
        return profile.has_key_settings or self.keeps_key(profile.name)

    def keeps_key(self, name: str) -> bool:
        """Tell whether the keyring has an access key for the profile `name`."""
        return name in self.index and self.index[name].has_keys

    def profile(self, name: str, otherwise: str) -> Profile:
        """Return the profile `name`, which may be one that only the keyring knows; else fail, saying so."""
        if name in self.profiles:
            return self.profiles[name]
        if self.keeps_key(name):
            return Profile(name)
        raise self.profiles.absent(name, otherwise, self.index)


@dataclass(frozen=True)
class Source:
    """Where the first credentials come from."""

    kind: Kind
    name: str
    """The profile's, or the `credential_source` itself."""

    @property
    def is_no_user(self) -> bool:
        """Whether AWS gives out a role's session there and nothing else, whoever signs in."""
        return self.kind in ("sso", "web-identity")


@dataclass(frozen=True)
class Rest:
    """Where a way ends."""

    source: Source
    nature: Nature
    """What the source's credentials are."""
    notes: tuple[str, ...] = ()
    """What is to be said of it."""


@dataclass(frozen=True)
class Trail:
    """The way from a profile to its source.

    It begins at the profile asked for; a session is made from the other end.
    """

    profiles: tuple[Profile, ...]
    """Those passed."""
    roles: tuple[Profile, ...]
    """Those whose roles are assumed."""
    rest: Rest


def trail_from(
    profile: Profile, around: Surroundings, *, is_source: bool = False, source_profile: str | None = None
) -> Trail:
    """Follow `profile` to its credentials.

    `is_source` tells that it is not what was asked for, but a source of it. `source_profile` is taken instead
    of what the profile itself says of its source.
    """
    trail = _followed(profile, around, is_source=is_source, source_profile=source_profile)
    if trail.rest.source.kind == "process":
        refuse_ring(trail.profiles[-1], around.profiles, lambda asked: _process_of(asked, around))
    return trail


def _process_of(asked: Profile, around: Surroundings) -> str | None:
    """Name the profile whose credential_process gives the credentials of `asked`, None where none does."""
    try:
        source = _followed(asked, around).rest.source
    except ProfileError:
        return None  # which it is told when it is asked for
    return source.name if source.kind == "process" else None


def _followed(
    profile: Profile, around: Surroundings, *, is_source: bool = False, source_profile: str | None = None
) -> Trail:
    passed = [profile]
    roles: list[Profile] = []
    is_alias = True  # what a profile without a role or credentials leads to is asked for in its place
    while True:
        asked_for = is_alias and not is_source
        given = source_profile if len(passed) == 1 and not is_source else None
        end: Rest | str
        if _assumes_role(profile, around, asked_for=asked_for, given=given):
            roles.append(profile)
            end = _under_role(profile, around, given)
        elif given is not None and given != profile.name:
            end = given
        else:
            end = _own_rest(profile, around) or _without_credentials(profile, around)
        is_alias = is_alias and not roles
        if isinstance(end, Rest):
            return Trail(tuple(passed), tuple(roles), end)
        names = [earlier.name for earlier in passed]
        if end in names:
            ring = " -> ".join([*names[names.index(end) :], end])
            raise ProfileError(f"profile {profile.name!r}: source_profile leads round in a ring: {ring}")
        setting = f"profile {profile.name!r}: source_profile" if given is None else "--source-profile"
        profile = around.profile(end, f"{setting} {end!r} does not exist")
        passed.append(profile)


def environment_rest(around: Surroundings) -> Rest | None:
    """Rest on the environment's own keys, if it has any."""
    if not around.environ.get("AWS_ACCESS_KEY_ID"):
        return None
    if not around.environ.get("AWS_SECRET_ACCESS_KEY"):
        raise half_a_key()
    return Rest(Source("environment", "environment"), _environment_nature(around))


def half_a_key() -> ProfileError:
    """Return the error for an environment that names a key without its secret: it is passed over nowhere."""
    return ProfileError(
        "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not",
        "set both, or neither: unset AWS_ACCESS_KEY_ID",
    )


def _assumes_role(profile: Profile, around: Surroundings, *, asked_for: bool, given: str | None) -> bool:
    if profile.role_arn is None or (given is None and profile.web_identity_token_file is not None):
        return False
    return asked_for or not around.has_key(profile)


def _under_role(profile: Profile, around: Surroundings, given: str | None) -> Rest | str:
    source_profile = profile.source_profile if given is None else given
    if profile.credential_source is not None and given is None:
        if source_profile is not None:
            raise ProfileError(
                f"profile {profile.name!r} has both source_profile and credential_source, one is allowed"
            )
        return _credential_source(profile, around)
    names_itself = source_profile == profile.name and around.has_key(profile)
    if source_profile is not None and not names_itself:
        return source_profile
    rest = _own_rest(profile, around)
    if rest is None:
        _refuse_half_a_key(profile)
        _refuse_half_an_sso(profile)
        raise ProfileError(
            f"profile {profile.name!r} has role_arn but no source: "
            "source_profile, credential_source, or credentials of its own",
            _of_other_tools(profile) or _of_misspelt(profile),
        )
    return rest


def _without_credentials(profile: Profile, around: Surroundings) -> str:
    _refuse_half_a_key(profile)
    if profile.source_profile is not None:
        return profile.source_profile
    _refuse_half_an_sso(profile)
    raise NoSourceError(
        f"profile {profile.name!r} has no credentials and no role_arn",
        _of_other_tools(profile)
        or _of_misspelt(profile)
        or ("credential_source counts beside a role_arn only" if profile.credential_source else None)
        or (_OF_ENVIRONMENT if around.environ.get("AWS_ACCESS_KEY_ID") else None)
        or f"awsactivate keys add {profile.name}",
    )


def _refuse_half_an_sso(profile: Profile) -> None:
    if profile.sso_session is not None or profile.sso_start_url is not None:
        raise ProfileError(
            f"profile {profile.name!r} uses SSO but has no sso_account_id and no sso_role_name",
            "name an account and a role of it: sso_account_id and sso_role_name",
        )


def _of_other_tools(profile: Profile) -> str | None:
    """Say what the profile has instead, which only another tool reads."""
    for key in ("include_profile", "parent_profile"):
        if key in profile.values:
            return f"{key} is read by another tool only: write source_profile, or repeat what it includes"
    return None


def _of_misspelt(profile: Profile) -> str | None:
    """Say which key of the profile may be meant as one that leads to credentials."""
    for key in profile.values:
        if key in KEYS or key in _LEADING:
            continue
        from awsactivate.profiles.unread import near_key

        if near := near_key(key, _LEADING):
            return f"nothing reads {key}: did you mean {near}?"
    return None


def _own_rest(profile: Profile, around: Surroundings) -> Rest | None:
    # The order is that of botocore's providers, but for the keyring.
    if around.keeps_key(profile.name):
        notes: tuple[str, ...] = ()
        if profile.has_key_settings:
            notes = (f"profile {profile.name!r}: the keyring's access key is used, not the one in a file",)
        return Rest(Source("keyring", profile.name), "long-term", notes)
    if profile.web_identity_token_file:
        if profile.role_arn is None:
            raise ProfileError(f"profile {profile.name!r} has web_identity_token_file but no role_arn")
        return Rest(Source("web-identity", profile.name), "role")
    if profile.sso_account_id is not None or profile.sso_role_name is not None:
        _check_sso(profile, around.profiles)
        return Rest(Source("sso", profile.name), "role")
    keys = profile.credentials_file_keys
    if keys is None and profile.login_session is not None:
        of_role = ":assumed-role/" in profile.login_session
        return Rest(Source("login", profile.name), "role" if of_role else "temporary")
    if keys is None and profile.credential_process is not None:
        return Rest(Source("process", profile.name), "temporary")
    keys = keys or profile.config_file_keys
    if keys is None:
        return None
    return Rest(Source("profile", profile.name), "long-term" if keys.is_long_term else "temporary")


def _credential_source(profile: Profile, around: Surroundings) -> Rest:
    name = profile.credential_source or ""
    if name not in _CREDENTIAL_SOURCES:
        allowed = ", ".join(_CREDENTIAL_SOURCES)
        raise ProfileError(
            f"profile {profile.name!r}: credential_source must be one of {allowed}, not {name!r}"
        )
    if name != "Environment":
        return Rest(Source("credential_source", name), "role")
    if not (around.environ.get("AWS_ACCESS_KEY_ID") and around.environ.get("AWS_SECRET_ACCESS_KEY")):
        raise ProfileError(
            f"profile {profile.name!r} has credential_source = Environment, "
            "but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set"
        )
    return Rest(Source("credential_source", name), _environment_nature(around))


def _environment_nature(around: Surroundings) -> Nature:
    return "temporary" if any(around.environ.get(name) for name in _ENVIRONMENT_TOKENS) else "long-term"


def _check_sso(profile: Profile, profiles: Profiles) -> None:
    session: Values = {}
    sessions = profiles.sso_sessions
    if profile.sso_session is not None:
        if profile.sso_session not in sessions:
            raise _no_sso_session(profile, profile.sso_session, profiles)
        session = sessions[profile.sso_session]
    for key, value in session.items():
        if profile.values.get(key, value) != value:
            raise ProfileError(
                f"profile {profile.name!r}: {key} must be what sso-session {profile.sso_session!r} says"
            )
    needed = ("sso_start_url", "sso_region", "sso_account_id", "sso_role_name")
    missing = [key for key in needed if key not in profile.values and key not in session]
    if missing:
        told_by_session = profile.sso_session is None and "sso_start_url" in missing
        hint = "sso_session = NAME, or " if told_by_session else ""
        raise ProfileError(
            f"profile {profile.name!r} uses SSO but has no {' and no '.join(missing)}",
            _of_other_tools(profile) or f"add {hint}{' and '.join(f'{key} = …' for key in missing)}",
        )
    from_profile(profile, "sso_account_id", values.account_id)
    of_session = Profile(profile.name, session, session, path=profiles.config_path)
    for key, check in (("sso_start_url", values.start_url), ("sso_region", values.region)):
        from_profile(of_session if key in session else profile, key, check)


# What writes a session's section.
_BEGIN = "awsactivate login NAME --start-url https://NAME.awsapps.com/start --sso-region REGION"


def _no_sso_session(profile: Profile, name: str, profiles: Profiles) -> ProfileError:
    message = f"profile {profile.name!r}: sso_session {name!r} does not exist"
    if section := profiles.unread_as("sso-session", name):
        return ProfileError(f"{message}: {section.words}", section.hint)
    return ProfileError(message, near_hint(name, profiles.sso_sessions) if profiles.sso_sessions else _BEGIN)


def _refuse_half_a_key(profile: Profile) -> None:
    if profile.has_key_settings:
        raise ProfileError(f"profile {profile.name!r} has aws_secret_access_key but no aws_access_key_id")
