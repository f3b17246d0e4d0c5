"""docs/revocation.md shows what the code makes, and names only options that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from awsactivate.account import policies

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/revocation.md").read_text("utf-8")
ROLE = "arn:aws:iam::111122223333:role/terraform"


def test_its_documents_are_those_that_are_written() -> None:
    shown = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    of_group = {"RevokeOwnSessions", "NarrowOwnSessions", "ReadRevocations"}
    denied = policies.deny_session("AROAEXAMPLEROLE000001:alice=k3v9q2m7xd", "2026-11-23T11:05:00Z")
    assert shown == [
        [one for one in policies.group_policy(ROLE)["Statement"] if one["Sid"] in of_group],
        policies.revocation_policy(ROLE, ["alice"])["Statement"],
        denied["Statement"][0],
    ]


def test_its_commands_have_the_options_that_it_names() -> None:
    # the words are those of the parsers, as another test holds
    lines = (ROOT / "shell/completion/words").read_text("utf-8").splitlines()
    there = {tuple(line.split("\t")[:2]) for line in lines}
    [commands] = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    named = {
        (words[0], word)
        for line in commands.splitlines()
        for words in [line.split("#")[0].removeprefix("awsactivate ").split()]
        for word in words
        if word.startswith("--")
    }
    assert len(named) == 10
    assert named - there == set()
