"""What a person asks of the guard on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from awsactivate.commandline import Parser
from awsactivate.commands import exec as command
from awsactivate.errors import UsageError
from awsactivate.guard import rules
from awsactivate.running.guarded import settings
from awsactivate.running.guarded.settings import Settings


def asked_for(*words: str) -> Settings | None:
    parser = Parser(prog="awsactivate exec")
    command.add_arguments(parser)
    return settings.asked_for(parser.parse([*words, "--", "true"]))


def test_by_itself_it_asks_and_opens_the_proxy() -> None:
    assert asked_for("prod") is None
    assert asked_for("--guard", "prod") == Settings(rules.Rules(rules.ASK), "proxy", None)
    assert asked_for("--guard=read-only") == Settings(rules.Rules(rules.READ_ONLY), "proxy", None)


def test_files_are_read_in_their_order_and_the_policys_path_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, effect in (("a", "Allow"), ("b", "Allow"), ("d", "Deny")):
        statement = {"Effect": effect, "Action": "s3:*", "Resource": "*"}
        (tmp_path / name).write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    found = asked_for(
        *("--guard=learn", "--door", "endpoint", "--policy-out", "p.json"),
        *("--allow", "a", "--allow", "b", "--deny", "d"),
    )
    assert found is not None
    assert [document.name for document in found.law.allows] == ["a", "b"]
    assert [document.name for document in found.law.denies] == ["d"]
    assert (found.way, found.policy_out) == ("endpoint", tmp_path / "p.json")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--guard=all", "open"], "--guard=all: it is one of read-only, ask, learn"),
        (["--guard=", "open"], "--guard=: it is one of read-only, ask, learn"),
        (["--guard", "--serve", "open"], "--guard and --serve exclude each other"),
        (["--guard", "--serve=open,alice"], "--guard and --serve exclude each other"),
        (["--guard", "--door", "window", "open"], "--door window: it is one of proxy, endpoint"),
        (["--door", "proxy", "open"], "--door goes with --guard"),
        (["--allow", "x", "open"], "--allow goes with --guard"),
        (["--guard=learn", "open"], "--guard=learn needs --policy-out"),
        (["--guard", "--policy-out", "x", "open"], "--policy-out goes with --guard=learn"),
        (
            ["--guard=learn", "--policy-out", "/nowhere/x", "open"],
            "--policy-out /nowhere/x: nothing can be written into /nowhere",
        ),
        (["--guard", "--allow", "/nowhere", "open"], "--allow /nowhere can't be read: No such file"),
    ],
)
def test_what_does_not_go_together_is_told(words: list[str], said: str) -> None:
    with pytest.raises(UsageError) as error:
        asked_for(*words)
    assert error.value.message.startswith(said)
