"""The index: which profiles have what in the keyring, and until when one is signed in to what.

It is told without opening the keyring. No secret is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.files import folders, private_files
from awsactivate.files.user_folders import data_folder
from awsactivate.frozen import asdict
from awsactivate.keychain.index_entry import IndexEntry, SignInEntry

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any, TypeVar

    T = TypeVar("T")

_VERSION = 1
_LOCK_SECONDS = 60.0  # what another's calls to AWS may take


def index_path(environ: Mapping[str, str]) -> Path:
    """Return where the index is."""
    return data_folder(environ) / "identities.json"


def read(environ: Mapping[str, str]) -> Mapping[str, IndexEntry]:
    """Read what the index says of profiles; it is empty where there is no file."""
    return _read(environ)[0]


def read_sign_ins(environ: Mapping[str, str]) -> Mapping[str, SignInEntry]:
    """Read what the index says of sign-ins, by the names of their items in the keyring."""
    return _read(environ)[1]


def _read(environ: Mapping[str, str]) -> tuple[dict[str, IndexEntry], dict[str, SignInEntry]]:
    path = index_path(environ)
    try:
        text = private_files.read(path).decode()
    except FileNotFoundError:
        return {}, {}
    except OSError as error:
        if isinstance(error, PermissionError) and folders.is_below_anothers(path):
            return {}, {}  # such as root's home in a container: none of ours can be there
        raise ProfileError(f"{path} can't be read: {error.strerror}", f"ls -l {path}") from error
    except UnicodeDecodeError as error:
        raise _damaged(path) from error
    try:
        import json  # most have nothing in the keyring

        content = json.loads(text)
        if content["version"] != _VERSION:
            raise ValueError("another version")
        identities = {name: _entry(parts) for name, parts in content["identities"].items()}
        sign_ins = {name: _sign_in(parts) for name, parts in content.get("sign_ins", {}).items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error
    return identities, sign_ins


def write_entry(name: str, entry: IndexEntry | None, environ: Mapping[str, str]) -> None:
    """Put the entry of one profile (None: take it out); the caller holds `locked`."""
    entries, sign_ins = _read(environ)
    if _put(entries, name, entry):
        _write(entries, sign_ins, environ)


def write_sign_in(name: str, entry: SignInEntry | None, environ: Mapping[str, str]) -> None:
    """Put the entry of one sign-in (None: take it out); the caller holds `locked`."""
    entries, sign_ins = _read(environ)
    if _put(sign_ins, name, entry):
        _write(entries, sign_ins, environ)


def _put(entries: dict[str, T], name: str, entry: T | None) -> bool:
    """Change the entry, and tell whether it was another."""
    if entries.get(name) == entry:
        return False
    if entry is None:
        del entries[name]
    else:
        entries[name] = entry
    return True


def _write(
    entries: Mapping[str, IndexEntry], sign_ins: Mapping[str, SignInEntry], environ: Mapping[str, str]
) -> None:
    path = index_path(environ)
    _make_folder(path.parent)
    content: dict[str, Any] = {"version": _VERSION, "identities": _as_parts(entries)}
    if sign_ins:
        content["sign_ins"] = _as_parts(sign_ins)
    import json

    private_files.write(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _as_parts(entries: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {key: value for key, value in asdict(entry).items() if value is not None}
        for name, entry in sorted(entries.items())
    }


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


def _sign_in(parts: Mapping[str, Any]) -> SignInEntry:
    until, place, renews = parts["until"], parts["place"], parts["renews"]
    if not isinstance(until, str) or not isinstance(renews, bool):
        raise TypeError("until is no text, or renews neither true nor false")
    if place not in ("keyring", "cli"):
        raise ValueError("an unknown place")
    return SignInEntry(until, place, renews)


def _damaged(path: Path) -> ProfileError:
    return ProfileError(
        f"{path} is damaged: it is no index that this version can read",
        f"mv {path} {path}.damaged, then awsactivate keys add PROFILE for each profile, and awsactivate"
        " login",
    )
