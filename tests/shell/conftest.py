"""What the shells' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from needs import needs_shell
from shell.harness import SHELLS, Lab


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """One after another, each shell that there is an integration for."""
    name: str = request.param
    needs_shell(name)
    return name


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A scratch home with the fake core."""
    return Lab(tmp_path)
