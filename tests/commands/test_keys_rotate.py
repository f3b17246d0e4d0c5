"""One access key follows another; what is stopped anywhere goes on from there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from awsactivate.aws import access_keys
from awsactivate.aws.sts import CallerIdentity
from awsactivate.commandline import Context
from awsactivate.commands.keys.rotating import Rotating
from awsactivate.demo.aws import MfaDevice
from awsactivate.errors import AwsError
from awsactivate.keychain.item import AccessKey, KeyringItem, Rotation, to_text
from awsactivate.keychain.rotation import (
    Begin,
    Create,
    Deactivate,
    Delete,
    Discard,
    Finish,
    Forget,
    Keep,
    Step,
    Switch,
    Verify,
    is_within,
    next_step,
)
from awsactivate.keychain.system_keyring import Vault
from awsactivate.opening.key_owner import KeyOwner
from awsactivate.opening.signer import Signer
from harness.desks import MFA_ONLY, Desk, Done
from harness.keyrings import memory_keyring
from lossy_network import lossy_network

A, B = AccessKey("AKIAA", "a"), AccessKey("AKIAB", "b")


class Standing:
    """A key that IAM has; `-` before its id says that it is inactive."""

    def __init__(self, text: str) -> None:
        self.id, self.is_active = text.removeprefix("-"), not text.startswith("-")


@pytest.mark.parametrize(
    ("key", "rotation", "standing", "step"),
    [
        (A, None, "AKIAA", Begin(("AKIAA",))),
        (A, Rotation(5, ("AKIAA",)), "AKIAA", Create()),
        (A, Rotation(5, ("AKIAA",)), "AKIAA AKIAX", Discard("AKIAX")),
        (A, Rotation(5, ("AKIAA",), following=B), "AKIAA AKIAB", Switch(B)),
        (A, Rotation(5, ("AKIAA",), following=B), "AKIAA", Forget()),
        (B, Rotation(5, ("AKIAA",), previous=A), "AKIAA AKIAB", Deactivate("AKIAA")),
        (B, Rotation(5, ("AKIAA",), previous=A), "-AKIAA AKIAB", Verify()),
        (B, Rotation(5, ("AKIAA",), previous=A), "AKIAB", Verify()),
        (B, Rotation(5, ("AKIAA",), previous=A, delete_after=20), "-AKIAA AKIAB", Keep("AKIAA", 20)),
        (B, Rotation(5, ("AKIAA",), previous=A, delete_after=10), "-AKIAA AKIAB", Delete("AKIAA")),
        (B, Rotation(5, ("AKIAA",), previous=A, delete_after=10), "AKIAB", Finish()),
        (B, Rotation(5, ("AKIAA",), previous=A, delete_after=20), "AKIAA AKIAB", Deactivate("AKIAA")),
    ],
)
def test_what_was_done_tells_what_comes_next(
    key: AccessKey, rotation: Rotation | None, standing: str, step: Step
) -> None:
    keys = list(map(Standing, standing.split()))
    assert next_step(KeyringItem(key, rotation=rotation), keys, 10, delete=False) == step


def test_with_delete_the_old_key_is_not_kept() -> None:
    identity = KeyringItem(B, rotation=Rotation(5, ("AKIAA",), previous=A, delete_after=20))
    assert next_step(identity, map(Standing, ["-AKIAA", "AKIAB"]), 10, delete=True) == Delete("AKIAA")


@pytest.mark.parametrize(
    ("rotation", "standing", "message"),
    [
        (None, "AKIAA AKIAX", "the user has a second access key already, AKIAX, and IAM allows no third"),
        (
            Rotation(5, ("AKIAA", "AKIAX")),
            "AKIAA AKIAX",
            "the user has a second access key already, AKIAX, and IAM allows no third",
        ),
        (None, "AKIAX", "IAM does not have the access key AKIAA any more"),
        (Rotation(5, ("AKIAA",)), "", "IAM does not have the access key AKIAA any more"),
    ],
)
def test_where_iam_leaves_no_way_on_it_is_said(
    rotation: Rotation | None, standing: str, message: str
) -> None:
    with pytest.raises(AwsError) as caught:
        next_step(KeyringItem(A, rotation=rotation), map(Standing, standing.split()), 10, delete=False)
    assert caught.value.message == message


def test_what_an_earlier_run_wrote_down_bounds_no_key_of_this_one() -> None:
    identity = KeyringItem(A, rotation=Rotation(5, ("AKIAX",)))
    step = next_step(identity, map(Standing, ["AKIAA"]), 10, delete=False, is_begun=False)
    assert step == Discard("AKIAA")
    identity = KeyringItem(A, rotation=Rotation(5, ("AKIAA", "AKIAX")))
    step = next_step(identity, map(Standing, ["AKIAA"]), 10, delete=False, is_begun=False)
    assert step == Begin(("AKIAA",))


@pytest.mark.parametrize(
    ("created", "until", "is_ours"),
    [
        (999, None, False),
        (1000, None, True),
        (1060, None, True),
        (1061, None, False),
        (1003, 1003, True),
        (1004, 1003, False),
    ],
)
def test_only_what_was_made_between_the_call_and_its_end_may_be_ours(
    created: float, until: int | None, is_ours: bool
) -> None:
    assert is_within(created, Rotation(1000, ("AKIAA",), until=until)) is is_ours


@pytest.fixture
def rotating(desk: Desk) -> Desk:
    """Import the key, for a user who may do nothing in IAM without MFA, and whose device's seed is stored."""
    admin = desk.aws.client("iam", desk.aws.account(desk.account))
    admin.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=json.dumps(MFA_ONLY))
    device = desk.aws.mfa_device(desk.user)
    assert desk.run("keys", "import", "alice").status == 0
    assert desk.run("mfa", "add-seed", "alice", "--serial", device.serial, stdin=device.seed).status == 0
    desk.device = device  # type: ignore[attr-defined]
    return desk


