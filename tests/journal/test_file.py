"""The journal's file: private, bounded, and in nobody's way."""

from __future__ import annotations

import stat
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from awsactivate.errors import AwsactivateError
from awsactivate.journal import file
from awsactivate.journal.entry import Entry, written

ENTRY = Entry(1_795_425_300, "activated", profile="prod")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


def nobody(text: str) -> None:
    pytest.fail(text)


def test_it_is_the_owners_alone(environ: dict[str, str]) -> None:
    file.add(ENTRY, environ, nobody)
    place = file.path(environ)
    assert (stat.S_IMODE(place.stat().st_mode), stat.S_IMODE(place.parent.stat().st_mode)) == (0o600, 0o700)
    place.chmod(0o644)
    file.add(ENTRY, environ, nobody)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert file.read(environ) == [ENTRY, ENTRY]


def test_off_is_off(environ: dict[str, str]) -> None:
    file.add(ENTRY, {**environ, file.SWITCH: "off"}, nobody)
    assert file.read(environ) == []
    assert not file.path(environ).exists()


def test_it_grows_no_longer_than_it_need_be_and_keeps_what_is_new(environ: dict[str, str]) -> None:
    file.add(ENTRY, environ, nobody)
    place = file.path(environ)
    place.write_text(written(ENTRY) * (256 * 1024 // len(written(ENTRY))))
    last = Entry(ENTRY.time + 1, "exported")
    file.add(last, environ, nobody)
    size = place.stat().st_size
    assert 100 * 1024 < size < 130 * 1024
    assert file.read(environ)[-1] == last
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_after_half_a_line_the_next_is_whole(environ: dict[str, str]) -> None:
    file.add(ENTRY, environ, nobody)
    with file.path(environ).open("a") as broken:
        broken.write('{"time": 1')
    file.add(ENTRY, environ, nobody)
    assert file.read(environ) == [ENTRY, ENTRY]


def test_many_at_once_lose_nothing(environ: dict[str, str]) -> None:
    with ThreadPool(8) as pool:
        pool.map(lambda number: file.add(Entry(number, "ran"), environ, nobody), range(100))
    assert sorted(entry.time for entry in file.read(environ)) == list(range(100))


@pytest.mark.parametrize("stands_there", ["a folder", "a link", "a pipe"])
def test_where_it_can_not_be_written_that_is_said_and_nothing_waits(
    stands_there: str, environ: dict[str, str], tmp_path: Path
) -> None:
    place = file.path(environ)
    place.parent.mkdir(parents=True)
    if stands_there == "a folder":
        place.mkdir()
    elif stands_there == "a link":
        (tmp_path / "theirs").write_text("theirs\n")
        place.symlink_to(tmp_path / "theirs")
    else:
        import os

        os.mkfifo(place)
    said: list[str] = []
    file.add(ENTRY, environ, said.append)
    assert len(said) == 1
    assert said[0].startswith(f"{place} can't be written: ")
    if stands_there == "a link":
        assert (tmp_path / "theirs").read_text() == "theirs\n"
    else:
        with pytest.raises(AwsactivateError, match="can't be read"):
            file.read(environ)
