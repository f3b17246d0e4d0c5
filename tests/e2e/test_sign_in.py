"""The sign-in in the real shells: begun by `activate`, by a code or a browser; its token is seen nowhere."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from awsactivate.demo.aws import MfaDevice
from awsactivate.demo.sign_on_state import START_URL, Assignment
from e2e.conftest import ANYTHING, World
from e2e.watching import Watch
from harness.browsers import visit
from harness.chromium import Chromium
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
            "AWSACTIVATE_KEYRING_BACKEND": "harness.file_keyring.FileKeyring",
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


def test_a_real_browser_is_sent_to_the_page_and_comes_back(
    world: World, phone: MfaDevice, tmp_path: Path
) -> None:
    """From our door on; a request of somebody else's page and a wrong state are refused in words."""
    with Chromium(needs_program("chromium"), tmp_path) as chromium:
        shell = Shell("bash", {**world.environ, "BROWSER": str(chromium.command)}, world.home)
        try:
            shell.begin("activate sso", "on this machine: ")
            shell.expect("\n")
            chromium.wait_for_text("Demo sign-in")
            chromium.run(
                "asked = new URLSearchParams(document.querySelector('[name=query]').value);"
                "back = asked.get('redirect_uri');"
                "new Image().src = `${back}?code=forged&state=${asked.get('state')}`; back"
            )
            shell.expect("an answer of a browser was refused: This request comes from a page")
            chromium.run("location = `${back}?code=forged&state=wrong`")
            chromium.wait_for_text("This is the answer of another sign-in: its state is wrong")
            shell.expect("its state is wrong")
            chromium.run("history.back()")
            chromium.wait_for_text("Demo sign-in")
            chromium.run(
                f"document.querySelector('[name=user]').value = '{PERSON}';"
                f"document.querySelector('[name=mfa_code]').value = '{phone.code()}';"
                "document.querySelector('button[value=allow]').click()"
            )
            assert "activated sso" in shell.prompt()
            assert "You can close this window" in chromium.wait_for_text("You have signed in")
            assert chromium.run("location.pathname") == "/oauth/callback"
        finally:
            shell.close()
