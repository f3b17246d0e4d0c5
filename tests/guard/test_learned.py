"""The policy of a run: replayed under it the run passes, and one call more fails."""

from __future__ import annotations

import json
import random

import pytest

from awsactivate.frozen import replace
from awsactivate.guard import learned, rules
from awsactivate.guard.call import Asked, Named
from awsactivate.guard.rules import READ_ONLY, Rules, Verdict
from awsactivate.scopes import scope

ACTIONS = ("s3:DeleteObject", "s3:PutObject", "ec2:StartInstances", "iam:PassRole", "ssm:GetParameter")
RESOURCES = (
    *("arn:aws:s3:::b/a", "arn:aws:s3:::b/*", "arn:aws:s3:::b/$x?", "arn:aws:ec2:eu-west-1:1:instance/i-1"),
    *("arn:aws:iam::1:role/r", "arn:aws:s3:::ü"),
)
VAGUE = ("*", "arn:aws:secretsmanager:eu-west-1:1:secret:db-??????", "arn:aws:ec2:eu-west-1:1:vpc/*")


def verdict(policy: str, asked: Asked) -> Verdict:
    """What a learned policy says to one call, with nobody to ask."""
    document = rules.read(policy, "learned.json", "Allow")
    named = Named("s3", "Something", "rest-xml", (asked,))
    return rules.judge(named, Rules(READ_ONLY, allows=(document,)), {}).verdict


@pytest.mark.parametrize("seed", range(20))
def test_a_run_passes_under_what_was_learned_of_it_and_one_call_more_fails(seed: int) -> None:
    chosen = random.Random(seed)
    everything = [Asked(action, resource) for action in ACTIONS for resource in RESOURCES]
    everything += [Asked(action, resource, vague=True) for action in ACTIONS for resource in VAGUE[1:]]
    run = chosen.sample(everything, chosen.randrange(1, len(everything)))
    policy = learned.policy_of(run).policy
    assert {verdict(policy, one) for one in run} == {Verdict.PASS}
    assert {verdict(policy, one) for one in everything if one not in run} <= {Verdict.REFUSE}


def test_what_is_not_known_of_a_resource_stays_open_in_the_policy() -> None:
    secret = Asked("secretsmanager:GetSecretValue", VAGUE[1], writes=False, reads_secret=True, vague=True)
    policy = json.loads(learned.policy_of([secret]).policy)
    assert policy["Statement"] == [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": VAGUE[1]}
    ]
    assert (
        verdict(json.dumps(policy), replace(secret, resource=VAGUE[1].replace("??????", "AbCdEf")))
        is Verdict.PASS
    )


def test_actions_on_the_same_resources_are_one_statement() -> None:
    run = [Asked("s3:PutObject", "arn:aws:s3:::b/a"), Asked("s3:DeleteObject", "arn:aws:s3:::b/a")]
    (statement,) = json.loads(learned.policy_of(run).policy)["Statement"]
    assert statement["Action"] == ["s3:DeleteObject", "s3:PutObject"]


def test_it_says_whether_it_is_a_scope_too() -> None:
    few = learned.policy_of([Asked("s3:PutObject", "arn:aws:s3:::b/a")])
    assert few.fits_scope
    assert scope.of_policy(few.policy).policy
    many = learned.policy_of(
        Asked("s3:PutObject", f"arn:aws:s3:::b/object-{number}") for number in range(200)
    )
    assert not many.fits_scope
    assert rules.read(many.policy, "f", "Allow")
    assert not learned.policy_of([Asked("s3:PutObject", "arn:aws:s3:::b/\u4e2d")]).fits_scope


def test_what_no_policy_can_name_is_told() -> None:
    told = learned.policy_of([Asked("execute-api:GET /prod/pets", vague=True), Asked("s3:PutObject", "*")])
    assert told.unnamed == ("execute-api:GET /prod/pets",)
    assert json.loads(told.policy)["Statement"][0]["Action"] == "s3:PutObject"


def test_a_run_that_did_nothing_allows_nothing_in_a_policy_that_is_one() -> None:
    policy = learned.policy_of([]).policy
    assert verdict(policy, Asked("s3:PutObject", "arn:aws:s3:::b/a")) is Verdict.REFUSE
