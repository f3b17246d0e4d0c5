"""From an empty account to the first `activate`: the person at this machine is enrolled."""

from __future__ import annotations

import bisect
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from account.machines import new_desk
from awsactivate.demo.aws import EmbeddedAws
from awsactivate.demo.devices import code_at
from awsactivate.keychain.item import KeyringItem
from harness.desks import TESTS, Desk, Done, Zygote
from harness.terminals import Terminal

PROGRAM = Path(sys.executable).parent / "awsactivate"
ENROLL = ("bootstrap", "apply", "--user", "alice", "--enroll", "--profile", "admin")
ACCOUNT_ALONE = ("bootstrap", "apply", "--user", "alice", "--profile", "admin", "--yes")
STORED = (*ENROLL, "--store-seed", "--yes")
READING = ("Get", "List", "Head", "Describe")


def config_of(account: str) -> str:
    return (
        "[profile admin]\nregion = eu-west-1\n"
        f"[profile alice]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::{account}:mfa/alice\n"
        f"[profile terraform]\nrole_arn = arn:aws:iam::{account}:role/terraform\nsource_profile = alice\n"
        "region = eu-west-1\nrevocable = true\n"
    )


def config_text(desk: Desk) -> str:
    """Return the config without its empty lines."""
    return "".join(line for line in desk.config_file.read_text().splitlines(keepends=True) if line.strip())


def item_of(desk: Desk) -> KeyringItem:
    item = desk.item()
    assert item is not None
    return item


def writes(desk: Desk) -> list[str]:
    """Name what AWS was asked for that changes anything."""
    return [r.operation for r in desk.aws.requests if not r.operation.startswith(READING)]


def iam_of(desk: Desk) -> object:
    return desk.aws.client("iam", desk.aws.account(desk.account))


def assert_enrolled(desk: Desk, device: str = "alice", unassigned: Sequence[str] = ()) -> None:
    """Hold all that enrolling leaves: one key, one device, both in the keyring, and the profiles."""
    item = item_of(desk)
    assert item.key is not None
    assert item.seed is not None
    serial = f"arn:aws:iam::{desk.account}:mfa/{device}"
    assert desk.iam_keys() == {item.key.id: "Active"}
    assert (desk.devices(), desk.unassigned()) == ([serial], list(unassigned))
    assert item == KeyringItem(item.key, replace(item.seed, serial=serial))
    assert desk.index() == {
        "alice": {
            "has_keys": True,
            "has_seed": True,
            "key_id": item.key.id,
            "mfa_serial": serial,
            "created": item.key.created,
        }
    }
    assert config_text(desk) == config_of(desk.account).replace("mfa/alice", f"mfa/{device}")
    assert desk.works(item.key.credentials)


