"""MFA devices: enrolled, listed, brought in step, removed; and codes from the seeds that are stored."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from awsactivate.demo.devices import code_at
from awsactivate.keychain import item as keyring_item
from awsactivate.keychain.item import KeyringItem, Seed
from awsactivate.mfa import totp
from harness.desks import MFA_ONLY, Desk
from harness.terminals import Terminal
from lossy_network import lossy_network

PROGRAM = Path(sys.executable).parent / "awsactivate"
BASE32 = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

PLACES = ("file", "environment", "keyring")


def put_key(desk: Desk, place: str) -> None:
    """Let the user's access key stand in a file, in the environment, or in the keyring."""
    if place == "keyring":
        assert desk.run("keys", "import", "alice").status == 0
    elif place == "environment":
        desk.credentials_file.unlink()
        desk.config_file.write_text(
            "[profile alice]\nregion = us-east-1\ncredential_source = Environment\n"
            f"role_arn = arn:aws:iam::{desk.account}:role/any\n"
        )
        desk.environ["AWS_ACCESS_KEY_ID"] = desk.user.credentials.access_key_id
        desk.environ["AWS_SECRET_ACCESS_KEY"] = desk.user.credentials.secret_access_key


@pytest.fixture
def enrolled(desk: Desk) -> Desk:
    """Import the key and enrol a device whose seed is stored."""
    assert desk.run("keys", "import", "alice").status == 0
    done = desk.run("mfa", "enroll", "alice", "--store")
    assert done.status == 0, done.err
    return desk


def serial(desk: Desk, name: str = "alice") -> str:
    return f"arn:aws:iam::{desk.account}:mfa/{name}"


def seed_of(desk: Desk) -> Seed:
    item = desk.item()
    assert item is not None
    assert item.seed is not None
    return item.seed


def forget_codes(desk: Desk) -> None:
    import shutil

    shutil.rmtree(desk.home / ".local/state", ignore_errors=True)
    desk.aws._state.devices._last.clear()


