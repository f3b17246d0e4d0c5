"""Where the user's two files are, and what stands there that is no file."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from awsactivate.aws import clients
from awsactivate.errors import ProfileError
from awsactivate.profiles.read import config_path, read_text


@pytest.mark.parametrize("text", ["$PLACE/config", "${PLACE}/config", "~/x/config", "$HOME/x/config"])
def test_variables_in_a_path_have_their_values_as_in_botocore(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ: Mapping[str, str] = {
        "HOME": str(tmp_path),
        "PLACE": str(tmp_path / "x"),
        "AWS_CONFIG_FILE": text,
    }
    assert config_path(environ) == tmp_path / "x/config"
    config_path(environ).parent.mkdir()
    config_path(environ).write_text("[profile p]\nregion = eu-west-1\n")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert clients.settings("p").get_scoped_config() == {"region": "eu-west-1"}


def test_a_variable_that_is_not_set_stays_in_the_path() -> None:
    assert str(config_path({"AWS_CONFIG_FILE": "/x/$NOT_SET/${NEITHER}"})) == "/x/$NOT_SET/${NEITHER}"


def test_an_empty_variable_names_no_file_for_botocore_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The profile was listed, and then not found in the config."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[profile p]\nregion = eu-west-1\n")
    for name, value in {
        "HOME": str(tmp_path),
        "AWS_CONFIG_FILE": "",
        "AWS_SHARED_CREDENTIALS_FILE": "",
    }.items():
        monkeypatch.setenv(name, value)
    assert clients.settings("p").get_scoped_config() == {"region": "eu-west-1"}


def test_what_is_no_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path)  # a socket's path may not be long
        listening.bind("socket")
        for name in ("pipe", "socket"):
            with pytest.raises(ProfileError, match="is no regular file, and no other is read"):
                read_text(tmp_path / name)
    assert read_text(Path("/dev/null")) == read_text(Path("/dev/zero")) == ""


@pytest.mark.parametrize("name", ["folder", "file/below", "ring", "x" * 300])
def test_what_can_not_be_read_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    with pytest.raises(ProfileError, match="can't be read: "):
        read_text(tmp_path / name)