class TestStored:
    def test_an_empty_account_ends_with_a_session_of_the_role(self, desk: Desk) -> None:
        done = desk.run(*STORED)
        assert done.status == 0, done.err
        assert done.out == (
            f"account {desk.account} is as described: 7 created, 0 changed, 0 unchanged\n"
            "alice is enrolled; from now on: activate terraform\n"
        )
        assert_enrolled(desk)
        item = item_of(desk)
        assert item.key is not None
        assert item.seed is not None
        for secret in (item.key.secret, item.seed.secret):
            assert secret not in done.err + done.out
            assert secret not in desk.credentials_file.read_text()
        shutil.rmtree(desk.home / ".local/state")  # the codes' windows, which would be waited out
        desk.aws._state.devices._last.clear()
        session = desk.run("export", "terraform", "--format", "process")
        assert session.status == 0, session.err
        arn = desk.aws.client("sts", _credentials(session)).get_caller_identity()["Arn"]
        assert arn.startswith(f"arn:aws:sts::{desk.account}:assumed-role/terraform/alice=")

    def test_a_second_run_finds_nothing_to_do(self, desk: Desk) -> None:
        desk.run(*STORED)
        before = item_of(desk)
        desk.aws.requests.clear()
        done = desk.run(*STORED)
        assert (done.status, done.err) == (0, "")
        assert writes(desk) == []
        assert item_of(desk) == before
        assert_enrolled(desk)

    def test_json_is_the_account_alone(self, desk: Desk) -> None:
        done = desk.run(*STORED, "--json")
        assert {step["done"] for step in json.loads(done.out)["resources"]} == {True}
        assert done.said[-1] == "alice is enrolled; from now on: activate terraform"

    def test_another_name_serves_for_a_second_account(self, desk: Desk) -> None:
        done = desk.run(*STORED, "--as", "prod")
        assert done.out.endswith("activate prod\n")
        assert config_text(desk) == (
            config_of(desk.account)
            .replace("[profile alice]", "[profile prod-alice]")
            .replace("[profile terraform]", "[profile prod]")
            .replace("source_profile = alice", "source_profile = prod-alice")
        )

    def test_what_a_profile_says_already_stays(self, desk: Desk) -> None:
        with desk.config_file.open("a") as file:
            file.write("[profile terraform]\nregion = us-east-2\noutput = json\n")
        assert desk.run(*STORED).status == 0
        assert config_text(desk) == (
            "[profile admin]\nregion = eu-west-1\n"
            f"[profile terraform]\nregion = us-east-2\noutput = json\n"
            f"role_arn = arn:aws:iam::{desk.account}:role/terraform\nsource_profile = alice\n"
            "revocable = true\n"
            f"[profile alice]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::{desk.account}:mfa/alice\n"
        )

    def test_a_device_that_an_admin_has_deleted_is_made_anew(self, desk: Desk) -> None:
        desk.run(*STORED)
        old, serial = item_of(desk), f"arn:aws:iam::{desk.account}:mfa/alice"
        iam = iam_of(desk)
        iam.deactivate_mfa_device(UserName="alice", SerialNumber=serial)  # type: ignore[attr-defined]
        iam.delete_virtual_mfa_device(SerialNumber=serial)  # type: ignore[attr-defined]
        shutil.rmtree(desk.home / ".local/state")
        done = desk.run(*STORED)
        assert done.status == 0, done.err
        assert_enrolled(desk)
        assert item_of(desk).key == old.key
        assert item_of(desk).seed != old.seed

    @pytest.mark.long
    def test_it_may_be_killed_anywhere_and_run_again(
        self, embedded_aws: EmbeddedAws, account: str, tmp_path: Path, zygote: Zygote
    ) -> None:
        """Reading the account, which has a test of its own, is passed over."""
        numbers = iter(range(1, 1000))

        def new() -> Desk:
            number = next(numbers)
            account_id = str(int(account) + 100_000 * number)
            desk = new_desk(embedded_aws, account_id, tmp_path / str(number), zygote)
            assert desk.run(*ACCOUNT_ALONE).status == 0
            return desk

        here = new()
        only_read = bisect.bisect_left(
            range(1000), 0, key=lambda step: here.run(*ACCOUNT_ALONE, kill_at=step + 1).status
        )
        step = only_read
        while True:
            step += 1
            desk = new()
            done = desk.run(*STORED, kill_at=step)
            if done.status == 0:
                break
            assert done.status == -9, done.err
            kept = desk.item()
            ours = [seed.serial for seed in (kept.seed, kept.following_seed) if seed] if kept else []
            lost = [made for made in desk.unassigned() if made not in ours]  # before its seed was stored
            again = desk.run(*STORED)
            assert again.status == 0, f"killed at step {step}: {again.err}"
            assert_enrolled(desk, "alice-2" if lost else "alice", lost)
        assert step - only_read > 40


def _credentials(session: Done) -> object:
    from awsactivate.sessions.credentials import Credentials

    found = json.loads(session.out)
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


