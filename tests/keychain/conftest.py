"""The keyrings that tests run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import keyrings


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Give the environment of an empty keyring in memory."""
    with keyrings.memory_keyring() as environ:
        yield environ


@pytest.fixture(scope="module")
def _secret_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with keyrings.secret_service(tmp_path_factory.mktemp("secrets")) as environ:
        yield environ


@pytest.fixture(scope="module")
def _password_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    # gpg-agent's socket lies below it, and a socket's path has a hundred characters at most
    with keyrings.password_store(Path(tmp_path_factory.mktemp("pass"))) as environ:
        yield environ


@pytest.fixture
def secret_service(_secret_service: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give the environment of a running, unlocked gnome-keyring."""
    return _set(_secret_service, monkeypatch)


@pytest.fixture
def password_store(_password_store: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give the environment of a `pass` with a GPG key of its own."""
    return _set(_password_store, monkeypatch)


@pytest.fixture(params=["memory", "secret_service", "password_store"])
def any_keyring(request: pytest.FixtureRequest) -> dict[str, str]:
    """Give the environment of each kind of keyring in turn."""
    environ: dict[str, str] = request.getfixturevalue(request.param)
    return environ


def _set(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    import os

    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return dict(os.environ)
