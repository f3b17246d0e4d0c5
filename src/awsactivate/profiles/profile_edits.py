"""Changes of a profile in the user's two AWS files, each made whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from awsactivate.errors import ProfileError
from awsactivate.files import file_changes
from awsactivate.files.lock import locked
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import dataclass
from awsactivate.profiles import encodings, ini, ini_edits, synced
from awsactivate.profiles.ini import Values
from awsactivate.profiles.model import parse
from awsactivate.profiles.read import config_path, credentials_path
from awsactivate.profiles.synced import Access, Sync, Wish

KEY_SETTINGS = frozenset({"aws_access_key_id", "aws_secret_access_key"})

_LOCK_SECONDS = 10.0
_MODE = 0o600  # of a file that is new; one that was there keeps its own


@dataclass(frozen=True)
class _File:
    """One of the files: which of its headers are the profile's, and how a new section would begin."""

    path: Path
    is_section: Callable[[str], bool]
    new_header: str


def take_out_key(
    name: str, key_id: str, environ: Mapping[str, str], credential_process: str | None = None
) -> tuple[Path, ...]:
    """Take the access key `key_id` of a profile out of the files, and return those that it stood in.

    `credential_process` takes its place in the first of them.
    """
    with _alone(environ):
        return _take_out(name, key_id, environ, credential_process, _write)


def try_to_take_out_key(
    name: str, key_id: str, environ: Mapping[str, str], credential_process: str | None = None
) -> None:
    """Raise what `take_out_key` would raise."""
    _take_out(name, key_id, environ, credential_process, _try_out)


def _take_out(
    name: str,
    key_id: str,
    environ: Mapping[str, str],
    credential_process: str | None,
    write: Callable[[Path, str, Mapping[str, Values]], None],
) -> tuple[Path, ...]:
    changed: list[Path] = []
    for file in reversed(_files(name, environ)):
        text = _read_text(file.path)
        sections = ini.read(text, str(file.path))
        for header in filter(file.is_section, sections):
            if sections[header].get("aws_access_key_id") != key_id:
                continue
            wanted = _less(sections[header], KEY_SETTINGS)
            text = ini_edits.without(text, header.__eq__, KEY_SETTINGS)
            if credential_process is not None and not changed:
                text = ini_edits.with_value(
                    text, header.__eq__, header, "credential_process", credential_process
                )
                wanted["credential_process"] = credential_process
            write(file.path, text, {**sections, header: wanted})
            changed.append(file.path)
    return tuple(changed)


def set_value(name: str, key: str, value: str, environ: Mapping[str, str]) -> Path:
    """Let `key` of a profile be `value`, and return the file that says so."""
    with _alone(environ):
        return _set(name, key, value, environ, _write)


def try_value(name: str, key: str, value: str, environ: Mapping[str, str]) -> Path:
    """Raise what `set_value` would raise, and return the file that it would change."""
    return _set(name, key, value, environ, _try_out)


def _set(
    name: str,
    key: str,
    value: str,
    environ: Mapping[str, str],
    write: Callable[[Path, str, Mapping[str, Values]], None],
) -> Path:
    config, credentials = _files(name, environ)
    in_config, in_credentials = (
        any(map(file.is_section, _sections(file.path))) for file in (config, credentials)
    )
    # what the credentials file says is laid over what the config says
    is_overlaid = key in _sections(credentials.path).get(name, {})
    file = credentials if is_overlaid or (in_credentials and not in_config) else config
    text = _read_text(file.path)
    sections = ini.read(text, str(file.path))
    header = next(filter(file.is_section, sections), file.new_header)
    wanted = {**sections, header: {**sections.get(header, {}), key: value}}
    if wanted != sections:
        write(file.path, ini_edits.with_value(text, header.__eq__, header, key, value), wanted)
    return file.path


def new_header(name: str) -> str:
    """Return the line that begins a profile in the config."""
    config, _ = _files(name, {})
    return f"[{config.new_header}]"


