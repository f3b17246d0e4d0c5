"""The sign-in in the real shells: begun by `activate`, by a code or a browser; its token is seen nowhere."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.demo.aws import MfaDevice
from awsactivate.demo.sign_on_state import START_URL, Assignment
from e2e.conftest import ANYTHING, World
from e2e.watching import Watch
from harness.browsers import visit
from harness.shells import SHELLS, Shell
from needs import needs_program

TESTS = Path(__file__).parents[1]
PERSON = "alice@example.com"


@pytest.fixture
def phone(world: World) -> MfaDevice:
    """Let the world have a keyring, and a profile that a person signs in to."""
    role = world.aws.role("AWSReservedSSO_Admin_01", policies={"all": ANYTHING}, account=world.account)
    world.add_profile(
        f"[profile sso]\nsso_session = corp\nsso_account_id = {world.account}\nsso_role_name = Admin\n"
        f"[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"
    )
    world.environ.update(
        {
            "AWSACTIVATE_KEYRING_BACKEND": "keychain.file_keyring.FileKeyring",
            "TEST_KEYRING_FILE": str(world.home.parent / "keyring.json"),
            "PYTHONPATH": str(TESTS),
        }
    )
    return world.aws.person(PERSON, [Assignment(world.account, "Production", "Admin", role.arn)])


def tokens(world: World) -> list[str]:
    """Name every token that AWS has given out."""
    return [*world.aws._state.portal, *world.aws._state.sign_on.refresh_tokens]


@pytest.mark.parametrize("name", SHELLS)
def test_activate_begins_it_with_a_code_and_leaves_its_token_nowhere(
    name: str, world: World, phone: MfaDevice
) -> None:
    """Ctrl-C leaves the shell as it was; what was ended on the server is begun anew, once."""
    shell = Shell(name, world.environ, world.home)
    try:
        before = shell.state()
        shell.begin("activate sso", "or open http")
        shell.type("\x03")
        shell.prompt()
        assert shell.state() == before
        with Watch(shell.pid) as watch:
            shell.begin("activate sso", "or open ")
            address = shell.expect("\n").strip()
            assert visit(address, PERSON, phone.code)[0] == 200
            assert "activated sso: AWSReservedSSO_Admin_01 in" in shell.prompt()
            shell.run("deactivate")
            assert "activated sso" in shell.run("activate sso")
        secrets = tokens(world)
        assert len(secrets) == 2
        for hidden in secrets:
            assert not any(hidden.encode() in line for line in watch.command_lines)
            environs = (one for found in watch.environments.values() for one in found)
            assert not any(hidden.encode() in one for one in environs)
            files = (path for path in world.home.rglob("*") if path.is_file())
            assert not any(hidden.encode() in path.read_bytes() for path in files)
        world.aws._state.portal.clear()
        shell.begin("activate sso", "or open ")
        assert visit(shell.expect("\n").strip(), PERSON, phone.code)[0] == 200
        assert "activated sso" in shell.prompt()
        world.aws._state.portal.clear()
        assert "hint: awsactivate login sso" in shell.run("awsactivate export sso --format process")
        assert "nobody was signed in to corp" in shell.run("awsactivate logout sso")
    finally:
        shell.close()


def test_one_is_begun_for_all_profiles_that_share_it(world: World, phone: MfaDevice) -> None:
    world.add_profile(
        f"[profile sso-too]\nsso_session = corp\nsso_account_id = {world.account}\nsso_role_name = Admin\n"
    )
    shell = Shell("bash", world.environ, world.home)
    try:
        shell.begin("awsactivate each 'sso*' -- printenv AWSACTIVATE_PROFILE", "or open ")
        assert visit(shell.expect("\n").strip(), PERSON, phone.code)[0] == 200
        said = shell.prompt()
        assert "sso     | sso\n" in said
        assert "sso-too | sso-too\n" in said
        assert "2 profiles done in" in said
        world.aws._state.portal.clear()
        shell.run("awsactivate logout --all")
        shell.begin("awsactivate exec --serve=sso,sso-too -- printenv AWS_PROFILE", "or open ")
        assert visit(shell.expect("\n").strip(), PERSON, phone.code)[0] == 200
        assert shell.prompt() == "sso\n"
    finally:
        shell.close()


def test_a_browser_that_the_person_named_is_opened(world: World, phone: MfaDevice) -> None:
    browser, code = world.home.parent / "browser", world.home.parent / "code"
    code.write_text(phone.code())
    browser.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(TESTS)!r})\n"
        "from harness.browsers import visit\nfrom pathlib import Path\n"
        f"visit(sys.argv[1], {PERSON!r}, Path({str(code)!r}).read_text)\n"
    )
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    shell = Shell("bash", {**world.environ, "BROWSER": str(browser)}, world.home)
    try:
        said = shell.run("awsactivate exec sso -- printenv AWS_ACCESS_KEY_ID")
        assert "\nASIA" in said.replace("\r", "")
        assert "/authorize?response_type=code" in said
        assert "until 20" in shell.run("awsactivate status")
        assert "signed out of corp" in shell.run("awsactivate logout")
    finally:
        shell.close()


def test_a_real_browser_reads_the_pages_and_comes_back(
    world: World, phone: MfaDevice, tmp_path: Path
) -> None:
    """Chromium without a window fills in the form by its own script, and is sent on to the loopback."""
    chromium = needs_program("chromium")
    shell = Shell("bash", {**world.environ, "BROWSER": "true"}, world.home)
    try:
        shell.begin("activate sso", "on this machine: ")
        address = shell.expect("\n").strip()
        shown = tmp_path / "page.html"
        shown.write_text(_driver(address, PERSON, phone.code()))
        process = subprocess.run(
            [
                chromium,
                *("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'chromium'}"),
                *("--virtual-time-budget=20000", "--dump-dom", shown.as_uri()),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "activated sso" in shell.prompt(), process.stderr
    finally:
        shell.close()


def _driver(address: str, user: str, code: str) -> str:
    """Write a page that sends the demo's own form, as the person's button does."""
    from html import escape
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    fields = {"query": parts.query, "user": user, "mfa_code": code, "action": "allow"}
    inputs = "".join(f'<input name="{name}" value="{escape(value)}">' for name, value in fields.items())
    action = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return (
        f'<!doctype html><form id="f" method="post" action="{escape(action)}">{inputs}</form>'
        "<script>document.getElementById('f').submit()</script>"
    )
