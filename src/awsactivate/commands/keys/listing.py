"""Tell which access keys there are, in the keyring and in files; never their secrets."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from awsactivate.background import Background
from awsactivate.commandline import Context, Parser
from awsactivate.errors import KeyringError
from awsactivate.frozen import dataclass
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.keychain.item import KeyringItem
from awsactivate.keychain.system_keyring import Vault
from awsactivate.person import terminal
from awsactivate.person.printable import json_text
from awsactivate.person.tables import table
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions.credentials import Credentials, rfc3339

if TYPE_CHECKING:
    from awsactivate.aws.access_keys import KeyFacts


@dataclass(frozen=True)
class _Key:
    """A key that a profile has."""

    profile: str
    id: str
    where: str
    entry: IndexEntry
    credentials: Credentials | None = None
    """None where the keyring could not be opened."""
    item: KeyringItem | None = None


def add_arguments(parser: Parser) -> None:
    """Take the form of the answer."""
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write one row a key: the keyring's, then those that still stand in files."""
    profiles = read_profiles(context.environ)
    keys = [*_read_kept(context), *_in_files(profiles)]
    asked = [Background(_question(key, profiles)) for key in keys]  # all at once: each is a matter of network
    rows = [_row(key, asking.result(), context) for key, asking in zip(keys, asked, strict=True)]
    if arguments.json:
        context.write(json_text(rows))
    elif not rows:
        context.write("no access key is stored\n")
    else:
        context.write(_table(rows))
    return 0


def _read_kept(context: Context) -> list[_Key]:
    index = keyring_index.read(context.environ)
    vault = Vault(context.environ)
    keys = []
    is_open = True
    for name, entry in index.items():
        if not entry.has_keys:
            continue
        item = None
        try:
            item = vault.find(name) if is_open else None
        except KeyringError as error:
            is_open = False
            terminal.say(f"{error.message}: what follows is the index alone")
        key = item.key if item else None
        credentials = key.credentials if key else None
        keys.append(_Key(name, entry.key_id or "", "keyring", entry, credentials, item))
    return keys


def _in_files(profiles: Profiles) -> list[_Key]:
    return [
        _Key(profile.name, keys.access_key_id, path, IndexEntry(mfa_serial=profile.mfa_serial), keys)
        for profile in profiles.values()
        for keys, path in _file_keys(profile, profiles)
        if keys is not None and keys.is_long_term
    ]


def _file_keys(profile: Profile, profiles: Profiles) -> list[tuple[Credentials | None, str]]:
    return [
        (profile.credentials_file_keys, profiles.credentials_path),
        (profile.config_file_keys, profiles.config_path),
    ]


def _question(key: _Key, profiles: Profiles) -> Callable[[], KeyFacts | None]:
    def ask() -> KeyFacts | None:
        from awsactivate.aws import access_keys

        if key.credentials is None:
            return None
        return access_keys.ask_facts(key.credentials, key.profile if key.profile in profiles else None)

    return ask


def _row(key: _Key, told: KeyFacts | None, context: Context) -> dict[str, object]:
    created = (told.created if told else None) or key.entry.created
    rotation = key.item.rotation if key.item else None
    old = rotation.previous if rotation else None
    due = rotation.delete_after if rotation else None
    return {
        "profile": key.profile,
        "key_id": key.id,
        "where": key.where,
        "created": created,
        "age_days": _days(created, context.clock()),
        "last_used": told.last_used if told else None,
        "mfa_serial": key.entry.mfa_serial,
        "seed": key.entry.has_seed,
        "rotation": rotation
        and {
            "old_key_id": old.id if old else None,
            "delete_after": due and rfc3339(datetime.fromtimestamp(due, UTC)),
        },
    }


def _days(created: str | None, now: float) -> int | None:
    if created is None:
        return None
    return max(0, int((now - datetime.fromisoformat(created).timestamp()) // 86_400))


def _table(rows: list[dict[str, Any]]) -> str:
    lines = [("PROFILE", "ACCESS KEY", "WHERE", "AGE", "LAST USED", "SEED", "OLD KEY")]
    for row in rows:
        age = row["age_days"]
        rotation = row["rotation"] or {}
        lines.append(
            (
                row["profile"],
                row["key_id"],
                row["where"],
                "-" if age is None else f"{age} d",
                (row["last_used"] or "-").partition("T")[0],
                "yes" if row["seed"] else "no",
                rotation.get("old_key_id") or "-",
            )
        )
    return table(lines)