class TestRefusedBeforeAnythingIsMade:
    @pytest.fixture(autouse=True)
    def _nothing_is_made(self, desk: Desk) -> Iterator[None]:
        before = desk.config_file.read_bytes()
        yield
        assert writes(desk) == []
        assert (desk.config_file.read_bytes(), desk.index()) == (before, {})

    def test_nobody_or_several_to_enrol(self, desk: Desk) -> None:
        for more in (("--user", "bob"), ()):
            argv = (*STORED, *more) if more else ("bootstrap", "apply", "--enroll", "--profile", "admin")
            done = desk.run(*argv)
            assert (done.status, done.said) == (
                2,
                [
                    "error: --enroll is for the one person at this machine",
                    "hint: name that person alone: --user NAME --enroll",
                ],
            )

    def test_options_of_one_who_is_not_enrolled(self, desk: Desk) -> None:
        done = desk.run("bootstrap", "apply", "--user", "alice", "--as", "prod", "--profile", "admin")
        assert (done.status, done.said) == (
            2,
            ["error: --as is for the person who is enrolled", "hint: add --enroll"],
        )

    def test_no_terminal_for_the_qr_code(self, desk: Desk) -> None:
        done = desk.run(*ENROLL, "--yes")
        assert (done.status, done.said[1]) == (5, "hint: enrol on a terminal, or with --store-seed")

    def test_a_locked_keyring(self, desk: Desk) -> None:
        done = desk.run(*STORED, AWSACTIVATE_KEYRING_BACKEND="harness.broken_keyring.LockedKeyring")
        assert (done.status, done.said[0]) == (
            4,
            "error: the keyring is locked, and was not unlocked (to read the item of 'alice')",
        )

    @pytest.mark.parametrize(
        ("section", "message"),
        [
            (
                "[profile terraform]\nrole_arn = arn:aws:iam::999999999999:role/terraform\n",
                "error: profile 'terraform' has another role_arn in {path} than is needed for"
                " arn:aws:iam::{account}:role/terraform by way of 'alice'",
            ),
            (
                "[profile terraform]\nrole_arn = arn:aws:iam::{account}:role/terraform\n"
                "source_profile = admin\n",
                "error: profile 'terraform' has another source_profile in {path} than is needed for"
                " arn:aws:iam::{account}:role/terraform by way of 'alice'",
            ),
            (
                "[profile alice]\nsso_session = work\n",
                "error: profile 'alice' has another sso_session in {path} than is needed for the key of"
                " user alice",
            ),
        ],
    )
    def test_a_name_that_is_taken(self, desk: Desk, section: str, message: str) -> None:
        with desk.config_file.open("a") as file:
            file.write(section.format(account=desk.account))
        self_before = desk.config_file.read_bytes()
        done = desk.run(*STORED)
        assert (done.status, done.said) == (
            3,
            [
                message.format(path=desk.config_file, account=desk.account),
                "hint: choose another name: --as NAME",
            ],
        )
        assert desk.config_file.read_bytes() == self_before
        desk.config_file.write_text("[profile admin]\nregion = eu-west-1\n")

    def test_a_key_of_that_name_in_a_file(self, desk: Desk) -> None:
        with desk.credentials_file.open("a") as file:
            file.write("[alice]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n")
        done = desk.run(*STORED)
        assert (done.status, done.said) == (
            3,
            [
                f"error: profile 'alice' has an access key in {desk.credentials_file}",
                "hint: if it is the user's: awsactivate keys import alice; else add --as NAME",
            ],
        )


