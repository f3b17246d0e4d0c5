"""Who gets which role, where one has no room for all."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest

from awsactivate.account import capacity, desired, policies, sharding
from awsactivate.account.settings import Settings, Shard, checked
from awsactivate.errors import ProfileError, UsageError

MANY = tuple(f"user{number:03}" for number in range(500))
LONG = tuple(f"{number:03}{'x' * 50}" for number in range(60))


def settings(*users: str, role: str = "terraform", without_mfa: bool = False) -> Settings:
    return checked(
        Settings("111122223333", "eu-west-1", role_name=role, users=users, revoke_without_mfa=without_mfa)
    )


def nothing(_number: int) -> int:
    return 0


def numbers() -> Iterator[int]:
    return itertools.count(2)


def homes(found: Settings) -> dict[str, str]:
    return {user: one.role_name for one in found.each for user in one.users}


@pytest.mark.parametrize("users", [MANY, LONG, MANY[:33], MANY[:34], MANY[:1]])
def test_everybody_has_one_role_of_those_that_iam_takes(users: tuple[str, ...]) -> None:
    found = sharding.from_scratch(settings(*users))
    assert sorted(user for one in found.each for user in one.users) == sorted(users)
    for one in found.each:
        role = desired.role(one)
        (revocation,) = role.want("Policies").values()
        denial = policies.size(policies.deny_user(one.users[0], "2026-01-01T00:00:00Z"))
        assert policies.size(revocation) + denial <= 10_240
        assert len(role.want("Tags")) + 1 <= 50
        (document,) = desired.group(one).want("Policies").values()
        named = {s["Resource"] for s in document["Statement"] if ":role/" in str(s["Resource"])}
        assert named == {one.role_arn}
    # as few roles as will do
    fit = capacity.users_that_fit(found.role_arn, users, 0)
    assert len(found.each) == -(-len(users) // fit)


def test_the_roles_differ_in_their_people_alone() -> None:
    found = sharding.from_scratch(settings(*MANY[:70]))
    first, second, third = map(desired.role, found.each)
    for name in ("AssumeRolePolicyDocument", "MaxSessionDuration", "ManagedPolicyArns"):
        assert first.want(name) == second.want(name) == third.want(name)
    assert [role.name for role in (first, second, third)] == ["terraform", "terraform-2", "terraform-3"]
    assert policies.SHARD_TAG not in first.want("Tags")
    assert policies.SHARD_TAG in second.want("Tags")
    for resource in desired.naming_roles(found):
        text = json.dumps([p.want for p in resource.properties if p.name in ("KeyPolicy", "BucketPolicy")])
        assert all(f'"{arn}"' in text for arn in found.role_arns)


def test_who_is_named_later_moves_nobody() -> None:
    before = homes(sharding.from_scratch(settings(*MANY[:40])))
    after = homes(sharding.from_scratch(settings(*MANY[:40], "aaron", "zoe")))
    assert {user: after[user] for user in before} == before


def test_new_people_go_to_the_least_full_and_those_who_are_known_stay() -> None:
    found = [Shard(1, MANY[:30]), Shard(2, MANY[30:50], ("gone",)), Shard(3, MANY[50:69])]
    chosen = sharding.assigned(settings("gone", "anna", "ben", MANY[0], "Gone"), found, nothing, numbers())
    assert homes(chosen)["gone"] == homes(chosen)["Gone"] == "terraform-2"
    assert homes(chosen)["anna"] == homes(chosen)["ben"] == "terraform-3"
    assert homes(chosen)[MANY[0]] == "terraform"


def test_a_role_that_other_policies_fill_takes_nobody() -> None:
    found = [Shard(1, ("alice",)), Shard(2, MANY[:20])]
    chosen = sharding.assigned(settings("bob"), found, {1: 9500, 2: 0}.__getitem__, numbers())
    assert homes(chosen)["bob"] == "terraform-2"
    chosen = sharding.assigned(settings("bob"), found, {1: 9500, 2: 9500}.__getitem__, iter([7]))
    assert homes(chosen)["bob"] == "terraform-7"


def test_fifty_tags_bound_the_people_of_a_role_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "fit", lambda *_, **__: True)
    found = sharding.from_scratch(settings(*MANY[:150], without_mfa=True))
    assert [len(one.users) for one in found.each] == [48, 47, 47, 8]
    assert all(len(desired.role(one).want("Tags")) <= 49 for one in found.each)


def test_too_many_members_and_too_long_a_name_are_refused_in_words() -> None:
    with pytest.raises(ProfileError, match="role terraform has room for 49 users"):
        sharding.assigned(settings(), [Shard(1, MANY[:50])], nothing, numbers())
    assert len(sharding.from_scratch(settings(*MANY[:20], role="r" * 64)).each) == 1
    with pytest.raises(UsageError, match="is too long"):
        sharding.from_scratch(settings(*MANY[:34], role="r" * 63))
