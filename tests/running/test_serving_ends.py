"""What is served ends with the command: at once, the socket first."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from awsactivate.errors import AwsactivateError
from awsactivate.running import private_folder, socket_door
from awsactivate.running.endpoint import Endpoint

SECONDS_OF_A_LOOK = 0.5  # by itself the loop of the standard library looks up as often


def test_an_endpoint_ends_without_waiting_for_its_loop_to_look_up() -> None:
    took = []
    for _ in range(4):
        endpoint = Endpoint({})
        begun = time.monotonic()
        endpoint.close()
        took.append(time.monotonic() - begun)
    # the quickest, for a busy machine may delay some of them
    assert min(took) < SECONDS_OF_A_LOOK / 2


def test_the_socket_is_gone_at_once_too(short_folder: Path) -> None:
    with socket_door.at(str(short_folder / "s")) as opened:
        assert opened
        opened.bind()
        opened.open({})
        begun = time.monotonic()
        opened.close()
        assert time.monotonic() - begun < 5
        assert list(short_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("mode_of_runtime", "mode_of_temporary", "place"),
    [
        (0o700, 0o700, "runtime"),
        (0o770, 0o700, "temporary"),
        (0o777, 0o1777, "temporary"),
        (0o1777, 0o755, "temporary"),
        (0o777, 0o777, "state/awsactivate/served"),
        (0o777, 0o770, "state/awsactivate/served"),
        (None, 0o2777, "state/awsactivate/served"),
    ],
)
def test_the_configuration_lies_where_nobody_else_can_put_another(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode_of_runtime: int | None,
    mode_of_temporary: int,
    place: str,
) -> None:
    for name, mode in (("runtime", mode_of_runtime), ("temporary", mode_of_temporary)):
        if mode is not None:
            (tmp_path / name).mkdir()
            (tmp_path / name).chmod(mode)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    environ = {"XDG_RUNTIME_DIR": str(tmp_path / "runtime"), "XDG_STATE_HOME": str(tmp_path / "state")}
    with private_folder.make(environ) as folder:
        assert folder.parent == tmp_path / place
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_no_folder_that_others_may_write_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (last := tmp_path / "awsactivate/served").mkdir(parents=True)
    for folder in (tmp_path, last):
        folder.chmod(0o777)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    with (
        pytest.raises(AwsactivateError, match="others may write to"),
        private_folder.make(environ),
    ):
        pass