class TestEnrollStored:
    def test_the_seed_goes_into_the_keyring_and_the_codes_come_by_themselves(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice")
        done = desk.run("mfa", "enroll", "alice", "--store")
        assert done.status == 0, done.err
        assert desk.devices() == [serial(desk)]
        assert seed_of(desk).serial == serial(desk)
        assert desk.config_file.read_text() == (
            f"[profile alice]\nregion = us-east-1\nmfa_serial = {serial(desk)}\n"
        )
        assert desk.index()["alice"]["mfa_serial"] == serial(desk)  # type: ignore[index]
        assert done.said[0].startswith("the seed goes into the keyring beside the access key: codes come by")
        assert done.said[2:] == [
            f"{serial(desk)} is enabled, and stands in {desk.config_file} as mfa_serial of 'alice'"
        ]
        assert re.fullmatch(r"the second code comes in \d+ s", done.said[1])
        assert seed_of(desk).secret not in done.err + done.out

    def test_a_plain_key_may_be_enrolled_too(self, desk: Desk) -> None:
        assert desk.run("mfa", "enroll", "alice", "--store").status == 0
        item = desk.item()
        assert item is not None
        assert (item.key, seed_of(desk).serial) == (None, serial(desk))

    def test_where_enabling_fails_nothing_is_left(self, desk: Desk) -> None:
        desk.aws.levers.fail_next("EnableMFADevice", "InvalidAuthenticationCode", "not valid", 403, times=3)
        done = desk.run("mfa", "enroll", "alice", "--store")
        assert (done.status, done.said[-2]) == (5, f"error: AWS took no pair of codes for {serial(desk)}")
        assert (desk.devices(), desk.unassigned(), desk.item()) == ([], [], None)
        assert "mfa_serial" not in desk.config_file.read_text()

    def test_a_second_device_is_refused_unless_asked_for(self, enrolled: Desk) -> None:
        forget_codes(enrolled)
        done = enrolled.run("mfa", "enroll", "alice", "--store")
        assert (done.status, done.said[0]) == (
            5,
            f"error: alice has an MFA device already: {serial(enrolled)}",
        )

    def test_a_replaced_device_is_gone_and_stands_nowhere(self, enrolled: Desk) -> None:
        with enrolled.config_file.open("a") as file:
            file.write(f"[profile prod]\nmfa_serial = {serial(enrolled)}\nsource_profile = alice\n")
        old = seed_of(enrolled)
        forget_codes(enrolled)
        done = enrolled.run("mfa", "enroll", "alice", "--store", "--replace")
        assert done.status == 0, done.err
        new = serial(enrolled, "alice-2")
        assert enrolled.devices() == [new]
        assert enrolled.config_file.read_text().count(f"mfa_serial = {new}\n") == 2
        assert seed_of(enrolled).serial == new
        assert seed_of(enrolled).secret != old.secret

    @pytest.mark.parametrize("words", [(), ("--name", "alice")], ids=["any name", "this name"])
    def test_a_device_that_somebody_is_about_to_enable_stays(
        self, desk: Desk, words: tuple[str, ...]
    ) -> None:
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")
        done = desk.run("mfa", "enroll", "alice", "--store", *words)
        assert desk.unassigned() == [serial(desk)]
        assert "which nothing here proves to be ours: it stays" in done.err
        assert f"aws iam delete-virtual-mfa-device --serial-number {serial(desk)}" in done.err
        assert (done.status, desk.devices()) == ((5, []) if words else (0, [serial(desk, "alice-2")]))

    def test_a_half_made_device_whose_seed_is_ours_is_made_anew(self, desk: Desk) -> None:
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")
        stopped = KeyringItem(following_seed=Seed(BASE32, serial(desk)))
        keyring = Path(desk.environ["TEST_KEYRING_FILE"])
        keyring.write_text(json.dumps({"awsactivate/alice": keyring_item.to_text(stopped)}))
        assert desk.run("mfa", "enroll", "alice", "--store").status == 0
        assert (desk.devices(), desk.unassigned()) == ([serial(desk)], [])
        assert seed_of(desk).secret != BASE32

    @pytest.mark.parametrize("place", PLACES)
    def test_a_device_whose_enabling_was_not_heard_of_is_enabled_and_known(
        self, desk: Desk, place: str
    ) -> None:
        put_key(desk, place)
        with lossy_network(desk.environ["AWS_ENDPOINT_URL"]) as network:
            network.losing["EnableMFADevice"] = 9
            done = desk.run("mfa", "enroll", "alice", "--store", AWS_ENDPOINT_URL=network.url)
        assert done.status == 0, done.err
        assert desk.devices() == [serial(desk)]
        assert seed_of(desk).serial == serial(desk)
        assert f"mfa_serial = {serial(desk)}\n" in desk.config_file.read_text()

    @pytest.mark.parametrize("place", PLACES)
    def test_a_network_that_is_gone_then_leaves_the_seed_and_the_next_run_goes_on(
        self, desk: Desk, place: str
    ) -> None:
        put_key(desk, place)
        with lossy_network(desk.environ["AWS_ENDPOINT_URL"]) as network:
            network.losing["EnableMFADevice"] = 1
            network.all_after = True
            done = desk.run("mfa", "enroll", "alice", "--store", AWS_ENDPOINT_URL=network.url)
        assert (done.status, f"whether {serial(desk)} is enabled is not known" in done.said[-2]) == (7, True)
        assert desk.devices() == [serial(desk)]
        item = desk.item()
        assert item is not None
        assert item.following_seed is not None
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        # where a policy wants MFA even to be told of devices, the seed opens the way
        nothing_without = json.loads(json.dumps(MFA_ONLY))
        del nothing_without["Statement"][1]
        iam.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=json.dumps(nothing_without))
        forget_codes(desk)
        again = desk.run("mfa", "enroll", "alice", "--store")
        assert again.status == 0, again.err
        assert seed_of(desk) == item.following_seed
        assert f"mfa_serial = {serial(desk)}\n" in desk.config_file.read_text()

    @pytest.mark.parametrize("place", PLACES)
    def test_a_stored_seed_serves_wherever_the_key_stands(self, desk: Desk, place: str) -> None:
        put_key(desk, place)
        assert desk.run("mfa", "enroll", "alice", "--store").status == 0
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        forget_codes(desk)
        done = desk.run("mfa", "resync", "alice")
        assert done.status == 0, done.err
        iam.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=json.dumps(MFA_ONLY))
        forget_codes(desk)
        done = desk.run("mfa", "enroll", "alice", "--store", "--replace", "--name", "second")
        assert done.status == 0, done.err
        assert desk.devices() == [serial(desk, "second")]
        forget_codes(desk)
        done = desk.run("mfa", "enroll", "alice", "--store", "--name", "third")
        assert (done.status, "keeps one a profile" in done.said[0]) == (5, True)
        assert seed_of(desk).serial == serial(desk, "second")
        forget_codes(desk)
        done = desk.run("mfa", "remove", "alice", "--yes")
        assert done.status == 0, done.err
        assert desk.devices() == []

    @pytest.mark.long
    @pytest.mark.parametrize("place", PLACES)
    def test_it_may_be_killed_anywhere_and_never_locks_the_user_out(self, desk: Desk, place: str) -> None:
        """Whenever AWS demands codes of a device, the keyring has its seed."""
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        put_key(desk, place)
        keyring = Path(desk.environ["TEST_KEYRING_FILE"])
        index = desk.home / ".local/share/awsactivate/identities.json"
        before = {path: path.read_bytes() for path in (keyring, index, desk.config_file) if path.exists()}
        for step in range(1, 100):
            done = desk.run("mfa", "enroll", "alice", "--store", kill_at=step)
            item = desk.item()
            seeds = [seed.serial for seed in (item.seed, item.following_seed) if seed] if item else []
            assert set(desk.devices()) <= set(seeds), f"killed at step {step}"
            lost = [made for made in desk.unassigned() if made not in seeds]  # before its seed was stored
            if done.status:
                assert done.status == -9, done.err
                forget_codes(desk)
                again = desk.run("mfa", "enroll", "alice", "--store")
                assert again.status == 0 or f"already: {serial(desk)}" in again.err, again.err
            assert desk.unassigned() == lost
            expected = serial(desk, "alice-2" if lost else "alice")
            assert desk.devices() == [expected]
            assert f"mfa_serial = {expected}\n" in desk.config_file.read_text()
            end = desk.item()
            assert end is not None
            assert end.seed is not None
            assert end.following_seed is None
            if not done.status:
                break
            iam.deactivate_mfa_device(UserName="alice", SerialNumber=expected)
            for made in desk.unassigned():
                iam.delete_virtual_mfa_device(SerialNumber=made)
            for path in (keyring, index, desk.config_file):
                path.unlink(missing_ok=True)
            for path, content in before.items():
                path.write_bytes(content)
        assert step > 15

    @pytest.mark.long
    def test_a_replacement_may_be_killed_anywhere(self, desk: Desk) -> None:
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        old, new = serial(desk), serial(desk, "alice-2")
        keyring = Path(desk.environ["TEST_KEYRING_FILE"])
        index = desk.home / ".local/share/awsactivate/identities.json"
        config = desk.config_file.read_bytes()
        for step in range(1, 100):
            for device in desk.devices():
                iam.deactivate_mfa_device(UserName="alice", SerialNumber=device)
            for device in [*desk.unassigned()]:
                iam.delete_virtual_mfa_device(SerialNumber=device)
            for path in (keyring, index):
                path.unlink(missing_ok=True)
            desk.config_file.write_bytes(config)
            forget_codes(desk)
            assert desk.run("mfa", "enroll", "alice", "--store").status == 0
            forget_codes(desk)
            done = desk.run("mfa", "enroll", "alice", "--store", "--replace", kill_at=step)
            if done.status:
                assert done.status == -9, done.err
                assert {old, new} & set(desk.devices())
                forget_codes(desk)
                again = desk.run("mfa", "enroll", "alice", "--store", "--replace")
                assert again.status == 0, f"killed at step {step}: {again.err}"
            assert len(desk.devices()) == 1
            (left,) = desk.devices()
            assert seed_of(desk).serial == left
            assert f"mfa_serial = {left}\n" in desk.config_file.read_text()
            if not done.status:
                break
        assert step > 15


