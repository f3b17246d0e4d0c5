"""Several files written or removed as one: all of them, or none.

Whatever can fail is done first, beside the files themselves; what is left then is to rename.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import folders, temporary, user_folders
from awsactivate.files.temporary import Temporary
from awsactivate.frozen import dataclass

# A file that is mounted by itself, as into a container, can be written and not renamed over.
_NOT_RENAMED = (errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES)


@dataclass(frozen=True)
class Content:
    """What a file is to hold."""

    data: bytes
    mode: int = 0o644
    """Of a file that is new, less the umask; never others' to write, always its owner's to read and write."""


class FileError(AwsactivateError):
    """A file could not be read or changed; `path` is the one."""

    def __init__(self, path: Path, doing: str, reason: str) -> None:
        super().__init__(f"{path} can't be {doing}: {reason}")
        self.path = path


def read(path: Path) -> bytes | None:
    """Return what the file at `path` holds, None where there is none; FileError where it can't be read."""
    try:
        if path.exists() and not path.is_file():
            raise FileError(path, "read", "it is no regular file")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(path, "read", _reason(error)) from error


def change(files: Mapping[Path, Content | None]) -> None:
    """Make each file hold its Content (None: be gone), through links, in place of what was there.

    A file keeps its mode, owner and attributes, and its other hard links. FileError names the first file
    that can't be changed, and then none is.
    """
    prepared, _ = _prepare_all(files)
    for path, content in files.items():
        try:
            _put(path.resolve(), prepared.pop(path) if content is not None else None)
        except OSError as error:
            for made in prepared.values():
                made.remove()
            raise FileError(path, "changed", _reason(error)) from error


def try_out(files: Mapping[Path, Content | None]) -> None:
    """Raise what `change` would raise, and change nothing: for what must not fail afterwards."""
    _undo(*_prepare_all(files))


def _prepare_all(files: Mapping[Path, Content | None]) -> tuple[dict[Path, Temporary], list[Path]]:
    prepared: dict[Path, Temporary] = {}
    made_folders: list[Path] = []
    try:
        for path, content in files.items():
            try:
                target = path.resolve()
                if content is not None or target.exists():
                    _check(target)
                if content is not None:
                    made_folders += folders.make(target.parent)
                    prepared[path] = _prepare(target, content)
            except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, until Python 3.13
                raise FileError(path, "changed", _reason(error)) from error
    except BaseException:
        _undo(prepared, made_folders)
        raise
    return prepared, made_folders


def _undo(prepared: Mapping[Path, Temporary], made_folders: list[Path]) -> None:
    for made in prepared.values():
        made.remove()
    for folder in reversed(made_folders):
        folder.rmdir()


def _check(target: Path) -> None:
    """Raise for what a rename would do all the same: replace a file that its owner has made read-only."""
    folder = next(place for place in target.parents if place.exists())
    if not _writable(folder) and not _is_written_in_place(target):
        raise PermissionError(0, f"the folder {folder} is read-only")
    if target.exists() and not target.is_file():
        raise PermissionError(0, "it is no regular file")
    if target.exists() and not _writable(target):
        raise PermissionError(0, "it is read-only")


def _is_written_in_place(target: Path) -> bool:
    """Tell whether a file is one's own in a folder that is not, and can't be renamed over."""
    folder = target.parent
    return target.is_file() and not os.access(folder, os.W_OK) and folder.stat().st_uid != os.geteuid()


def _writable(path: Path) -> bool:
    # to root everything is writable, so that the mode must say what is meant
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & 0o222)


def _prepare(target: Path, content: Content) -> Temporary:
    # which nobody else can read until it is what the file was
    made = temporary.make_beside(_elsewhere(target) if _is_written_in_place(target) else target)
    try:
        made.write(content.data)
        if target.exists():
            before = target.stat()
            if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(made.path, before.st_uid, before.st_gid)
            _copy_attributes(target, made.path)
            os.utime(made.path)
        else:
            made.path.chmod((content.mode & ~_read_umask() & 0o755) | 0o600)
    except BaseException:
        made.remove()
        raise
    return made


def _read_umask() -> int:
    # to look at it is to change it; no other thread of ours makes files meanwhile
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _elsewhere(target: Path) -> Path:
    folder = user_folders.state_folder(os.environ)
    folders.make(folder)
    return folder / target.name


def _put(target: Path, made: Temporary | None) -> None:
    if made is None:
        target.unlink(missing_ok=True)
        return
    # a rename would part the file from its other names
    if not (target.exists() and (target.stat().st_nlink > 1 or made.path.parent != target.parent)):
        try:
            made.replace(target)
        except OSError as error:
            if error.errno not in _NOT_RENAMED or not target.exists():
                made.remove()
                raise
        else:
            return
    try:
        _write_in_place(target, made)
    finally:
        made.remove()


def _write_in_place(target: Path, made: Temporary) -> None:
    """Write over a file, whose old text is kept beside the new one until that stands."""
    old = target.read_bytes()
    kept = temporary.make_beside(made.path.with_name(f"{target.name}.before"))
    try:
        kept.write(old)
        try:
            _overwrite(target, made.path.read_bytes())
        except BaseException:
            _overwrite(target, old)
            raise
    finally:
        kept.remove()


def _overwrite(target: Path, data: bytes) -> None:
    with target.open("r+b") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _reason(error: OSError | RuntimeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _copy_attributes(of: Path, to: Path) -> None:
    import shutil  # with three compressors, for which nobody who only reads need wait

    shutil.copystat(of, to)
