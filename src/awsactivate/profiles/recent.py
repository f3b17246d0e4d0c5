"""Which profiles were activated last: their names, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from awsactivate.errors import AwsactivateError
from awsactivate.files import folders, private_files
from awsactivate.files.user_folders import state_folder

_MOST = 100


def read_names(environ: Mapping[str, str]) -> list[str]:
    """Return the names, the last one first; none where the file can't be read."""
    try:
        found = json.loads(private_files.read(state_folder(environ) / "recent.json"))
    except (OSError, ValueError, RecursionError):
        return []  # it is only an order of names
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def remember(environ: Mapping[str, str], name: str) -> None:
    """Put `name` first; AwsactivateError where that can't be written."""
    before = read_names(environ)
    if before[:1] == [name]:
        return
    after = [name, *(other for other in before if other != name)][:_MOST]
    folder = state_folder(environ)
    try:
        folders.make(folder)
    except OSError as error:
        raise AwsactivateError(f"{folder} can't be made: {error.strerror}") from error
    private_files.write(folder / "recent.json", json.dumps(after, ensure_ascii=False) + "\n")


def first(candidates: Iterable[str], recent: Iterable[str]) -> list[str]:
    """Order `candidates`: those that are `recent` before the others, else as they come."""
    place = {name: at for at, name in enumerate(recent)}
    return sorted(candidates, key=lambda name: place.get(name, len(place)))