def read_only(path: Path) -> None:
    """Make `path` a link into a folder where nothing can be written."""
    store = path.parent.parent / "store"
    store.mkdir()
    path.rename(store / path.name)
    path.symlink_to(store / path.name)
    store.chmod(0o555)


class TestWhatCanNotBeNoted:
    def test_a_config_that_can_not_be_written_is_said_before_a_device_is_made(self, desk: Desk) -> None:
        read_only(desk.config_file)
        done = desk.run("mfa", "enroll", "alice", "--store")
        assert (done.status, "no device was made" in done.said[0]) == (1, True)
        assert (desk.devices(), desk.unassigned(), desk.item()) == ([], [], None)

    def test_a_device_that_could_not_be_noted_is_told_with_the_line_to_write(self, desk: Desk) -> None:
        done = desk.run("mfa", "enroll", "alice", "--store", TEST_CONFIG_BREAKS_AT="EnableMFADevice")
        assert done.status == 3, done.err
        assert f"{serial(desk)} is enabled, but the profile 'alice' does not name it" in done.said[-2]
        assert f"under [profile alice]: mfa_serial = {serial(desk)}" in done.said[-1]
        (desk.home / ".aws").chmod(0o755)
        again = desk.run("mfa", "enroll", "alice", "--store")
        assert again.status == 0, again.err
        assert f"mfa_serial = {serial(desk)}\n" in desk.config_file.read_text()

    def test_a_removal_is_tried_first_and_told_after(self, enrolled: Desk) -> None:
        forget_codes(enrolled)
        done = enrolled.run("mfa", "remove", "alice", "--yes", TEST_CONFIG_BREAKS_AT="DeactivateMFADevice")
        assert (done.status, "is deleted in AWS, but not forgotten here" in done.said[-2]) == (1, True)
        (enrolled.home / ".aws").chmod(0o755)
        forget_codes(enrolled)
        assert enrolled.run("mfa", "remove", "alice", "--yes").status == 0
        assert "mfa_serial" not in enrolled.config_file.read_text()
        forget_codes(enrolled)
        assert enrolled.run("mfa", "enroll", "alice", "--store").status == 0
        forget_codes(enrolled)
        read_only(enrolled.config_file)
        assert enrolled.run("mfa", "remove", "alice", "--yes").status == 1
        assert enrolled.devices() == [serial(enrolled)]


