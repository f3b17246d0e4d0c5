"""What is known of each profile: one row for every one that can be activated, or why it can't."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.profiles.unread import Unread
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.plan import make_plan
from awsactivate.sessions.steps import Options

_NO_OPTIONS = Options()
_FIELDS = ("role_arn", "account", "source", "mfa_serial", "region")


def rows(context: Context) -> list[dict[str, object]]:
    """Return what is known of each profile, in the files' order; `error` is why one can't be activated."""
    profiles = read_profiles(context.environ)
    index = keyring_index.read(context.environ)
    kept = (name for name, entry in index.items() if entry.has_keys)
    names = dict.fromkeys((*profiles.names, *kept))
    environ = without_session(context.environ)
    found = [_row(name, profiles, index, environ) for name in names]
    return [*found, *(_unread(section) for section in profiles.unread if section.kind == "profile")]


def _unread(section: Unread) -> dict[str, object]:
    empty = dict.fromkeys(_FIELDS)
    return {"profile": section.name, **empty, "active": False, "error": section.words}


def _row(
    name: str, profiles: Profiles, index: Mapping[str, IndexEntry], environ: Mapping[str, str]
) -> dict[str, object]:
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
        "account": plan.expected_account_id,
        "source": {"kind": plan.source.kind, "name": plan.source.name},
        "mfa_serial": plan.steps[0].mfa_serial if plan.steps else None,
        "region": plan.region,
        "active": active,
        "error": None,
    }
