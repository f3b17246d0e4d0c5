"""One contract for every keyring, and what is said where there is none that may be used."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest

from awsactivate.errors import KeyringError
from awsactivate.keychain.item import AccessKey, KeyringItem, Rotation, Seed
from awsactivate.keychain.system_keyring import Vault
from harness import keyrings

KEY = AccessKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "2026-01-02T03:04:05Z")
OTHER = AccessKey("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY")
SEED = Seed("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" * 2, "arn:aws:iam::111122223333:mfa/alice")
WHOLE = KeyringItem(
    KEY, SEED, Seed("A" * 64, f"{SEED.serial}-2", 8, 60, "SHA512"), Rotation(7, (KEY.id,), None, OTHER, 99)
)


class TestContract:
    """What every keyring must do."""

    def test_what_is_stored_is_loaded(self, any_keyring: dict[str, str]) -> None:
        Vault(any_keyring).store("alice", WHOLE)
        assert Vault(any_keyring).load("alice") == WHOLE

    def test_a_second_store_takes_the_place_of_the_first(self, any_keyring: dict[str, str]) -> None:
        vault = Vault(any_keyring)
        vault.store("bob", KeyringItem(KEY))
        vault.store("bob", KeyringItem(OTHER, SEED))
        assert vault.load("bob") == KeyringItem(OTHER, SEED)

    @pytest.mark.parametrize("name", ["default", "a b/c", "..", "ünï-✓", "x" * 64, "-rf", "a.b@c"])
    def test_names_are_kept_apart(self, any_keyring: dict[str, str], name: str) -> None:
        vault = Vault(any_keyring)
        vault.store(name, KeyringItem(KEY))
        vault.store("another", KeyringItem(OTHER))
        assert vault.load(name) == KeyringItem(KEY)
        vault.remove(name)
        assert vault.find(name) is None
        assert vault.load("another") == KeyringItem(OTHER)

    def test_what_was_never_stored_is_not_found(self, any_keyring: dict[str, str]) -> None:
        assert Vault(any_keyring).find("nobody") is None
        with pytest.raises(KeyringError) as caught:
            Vault(any_keyring).load("nobody")
        assert caught.value.message == f"the keyring ({Vault(any_keyring).name}) has no item of 'nobody'"
        assert caught.value.hint == "awsactivate keys add nobody"

    def test_removing_twice_does_no_harm(self, any_keyring: dict[str, str]) -> None:
        vault = Vault(any_keyring)
        vault.store("carol", KeyringItem(KEY))
        vault.remove("carol")
        vault.remove("carol")
        assert vault.find("carol") is None

    def test_storing_nothing_leaves_no_item(self, any_keyring: dict[str, str]) -> None:
        vault = Vault(any_keyring)
        vault.store("dave", KeyringItem(KEY))
        vault.store("dave", KeyringItem())
        assert vault.find("dave") is None


class TestBackends:
    """Which keyring is taken, and which is refused."""

    @pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
    def test_a_backend_that_keeps_nothing_is_refused_by_name(self, backend: str) -> None:
        with pytest.raises(KeyringError) as caught:
            Vault({"AWSACTIVATE_KEYRING_BACKEND": backend}).find("alice")
        assert caught.value.exit_code == 4
        assert "keyring" in caught.value.message
        assert "pass init" in (caught.value.hint or "")

    def test_a_plain_text_backend_is_refused_unless_allowed(self, memory: dict[str, str]) -> None:
        environ = {"AWSACTIVATE_KEYRING_BACKEND": "keychain.test_system_keyring.PlaintextKeyring"}
        with pytest.raises(KeyringError) as caught:
            Vault(environ).store("alice", KeyringItem(KEY))
        assert caught.value.message == (
            "the keyring keychain.test_system_keyring.PlaintextKeyring does not keep secrets safe,"
            " and is refused"
        )
        assert keyrings.MemoryKeyring.items == {}
        Vault({**environ, "AWSACTIVATE_ALLOW_INSECURE_KEYRING": "1"}).store("alice", KeyringItem(KEY))
        assert len(keyrings.MemoryKeyring.items) == 1

    def test_of_a_chain_the_first_safe_member_is_used(self, memory: dict[str, str]) -> None:
        vault = Vault({"AWSACTIVATE_KEYRING_BACKEND": "keychain.test_system_keyring.Chain"})
        vault.store("alice", KeyringItem(KEY))
        assert vault.name == "harness.keyrings.MemoryKeyring"

    def test_a_backend_that_drops_what_it_is_given_is_found_out(self) -> None:
        environ = {
            "AWSACTIVATE_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "AWSACTIVATE_ALLOW_INSECURE_KEYRING": "1",
        }
        with pytest.raises(KeyringError) as caught:
            Vault(environ).store("alice", KeyringItem(KEY))
        assert (
            caught.value.message
            == "the keyring (keyring.backends.null.Keyring) did not keep the item of 'alice'"
        )

    @pytest.mark.parametrize("name", ["nonsense", "no.such.Backend", "keyring.backends.null.Nothing", "a.."])
    def test_a_backend_that_does_not_exist_is_said(self, name: str) -> None:
        with pytest.raises(KeyringError) as caught:
            Vault({"AWSACTIVATE_KEYRING_BACKEND": name}).find("alice")
        assert repr(name) in caught.value.message
        assert "secret-service, kwallet, macos, windows, pass" in (
            f"{caught.value.message} {caught.value.hint}"
        )

    def test_a_machine_without_a_keyring_gets_the_commands_that_give_it_one(self, tmp_path: Path) -> None:
        # in a process of its own: keyring would take the keyrings that this one has defined
        program = (
            "import os\n"
            "from awsactivate.keychain.system_keyring import Vault\n"
            "from awsactivate.errors import KeyringError\n"
            "try: Vault(dict(os.environ)).find('alice')\n"
            "except KeyringError as error: print(error.exit_code, error.message, error.hint, sep='|')"
        )
        environ = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none", "PATH": str(tmp_path)}
        environ |= dict.fromkeys(("HOME", "XDG_RUNTIME_DIR"), str(tmp_path))
        told = subprocess.run(
            [sys.executable, "-c", program], env=environ, check=True, capture_output=True, text=True
        ).stdout.split("|")
        assert told[:2] == ["4", "there is no keyring on this machine"]
        assert "sudo apt install pass; gpg --quick-generate-key" in told[2]

    def test_pass_is_taken_by_itself_where_there_is_no_other(
        self, password_store: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        del password_store["AWSACTIVATE_KEYRING_BACKEND"]
        assert Vault(password_store).name == "pass"

    def test_the_secret_service_is_taken_without_a_walk_through_all_packages(
        self, secret_service: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        monkeypatch.setattr("keyring.backend.get_all_keyring", lambda: pytest.fail("keyring searched"))
        del secret_service["AWSACTIVATE_KEYRING_BACKEND"]
        assert Vault(secret_service).name == "keyring.backends.SecretService.Keyring"


class TestTrouble:
    """A keyring that is locked, silent or broken."""

    def test_a_locked_keyring_is_exit_4(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with keyrings.secret_service(tmp_path / "locked", unlocked=False) as environ:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", environ["DBUS_SESSION_BUS_ADDRESS"])
            with pytest.raises(KeyringError) as caught:
                Vault(environ).store("alice", KeyringItem(KEY))
        assert caught.value.exit_code == 4
        assert caught.value.message.startswith("the keyring is locked, and was not unlocked")

    def test_a_silent_keyring_is_given_up(self, memory: dict[str, str]) -> None:
        began = time.monotonic()
        with pytest.raises(KeyringError) as caught:
            Vault(
                {"AWSACTIVATE_KEYRING_BACKEND": "keychain.test_system_keyring.SilentKeyring"}, seconds=0.2
            ).find("alice")
        SilentKeyring.answer.set()
        assert caught.value.message == "the keyring did not answer in 0.2 s (to read the item of 'alice')"
        assert time.monotonic() - began < 5

    def test_no_secret_is_in_what_a_broken_keyring_leaves(self, memory: dict[str, str]) -> None:
        vault = Vault({"AWSACTIVATE_KEYRING_BACKEND": "keychain.test_system_keyring.TalkativeKeyring"})
        with pytest.raises(KeyringError) as caught:
            vault.store("alice", WHOLE)
        assert caught.value.message == "the keyring could not write the item of 'alice' (ValueError)"
        told = "".join(traceback.format_exception(caught.value)) + repr(WHOLE)
        for secret in (KEY.secret, OTHER.secret, SEED.secret):
            assert secret not in told

    def test_a_damaged_item_is_said_without_quoting_it(self, memory: dict[str, str]) -> None:
        keyrings.MemoryKeyring.items["awsactivate", "alice"] = f'{{"version":1,"key":"{KEY.secret}"}}'
        with pytest.raises(KeyringError) as caught:
            Vault(memory).load("alice")
        assert caught.value.hint == "awsactivate keys add alice"
        assert KEY.secret not in "".join(traceback.format_exception(caught.value))

    def test_an_item_too_large_for_windows_is_refused(self, memory: dict[str, str]) -> None:
        with pytest.raises(KeyringError) as caught:
            Vault(memory).store("alice", KeyringItem(KEY, Seed("A" * 1200, SEED.serial)))
        assert caught.value.message.endswith("at most 1280 are allowed")

    def test_the_largest_usual_item_fits_windows(self, memory: dict[str, str]) -> None:
        Vault(memory).store("alice", WHOLE)
        (text,) = keyrings.MemoryKeyring.items.values()
        assert len(text.encode("utf-16-le")) < 2560


def test_loading_the_vault_does_not_import_keyring() -> None:
    program = "import sys, awsactivate.keychain.system_keyring; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


class PlaintextKeyring(keyrings.MemoryKeyring):
    pass


class Chain(keyrings.MemoryKeyring):
    @property
    def backends(self) -> list[keyrings.MemoryKeyring]:
        return [PlaintextKeyring(), keyrings.MemoryKeyring()]


class SilentKeyring(keyrings.MemoryKeyring):
    answer = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answer.wait(20)
        return None


class TalkativeKeyring(keyrings.MemoryKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise ValueError(f"can't encode {password}")


def test_an_unlocked_secret_service_asks_nothing_and_pass_may(
    secret_service: dict[str, str], password_store: dict[str, str]
) -> None:
    assert not Vault({**password_store, **secret_service}).may_ask()
    assert Vault({**secret_service, **password_store}).may_ask()


def test_a_keyring_that_is_not_known_may_ask(memory: dict[str, str]) -> None:
    assert Vault(memory).may_ask()


@pytest.mark.parametrize(("display", "names_pass"), [({}, True), ({"WAYLAND_DISPLAY": "wayland-0"}, False)])
def test_a_locked_keyring_without_a_display_names_pass(display: dict[str, str], names_pass: bool) -> None:
    environ = {"AWSACTIVATE_KEYRING_BACKEND": "harness.broken_keyring.LockedKeyring", **display}
    with pytest.raises(KeyringError) as caught:
        Vault(environ).find("alice")
    assert ("apt install pass" in str(caught.value.hint)) is names_pass
