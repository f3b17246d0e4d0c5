"""Who may do what, by a simulator of IAM that is not ours.

`npm install` in this folder fetches it; it is a development tool (AGPL), and no part of what is shipped.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from account.answers import answer
from account.policy_cases import ACCOUNT, ALLOWED, EXPLICIT, IMPLICIT, Case, cases
from account.random_cases import random_cases
from account.scope_cases import scope_cases
from needs import needs_program

FOLDER = Path(__file__).parent

pytestmark = pytest.mark.node


def test_an_independent_simulator_agrees_with_every_row() -> None:
    table = [*cases(), *scope_cases()]
    answers = dict(zip([case.says for case in table], simulated(table), strict=True))
    assert answers == {case.says: case.expected for case in table}


def test_both_evaluators_agree_about_random_policies() -> None:
    asked = random_cases(2000, seed=1)
    ours = [answer(case) for case in asked]
    differing = [
        (case, mine, theirs)
        for case, mine, theirs in zip(asked, ours, simulated(asked), strict=True)
        if mine != theirs
    ]
    assert differing == []
    # of each answer so many that none of them goes untried
    count = Counter(ours)
    assert min(count[ALLOWED], count[EXPLICIT], count[IMPLICIT]) > 300, count
    narrowed = Counter(len(case.layers) for case, mine in zip(asked, ours, strict=True) if mine == ALLOWED)
    assert all(narrowed[layers] > 20 for layers in range(4)), narrowed


def simulated(asked: Sequence[Case]) -> list[str]:
    """Ask the simulator about each case."""
    node = needs_program("node")
    if not (FOLDER / "node_modules").exists():
        reason = f"npm install was not run in {FOLDER.name}/"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    written = [
        {
            "account": ACCOUNT,
            "principal": case.principal,
            "action": case.action,
            "resource": case.resource,
            "context": case.context,
            "identity": list(case.identity),
            "resourcePolicy": case.resource_policy,
            "layers": list(case.layers),
        }
        for case in asked
    ]
    answered = subprocess.run(
        [node, "simulate.mjs"],
        input=json.dumps(written),
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[str] = json.loads(answered.stdout)
    return answers
