"""Which profile the environment names: none of the two variables is passed over in silence."""

from __future__ import annotations

import pytest

from awsactivate.profiles.chosen import note_in, profile_in, variable_in
from awsactivate.profiles.model import parse
from awsactivate.sessions.plan import Plan, make_plan
from awsactivate.sessions.steps import Options


@pytest.mark.parametrize(
    ("environ", "name", "variable", "note"),
    [
        ({}, None, "AWS_PROFILE", None),
        ({"AWS_PROFILE": "a"}, "a", "AWS_PROFILE", None),
        ({"AWS_DEFAULT_PROFILE": "b"}, "b", "AWS_DEFAULT_PROFILE", None),
        ({"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "b"}, "b", "AWS_DEFAULT_PROFILE", None),
        ({"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "a"}, "a", "AWS_PROFILE", None),
        (
            {"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"},
            "a",
            "AWS_PROFILE",
            "AWS_PROFILE=a is taken, not AWS_DEFAULT_PROFILE=b, which botocore would prefer",
        ),
    ],
)
def test_the_two_variables(
    environ: dict[str, str], name: str | None, variable: str, note: str | None
) -> None:
    assert (profile_in(environ), variable_in(environ), note_in(environ)) == (name, variable, note)


def of_role(environ: dict[str, str]) -> Plan:
    """Plan the session of a role whose source only the environment can name."""
    keys = "".join(f"[{name}]\naws_access_key_id = AKIA{name}\naws_secret_access_key = s\n" for name in "ab")
    profiles = parse("[default]\nregion = eu-west-1\n", keys + "[default]\naws_access_key_id = AKIAdefault\n")
    target = "arn:aws:iam::111122223333:role/r"
    return make_plan(target, profiles, Options(), environ=environ, login_name="me", nonce="0" * 10)


def test_a_role_begins_with_the_profile_that_either_variable_names() -> None:
    """AWS_DEFAULT_PROFILE was ignored: the key of [default] signed, which is another person's perhaps."""
    assert of_role({"AWS_DEFAULT_PROFILE": "b"}).source.name == "b"
    plan = of_role({"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"})
    assert plan.source.name == "a"
    assert note_in({"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}) in plan.notes
