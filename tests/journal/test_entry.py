"""The journal's lines: written and read, and arranged as a tree of what lives."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from awsactivate.journal.entry import Entry, Node, parsed, tree, written

NOW = 1_795_425_300
PARENT = Entry(
    NOW - 60,
    "activated",
    profile="prod",
    role_arn="arn:aws:iam::111122223333:role/terraform",
    assumed_role_id="AROAEXAMPLE:alice=k3v9q2m7xd",
    key_id="ASIAPARENT",
    ends=NOW + 3600,
)
CHILD = replace(
    PARENT,
    time=NOW - 30,
    event="narrowed",
    key_id="ASIACHILD",
    under="ASIAPARENT",
    scope="read-only",
    command="agent",
    process=42,
    ends=NOW + 900,
)
GRANDCHILD = replace(CHILD, key_id="ASIAGRANDCHILD", under="ASIACHILD", scope="policy")


def test_a_line_says_no_more_than_there_is() -> None:
    assert json.loads(written(Entry(NOW, "exported", profile="prod"))) == {
        "time": NOW,
        "event": "exported",
        "profile": "prod",
    }


TEXT = st.text(max_size=50)


@given(st.builds(Entry, st.integers(0, 2**40), st.text(min_size=1, max_size=9), TEXT, purpose=TEXT))
def test_what_is_written_is_read_again_on_one_line(entry: Entry) -> None:
    line = written(entry)
    assert line.count("\n") == 1
    assert parsed(line) == [entry]


def test_what_is_damaged_is_passed_by() -> None:
    good = written(CHILD)
    bad = ("{", "[]", '{"time": 1}', '{"time": "1", "event": "x"}', '{"time": 1, "event": "x", "more": "y"}')
    assert parsed(
        "".join(f"{line}\n{good}" for line in (*bad, "[" * 9999, "null", '{"time":true,"event":"x"}'))
    ) == [CHILD] * (len(bad) + 3)


def test_the_living_stand_below_what_they_were_narrowed_from() -> None:
    entries = [PARENT, CHILD, GRANDCHILD]
    assert tree(entries, NOW) == [Node(PARENT, False, (Node(CHILD, False, (Node(GRANDCHILD, False),)),))]
    assert tree(entries, NOW + 900) == [Node(PARENT, False)], "until their credentials end"
    ended = replace(PARENT, ends=NOW)
    assert tree([ended, CHILD], NOW) == [Node(CHILD, False)], "one whose origin is not known is a root"
    revoked = Entry(NOW, "revoked", assumed_role_id=PARENT.assumed_role_id)
    assert tree([PARENT, CHILD, revoked], NOW) == [Node(PARENT, True, (Node(CHILD, True),))]


def test_no_ring_in_the_file_hangs_anything() -> None:
    ring = [replace(CHILD, key_id="A", under="B"), replace(CHILD, key_id="B", under="A")]
    assert tree([*ring, replace(CHILD, key_id="C", under="C")], NOW) == [
        Node(replace(CHILD, key_id="C", under="C"), False)
    ]


def test_cloudtrail_finds_it_by_its_key_or_by_the_sessions_name() -> None:
    words = "aws cloudtrail lookup-events --lookup-attributes "
    assert CHILD.query == f"{words}AttributeKey=AccessKeyId,AttributeValue=ASIACHILD"
    named = Entry(NOW, "revoked", assumed_role_id=PARENT.assumed_role_id)
    assert named.query == f"{words}AttributeKey=Username,AttributeValue=alice=k3v9q2m7xd"
    assert Entry(NOW, "console").query == ""
