"""The index: which profiles have what in the keyring, told without opening it. No secret is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.files import folders, private_files
from awsactivate.files.user_folders import data_folder
from awsactivate.keychain.index_entry import IndexEntry

_VERSION = 1
_LOCK_SECONDS = 60.0  # what another's calls to AWS may take


def index_path(environ: Mapping[str, str]) -> Path:
    """Return where the index is."""
    return data_folder(environ) / "identities.json"


def read(environ: Mapping[str, str]) -> Mapping[str, IndexEntry]:
    """Read the index; it is empty where there is no file."""
    path = index_path(environ)
    try:
        text = private_files.read(path).decode()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ProfileError(f"{path} can't be read: {error.strerror}", f"ls -l {path}") from error
    except UnicodeDecodeError as error:
        raise _damaged(path) from error
    try:
        content = json.loads(text)
        if content["version"] != _VERSION:
            raise ValueError("another version")
        return {name: _entry(parts) for name, parts in content["identities"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error


def write_entry(name: str, entry: IndexEntry | None, environ: Mapping[str, str]) -> None:
    """Put the entry of one profile (None: take it out); the caller holds `locked`."""
    entries = dict(read(environ))
    if entries.get(name) == entry:
        return
    if entry is None:
        del entries[name]
    else:
        entries[name] = entry
    path = index_path(environ)
    _make_folder(path.parent)
    content = {
        "version": _VERSION,
        "identities": {
            name: {key: value for key, value in asdict(entry).items() if value is not None}
            for name, entry in sorted(entries.items())
        },
    }
    private_files.write(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def try_out(environ: Mapping[str, str]) -> None:
    """Raise where the index could not be written: what it tells of must not be changed before it can be."""
    from awsactivate.files import file_changes

    path = index_path(environ)
    file_changes.try_out({path: file_changes.Content(file_changes.read(path) or b"", 0o600)})


@contextmanager
def locked(environ: Mapping[str, str], seconds: float = _LOCK_SECONDS) -> Iterator[None]:
    """Be the only process that changes keyring, index or the user's files; wait for another to finish."""
    from awsactivate.files import lock

    path = index_path(environ).with_name("keys.lock")
    _make_folder(path.parent)
    with ExitStack() as stack:
        try:
            stack.enter_context(lock.locked(path, seconds=seconds))
        except TimeoutError as error:
            raise AwsactivateError("another awsactivate is changing the stored keys") from error
        except OSError as error:
            raise AwsactivateError(f"{path} can't be locked: {error.strerror}") from error
        yield


def _make_folder(folder: Path) -> None:
    try:
        folders.make(folder)
    except OSError as error:
        raise AwsactivateError(f"{folder} can't be made: {error.strerror}") from error


def _entry(parts: Mapping[str, Any]) -> IndexEntry:
    for name in ("has_keys", "has_seed"):
        if not isinstance(parts[name], bool):
            raise TypeError(f"{name} is neither true nor false")
    for name in ("key_id", "mfa_serial", "created"):
        if not isinstance(parts.get(name), str | None):
            raise TypeError(f"{name} is no text")
    return IndexEntry(
        parts["has_keys"],
        parts["has_seed"],
        parts.get("key_id"),
        parts.get("mfa_serial"),
        parts.get("created"),
    )


def _damaged(path: Path) -> ProfileError:
    return ProfileError(
        f"{path} is damaged: it is no index that this version can read",
        f"mv {path} {path}.damaged, then awsactivate keys add PROFILE for each profile",
    )
