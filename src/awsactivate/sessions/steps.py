"""One call to STS, with the values that a profile and the options give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from awsactivate.errors import ProfileError, UsageError
from awsactivate.frozen import dataclass, field
from awsactivate.profiles.model import KEYS, Profile
from awsactivate.sessions import arns, limits, values

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Literal, TypeVar

    from awsactivate.scopes.scope import Scope

    _A = TypeVar("_A")
    _B = TypeVar("_B")

DEFAULT_SECONDS = 3600

_ROLE_OPTIONS = {
    "role_session_name": "--role-session-name",
    "source_identity": "--source-identity",
    "external_id": "--external-id",
    "tags": "--tag",
    "transitive_tag_keys": "--transitive",
    "policy_arns": "--policy-arn",
}


@dataclass(frozen=True)
class Options:
    """What the command line says of a session; None and empty say nothing."""

    source_profile: str | None = None
    mfa_serial: str | None = None
    duration: int | None = None
    """Seconds; of the last role, as `policy_arns` and `scope` are: they shape the session that one gets."""
    role_session_name: str | None = None
    """Names every role session that the command line asks for: the target's and those of `chain`."""
    source_identity: str | None = None
    """Goes with the first role, as `external_id`, `tags` and `transitive_tag_keys` do."""
    external_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    policy_arns: tuple[str, ...] = ()
    scope: Scope | None = None
    region: str | None = None
    chain: tuple[str, ...] = ()
    """The roles to assume next, one from the other."""
    no_mfa: bool = False
    """Whether no device is asked for, whatever the profile says."""


@dataclass(frozen=True)
class Step:
    """One call to STS."""

    operation: Literal["AssumeRole", "GetSessionToken"]
    duration_seconds: int
    """How long the session is to last."""
    role_arn: str | None = None
    role_session_name: str | None = None
    mfa_serial: str | None = None
    mfa_serial_from: str | None = None
    """Which profile or option named the device."""
    external_id: str | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    policy_arns: tuple[str, ...] = ()
    policy: str = field(default="", repr=False)
    """The text of a session policy."""
    profile: str | None = None
    """Whose botocore settings (endpoint, FIPS, CA bundle …): the profile's asked for, as botocore has it."""
    has_generated_name: bool = False
    """The session's name is ours."""


def assume_role(
    role_arn: str,
    profile: Profile | None,
    *,
    named: Options,
    first: Options,
    last: Options,
    generated_name: str,
) -> Step:
    """Shape the call for one role: an option's value stands before its `profile`'s.

    `named`, `first` and `last` are the options as far as they go with this step (see `Options`).
    """
    given_name = from_option("--role-session-name", named.role_session_name, values.name)
    given_name = given_name or from_profile(profile, "role_session_name", values.name)
    tags = _tags(profile, first)
    return Step(
        operation="AssumeRole",
        role_arn=role_arn,
        role_session_name=given_name or generated_name,
        duration_seconds=duration(profile, last, limits.ASSUME_ROLE_SECONDS),
        external_id=from_option("--external-id", first.external_id, values.external_id)
        or from_profile(profile, "external_id", values.external_id),
        source_identity=from_option("--source-identity", first.source_identity, values.name)
        or from_profile(profile, "source_identity", values.name),
        tags=tags,
        transitive_tag_keys=_transitive_tag_keys(profile, first, tags),
        policy_arns=from_option("--policy-arn", last.policy_arns or None, values.policy_arns)
        or from_profile(profile, "policy_arns", _policy_arns_in)
        or (),
        has_generated_name=given_name is None,
    )


def get_session_token(profile: Profile | None, options: Options) -> Step:
    """Shape the call that turns a user's own key into a session of the same user."""
    return Step("GetSessionToken", duration(profile, options, limits.GET_SESSION_TOKEN_SECONDS))


def duration(profile: Profile | None, options: Options, allowed: range) -> int:
    """Return the seconds asked for, which must be among those that AWS allows."""

    def within(seconds: int) -> int:
        return values.seconds_within(seconds, allowed)

    given = from_option("--duration", options.duration, within)
    if given is None:
        given = from_profile(profile, "duration_seconds", lambda text: within(values.seconds(text)))
    return DEFAULT_SECONDS if given is None else given


def from_profile(profile: Profile | None, key: str, read: Callable[[str], _A]) -> _A | None:
    """Read the value of a profile's key, if it is there."""
    if profile is None or key not in profile.values:
        return None
    text = profile.text(key) or ""
    try:
        return read(text)
    except ValueError as error:
        from awsactivate.profiles.unread import has_comment

        place = profile.place(key)
        if has_comment(text):
            at = f"line {place[1]} of {place[0]}: " if place else ""
            comment = f"{at}a comment stands on a line of its own: behind a value it is read as part of it"
            raise ProfileError(f"profile {profile.name!r}: {key} {error}", comment) from error
        import shlex

        hint = f"${{EDITOR:-vi}} +{place[1]} {shlex.quote(place[0])}" if place else None
        raise ProfileError(f"profile {profile.name!r}: {key} {error}", hint) from error


def from_option(flag: str, given: _A | None, check: Callable[[_A], _B]) -> _B | None:
    """Check the value of an option, if it was given."""
    if given is None:
        return None
    try:
        return check(given)
    except ValueError as error:
        raise UsageError(f"{flag} {error}") from error


def role_arn_of(profile: Profile) -> arns.RoleArn:
    """Return the profile's role."""
    found = from_profile(profile, "role_arn", arns.role_arn)
    if found is None:
        raise ValueError(f"profile {profile.name!r} has no role")
    return found


def _tags(profile: Profile | None, options: Options) -> dict[str, str]:
    of_profile = from_profile(profile, "session_tags", _tags_in) or {}
    if not options.tags:
        return of_profile

    def laid_over(given: Mapping[str, str]) -> dict[str, str]:
        checked = values.tags_of(given.items())
        hidden = {key.casefold() for key in checked}
        kept = {key: value for key, value in of_profile.items() if key.casefold() not in hidden}
        return values.tags({**kept, **checked})

    return from_option("--tag", options.tags, laid_over) or {}


def _transitive_tag_keys(
    profile: Profile | None, options: Options, tags: Mapping[str, str]
) -> tuple[str, ...]:
    def among_tags(keys: Iterable[str]) -> tuple[str, ...]:
        return values.transitive_keys(keys, tags)

    of_profile = from_profile(profile, "transitive_session_tags", lambda text: among_tags(values.words(text)))
    given = from_option("--transitive", options.transitive_tag_keys or None, among_tags)
    return tuple(dict.fromkeys((*(of_profile or ()), *(given or ()))))


def _tags_in(text: str) -> dict[str, str]:
    return values.tags_of(values.tag(word) for word in values.words(text))


def _policy_arns_in(text: str) -> tuple[str, ...]:
    return values.policy_arns(values.words(text))


def refuse_what_needs_a_role(profile: Profile | None, options: Options) -> None:
    """Fail where only AssumeRole could send what is to limit or mark the session, and no role is assumed."""
    for name, flag in _ROLE_OPTIONS.items():
        if getattr(options, name):
            raise UsageError(f"{flag} needs a role to assume, and there is none here")
    for key in (name for name, declared in KEYS.items() if declared.needs_role):
        if profile is not None and profile.text(key) is not None:
            raise ProfileError(
                f"profile {profile.name!r}: {key} needs a role to assume, and there is none here"
            )
