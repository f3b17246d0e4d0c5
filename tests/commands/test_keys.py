"""Access keys into the keyring, out of files, and out of the keyring."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.keychain.item import AccessKey, KeyringItem
from harness.desks import Desk, Done, credentials_text
from harness.terminals import terminal

PROGRAM = Path(sys.executable).parent / "awsactivate"


def key_of(desk: Desk) -> AccessKey:
    return AccessKey(desk.user.credentials.access_key_id, desk.user.credentials.secret_access_key)


class TestImport:
    def test_a_key_moves_from_the_file_into_the_keyring(self, desk: Desk) -> None:
        done = desk.run("keys", "import", "alice")
        key = key_of(desk)
        assert done == Done(
            0,
            "",
            f"awsactivate: {key.id} of {desk.user.arn} is in the keyring as 'alice', "
            f"and out of {desk.credentials_file}\n"
            "awsactivate: backups may still hold it: awsactivate keys rotate alice makes them worthless\n",
        )
        assert desk.item() == KeyringItem(key)
        assert desk.credentials_file.read_text() == "# mine\n[alice]\n\n[other]\nx = 1\n"
        assert desk.credentials_file.stat().st_mode & 0o777 == 0o600
        assert desk.index() == {"alice": {"has_keys": True, "has_seed": False, "key_id": key.id}}

    def test_the_index_is_for_its_owner_alone(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice")
        folder = desk.home / ".local/share/awsactivate"
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "identities.json").stat().st_mode & 0o777 == 0o600

    def test_a_second_import_has_nothing_to_do(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice")
        done = desk.run("keys", "import", "alice")
        assert (done.status, done.said) == (0, ["the key of 'alice' is in the keyring already"])

    def test_a_file_that_can_not_be_changed_is_said_before_anything_is_stored(self, desk: Desk) -> None:
        desk.credentials_file.parent.chmod(0o555)
        done = desk.run("keys", "import", "alice")
        assert (done.status, desk.item()) == (1, None)
        assert done.said[1] == (
            "hint: nothing was changed; to have the key in the keyring as well: awsactivate keys import alice"
            " --keep"
        )
        assert desk.run("keys", "import", "alice", "--keep").status == 0

    def test_a_file_that_breaks_half_way_is_told_and_the_next_run_goes_on(self, desk: Desk) -> None:
        done = desk.run("keys", "import", "alice", TEST_CONFIG_BREAKS_AT="GetCallerIdentity")
        assert done.status == 1
        assert f"{key_of(desk).id} is in the keyring as 'alice', and stands in the file still" in done.said[0]
        desk.credentials_file.parent.chmod(0o755)
        assert desk.run("keys", "import", "alice").status == 0
        assert "aws_secret_access_key" not in desk.credentials_file.read_text()

    def test_an_index_that_can_not_be_written_is_said_first(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice", "--keep")
        (desk.home / ".local/share/awsactivate").chmod(0o555)
        desk.aws.requests.clear()
        assert desk.run("keys", "rotate", "alice").status == 1
        assert [seen.operation for seen in desk.aws.requests] == ["GetCallerIdentity"]

    def test_keep_leaves_the_file_alone(self, desk: Desk) -> None:
        before = desk.credentials_file.read_bytes()
        assert desk.run("keys", "import", "alice", "--keep").status == 0
        assert desk.credentials_file.read_bytes() == before
        assert desk.item() == KeyringItem(key_of(desk))

    @pytest.mark.parametrize("again", [False, True])
    def test_a_credential_process_takes_the_keys_place(self, desk: Desk, again: bool) -> None:
        if again:
            desk.run("keys", "import", "alice")
        assert desk.run("keys", "import", "alice", "--credential-process").status == 0
        line = "credential_process = awsactivate export alice --format process\n"
        files = desk.config_file.read_text() + desk.credentials_file.read_text()
        assert files.count(line) == 1
        assert "aws_access_key_id" not in files

    def test_all_takes_every_long_term_key_and_leaves_the_others(self, desk: Desk) -> None:
        bob = desk.aws.user("bob", account=desk.account)
        with desk.credentials_file.open("a") as file:
            file.write(credentials_text(bob, "bob b"))
            file.write(credentials_text(bob, "session") + "aws_session_token = t\n")
        done = desk.run("keys", "import", "--all")
        assert (done.status, done.said[0]) == (0, "the key of 'session' is temporary, and was left")
        assert set(desk.index()) == {"alice", "bob b"}
        assert "[session]\naws_access_key_id" in desk.credentials_file.read_text()

    def test_a_key_that_aws_does_not_know_stays_where_it_was(self, desk: Desk) -> None:
        text = desk.credentials_file.read_text().replace(key_of(desk).id, "AKIAIOSFODNN7EXAMPLE")
        desk.credentials_file.write_text(text)
        done = desk.run("keys", "import", "alice")
        assert done.status == 6
        assert "(InvalidClientTokenId)" in done.said[0]
        assert desk.credentials_file.read_text() == text
        assert (desk.item(), desk.index()) == (None, {})

    def test_an_unreachable_aws_changes_nothing(self, desk: Desk) -> None:
        before = desk.credentials_file.read_bytes()
        assert desk.run("keys", "import", "alice", AWS_ENDPOINT_URL="http://127.0.0.1:9").status == 7
        assert desk.credentials_file.read_bytes() == before
        assert (desk.item(), desk.index()) == (None, {})

    def test_another_key_is_replaced_only_after_a_yes(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice")
        old = desk.item()
        bob = desk.aws.user("bob", account=desk.account)
        desk.credentials_file.write_text(credentials_text(bob))
        refused = desk.run("keys", "import", "alice")
        assert refused.status == 2
        assert desk.item() == old
        assert desk.run("keys", "import", "alice", "--yes").status == 0
        assert desk.item() == KeyringItem(
            AccessKey(bob.credentials.access_key_id, bob.credentials.secret_access_key)
        )

    @pytest.mark.parametrize(
        ("argv", "status", "message"),
        [
            (["nobody"], 3, "error: the profile 'nobody' does not exist"),
            (
                ["other"],
                3,
                "error: profile 'other' has no access key in {home}/.aws/credentials or {home}/.aws/config",
            ),
            ([], 2, "error: name the profiles, or say --all"),
            (["--all", "alice"], 2, "error: name the profiles, or say --all"),
        ],
    )
    def test_what_can_not_be_imported_is_said(
        self, desk: Desk, argv: list[str], status: int, message: str
    ) -> None:
        done = desk.run("keys", "import", *argv)
        assert (done.status, done.said[0]) == (status, message.format(home=desk.home))

    def test_without_a_keyring_nothing_changes(self, desk: Desk) -> None:
        before = desk.credentials_file.read_bytes()
        done = desk.run(
            "keys", "import", "alice", AWSACTIVATE_KEYRING_BACKEND="keyring.backends.null.Keyring"
        )
        assert done.status == 4
        assert done.said[0] == (
            "error: the keyring keyring.backends.null.Keyring does not keep secrets safe, and is refused"
        )
        assert desk.credentials_file.read_bytes() == before

    def test_a_read_only_file_keeps_its_key(self, desk: Desk) -> None:
        desk.credentials_file.chmod(0o400)
        done = desk.run("keys", "import", "alice")
        assert done.status == 1
        assert done.said[0] == f"error: {desk.credentials_file} can't be changed: it is read-only"
        assert key_of(desk).secret in desk.credentials_file.read_text()
        desk.credentials_file.chmod(0o600)
        assert desk.run("keys", "import", "alice").status == 0
        assert key_of(desk).secret not in desk.credentials_file.read_text()

    def test_on_a_full_disk_the_file_keeps_its_key(self, desk: Desk) -> None:
        """A limit on the size of files stands for the disk: the file is longer than it, the index is not."""
        with desk.credentials_file.open("a") as file:
            file.write("# a long comment\n" * 600)
        before = desk.credentials_file.read_bytes()
        done = desk.run("keys", "import", "alice", TEST_LARGEST_FILE="8192")
        assert (done.status, done.said[0]) == (
            1,
            f"error: {desk.credentials_file} can't be changed: File too large",
        )
        assert desk.credentials_file.read_bytes() == before
        assert [path.name for path in (desk.home / ".aws").iterdir() if path.name.startswith(".")] == []
        assert desk.item() is None  # what must not fail afterwards is tried first
        assert desk.run("keys", "import", "alice").status == 0
        assert key_of(desk).secret not in desk.credentials_file.read_text()

    def test_two_imports_at_once_end_as_one(self, desk: Desk) -> None:
        program = "import sys; from awsactivate.cli import main; sys.exit(main(['keys', 'import', 'alice']))"
        environ = {**desk.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        running = [
            subprocess.Popen([sys.executable, "-c", program], env=environ, stderr=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        told = sorted(process.communicate()[1].splitlines()[0] for process in running)
        assert [process.returncode for process in running] == [0, 0, 0]
        assert told[1:] == ["awsactivate: the key of 'alice' is in the keyring already"] * 2
        assert desk.item() == KeyringItem(key_of(desk))
        assert desk.credentials_file.read_text() == "# mine\n[alice]\n\n[other]\nx = 1\n"


class TestAdd:
    def test_a_csv_on_stdin_is_stored(self, desk: Desk) -> None:
        key = key_of(desk)
        done = desk.run(
            "keys", "add", "new", stdin=f"\ufeffAccess key ID,Secret access key\n{key.id},{key.secret}\n"
        )
        assert done == Done(0, "", f"awsactivate: {key.id} of {desk.user.arn} is in the keyring as 'new'\n")
        assert desk.item("new") == KeyringItem(key)

    def test_a_file_is_read_and_what_it_is_is_said(self, desk: Desk, tmp_path: Path) -> None:
        key = key_of(desk)
        file = tmp_path / "key.json"
        file.write_text(json.dumps({"AccessKey": {"AccessKeyId": key.id, "SecretAccessKey": key.secret}}))
        done = desk.run("keys", "add", "new", "--file", str(file))
        assert (done.status, done.said[1]) == (0, f"{file} still holds the key in plain text: delete it")
        assert desk.item("new") == KeyringItem(key)

    def test_the_two_parts_are_typed_unseen(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in [name for name in os.environ if name.startswith("AWS")]:
            monkeypatch.delenv(name)
        environ = {**desk.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        key = key_of(desk)
        with terminal([str(PROGRAM), "keys", "add", "new"], environ) as opened:
            for prompt, text in (("Access key ID: ", key.id), ("Secret access key: ", key.secret)):
                opened.expect(prompt)
                opened.until_echo(False)
                opened.type(f"{text}\n")
            shown = opened.expect("is in the keyring as 'new'")
            assert opened.wait() == 0
        assert key.secret not in shown
        assert desk.item("new") == KeyringItem(key)

    def test_a_wrong_secret_is_not_kept(self, desk: Desk) -> None:
        done = desk.run("keys", "add", "new", stdin=f"{key_of(desk).id}\n{'x' * 40}\n")
        assert done.status == 6
        assert (desk.item("new"), desk.index()) == (None, {})


class TestRemove:
    def test_a_removed_key_is_gone_and_the_profile_may_be_imported_again(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice", "--keep")
        done = desk.run("keys", "remove", "alice", "--yes")
        assert (done.status, done.said) == (
            0,
            [f"{key_of(desk).id} of 'alice' is out of the keyring; in AWS it is what it was"],
        )
        assert (desk.item(), desk.index()) == (None, {})
        assert desk.works(desk.user.credentials)

    def test_without_a_terminal_it_wants_a_yes(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice")
        assert desk.run("keys", "remove", "alice").status == 2
        assert desk.item() == KeyringItem(key_of(desk))


class TestList:
    def test_keys_are_told_with_their_age_and_without_their_secret(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice")
        bob = desk.aws.user("bob", account=desk.account)
        with desk.credentials_file.open("a") as file:
            file.write(credentials_text(bob, "bob"))
        done = desk.run("keys", "list", "--json")
        rows = json.loads(done.out)
        assert [(row["profile"], row["key_id"], row["where"]) for row in rows] == [
            ("alice", key_of(desk).id, "keyring"),
            ("bob", bob.credentials.access_key_id, str(desk.credentials_file)),
        ]
        assert [row["age_days"] for row in rows] == [0, None]  # bob may not ask IAM
        assert desk.user.credentials.secret_access_key not in done.out + done.err
        table = desk.run("keys", "list")
        assert " ".join(table.out.splitlines()[0].split()) == (
            "PROFILE ACCESS KEY WHERE AGE LAST USED SEED OLD KEY"
        )

    def test_a_keyring_that_does_not_open_leaves_the_index(self, desk: Desk) -> None:
        desk.run("keys", "import", "alice")
        done = desk.run("keys", "list", AWSACTIVATE_KEYRING_BACKEND="keyring.backends.fail.Keyring")
        assert done.status == 0
        assert done.said == ["there is no keyring on this machine: what follows is the index alone"]
        assert key_of(desk).id in done.out

    def test_no_key_is_a_line(self, desk: Desk) -> None:
        desk.credentials_file.unlink()
        assert desk.run("keys", "list") == Done(0, "no access key is stored\n", "")
        assert desk.run("keys", "list", "--json") == Done(0, "[]\n", "")
