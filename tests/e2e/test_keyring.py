"""Keys and seeds in the system keyring: activation takes them from there, and asks nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from e2e.conftest import World
from e2e.test_sources import run
from harness.keyrings import secret_service
from harness.shells import SHELLS, Shell


@pytest.fixture
def kept(world: World, tmp_path: Path) -> Iterator[World]:
    """A world whose key and seed are in a real keyring, and in no file."""
    with secret_service(tmp_path / "keyring") as environ:
        here = replace(world, environ={**world.environ, **environ})
        imported = run(here, "keys", "import", "alice", "--yes")
        assert imported.returncode == 0, imported.stderr
        assert world.user.credentials.secret_access_key not in (world.home / ".aws/credentials").read_text()
        seeded = run(here, "mfa", "add-seed", "alice", input_text=world.device.seed + "\n")
        assert seeded.returncode == 0, seeded.stderr
        yield here


@pytest.mark.parametrize("name", SHELLS)
def test_activation_with_a_stored_seed_asks_nothing(name: str, kept: World) -> None:
    shell = Shell(name, kept.environ, kept.home)
    try:
        shown = shell.run("activate prod")
        assert "MFA code for" not in shown
        assert f"activated prod: terraform in {kept.account}" in shown
        assert shell.value("$AWSACTIVATE_SOURCE_PROFILE") == "alice"
        environ = shell.state().environ
        assert kept.user.credentials.access_key_id not in environ.values()
        shell.run("deactivate")
    finally:
        shell.close()


def test_show_tells_the_keyring_as_the_source_and_where_the_device_comes_from(kept: World) -> None:
    kept.add_profile(f"[profile silent]\nrole_arn = {kept.role.arn}\nsource_profile = alice\n")
    plan = json.loads(run(kept, "show", "silent", "--json").stdout)
    assert plan["source"] == {"kind": "keyring", "name": "alice"}
    assert (plan["steps"][0]["mfa_serial"], plan["steps"][0]["mfa_serial_from"]) == (
        kept.device.serial,
        "index",
    )


@pytest.mark.long
def test_a_used_window_is_waited_out_and_said(kept: World) -> None:
    first = run(kept, "export", "prod", "--format", "json")
    assert first.returncode == 0, first.stderr
    second = run(kept, "export", "dev", "--format", "json")
    assert second.returncode == 0, second.stderr
    assert "the next one comes in" in second.stderr


def test_an_unreachable_keyring_is_status_4_only_where_it_is_needed(kept: World) -> None:
    broken = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    assert run(kept, "list", **broken).returncode == 0
    assert run(kept, "show", "prod", **broken).returncode == 0
    result = run(kept, "export", "prod", "--mfa-code", "123456", **broken)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.startswith("awsactivate: error: ")