def device_of(desk: Desk) -> MfaDevice:
    return desk.device  # type: ignore[attr-defined]


def old_key(desk: Desk) -> AccessKey:
    return AccessKey(desk.user.credentials.access_key_id, desk.user.credentials.secret_access_key)


def next_window(desk: Desk) -> None:
    """Let this window's code be used again: AWS and this machine forget that they have seen it."""
    shutil.rmtree(desk.home / ".local/state", ignore_errors=True)
    desk.aws._state.devices._last.clear()


def test_a_rotation_leaves_a_new_key_and_the_old_one_inactive(rotating: Desk) -> None:
    old = old_key(rotating)
    done = rotating.run("keys", "rotate", "alice")
    assert done.status == 0, done.err
    item = rotating.item()
    assert item is not None
    assert item.key is not None
    assert item.rotation is not None
    assert rotating.iam_keys() == {old.id: "Inactive", item.key.id: "Active"}
    assert rotating.works(item.key.credentials)
    assert item.rotation.previous == old
    assert rotating.index()["alice"]["key_id"] == item.key.id  # type: ignore[index]
    assert done.said[:2] == [
        f"made {item.key.id}, which is in the keyring beside {old.id}",
        f"{item.key.id} is the key of 'alice' now",
    ]
    assert f"the old key {old.id} is inactive; from 20" in done.said[2]


def test_all_of_it_takes_one_mfa_session(rotating: Desk) -> None:
    rotating.aws.requests.clear()
    rotating.run("keys", "rotate", "alice", "--delete")
    operations = [request.operation for request in rotating.aws.requests]
    assert operations.count("GetSessionToken") == 1
    assert operations.count("CreateAccessKey") == 1


def test_with_delete_only_the_new_key_is_left(rotating: Desk) -> None:
    assert rotating.run("keys", "rotate", "alice", "--delete").status == 0
    item = rotating.item()
    assert item is not None
    assert item.key is not None
    assert item.rotation is None
    assert rotating.iam_keys() == {item.key.id: "Active"}


def test_a_second_run_only_waits_until_the_old_key_is_due(rotating: Desk) -> None:
    rotating.run("keys", "rotate", "alice")
    before = rotating.item()
    next_window(rotating)
    done = rotating.run("keys", "rotate", "alice")
    assert done.status == 0
    assert [line.partition(";")[0] for line in done.said] == [
        f"the old key {old_key(rotating).id} is inactive"
    ]
    assert rotating.item() == before
    next_window(rotating)
    assert rotating.run("keys", "rotate", "alice", "--delete").said == [
        f"deleted the old key {old_key(rotating).id}"
    ]
    assert before is not None
    assert rotating.item() == replace(before, rotation=None)


def test_a_run_after_the_old_key_is_due_deletes_it_and_rotates_anew(rotating: Desk) -> None:
    rotating.run("keys", "rotate", "alice")
    first = rotating.item()
    assert first is not None
    assert first.key is not None
    assert first.rotation is not None
    store(rotating, replace(first, rotation=replace(first.rotation, delete_after=1)))
    next_window(rotating)
    done = rotating.run("keys", "rotate", "alice")
    second = rotating.item()
    assert second is not None
    assert second.key is not None
    assert done.said[0] == f"deleted the old key {old_key(rotating).id}"
    assert rotating.iam_keys() == {first.key.id: "Inactive", second.key.id: "Active"}


