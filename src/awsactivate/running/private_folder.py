"""A folder of one's own for as long as COMMAND runs, in which nobody else can put anything."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import folders, user_folders


@contextmanager
def make(environ: Mapping[str, str]) -> Iterator[Path]:
    """Make one, in the folder that is cleared at the end of the login if there is one; it goes afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="awsactivate-", dir=_find_place(environ)))
    except OSError as error:
        raise AwsactivateError(f"no private folder can be made: {error.strerror}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # whatever the command has put beside it


def _find_place(environ: Mapping[str, str]) -> str:
    """Return a folder in which nobody else can put another configuration, which names programs, for ours."""
    runtime = _look_at(environ.get("XDG_RUNTIME_DIR", ""))
    if runtime and folders.is_ones_own(runtime):
        return environ["XDG_RUNTIME_DIR"]
    try:
        temporary = tempfile.gettempdir()
    except FileNotFoundError:
        pass  # none can be written to
    else:
        found = _look_at(temporary)
        if found and folders.keeps_ones_own(found):
            return temporary
    folder = user_folders.state_folder(environ) / "served"
    folders.make(folder)
    if not folders.is_ones_own(folder.stat()):
        raise AwsactivateError(f"others may write to {folder}, which is to hold what the command reads")
    return str(folder)


def _look_at(folder: str) -> os.stat_result | None:
    try:
        return os.stat(folder)  # noqa: PTH116  (it may be no path at all)
    except (OSError, ValueError):
        return None
