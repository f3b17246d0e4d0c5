"""Files that replace others: private from the first instant, and nothing is left by who was killed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from awsactivate.files import folders, private_files, temporary
from awsactivate.files.file_changes import Content, change


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_and_its_folders_are_nobody_elses_to_write(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "a/b/file"
    change({path: Content(b"x"), path.with_name("program"): Content(b"x", 0o777)})
    assert mode(path) == {0o000: 0o644, 0o022: 0o644, 0o077: 0o600, 0o777: 0o600}[umask]
    assert mode(path.with_name("program")) == {0o000: 0o755, 0o022: 0o755, 0o077: 0o700, 0o777: 0o600}[umask]
    assert mode(path.parent) == mode(path.parent.parent) == 0o700


def test_every_folder_that_is_missing_is_made_ones_own_and_no_other_touched(
    tmp_path: Path, umask: int
) -> None:
    tmp_path.chmod(0o750)
    assert folders.make(tmp_path / "a/b") == [tmp_path / "a", tmp_path / "a/b"]
    assert [mode(tmp_path), mode(tmp_path / "a"), mode(tmp_path / "a/b")] == [0o750, 0o700, 0o700]
    assert folders.make(tmp_path / "a/b") == []


def test_a_file_in_a_folders_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(NotADirectoryError):
        folders.make(tmp_path / "a")


def test_what_is_to_replace_a_private_file_is_private_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    """A start-up file of mode 0600 was copied through one that everybody could read."""
    path = tmp_path / ".bashrc"
    path.write_text("old")
    path.chmod(0o600)
    seen: list[int] = []
    write = temporary.Temporary.write

    def looking(self: temporary.Temporary, data: bytes) -> None:
        seen.append(mode(self.path))
        write(self, data)
        seen.append(mode(self.path))

    monkeypatch.setattr(temporary.Temporary, "write", looking)
    change({path: Content(b"new")})
    assert seen == [0o600, 0o600]
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)


KILLED = """
import os, signal, sys
from pathlib import Path
from awsactivate.files import temporary
made = temporary.make_beside(Path(sys.argv[1]))
made.write(b"S3CRET")
os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_one_half_way(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, path])
    assert done.returncode == -signal.SIGKILL


def test_what_a_kill_left_is_gone_after_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / ".bashrc"
    path.write_text("old")
    (tmp_path / ".bashrc.mine").write_text("stays")
    (tmp_path / ".other.0123456789ab").write_text("stays")
    kill_one_half_way(path)
    assert len(list(tmp_path.iterdir())) == 4
    change({path: Content(b"new")})
    assert sorted(place.name for place in tmp_path.iterdir()) == [
        ".bashrc",
        ".bashrc.mine",
        ".other.0123456789ab",
    ]


def test_so_it_is_with_private_files(tmp_path: Path) -> None:
    kill_one_half_way(tmp_path / "export.json")
    private_files.write(tmp_path / "export.json", "new")
    assert [place.name for place in tmp_path.iterdir()] == ["export.json"]


def test_what_another_process_is_writing_now_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    other = temporary.make_beside(path)
    other.write(b"other")
    private_files.write(path, "mine")
    other.replace(path)
    assert path.read_text() == "other"
    assert [place.name for place in tmp_path.iterdir()] == ["file"]


def test_a_folder_or_a_link_of_such_a_name_stays(tmp_path: Path) -> None:
    (tmp_path / ".file.0123456789ab").mkdir()
    (tmp_path / ".file.0123456789ac").symlink_to("nowhere")
    private_files.write(tmp_path / "file", "x")
    assert len(list(tmp_path.iterdir())) == 3