def test_a_second_key_of_somebody_elses_is_left_alone(rotating: Desk) -> None:
    iam = rotating.aws.client("iam", rotating.aws.account(rotating.account))
    other = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    done = rotating.run("keys", "rotate", "alice")
    assert (done.status, done.said[0]) == (
        6,
        f"error: the user has a second access key already, {other}, and IAM allows no third",
    )
    assert rotating.iam_keys() == {old_key(rotating).id: "Active", other: "Active"}


def another_key(desk: Desk) -> str:
    iam = desk.aws.client("iam", desk.aws.account(desk.account))
    return str(iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"])


def lost(
    desk: Desk, operation: str, *, before: bool = False, all_after: bool = False, times: int = 1
) -> Done:
    """Rotate while the network loses the answer to an operation (or the request itself)."""
    with lossy_network(desk.environ["AWS_ENDPOINT_URL"]) as network:
        network.losing[operation] = times
        network.before = {operation} if before else set()
        network.all_after = all_after
        return desk.run("keys", "rotate", "alice", AWS_ENDPOINT_URL=network.url)


@pytest.mark.parametrize(
    ("code", "status"), [("AccessDenied", 403), ("LimitExceeded", 409), ("MalformedInput", 400)]
)
def test_after_a_refusal_somebody_elses_new_key_is_not_taken_for_the_rotations(
    rotating: Desk, code: str, status: int
) -> None:
    rotating.aws.levers.fail_next("CreateAccessKey", code, "no", status)
    assert rotating.run("keys", "rotate", "alice").status == 6
    assert rotating.item().rotation is None  # type: ignore[union-attr]
    other = another_key(rotating)
    next_window(rotating)
    done = rotating.run("keys", "rotate", "alice")
    assert (done.status, other in done.said[0]) == (6, True)
    assert rotating.iam_keys() == {old_key(rotating).id: "Active", other: "Active"}


def test_the_key_of_a_lost_answer_is_deleted_at_once(rotating: Desk) -> None:
    done = lost(rotating, "CreateAccessKey")
    assert done.status == 7, done.err
    assert rotating.iam_keys() == {old_key(rotating).id: "Active"}
    assert rotating.item().rotation is None  # type: ignore[union-attr]
    next_window(rotating)
    assert rotating.run("keys", "rotate", "alice").status == 0


def test_a_lost_call_that_made_no_key_leaves_nothing_to_take_for_one(rotating: Desk) -> None:
    assert lost(rotating, "CreateAccessKey", before=True).status == 7
    other = another_key(rotating)
    next_window(rotating)
    assert rotating.run("keys", "rotate", "alice").status == 6
    assert set(rotating.iam_keys()) == {old_key(rotating).id, other}


def test_a_network_that_stays_away_bounds_what_may_be_the_rotations(rotating: Desk) -> None:
    done = lost(rotating, "CreateAccessKey", all_after=True)
    assert done.status == 7, done.err
    item = rotating.item()
    assert item is not None
    assert item.rotation is not None
    assert item.rotation.until is not None
    assert len(rotating.iam_keys()) == 2
    next_window(rotating)
    again = rotating.run("keys", "rotate", "alice")
    assert again.status == 0, again.err
    assert "which a run made that was stopped before it could store it" in again.err


def test_a_key_made_after_the_lost_call_is_named_and_stays(rotating: Desk) -> None:
    lost(rotating, "CreateAccessKey", before=True, all_after=True)
    item = rotating.item()
    assert item is not None
    assert item.rotation is not None
    assert item.rotation.until is not None
    earlier = replace(item.rotation, since=item.rotation.since - 60, until=item.rotation.until - 60)
    store(rotating, replace(item, rotation=earlier))
    other = another_key(rotating)
    next_window(rotating)
    done = rotating.run("keys", "rotate", "alice")
    assert done.status == 6
    assert f"not the rotation's: {other}, made at 20" in done.said[0]
    assert rotating.iam_keys() == {old_key(rotating).id: "Active", other: "Active"}


def test_a_key_that_the_keyring_did_not_take_is_deleted(rotating: Desk) -> None:
    done = rotating.run(
        "keys", "rotate", "alice", AWSACTIVATE_KEYRING_BACKEND="harness.broken_keyring.OneWriteKeyring"
    )
    assert done.status == 4, done.err
    assert rotating.iam_keys() == {old_key(rotating).id: "Active"}


def test_a_key_in_a_file_is_imported_first(desk: Desk) -> None:
    done = desk.run("keys", "rotate", "alice")
    assert (done.status, done.said[1]) == (3, "hint: awsactivate keys import alice")


@pytest.fixture
def memory() -> Iterator[dict[str, str]]:
    """Give the environment of an empty keyring in memory."""
    with memory_keyring() as environ:
        yield environ


def test_a_new_key_that_fails_in_the_end_gives_its_place_back(
    memory: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made_active: list[tuple[str, bool]] = []

    def refuse(*_arguments: object) -> None:
        raise AwsError("AWS does not know this access key", code="InvalidClientTokenId")

    monkeypatch.setattr(access_keys, "wait_until_accepted", refuse)
    monkeypatch.setattr(access_keys, "list_keys", lambda *_: (Standing("-AKIAA"), Standing("AKIAB")))
    monkeypatch.setattr(
        access_keys, "set_active", lambda _iam, _user, key_id, *, active: made_active.append((key_id, active))
    )
    environ = {**memory, "HOME": str(tmp_path)}
    context = Context(environ=environ, clock=lambda: 10.0, program="", release_stdout=lambda: None)
    begun = Rotation(5, ("AKIAA",), previous=A)
    known = CallerIdentity("arn:aws:iam::1:user/alice", "1", "AIDAALICE", None)
    owner = KeyOwner("alice", Signer(B.credentials, None, known=known), KeyringItem(B))
    with pytest.raises(AwsError):
        Rotating(owner, KeyringItem(B, rotation=begun), None, context, 0).go_on()
    assert made_active == [("AKIAA", True)]
    assert Vault(environ).load("alice") == KeyringItem(A, rotation=Rotation(5, ("AKIAA",), following=B))


def store(desk: Desk, identity: KeyringItem) -> None:
    Path(desk.environ["TEST_KEYRING_FILE"]).write_text(json.dumps({"awsactivate/alice": to_text(identity)}))


def a_key_works(desk: Desk) -> bool:
    """Whether the file or the keyring has a key that AWS accepts."""
    item = desk.item()
    kept = item.key.credentials if item and item.key else None
    text = desk.credentials_file.read_text()
    in_file = desk.user.credentials if desk.user.credentials.secret_access_key in text else None
    return any(desk.works(credentials) for credentials in (kept, in_file) if credentials)


@pytest.mark.long
class TestKilled:
    """The process is killed at each step in turn, and run again."""

    def test_an_import_may_be_killed_anywhere(self, desk: Desk) -> None:
        before = desk.credentials_file.read_bytes()
        killed = 0
        for step in range(1, 100):
            desk.credentials_file.write_bytes(before)
            for name in ("identities.json", "keys.lock"):
                (desk.home / ".local/share/awsactivate" / name).unlink(missing_ok=True)
            store(desk, KeyringItem())
            done = desk.run("keys", "import", "alice", kill_at=step)
            assert a_key_works(desk), f"killed at step {step}"
            if done.status == 0:
                break
            assert done.status == -9, done.err
            killed += 1
            again = desk.run("keys", "import", "alice")
            assert again.status == 0, again.err
            assert desk.item() == KeyringItem(old_key(desk))
            assert desk.credentials_file.read_text() == "# mine\n[alice]\n\n[other]\nx = 1\n"
            assert [path.name for path in (desk.home / ".aws").iterdir() if path.name.startswith(".")] == []
            assert desk.index()["alice"]["has_keys"] is True  # type: ignore[index]
        assert killed >= 10

    @pytest.mark.parametrize("first", range(1, 5))
    def test_a_rotation_may_be_killed_anywhere(self, rotating: Desk, first: int) -> None:
        """Every fourth step, from the first on: so that the parts may run side by side."""
        start = rotating.item()
        assert start is not None
        killed = 0
        for step in range(first, 200, 4):
            next_window(rotating)
            done = rotating.run("keys", "rotate", "alice", "--delete", kill_at=step)
            item = rotating.item()
            assert item is not None
            assert item.key is not None
            assert rotating.works(item.key.credentials), f"killed at step {step}"
            assert len(rotating.iam_keys()) <= 2
            if done.status == 0:
                break
            assert done.status == -9, done.err
            killed += 1
            next_window(rotating)
            again = rotating.run("keys", "rotate", "alice", "--delete")
            assert again.status == 0, again.err
            end = rotating.item()
            assert end is not None
            assert end.key is not None
            assert end.rotation is None
            assert end.seed == start.seed
            assert rotating.iam_keys() == {end.key.id: "Active"}
            assert rotating.works(end.key.credentials)
            assert rotating.index()["alice"]["key_id"] == end.key.id  # type: ignore[index]
        assert killed >= 10