class TestEnrollTyped:
    """On a terminal, by the QR code and typed codes."""

    @pytest.fixture
    def terminal(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
        for name in [name for name in os.environ if name.startswith("AWS")]:
            monkeypatch.delenv(name)
        environ = {**desk.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        opened = Terminal([str(PROGRAM), "mfa", "enroll", "alice", "--show-secret"], environ)
        yield opened
        opened.close()

    def seed(self, terminal: Terminal) -> str:
        terminal.expect("secret: ")
        return terminal.expect("\r\n")

    def type_code(self, terminal: Terminal, desk: Desk, code: str) -> str:
        shown = terminal.expect(f"MFA code for {serial(desk)}: ")
        terminal.until_echo(False)
        terminal.type(f"{code}\n")
        return shown

    def test_two_typed_codes_enable_the_device(self, desk: Desk, terminal: Terminal) -> None:
        secret = self.seed(terminal)
        window = int(time.time() // 30)
        self.type_code(terminal, desk, code_at(secret, window - 1))
        shown = self.type_code(terminal, desk, code_at(secret, window))
        assert "now wait until the device shows another one" in shown
        assert terminal.wait() == 0
        assert desk.devices() == [serial(desk)]
        assert desk.item() is None
        assert f"mfa_serial = {serial(desk)}\n" in desk.config_file.read_text()

    def test_equal_and_wrong_and_swapped_codes_are_refused(self, desk: Desk, terminal: Terminal) -> None:
        secret = self.seed(terminal)
        window = int(time.time() // 30)
        first, second = code_at(secret, window - 1), code_at(secret, window)
        self.type_code(terminal, desk, first)
        self.type_code(terminal, desk, first)
        assert "that was the same code again" in self.type_code(terminal, desk, "000000")
        refusal = "AWS refused the two MFA codes (InvalidAuthenticationCode)"
        assert refusal in self.type_code(terminal, desk, second)
        self.type_code(terminal, desk, first)
        assert refusal in self.type_code(terminal, desk, second)
        self.type_code(terminal, desk, "12345")
        self.type_code(terminal, desk, code_at(secret, window - 2))
        assert terminal.wait() == 5
        assert (desk.devices(), desk.unassigned()) == ([], [])

    def test_ctrl_c_leaves_no_half_made_device(self, desk: Desk, terminal: Terminal) -> None:
        terminal.expect(f"MFA code for {serial(desk)}: ")
        terminal.until_echo(False)
        assert desk.unassigned() == [serial(desk)]
        terminal.type(b"\x03")
        assert terminal.wait() == 130
        assert (desk.devices(), desk.unassigned()) == ([], [])


def test_without_a_terminal_the_qr_code_is_not_shown(desk: Desk) -> None:
    done = desk.run("mfa", "enroll", "alice")
    assert (done.status, done.said[0]) == (5, "error: there is no terminal to show the QR code on")
    assert desk.unassigned() == []


class TestCode:
    def test_a_code_is_printed_once_a_window(self, desk: Desk) -> None:
        desk.run("mfa", "add-seed", "alice", "--serial", serial(desk), stdin=BASE32)
        before = int(time.time() // 30)
        first = desk.run("mfa", "code", "alice")
        second = desk.run("mfa", "code", "alice")
        assert (first.status, second.status) == (0, 0)
        assert first.out.strip() in [totp.code(BASE32, (before + late) * 30) for late in (0, 1)]
        assert second.out.strip() in [totp.code(BASE32, (before + late) * 30) for late in (1, 2)]
        assert second.said[0].startswith("this MFA code was used already; the next one comes in ")

    def test_other_digits_and_periods_are_the_seeds_own(self, desk: Desk) -> None:
        uri = f"otpauth://totp/x?secret={BASE32}&digits=8&period=300&algorithm=SHA512"
        desk.run("mfa", "add-seed", "alice", "--serial", serial(desk), stdin=uri)
        at = time.time()
        done = desk.run("mfa", "code", "alice")
        assert done.out.strip() in [
            totp.code(BASE32, at + late, digits=8, period=300, algorithm="SHA512") for late in (0, 300)
        ]

    def test_without_a_seed_it_is_exit_5(self, desk: Desk) -> None:
        done = desk.run("mfa", "code", "alice")
        assert (done.status, done.said) == (
            5,
            [
                "error: the keyring has no TOTP seed of 'alice'",
                "hint: awsactivate mfa add-seed alice",
            ],
        )

    def test_a_code_may_go_into_the_clipboard_by_stdin(self, desk: Desk, tmp_path: Path) -> None:
        desk.run("mfa", "add-seed", "alice", "--serial", serial(desk), stdin=BASE32)
        program = tmp_path / "bin/xsel"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\ncat >{tmp_path}/copied; echo "$@" >{tmp_path}/words\n')
        program.chmod(0o755)
        done = desk.run("mfa", "code", "alice", "--copy", PATH=f"{tmp_path}/bin:/usr/bin:/bin", DISPLAY=":0")
        assert (done.status, done.out) == (0, ""), done.err
        assert re.fullmatch(r"\d{6}", (tmp_path / "copied").read_text())
        assert (tmp_path / "words").read_text() == "--clipboard --input\n"

    def test_without_a_clipboard_it_is_said(self, desk: Desk, tmp_path: Path) -> None:
        desk.run("mfa", "add-seed", "alice", "--serial", serial(desk), stdin=BASE32)
        assert desk.run("mfa", "code", "alice", "--copy", PATH=str(tmp_path)).status == 2


class TestAddSeed:
    def test_the_serial_is_the_profiles_own(self, desk: Desk) -> None:
        desk.config_file.write_text(
            "[profile alice]\nmfa_serial = arn:aws:iam::1:mfa/own\n"
            "[profile prod]\nsource_profile = alice\nmfa_serial = arn:aws:iam::1:mfa/prod\n"
        )
        desk.run("mfa", "add-seed", "alice", stdin=BASE32)
        assert seed_of(desk) == Seed(BASE32, "arn:aws:iam::1:mfa/own")

    def test_else_it_is_the_one_of_the_profiles_whose_source_it_is(self, desk: Desk) -> None:
        desk.config_file.write_text(
            "[profile prod]\nsource_profile = alice\nmfa_serial = arn:aws:iam::1:mfa/prod\nrole_arn = x\n"
            "[profile far]\nsource_profile = prod\nmfa_serial = arn:aws:iam::1:mfa/prod\nrole_arn = x\n"
            "[profile else]\nsource_profile = other\nmfa_serial = arn:aws:iam::1:mfa/else\nrole_arn = x\n"
        )
        desk.run("mfa", "add-seed", "alice", stdin=BASE32)
        assert seed_of(desk) == Seed(BASE32, "arn:aws:iam::1:mfa/prod")

    def test_several_of_them_are_an_error_that_names_them(self, desk: Desk) -> None:
        desk.config_file.write_text(
            "[profile a]\nsource_profile = alice\nmfa_serial = one\n"
            "[profile b]\nsource_profile = alice\nmfa_serial = two\n"
        )
        done = desk.run("mfa", "add-seed", "alice", stdin=BASE32)
        assert (done.status, done.said) == (
            3,
            [
                "error: several MFA devices are named for 'alice': one (profile a), two (profile b)",
                "hint: name one: --serial ARN",
            ],
        )

    def test_else_it_is_the_users_only_device(self, desk: Desk) -> None:
        device = desk.aws.mfa_device(desk.user, "phone")
        desk.run("mfa", "add-seed", "alice", stdin=device.seed)
        assert seed_of(desk) == Seed(device.seed, device.serial)

    def test_a_seed_lies_beside_the_key_in_one_item(self, desk: Desk) -> None:
        desk.run("mfa", "add-seed", "alice", "--serial", serial(desk), stdin=BASE32)
        desk.run("keys", "import", "alice")
        items = json.loads(Path(desk.environ["TEST_KEYRING_FILE"]).read_text())
        assert list(items) == ["awsactivate/alice"]
        assert desk.index()["alice"] == {
            "has_keys": True,
            "has_seed": True,
            "key_id": desk.user.credentials.access_key_id,
            "mfa_serial": serial(desk),
        }

    def test_another_seed_is_replaced_only_with_a_yes(self, desk: Desk) -> None:
        other = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        words = ("mfa", "add-seed", "alice", "--serial", serial(desk, "new"))
        assert desk.run("mfa", "add-seed", "alice", "--serial", serial(desk), stdin=BASE32).status == 0
        assert desk.run("mfa", "add-seed", "alice", "--serial", serial(desk), stdin=BASE32).status == 0
        done = desk.run(*words, stdin=other)
        assert done.status == 2, done.err
        assert "this needs a terminal or --yes" in done.said[0]
        assert seed_of(desk) == Seed(BASE32, serial(desk))
        assert desk.run(*words, "--yes", stdin=other).status == 0
        assert seed_of(desk) == Seed(other, serial(desk, "new"))

    def test_what_is_no_seed_is_refused_before_aws_is_asked(self, desk: Desk) -> None:
        desk.aws.requests.clear()
        done = desk.run("mfa", "add-seed", "alice", stdin="not a seed")
        assert (done.status, len(desk.aws.requests)) == (5, 0)


class TestOthers:
    def test_devices_are_listed_with_who_names_them(self, enrolled: Desk) -> None:
        done = enrolled.run("mfa", "list", "alice", "--json")
        (row,) = json.loads(done.out)
        assert (row["serial"], row["user"], row["seed"], row["profiles"]) == (
            serial(enrolled),
            "alice",
            True,
            ["alice"],
        )
        assert serial(enrolled) in enrolled.run("mfa", "list").out

    def test_a_stored_seed_brings_a_device_in_step(self, enrolled: Desk) -> None:
        done = enrolled.run("mfa", "resync", "alice")
        assert (done.status, done.said[-1]) == (0, f"{serial(enrolled)} is in step again")

    def test_a_removed_device_is_gone_from_aws_keyring_and_config(self, enrolled: Desk) -> None:
        forget_codes(enrolled)
        done = enrolled.run("mfa", "remove", "alice", "--yes")
        assert done.status == 0, done.err
        assert (enrolled.devices(), enrolled.unassigned()) == ([], [])
        item = enrolled.item()
        assert item is not None
        assert item.seed is None
        assert enrolled.config_file.read_text() == "[profile alice]\nregion = us-east-1\n"
        assert enrolled.index()["alice"]["has_seed"] is False  # type: ignore[index]

    def test_a_seed_of_the_removed_device_is_left_nowhere(self, enrolled: Desk) -> None:
        item = enrolled.item()
        assert item is not None
        keyring = Path(enrolled.environ["TEST_KEYRING_FILE"])
        half_noted = KeyringItem(item.key, following_seed=item.seed)  # killed after the device was enabled
        keyring.write_text(json.dumps({"awsactivate/alice": keyring_item.to_text(half_noted)}))
        forget_codes(enrolled)
        assert enrolled.run("mfa", "remove", "alice", "--yes").status == 0
        assert enrolled.item() == KeyringItem(item.key)

    def test_a_user_who_needs_mfa_for_it_removes_by_a_code(self, enrolled: Desk) -> None:
        iam = enrolled.aws.client("iam", enrolled.aws.account(enrolled.account))
        iam.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=json.dumps(MFA_ONLY))
        forget_codes(enrolled)
        assert enrolled.run("mfa", "remove", "alice", "--yes").status == 0
        assert enrolled.devices() == []

    def test_remove_wants_a_yes(self, enrolled: Desk) -> None:
        assert enrolled.run("mfa", "remove", "alice").status == 2
        assert enrolled.devices() == [serial(enrolled)]

    def test_an_administrator_enrols_another(self, desk: Desk) -> None:
        iam = desk.aws.client("iam", desk.aws.account(desk.account))
        iam.delete_user_policy(UserName="alice", PolicyName="all")
        admin = desk.aws.account(desk.account)
        with desk.credentials_file.open("a") as file:
            file.write(
                f"[admin]\naws_access_key_id = {admin.access_key_id}\n"
                f"aws_secret_access_key = {admin.secret_access_key}\n"
            )
        assert desk.run("mfa", "enroll", "alice", "--store").status == 6
        done = desk.run("mfa", "enroll", "alice", "--store", "--profile", "admin")
        assert done.status == 0, done.err
        assert desk.devices() == [serial(desk)]
        assert isinstance(desk.item(), KeyringItem)
