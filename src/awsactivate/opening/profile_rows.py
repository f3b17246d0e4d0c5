"""What is known of each profile: one row for every one that can be activated, or why it can't."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.profiles.unread import Unread
from awsactivate.sessions import arns
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.plan import Plan, make_plan
from awsactivate.sessions.steps import Options

_NO_OPTIONS = Options()
_FIELDS = ("role_arn", "account", "source", "mfa_serial", "region")


Row = dict[str, object]
# Thousands of profiles mostly differ in their roles alone, and to plan one takes long.
_LIKENESS = ("source_profile", "mfa_serial", "region", "duration_seconds", "revocable")
_PLAIN = frozenset((*_LIKENESS, "role_arn"))
_Likeness = tuple[object, ...]


def read_rows(context: Context) -> list[Row]:
    """Return what is known of each profile, in the files' order; `error` is why one can't be activated."""
    profiles = read_profiles(context.environ)
    index = keyring_index.read(context.environ)
    kept = (name for name, entry in index.items() if entry.has_keys)
    names = dict.fromkeys((*profiles.names, *kept))
    environ = without_session(context.environ)
    alike: dict[_Likeness, Row] = {}
    found = [_row(name, profiles, index, environ, alike) for name in names]
    return [*found, *(_unread(section) for section in profiles.unread if section.kind == "profile")]


def _unread(section: Unread) -> Row:
    empty = dict.fromkeys(_FIELDS)
    return {"profile": section.name, **empty, "active": False, "error": section.words}


def _row(
    name: str,
    profiles: Profiles,
    index: Mapping[str, IndexEntry],
    environ: Mapping[str, str],
    alike: dict[_Likeness, Row],
) -> Row:
    """Return the row of a profile: as that of one that is `alike`, where there has been one, else planned."""
    role, likeness = (None, None) if name in index else _likeness(profiles.get(name))
    if likeness is None or role is None:
        return _planned(name, profiles, index, environ)
    if likeness not in alike:
        row = _planned(name, profiles, index, environ)
        if (row["role_arn"], row["account"]) == (role.text, role.account_id):
            alike[likeness] = row
        return row
    own = {"profile": name, "role_arn": role.text, "account": role.account_id}
    return {**alike[likeness], **own, "active": environ.get("AWSACTIVATE_PROFILE") == name}


def _likeness(profile: Profile | None) -> tuple[arns.RoleArn | None, _Likeness | None]:
    """Return what a plan depends on but for the role itself, and the role; None for what is not so plain."""
    values: Mapping[str, object] = profile.values if profile else {}
    arn = values.get("role_arn")
    if profile is None or not isinstance(arn, str) or not _PLAIN.issuperset(values):
        return None, None
    others = tuple(values.get(key) for key in _LIKENESS)
    if values.get("source_profile") == profile.name or not all(isinstance(one, str | None) for one in others):
        return None, None
    try:
        role = arns.role_arn(arn)
    except ValueError:
        return None, None
    return role, (role.partition, *others)


def _planned(
    name: str, profiles: Profiles, index: Mapping[str, IndexEntry], environ: Mapping[str, str]
) -> Row:
    active = environ.get("AWSACTIVATE_PROFILE") == name
    empty = dict.fromkeys(_FIELDS)
    try:
        plan = make_plan(
            name, profiles, _NO_OPTIONS, environ=environ, login_name="", nonce="0" * 10, index=index
        )
    except ProfileError as error:
        return {"profile": name, **empty, "active": active, "error": error.message}
    return {
        "profile": name,
        "role_arn": plan.steps[-1].role_arn if plan.steps else None,
        "account": plan.expected_account_id or _account_of_source(plan, profiles),
        "source": {"kind": plan.source.kind, "name": plan.source.name},
        "mfa_serial": plan.steps[0].mfa_serial if plan.steps else None,
        "region": plan.region,
        "active": active,
        "error": None,
    }


def _account_of_source(plan: Plan, profiles: Profiles) -> str | None:
    """Return the account that a person signs in to, as the profile names it."""
    profile = profiles.get(plan.source.name)
    if profile is None or plan.steps:
        return None
    if plan.source.kind == "sso":
        return profile.sso_account_id
    return arns.account_of(profile.login_session) if plan.source.kind == "login" else None
