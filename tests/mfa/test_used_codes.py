"""What is remembered of MFA codes, and by whom."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.mfa.used_codes import UsedCodes

SERIAL = "arn:aws:iam::111122223333:mfa/alice"
OTHER = "arn:aws:iam::111122223333:mfa/bob"
NOW = 1_795_425_300.0  # a window begins here


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "awsactivate"


@pytest.fixture
def used(folder: Path, warnings: list[str]) -> UsedCodes:
    return UsedCodes(folder, warnings.append)


def test_a_window_is_given_out_once_for_each_device(
    used: UsedCodes, folder: Path, warnings: list[str]
) -> None:
    another = UsedCodes(folder, warnings.append)
    assert [used.reserve(SERIAL, 100), another.reserve(SERIAL, 100), used.reserve(SERIAL, 100)] == [
        True,
        False,
        False,
    ]
    assert [another.reserve(SERIAL, 101), used.reserve(SERIAL, 100), used.reserve(OTHER, 100)] == [
        True,
        False,
        True,
    ]
    assert warnings == []


def test_a_mark_made_by_a_clock_that_was_wrong_blocks_nothing(used: UsedCodes) -> None:
    assert used.reserve(SERIAL, 100_000)
    assert used.reserve(SERIAL, 100)
    assert not used.reserve(SERIAL, 100)


def test_of_processes_at_once_exactly_one_gets_a_window(folder: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from awsactivate.mfa.used_codes import UsedCodes\n"
        "used = UsedCodes(Path(sys.argv[1]), warn=sys.exit)\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "print(*(int(used.reserve(f'device {number}', 100)) for number in range(50)))\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=30)[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert [sorted(device) for device in zip(*answers, strict=True)] == [["0", "0", "1"]] * 50


def test_the_last_accepted_code_is_known_to_every_shell_until_it_would_be_another_windows(
    used: UsedCodes, folder: Path, warnings: list[str]
) -> None:
    used.record(SERIAL, "123456", NOW + 10)
    another = UsedCodes(folder, warnings.append)
    waits = {
        seconds: another.was_last_accepted(SERIAL, "123456", NOW + seconds)
        for seconds in (10, 18.5, 30, 60, 131)
    }
    assert waits == {10: 20, 18.5: 12, 30: 1, 60: 1, 131: 0}
    assert another.was_last_accepted(SERIAL, "654321", NOW + 10) == 0
    assert another.was_last_accepted(OTHER, "123456", NOW + 10) == 0


def test_only_the_last_code_is_remembered(used: UsedCodes) -> None:
    used.record(SERIAL, "123456", NOW)
    used.record(SERIAL, "654321", NOW + 30)
    assert used.was_last_accepted(SERIAL, "123456", NOW + 31) == 0
    assert used.was_last_accepted(SERIAL, "654321", NOW + 31) == 29


def test_an_acceptance_is_recent_for_as_long_as_one_asks_for(used: UsedCodes) -> None:
    assert not used.accepted_within(SERIAL, 60, NOW)
    used.record(SERIAL, "123456", NOW)
    assert [used.accepted_within(SERIAL, 60, NOW + later) for later in (0, 60, 61)] == [True, True, False]
    assert not used.accepted_within(OTHER, 60, NOW)


def test_marks_and_acceptances_do_not_disturb_each_other(used: UsedCodes) -> None:
    used.reserve(SERIAL, 100)
    used.record(SERIAL, "123456", NOW)
    assert not used.reserve(SERIAL, 100)
    assert used.accepted_within(SERIAL, 60, NOW)


def test_the_file_holds_no_code_and_is_the_users_alone(used: UsedCodes, folder: Path) -> None:
    old = os.umask(0)
    try:
        used.record(SERIAL, "123456", NOW)
        used.record(OTHER, "123456", NOW)
    finally:
        os.umask(old)
    text = (folder / "used-codes.json").read_text()
    assert "123456" not in text
    hashes = {entry["hash"] for entry in json.loads(text).values()}
    assert len(hashes) == 2, "each hash has its own salt"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {"awsactivate": 0o700, "used-codes.json": 0o600, "used-codes.lock": 0o600}


def test_asking_alone_writes_nothing(used: UsedCodes, folder: Path, warnings: list[str]) -> None:
    used.was_last_accepted(SERIAL, "123456", NOW)
    used.accepted_within(SERIAL, 60, NOW)
    assert (folder.exists(), warnings) == (False, [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"a": 1}',
        '{"a": {"window": "x"}}',
        '{"a": {"hash": 5}}',
        '{"a": {"unknown": 1}}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_a_damaged_file_is_begun_anew_with_one_warning(
    used: UsedCodes, folder: Path, warnings: list[str], text: str
) -> None:
    folder.mkdir(parents=True)
    path = folder / "used-codes.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert used.was_last_accepted(SERIAL, "123456", NOW) == 0
    assert [used.reserve(SERIAL, 100), used.reserve(SERIAL, 100)] == [True, False]
    assert warnings == [f"{path} was damaged, and is begun anew"]
    assert set(json.loads(path.read_text())) == {SERIAL}


def check_that_only_this_process_remembers(
    used: UsedCodes, warnings: list[str], path: Path, why: str
) -> None:
    assert [used.reserve(SERIAL, 100), used.reserve(SERIAL, 100)] == [True, False]
    used.record(SERIAL, "123456", NOW)
    assert used.was_last_accepted(SERIAL, "123456", NOW) == 30
    assert used.accepted_within(SERIAL, 60, NOW)
    assert not used.reserve(SERIAL, 100)
    assert warnings == [f"{path} can't be used ({why}): a code used here is not known elsewhere"]


def test_a_folder_that_cant_be_made_stops_nothing(tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "awsactivate"
    used = UsedCodes(folder, warnings.append)
    path = folder / "used-codes.json"
    check_that_only_this_process_remembers(used, warnings, path, "Not a directory")


def test_a_file_that_cant_be_replaced_stops_nothing(
    used: UsedCodes, folder: Path, warnings: list[str]
) -> None:
    path = folder / "used-codes.json"
    path.mkdir(parents=True)
    check_that_only_this_process_remembers(used, warnings, path, "Is a directory")


def test_a_folder_that_cant_be_written_stops_nothing(folder: Path, warnings: list[str]) -> None:
    """The lock and the file are there and can be read; only the replacement can't be made."""
    folder.mkdir(parents=True)
    (folder / "used-codes.json.new").mkdir()
    used = UsedCodes(folder, warnings.append)
    path = folder / "used-codes.json"
    check_that_only_this_process_remembers(used, warnings, path, "Is a directory")


@pytest.mark.long
def test_a_lock_that_is_never_given_back_stops_nothing(
    used: UsedCodes, folder: Path, warnings: list[str]
) -> None:
    folder.mkdir(parents=True)
    with (folder / "used-codes.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert used.reserve(SERIAL, 100)
    path = folder / "used-codes.json"
    assert warnings == [
        f"{path} can't be used (another process keeps it locked): a code used here is not known elsewhere"
    ]


def test_a_link_in_place_of_the_lock_is_not_followed(used: UsedCodes, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "used-codes.lock").symlink_to(tmp_path / "elsewhere")
    assert used.reserve(SERIAL, 100)
    assert not (tmp_path / "elsewhere").exists()
