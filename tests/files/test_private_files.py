"""Files that only their owner can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from awsactivate.errors import AwsactivateError
from awsactivate.files import private_files


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_the_mode_is_the_owners_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        private_files.write(tmp_path / "file", "säcret\r\n")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    assert (tmp_path / "file").read_bytes() == "säcret\r\n".encode()


def test_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("old")
    (tmp_path / "link").symlink_to("elsewhere")
    private_files.write(tmp_path / "link", "new")
    assert (tmp_path / "elsewhere").read_text() == "old"
    assert not (tmp_path / "link").is_symlink()


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(AwsactivateError, match="is no regular file"):
        private_files.write(tmp_path, "x")
    with pytest.raises(AwsactivateError, match=r"none/file can't be written: No such file or directory"):
        private_files.write(tmp_path / "none" / "file", "x")
    assert list(tmp_path.iterdir()) == []
