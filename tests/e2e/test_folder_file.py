"""A plain `activate` in real shells: which `.awsactivate` decides, and how it is named."""

from __future__ import annotations

import subprocess

from e2e.conftest import World
from harness.shells import PROGRAM, Shell


def test_the_file_is_named_before_the_code_is_typed_and_after(shell: Shell, world: World) -> None:
    folder = world.home / "infra"
    folder.mkdir()
    (folder / ".awsactivate").write_text("prod\n")
    shell.run(f"cd {folder}")
    before = shell.begin("activate", world.prompt)
    assert f"awsactivate: prod is what {folder}/.awsactivate names\n" in before
    shell.type(world.device.code() + "\r")
    assert (
        f"activated prod: terraform in {world.account} (eu-west-1), 60 min, as {folder}/.awsactivate says\n"
    ) in shell.prompt()


def test_a_file_put_into_a_folder_of_everybodys_decides_nothing(shell: Shell, world: World) -> None:
    """The held profile is renewed as if the file were not there; the reviewer's file opened another."""
    shared = world.home / "shared"
    folder = shared / "mine"
    folder.mkdir(parents=True)
    shared.chmod(0o777)
    (shared / ".awsactivate").write_text("dev\n")
    shell.run(f"cd {folder}")
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    world.aws.clock.advance(30)
    shown = shell.run(f"activate --mfa-code {world.device.code()}")
    assert (
        f"awsactivate: note: {shared}/.awsactivate is not read: {shared} can be written by everybody" in shown
    )
    assert "activated prod: " in shown


def test_a_link_to_a_secret_prints_nothing_of_it(world: World) -> None:
    folder = world.home / "clone"
    folder.mkdir()
    (folder / ".awsactivate").symlink_to(world.home / ".aws/credentials")
    (world.home / "token").write_text("S3CRETTOKEN\n")
    for target in (".aws/credentials", "token"):
        (folder / ".awsactivate").unlink()
        (folder / ".awsactivate").symlink_to(world.home / target)
        done = subprocess.run(
            [PROGRAM, "_activate", "bash"], env=world.environ, cwd=folder, capture_output=True, text=True
        )
        assert (done.returncode, done.stdout) == (3, "")
        assert f"{folder}/.awsactivate" in done.stderr
        assert "S3CRET" not in done.stderr
        assert world.user.credentials.access_key_id not in done.stderr


def test_show_names_it_too(world: World) -> None:
    folder = world.home / "infra"
    folder.mkdir()
    (folder / ".awsactivate").write_text("prod\n")
    for words, text in (
        ((), f"note: prod is what {folder}/.awsactivate names\n"),
        (("--json",), f'"named_by": "{folder}/.awsactivate"'),
    ):
        done = subprocess.run(
            [PROGRAM, "show", *words], env=world.environ, cwd=folder, capture_output=True, text=True
        )
        assert text in done.stdout, done.stderr


def test_a_folder_that_was_deleted_has_no_file(world: World) -> None:
    done = subprocess.run(
        ["bash", "-c", 'mkdir gone && cd gone && rmdir ../gone && "$0" show', PROGRAM],
        env={**world.environ, "AWS_PROFILE": "prod"},
        cwd=world.home,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("prod: begins with profile alice\n"), done.stderr
