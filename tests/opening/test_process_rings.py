"""What a program is run for is handed on to it, and to nobody for longer than it is waited for."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from awsactivate.errors import ProfileError
from awsactivate.opening import process_rings
from awsactivate.sessions.environment import WAY, of_helper


def test_the_second_visit_is_refused_with_the_ring() -> None:
    first = process_rings.value_for("credential_process of 'a'", {})
    second = process_rings.value_for("credential_process of 'b'", {WAY: first})
    with pytest.raises(ProfileError) as raised:
        process_rings.value_for("credential_process of 'a'", {WAY: second})
    assert raised.value.message == (
        "credential_process of 'a' asks for itself, and would for ever:"
        " credential_process of 'a' -> credential_process of 'b' -> credential_process of 'a'"
    )


def test_what_a_program_left_behind_is_in_no_ring() -> None:
    """An agent keeps the variable for days: a shell that it starts may ask for the profile again."""
    with subprocess.Popen(["true"]) as ended:
        pass
    assert process_rings.value_for("x", {WAY: json.dumps([["x", ended.pid]])}) == json.dumps(
        [["x", os.getpid()]]
    )


@pytest.mark.parametrize(
    "text", ["", "x", "[1]", '["x"]', "{}", "[[]]", '[["x", "y"]]', "[" * 100_000, '[["x", 1e999]]']
)
def test_a_value_of_somebody_else_refuses_nothing(text: str) -> None:
    assert json.loads(process_rings.value_for("x", {WAY: text})) == [["x", os.getpid()]]


def test_it_is_handed_on_to_programs_that_give_credentials_and_to_no_others() -> None:
    with process_rings.running("x", {}):
        assert os.environ[WAY] == process_rings.value_for("x", {})
    assert WAY not in os.environ
    environ = {WAY: "[]", "AWSACTIVATE_PROFILE": "p", "HOME": "/"}
    assert of_helper(environ, knows_aws=True) == {WAY: "[]", "HOME": "/"}
    assert of_helper(environ) == {"HOME": "/"}
