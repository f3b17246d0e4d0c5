"""Files that can't be renamed over: mounted alone, in somebody else's folder, on odd or full disks."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.files import file_changes, lock, temporary
from awsactivate.files.file_changes import Content, FileError
from needs import needs_program

CHANGE = (
    "import sys; from pathlib import Path\n"
    "from awsactivate.files.file_changes import change, Content, FileError\n"
    "try: change({Path(sys.argv[1]): Content(b'new\\n')})\n"
    "except FileError as error: print(error.message)\n"
)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM])
def test_what_can_not_be_renamed_over_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    file = tmp_path / "config"
    file.write_bytes(b"a longer old text\n")
    before = file.stat()

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)
    file_changes.change({file: Content(b"new\n")})
    assert file.read_bytes() == b"new\n"
    assert (file.stat().st_ino, file.stat().st_mode) == (before.st_ino, before.st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config"]


def test_the_old_text_stands_again_where_the_new_one_could_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config"
    file.write_bytes(b"old text\n")
    written = file_changes._overwrite
    seen: list[bytes] = []

    def fail_once(target: Path, data: bytes) -> None:
        kept = [path for path in tmp_path.iterdir() if path.name.startswith(".config.before.")]
        seen.append(kept[0].read_bytes())
        if len(seen) == 1:
            target.write_bytes(data[:2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written(target, data)

    monkeypatch.setattr(file_changes, "_overwrite", fail_once)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(errno.EBUSY, "busy")))
    with pytest.raises(FileError) as caught:
        file_changes.change({file: Content(b"new\n")})
    assert caught.value.message == f"{file} can't be changed: No space left on device"
    assert seen == [b"old text\n", b"old text\n"]  # kept until one of the two stands
    assert file.read_bytes() == b"old text\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config"]


def test_a_file_that_is_mounted_by_itself_is_changed(tmp_path: Path) -> None:
    """The sample: `~/.aws/config` of a container, which is EBUSY to a rename."""
    unshare = needs_program("unshare")
    file, outside = tmp_path / "config", tmp_path / "outside"
    file.write_text("mounted over\n")
    outside.write_text("old\n")
    script = f'mount --bind {outside} {file} && exec {sys.executable} -c "$0" {file}'
    done = subprocess.run(
        [unshare, "--mount", "--map-root-user", "sh", "-c", script, CHANGE],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": os.defpath},
    )
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip(f"no mounting here: {done.stderr.strip()}")
    assert (done.stdout, done.stderr) == ("", "")
    assert outside.read_text() == "new\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config", "outside"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file another user's")
def test_ones_own_file_in_a_folder_of_roots_is_changed() -> None:
    nobody = 65534
    folder = Path("/var/tmp") / f"awsactivate-test-{os.getpid()}"
    home = folder / "home"
    home.mkdir(parents=True)
    try:
        file = folder / "config"
        file.write_text("old\n")
        os.chown(file, nobody, nobody)
        os.chown(home, nobody, nobody)
        folder.chmod(0o755)
        library = Path(file_changes.__file__).parents[2]
        script = f"import sys; sys.path.insert(0, {str(library)!r})\n" + CHANGE
        done = subprocess.run(
            [shutil.which("python3", path="/usr/bin:/bin") or sys.executable, "-c", script, str(file)],
            env={"HOME": str(home), "XDG_STATE_HOME": str(home), "PATH": os.defpath},
            user=nobody,
            group=nobody,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if "Permission denied" in done.stderr or "No module named" in done.stderr:
            pytest.skip("another user can't read this checkout")
        assert (done.stdout, done.stderr) == ("", "")
        assert file.read_text() == "new\n"
        assert [path.name for path in (home / "awsactivate").iterdir()] == []
    finally:
        shutil.rmtree(folder)


def test_a_full_disk_leaves_the_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config"
    file.write_bytes(b"old\n")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(FileError) as caught:
        file_changes.change({file: Content(b"new\n")})
    monkeypatch.undo()
    assert caught.value.message == f"{file} can't be changed: No space left on device"
    assert file.read_bytes() == b"old\n"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["config"]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_disk_without_locks_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    file = tmp_path / "config"
    file.write_bytes(b"old\n")
    others = tmp_path / ".config.0123456789ab"
    others.write_bytes(b"another process writes this now")

    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(temporary.fcntl, "flock", no_locks)
    file_changes.change({file: Content(b"new\n")})
    assert file.read_bytes() == b"new\n"
    assert others.exists()
    with pytest.raises(OSError, match=os.strerror(number)), lock.locked(tmp_path / "lock", seconds=0.1):
        pytest.fail("who needs a lock is told that there is none")
