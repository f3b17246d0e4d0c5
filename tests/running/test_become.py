"""Which program COMMAND names: as a shell would find it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from awsactivate.commandline import Context
from awsactivate.errors import UsageError
from awsactivate.running.become import find_program


def found(name: str, path: str | None) -> str | None:
    """Return the program that is found, None for none."""
    environ = {} if path is None else {"PATH": path}
    context = Context(environ=environ, clock=lambda: 0.0, program="", release_stdout=lambda: None)
    try:
        return find_program([name], context, "")
    except UsageError:
        return None


@pytest.mark.parametrize(
    "name", ["tool", "plain", "folder", "none", "./tool", "one/tool", "", "/bin/sh", "sh"]
)
@pytest.mark.parametrize("path", ["one", "two:one", ":one", "one:", "", "nowhere:/bin", "one/", "one:one"])
def test_a_program_is_found_where_the_library_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "two", "one/folder"):
        Path(folder).mkdir()
    for file, mode in (("tool", 0o755), ("one/tool", 0o755), ("two/tool", 0o644), ("one/plain", 0o644)):
        Path(file).write_text("#!/bin/sh\n")
        Path(file).chmod(mode)
    wanted = shutil.which(name, path=path)
    ours = found(name, path)
    assert (ours and Path(ours)) == (wanted and Path(wanted))
