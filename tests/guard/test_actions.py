"""The table of actions: read as it is written, and in the form that its readers want."""

from __future__ import annotations

import re

from awsactivate.guard import actions, table_file
from awsactivate.guard.actions import Need

TABLE = table_file.read_table()
FORM = re.compile(r"\*|\{[A-Za-z0-9_.,*\[\]]+\}\??|arn:[^ ]+")
PLACE = re.compile(
    r"\{[A-Za-z0-9_-]+(?:\[\]|\.\*|[A-Za-z0-9_.,*\[\]-])*(?:\|[a-z]+)?(?:,[A-Za-z0-9_.*\[\]|-]+)*\}"
)


def test_a_part_is_read_as_values() -> None:
    text = """\
# a comment
= some pre some other
: thing arn:$:pre:$:$:thing/{Name}
W Do=Act +Extra thing? *
R Get thing arn:$:pre:::{Id|last}
S Get=other:GetIt -Extra {Arn}?
"""
    read = actions.parse(text)
    assert read.by_signing_name == {"some": ("some",), "other": ("some",)}
    assert read.service("some", "x").needs == {
        "Do": (Need("pre:Act", "W", ("Extra",), (), ("arn:$:pre:$:$:thing/{Name}?", "*")),),
        "Get": (
            Need("pre:Get", "R", (), (), ("arn:$:pre:$:$:thing/{Name}", "arn:$:pre:::{Id|last}")),
            Need("other:GetIt", "S", (), ("Extra",), ("{Arn}?",)),
        ),
    }
    assert read.service("new", "signing").prefix == "signing"


def test_every_line_of_the_table_is_of_its_form() -> None:
    wrong = []
    for name in TABLE.parts:
        for operation, needs in TABLE.service(name, name).needs.items():
            for need in needs:
                forms = [one for one in need.resources if not FORM.fullmatch(one)]
                places = [
                    p
                    for one in need.resources
                    for p in re.findall(r"\{[^}]*\}", one)
                    if not PLACE.fullmatch(p)
                ]
                if (
                    forms
                    or places
                    or need.level not in "RSW"
                    or not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", need.action)
                ):
                    wrong.append((name, operation, need))
    assert wrong == []


def test_the_table_is_small_enough_to_be_carried_about() -> None:
    assert sum(map(len, TABLE.parts.values())) < 1_000_000


MAKES = re.compile(r"Associate|Create|Delete|Disassociate|Put|Remove|Set|Tag|Untag|Update")


def test_nothing_that_makes_or_deletes_is_taken_for_a_read() -> None:
    """An action of its own name may read, as AWS says it: a link is made, and nothing changes."""
    wrong = [
        (name, operation)
        for name in TABLE.parts
        for operation, needs in TABLE.service(name, name).needs.items()
        if MAKES.match(operation)
        and all(one.level != "W" for one in needs)
        and not any(one.action.endswith(f":{operation}") for one in needs)
    ]
    assert wrong == []
