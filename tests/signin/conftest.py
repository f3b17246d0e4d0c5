"""A person, a profile of single sign-on, and a home to keep tokens in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from awsactivate.demo.aws import EmbeddedAws, MfaDevice
from awsactivate.demo.sign_on_state import START_URL, Assignment
from awsactivate.opening import sso_source
from awsactivate.profiles.model import Profiles, parse
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sources import Source
from harness.browsers import visit
from harness.keyrings import memory_keyring

PERSON = "alice@example.com"
SESSION = f"[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"


@dataclass
class Desk:
    """What a test of sign-ins has to do with."""

    aws: EmbeddedAws
    phone: MfaDevice
    profiles: Profiles
    environ: dict[str, str]
    said: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    """The addresses that a browser was opened at."""
    person: Callable[[str], object] = lambda _url: None
    """What the person does there."""

    @property
    def home(self) -> Path:
        """The home folder."""
        return Path(self.environ["HOME"])

    def credentials(self, profile: str = "dev") -> Credentials:
        """Trade in what is kept."""
        return sso_source.fetch_credentials(
            Source("sso", profile), self.profiles, self.environ, self.aws.clock.now
        )

    def sign_in(self, profile: str = "dev", *, device_code: bool = False, refused: str = "") -> Credentials:
        """Sign in, and trade in what came of it."""
        return sso_source.fetch_by_sign_in(
            Source("sso", profile),
            self.profiles,
            self.environ,
            self.aws.clock.now,
            device_code=device_code,
            refused=refused,
        )

    def operations(self) -> list[str]:
        """Name what AWS was asked for since this was asked last."""
        names = [request.operation for request in self.aws.requests if request.operation != "Authorize"]
        self.aws.requests.clear()
        return names

    def files(self) -> str:
        """Read all that lies in the home folder."""
        return "\n".join(path.read_text() for path in self.home.rglob("*") if path.is_file())


@pytest.fixture
def desk(
    embedded_aws: EmbeddedAws, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """Give a desk with a keyring, a display, and a person who signs in rightly."""
    role = embedded_aws.role("AWSReservedSSO_Admin_01", account=account)
    phone = embedded_aws.person(PERSON, [Assignment(account, "Production", "Admin", role.arn)])
    rest = f"sso_account_id = {account}\nsso_role_name = Admin\n"
    text = (
        f"[profile dev]\nsso_session = corp\n{rest}{SESSION}"
        f"[profile old]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n{rest}"
    )
    profiles = parse(text, "")
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(text)
    with memory_keyring() as keyring:
        environ = {
            "HOME": str(tmp_path),
            "DISPLAY": ":0",
            "AWS_ENDPOINT_URL": embedded_aws.endpoint_url,
            **keyring,
        }
        for name in ("AWS_CONFIG_FILE", "AWS_PROFILE", "AWS_DATA_PATH"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        made = Desk(embedded_aws, phone, profiles, environ)
        made.person = lambda url: visit(url, PERSON, phone.code)

        def open_at(url: str, _environ: object) -> bool:
            made.opened.append(url)
            threading.Thread(target=made.person, args=(url,), daemon=True).start()
            return True

        monkeypatch.setattr("awsactivate.signin.by_browser.open_at", open_at)
        monkeypatch.setattr("awsactivate.signin.browser.open_at", open_at)
        monkeypatch.setattr("awsactivate.person.terminal.say", made.said.append)
        embedded_aws.requests.clear()
        yield made
