"""The sign-in of `aws login` in the real shells: by the browser, by a pasted code, and broken off."""

from __future__ import annotations

import re
import urllib.request
from html import unescape
from pathlib import Path

import pytest

from awsactivate.demo.state import SignIn
from e2e.conftest import World
from e2e.watching import Watch
from harness.browsers import visit
from harness.shells import SHELLS, Shell

TESTS = Path(__file__).parents[1]
ASKS_FOR_CODE = "the code that its page shows: "


@pytest.fixture
def signed_out(world: World) -> World:
    """Let the world have a keyring, a browser that opens nothing, and a profile to sign in to."""
    world.add_profile(f"[profile me]\nlogin_session = {world.user.arn}\nregion = us-east-1\n")
    world.environ.update(
        {
            "AWSACTIVATE_KEYRING_BACKEND": "harness.file_keyring.FileKeyring",
            "TEST_KEYRING_FILE": str(world.home.parent / "keyring.json"),
            "PYTHONPATH": str(TESTS),
            "BROWSER": "true",
        }
    )
    return world


def signs_in(world: World, address: str) -> str:
    """Do what the person does at the page, and return what it shows then."""
    status, text = visit(address, f"{world.account}/{world.user.name}", world.device.code)
    assert status == 200
    return text


def shown_code(page: str) -> str:
    """Read the code that a person would copy."""
    found = re.search('<code id="code">([^<]+)</code>', page)
    assert found is not None
    return unescape(found[1])


def begun(world: World) -> list[SignIn]:
    """Return the sign-ins that AWS knows of in this world."""
    return [one for one in world.aws._state.signins if one.principal.account_id == world.account]


@pytest.mark.parametrize("name", SHELLS)
def test_by_the_browser_or_not_at_all(name: str, signed_out: World) -> None:
    """Ctrl-C before and behind the window's opening leaves the shell as it was; then it goes through."""
    world = signed_out
    shell = Shell(name, world.environ, world.home)
    try:
        before = shell.state()
        for opens_window in (False, True):
            shell.begin("activate me", "on this machine: ")
            address = shell.expect("\n").strip()
            if opens_window:
                urllib.request.urlopen(address).close()
            shell.interrupt()
            shell.prompt()
            assert shell.state() == before
        with Watch(shell.pid) as watch:
            shell.begin("activate me", "on this machine: ")
            signs_in(world, shell.expect("\n").strip())
            assert "activated me: " in shell.prompt()
        assert len(begun(world)) == 1
        for hidden in (one.refresh_token for one in begun(world)):
            assert not any(hidden.encode() in line for line in watch.command_lines)
            environs = (one for found in watch.environments.values() for one in found)
            assert not any(hidden.encode() in one for one in environs)
            files = (path for path in world.home.rglob("*") if path.is_file())
            assert not any(hidden.encode() in path.read_bytes() for path in files)
        shell.run("deactivate")
        assert shell.state() == before
        assert f"signed out as {world.user.arn}" in shell.run("awsactivate logout me")
        assert [one.is_revoked for one in begun(world)] == [True]
        assert "hint: awsactivate login me" in shell.run("awsactivate export me --format process")
    finally:
        shell.close()


@pytest.mark.parametrize("name", SHELLS)
def test_by_a_code_that_is_pasted_and_not_shown_or_not_at_all(name: str, signed_out: World) -> None:
    world = signed_out
    shell = Shell(name, world.environ, world.home)
    try:
        before = shell.state()
        for typed in ("", "half of a co"):
            shell.begin("activate me --device-code", "in any browser: ")
            shell.expect(ASKS_FOR_CODE)
            shell.type(typed)
            shell.interrupt()
            shell.prompt()
            assert shell.state() == before
        shell.begin("activate me --device-code", "in any browser: ")
        address = shell.expect("\n").strip()
        code = shown_code(signs_in(world, address))
        shell.expect(ASKS_FOR_CODE)
        shell.send(code[:10])
        assert "not the code that the page shows" in shell.expect(ASKS_FOR_CODE)
        shell.send(code)
        said = shell.prompt()
        assert "activated me: " in said
        assert code not in said
        assert code[:10] not in said
    finally:
        shell.close()