def replace_mfa_serial(old: str, new: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Put `new` (None: nothing) wherever a profile's `mfa_serial` is `old`; return the profiles' names."""
    with _alone(environ):
        return _replace_mfa_serial(old, new, environ, _write)


def try_to_replace_mfa_serial(old: str, new: str | None, environ: Mapping[str, str]) -> None:
    """Raise what `replace_mfa_serial` would raise."""
    _replace_mfa_serial(old, new, environ, _try_out)


def _replace_mfa_serial(
    old: str,
    new: str | None,
    environ: Mapping[str, str],
    write: Callable[[Path, str, Mapping[str, Values]], None],
) -> tuple[str, ...]:
    changed: dict[str, None] = {}
    for path in (config_path(environ), credentials_path(environ)):
        text = _read_text(path)
        sections = ini.read(text, str(path))
        wanted: dict[str, Values] = dict(sections)
        for header, values in sections.items():
            if values.get("mfa_serial") != old:
                continue
            if new is None:
                text = ini_edits.without(text, header.__eq__, {"mfa_serial"})
                wanted[header] = _less(values, {"mfa_serial"})
            else:
                text = ini_edits.with_value(text, header.__eq__, header, "mfa_serial", new)
                wanted[header] = {**values, "mfa_serial": new}
            changed[_name_of(header) if path == config_path(environ) else header] = None
        if wanted != sections:
            write(path, text, wanted)
    return tuple(changed)


def sync(
    wish: Wish, accesses: Sequence[Access], kept: Collection[str], environ: Mapping[str, str], *, dry: bool
) -> Sync:
    """Lay a person's profiles by single sign-on into the config, between the marks of their session.

    `kept` are the names that the keyring has keys for. What is `dry` is tried, and not written.
    """
    path, credentials = config_path(environ), credentials_path(environ)
    with _alone(environ):
        text = _read_text(path)
        others = {*parse("", _read_text(credentials)), *kept}
        done = synced.synced(wish, accesses, text, str(path), others=others, quoted=_quoted)
        if done.text == text:
            return done
        before, after = ini.read(text, str(path)), ini.read(done.text, str(path))
        wanted = {header: values for header, values in before.items() if _name_of(header) not in done.before}
        wanted |= {header: values for header, values in after.items() if _name_of(header) in done.after}
        (_try_out if dry else _write)(path, done.text, wanted)
    return done


def write_sso_session(name: str, values: Mapping[str, str], environ: Mapping[str, str]) -> Path:
    """Let the section `[sso-session NAME]` of the config have `values`, and return the file."""
    path = config_path(environ)
    with _alone(environ):
        text = _read_text(path)
        sections = ini.read(text, str(path))
        header = f"sso-session {_quoted(name)}"
        wanted = {**sections, header: {**sections.get(header, {}), **values}}
        for key, value in values.items():
            text = ini_edits.with_value(text, header.__eq__, header, key, value)
        if wanted != sections:
            _write(path, text, wanted)
    return path


@contextmanager
def _alone(environ: Mapping[str, str]) -> Iterator[None]:
    """Let no other run of this program change the files from what is read to what is written."""
    with ExitStack() as stack:
        with suppress(OSError):  # where nothing can be written, this program's other runs can't either
            stack.enter_context(locked(state_folder(environ) / "config.lock", seconds=_LOCK_SECONDS))
        yield


def _files(name: str, environ: Mapping[str, str]) -> tuple[_File, _File]:
    """Describe the config and the credentials file, as they know the profile `name`."""
    header = name if name == "default" else f"profile {_quoted(name)}"
    return (
        _File(config_path(environ), lambda standing: _name_of(standing) == name, header),
        _File(credentials_path(environ), name.__eq__, name),
    )


def _name_of(header: str) -> str:
    return next(iter(parse(f"[{header}]\n", "")), "")


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[^\s'\"\\]+", name) else "'" + name.replace("'", "'\\''") + "'"


def _less(values: Values, keys: Collection[str]) -> dict[str, str | Mapping[str, str]]:
    return {key: value for key, value in values.items() if key not in keys}


def _write(path: Path, text: str, wanted: Mapping[str, Values]) -> None:
    """Write a file, if it reads as `wanted`: a strange layout must not cost the user what stands in it."""
    _check(path, text, wanted)
    file_changes.change({path: _encode(path, text)})


def _try_out(path: Path, text: str, wanted: Mapping[str, Values]) -> None:
    """Raise what `_write` would raise."""
    _check(path, text, wanted)
    file_changes.try_out({path: _encode(path, text)})


def _check(path: Path, text: str, wanted: Mapping[str, Values]) -> None:
    try:
        is_right = ini.read(text, str(path)) == wanted
    except ProfileError:
        is_right = False
    if not is_right:
        raise ProfileError(
            f"{path} is laid out so that this change would hit more than its lines", f"edit {path}"
        )


def _sections(path: Path) -> Mapping[str, Values]:
    return ini.read(_read_text(path), str(path))


def _read_text(path: Path) -> str:
    try:
        return encodings.decoded(file_changes.read(path) or b"")[0]
    except ValueError as error:
        raise ProfileError(f"{path} is not text ({error})", f"file {path}") from error


def _encode(path: Path, text: str) -> file_changes.Content:
    """Return the file's new content, in the encoding that it has."""
    _, encoding = encodings.decoded(file_changes.read(path) or b"")
    try:
        return file_changes.Content(text.encode(encoding), _MODE)
    except UnicodeEncodeError as error:
        raise ProfileError(
            f"{path} is in Latin-1, which has no {text[error.start]!r}", f"iconv -f latin1 -t utf-8 {path}"
        ) from error
