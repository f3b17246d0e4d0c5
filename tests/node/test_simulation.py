"""The same table of who may do what, by a simulator of IAM that is not ours.

`npm install` in this folder fetches it; it is a development tool (AGPL), and no part of what is shipped.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from account.policy_cases import ACCOUNT, cases
from needs import needs_program

FOLDER = Path(__file__).parent

pytestmark = pytest.mark.node


def test_an_independent_simulator_agrees_with_every_row() -> None:
    node = needs_program("node")
    if not (FOLDER / "node_modules").exists():
        reason = f"npm install was not run in {FOLDER.name}/"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    table = cases()
    asked = [
        {
            "account": ACCOUNT,
            "principal": case.principal,
            "action": case.action,
            "resource": case.resource,
            "context": case.context,
            "identity": list(case.identity),
            "resourcePolicy": case.resource_policy,
        }
        for case in table
    ]
    answered = subprocess.run(
        [node, "simulate.mjs"],
        input=json.dumps(asked),
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = dict(zip([case.says for case in table], json.loads(answered.stdout), strict=True))
    assert answers == {case.says: case.expected for case in table}