class TestKeys:
    def test_the_keyrings_key_of_another_user_stays(self, desk: Desk) -> None:
        desk.aws.account("333344445555")
        other = desk.aws.user(f"alice-{desk.account}", account="333344445555").credentials
        text = json.dumps({"AccessKeyId": other.access_key_id, "SecretAccessKey": other.secret_access_key})
        assert desk.run("keys", "add", "alice", stdin=text).status == 0
        done = desk.run(*STORED)
        assert (done.status, done.said) == (
            3,
            [
                f"error: the keyring's 'alice' is {other.access_key_id}, which is no access key of user"
                " alice",
                "hint: keep this one under another name: --as NAME"
                " (or drop it: awsactivate keys remove alice)",
            ],
        )
        assert writes(desk)[-1] == "CreateAccessKey"  # the other user's own, before

    def test_a_config_that_can_not_be_written_is_said_before_the_account_is_touched(self, desk: Desk) -> None:
        desk.config_file.parent.chmod(0o555)
        desk.aws.requests.clear()
        assert desk.run(*STORED).status == 1
        assert writes(desk) == []
        desk.config_file.parent.chmod(0o755)

    def test_a_keyring_that_keeps_nothing_costs_no_key(self, desk: Desk) -> None:
        done = desk.run(*STORED, AWSACTIVATE_KEYRING_BACKEND="harness.broken_keyring.ReadOnlyKeyring")
        assert (done.status, desk.iam_keys(), "CreateAccessKey" in writes(desk)) == (4, {}, False)
        assert desk.run(*STORED).status == 0
        assert_enrolled(desk)

    def test_a_key_that_the_keyring_did_not_take_is_deleted(self, desk: Desk) -> None:
        done = desk.run(*STORED, AWSACTIVATE_KEYRING_BACKEND="harness.broken_keyring.OnceOnlyKeyring")
        assert (done.status, desk.iam_keys(), "CreateAccessKey" in writes(desk)) == (4, {}, True)
        assert desk.run(*STORED).status == 0
        assert_enrolled(desk)

    def test_a_key_that_could_not_be_deleted_then_is_found_by_the_next_run(self, desk: Desk) -> None:
        desk.aws.levers.fail_next("DeleteAccessKey", "AccessDenied", "no", 403)
        done = desk.run(*STORED, AWSACTIVATE_KEYRING_BACKEND="harness.broken_keyring.OnceOnlyKeyring")
        (left,) = desk.iam_keys()
        assert (done.status, done.said[-3:-1]) == (
            4,
            [
                f"access key {left}, whose secret nobody has, is left: DeleteAccessKey {left}: no"
                " (AccessDenied)",
                "error: the keyring is locked, and was not unlocked (to write the item of 'alice')",
            ],
        )
        again = desk.run(*STORED)
        assert f"deleted {left}, which a run made that was stopped before it could store it" in again.said
        assert_enrolled(desk)

    def test_another_key_of_the_user_stays_and_is_named(self, desk: Desk) -> None:
        other = desk.aws.user("alice", account=desk.account).credentials.access_key_id
        done = desk.run(*STORED)
        assert done.status == 0, done.err
        key = item_of(desk).key
        assert key is not None
        assert desk.iam_keys() == {other: "Active", key.id: "Active"}
        assert (
            f"made access key {key.id}, which is in the keyring as 'alice';"
            f" the user's {other} stays as it is" in done.said
        )

    def test_two_keys_leave_no_room(self, desk: Desk) -> None:
        first = desk.aws.user("alice", account=desk.account).credentials.access_key_id
        second = iam_of(desk).create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]  # type: ignore[attr-defined]
        done = desk.run(*STORED)
        assert (done.status, done.said[-2:]) == (
            6,
            [
                f"error: user alice has two access keys already, and IAM allows no third: {first}, {second}",
                "hint: if nothing uses it: aws iam delete-access-key --user-name alice"
                f" --access-key-id {first}",
            ],
        )
        assert set(desk.iam_keys()) == {first, second}

    def test_an_inactive_key_is_said(self, desk: Desk) -> None:
        desk.run(*STORED)
        key = item_of(desk).key
        assert key is not None
        iam_of(desk).update_access_key(UserName="alice", AccessKeyId=key.id, Status="Inactive")  # type: ignore[attr-defined]
        done = desk.run(*STORED)
        assert (done.status, done.said) == (
            3,
            [
                f"error: the keyring's 'alice' is {key.id}, which is inactive",
                "hint: to have a new one: awsactivate keys remove alice, then this again",
            ],
        )

    def test_a_missing_permission_is_named_and_given_later(self, desk: Desk) -> None:
        desk.aws.levers.fail_next(
            "CreateAccessKey",
            "AccessDenied",
            "User: arn:aws:iam::1:user/administrator is not authorized to perform: iam:CreateAccessKey on"
            " resource: user alice",
            403,
        )
        done = desk.run(*STORED)
        assert (done.status, done.out, done.said[-2:]) == (
            6,
            "",
            [
                "error: CreateAccessKey: User: arn:aws:iam::1:user/administrator is not authorized to"
                " perform: iam:CreateAccessKey on resource: user alice (AccessDenied)",
                "hint: run this again: it goes on where it was",
            ],
        )
        other = iam_of(desk).create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]  # type: ignore[attr-defined]
        assert desk.run(*STORED).status == 0
        assert other in desk.iam_keys()  # it is somebody's, and was not made by the call that was refused
        iam_of(desk).delete_access_key(UserName="alice", AccessKeyId=other)  # type: ignore[attr-defined]
        assert_enrolled(desk)

    def test_a_user_whom_iam_does_not_know_everywhere_yet_is_waited_for(self, desk: Desk) -> None:
        desk.aws.levers.fail_next(
            "CreateAccessKey", "NoSuchEntity", "The user alice cannot be found.", 404, times=3
        )
        assert desk.run(*STORED).status == 0
        assert_enrolled(desk)


