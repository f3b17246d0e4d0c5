"""What the shells' tests share: each shell in its turn, and every bash that there is to try."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.lab import Lab
from harness.shells import SHELLS
from needs import bashes, needs_shell


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run all once for each bash, where there are several."""
    if len(bashes()) > 1:
        metafunc.parametrize("bash_on_path", bashes(), indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would try another shell once for each bash."""
    again = [item for item in items if _is_of_another_shell_again(item)]
    if again:
        config.hook.pytest_deselected(items=again)
        items[:] = [item for item in items if item not in again]


def _is_of_another_shell_again(item: pytest.Item) -> bool:
    values = item.callspec.params if hasattr(item, "callspec") else {}
    return values.get("bash_on_path", bashes()[0]) != bashes()[0] and values.get("shell", "bash") != "bash"


@pytest.fixture(autouse=True)
def bash_on_path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `bash` the one to try."""
    path = getattr(request, "param", bashes()[0])
    if path == "bash":
        return
    if not os.access(path, os.X_OK):
        pytest.fail(f"AWSACTIVATE_TEST_BASH names {path}, which is no program")
    folder = tmp_path / "bash"
    folder.mkdir()
    (folder / "bash").symlink_to(path)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ.get('PATH', os.defpath)}")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """One after another, each shell that there is an integration for."""
    name: str = request.param
    needs_shell(name)
    return name


@pytest.fixture
def lab(bash_on_path: None, tmp_path: Path) -> Lab:
    """A scratch home with the fake core."""
    return Lab(tmp_path)
