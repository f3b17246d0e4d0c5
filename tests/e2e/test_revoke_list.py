"""`revoke --list` tells what AWS would do, whoever wrote the tag, and in whatever form."""

from __future__ import annotations

import json
from typing import Any

from e2e.secured import Secured

KEY = "awsactivate-revoked-alice"


def listed(secured: Secured, value: str) -> tuple[list[dict[str, Any]], str]:
    """Write the tag as an administrator; return what is listed then, and what is said."""
    iam = secured.aws.client("iam", secured.admin)
    iam.tag_role(RoleName="terraform", Tags=[{"Key": KEY, "Value": value}])
    done = secured.core("revoke", "--list", "--json", "--profile", "alice", "--role-arn", role_arn(secured))
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows, done.stderr


def role_arn(secured: Secured) -> str:
    return f"arn:aws:iam::{secured.account}:role/terraform"


def test_each_tag_is_judged_by_the_policys_rule(secured: Secured) -> None:
    shell = secured.shell("bash")
    stolen = secured.activate(shell)
    id_ = str(secured.client_of(stolen, "sts").get_caller_identity()["UserId"])
    name = id_.partition(":")[2]

    rows, said = listed(secured, f"-{id_}/")
    assert ([row["entry"] for row in rows], said.count("not of awsactivate")) == ([id_], 0)
    assert not secured.works(stolen)[0]

    rows, said = listed(secured, f"-{id_}/+{id_}/")
    assert rows == []
    assert f"{name} is not denied: the same tag exempts it" in said
    assert secured.works(stolen)[0]

    rows, said = listed(secured, f"looked into by bob -{id_}/")
    [row] = rows
    assert (row["entry"], row["who"], row["ours"]) == (f"looked into by bob -{id_}/", "alice", False)
    assert f"tag {KEY} is not of awsactivate's form, and denies {name}" in said
    assert not secured.works(stolen)[0]

    rows, said = listed(secured, "ALL/ for now")
    assert rows[0]["ours"] is False
    assert "denies every session of alice" in said
    assert not secured.works(stolen)[0]

    rows, said = listed(secured, "nothing of this denies")
    assert (rows[0]["who"], rows[0]["ours"]) == ("-", False)
    assert "denies nothing" in said
    assert secured.works(stolen)[0]

    # long over by its time, and in force all the same: a new session would be denied
    rows, said = listed(secured, "ALL/t1700000000/")
    assert [(row["entry"], row["until"]) for row in rows] == [("ALL/alice", None)]
    assert not secured.works(stolen)[0]
