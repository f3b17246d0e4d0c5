"""`activate -`: a list on the terminal, by the real fzf and by our own, in real shells."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import World
from harness.shells import SHELLS, Shell
from harness.states import assert_same
from needs import needs_program

WAYS = ("fzf", "own")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, world: World) -> str:
    """Have fzf on the PATH, or not."""
    way = str(request.param)
    if way == "fzf":
        needs_program("fzf")
        return way
    # every folder of the PATH again, without that one program
    folders = []
    for at, folder in enumerate(world.environ["PATH"].split(os.pathsep)):
        if not (Path(folder) / "fzf").exists():
            folders.append(folder)
            continue
        copy = world.home.parent / f"path-{at}"
        copy.mkdir()
        for program in Path(folder).iterdir():
            if program.name != "fzf":
                (copy / program.name).symlink_to(program)
        folders.append(str(copy))
    world.environ["PATH"] = os.pathsep.join(folders)
    assert shutil.which("fzf", path=world.environ["PATH"]) is None
    return way


@pytest.fixture(params=SHELLS)
def picking(request: pytest.FixtureRequest, way: str, world: World) -> Iterator[Shell]:
    """Open each shell at a terminal that can show a list."""
    world.add_profile(
        f"[profile stage]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\n[profile broken]\nrole_arn = x\n"
    )
    del way
    opened = Shell(request.param, {**world.environ, "TERM": "xterm"}, world.home)
    yield opened
    opened.close()


def begin_list(shell: Shell, way: str, line: str, until: str) -> str:
    """Enter a line that shows a list, as a terminal does that fzf asks where its cursor is."""
    if way == "own":
        return shell.begin(line, until)
    shell.begin(line, "\x1b[6n")
    shell.type("\x1b[5;1R")
    shell.expect("\x1b[6n")
    shell.type("\x1b[5;1R")
    return shell.expect(until)


def recent(world: World) -> list[str]:
    """Return what is remembered."""
    names: list[str] = json.loads((world.home / ".local/state/awsactivate/recent.json").read_text())
    return names


def test_typing_a_part_and_enter_activates_what_is_left(picking: Shell, way: str, world: World) -> None:
    before = picking.state()
    begin_list(picking, way, "activate -", "terraform")
    picking.type("stag")
    # until what was typed has left one line
    picking.expect("1/" if way == "fzf" else "stag\x1b")
    picking.type("\r")
    picking.expect(world.prompt)
    picking.type(world.device.code() + "\r")
    shown = picking.prompt()
    assert "activated stage: terraform" in shown
    assert recent(world) == ["stage"]
    picking.run("deactivate")
    assert_same(picking.state(), before)


def test_ctrl_c_in_the_list_changes_nothing(picking: Shell, way: str, world: World) -> None:
    before = picking.state()
    begin_list(picking, way, "activate", "terraform")  # several have a role, and none is named
    picking.interrupt()
    picking.prompt()
    assert picking.status() == 130
    assert_same(picking.state(), before)
    picking.run("echo typed >typed")  # the terminal echoes, and nothing is left in its input
    assert (world.home / "typed").read_text() == "typed\n"
    assert "AssumeRole" not in world.operations()


def test_what_was_used_last_comes_first_and_what_cannot_be_is_left_out(
    picking: Shell, way: str, world: World
) -> None:
    folder = world.home / ".local/state/awsactivate"
    folder.mkdir(parents=True)
    (folder / "recent.json").write_text('["stage", "gone", "alice"]')
    shown = begin_list(picking, way, "activate -", "stage") + "stage" + picking.expect("dev")
    picking.type("\r")  # the first
    picking.expect(world.prompt)
    picking.interrupt()
    picking.prompt()
    assert "broken" not in shown