class TestTyped:
    """On a terminal, by the QR code and typed codes."""

    @pytest.fixture
    def terminal(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
        opened = self.open(desk)
        yield opened
        opened.close()

    def open(self, desk: Desk) -> Terminal:
        argv = [str(PROGRAM), *ENROLL, "--show-secret"]
        return Terminal(argv, {**desk.environ, "PYTHONPATH": str(TESTS)})

    def test_one_yes_and_two_codes_are_all_that_is_asked(self, desk: Desk, terminal: Terminal) -> None:
        shown = terminal.expect("do this in account")
        terminal.until_echo(False)
        terminal.type("y\n")
        shown += terminal.expect("secret: ")
        secret = terminal.expect("\r\n")
        for back in (1, 0):
            shown += terminal.expect(f"MFA code for arn:aws:iam::{desk.account}:mfa/alice: ")
            terminal.until_echo(False)
            terminal.type(f"{code_at(secret, int(time.time() // 30) - back)}\n")
        shown += terminal.expect("alice is enrolled; from now on: activate terraform")
        assert terminal.wait() == 0
        key = item_of(desk).key
        assert key is not None
        assert key.secret not in shown
        assert item_of(desk) == KeyringItem(key)
        assert config_text(desk) == config_of(desk.account)

    def test_ctrl_c_at_the_codes_keeps_the_key_and_no_device(self, desk: Desk, terminal: Terminal) -> None:
        terminal.expect("do this in account")
        terminal.until_echo(False)
        terminal.type("y\n")
        terminal.expect(f"MFA code for arn:aws:iam::{desk.account}:mfa/alice: ")
        terminal.until_echo(False)
        terminal.type(b"\x03")
        assert terminal.wait() == 130
        assert (desk.devices(), desk.unassigned(), len(desk.iam_keys())) == ([], [], 1)
        assert desk.run(*STORED).status == 0
        assert_enrolled(desk)

    def test_a_no_leaves_everything_as_it_was(self, desk: Desk, terminal: Terminal) -> None:
        terminal.expect("do this in account")
        terminal.until_echo(False)
        terminal.type("n\n")
        assert terminal.wait() == 1
        assert writes(desk) == []

    def test_a_device_that_the_user_has_is_taken_as_it_is(self, desk: Desk) -> None:
        user = desk.aws.user("alice", account=desk.account)
        desk.aws.mfa_device(user)
        done = desk.run(*STORED)
        serial = f"arn:aws:iam::{desk.account}:mfa/alice"
        assert (done.status, done.said[-2]) == (5, f"error: alice has an MFA device already: {serial}")
        terminal = self.open(desk)
        try:
            terminal.expect(f"{serial} is enabled, and stands in ")
            assert terminal.wait() == 0
        finally:
            terminal.close()
        assert config_text(desk) == config_of(desk.account)
