"""The names that a session may hold stand once: for this program, and for every shell that inherits one."""

from __future__ import annotations

from pathlib import Path

import pytest

from awsactivate.sessions import names
from awsactivate.sessions.environment import without_session
from awsactivate.shells import integration, table

SHELL = Path(__file__).parents[2] / "shell"


def test_no_file_of_a_shell_has_a_list_of_its_own() -> None:
    rare = [name.encode() for name in names.ADOPTABLE if "CONTAINER" in name or "WEB_IDENTITY" in name]
    files = [path for path in SHELL.rglob("*") if path.is_file()]
    found = [path.name for path in files if any(name in path.read_bytes() for name in rare)]
    assert (found, len(rare), len(files) > 30) == ([], 5, True)


@pytest.mark.parametrize("shell", table.ALL)
def test_the_text_of_init_gives_each_shell_the_list_before_its_file(shell: str) -> None:
    text = integration.text(shell, "/bin/awsactivate", None, short_names=True)
    line = table.ALL[shell].assignments({"_awsactivate_adoptable": names.ADOPTABLE_WORDS})
    assert text.count(line) == 1
    assert text.index(line) < 200


def test_a_word_that_ends_in_an_underscore_is_a_prefix_and_no_name() -> None:
    words = names.ADOPTABLE_WORDS.split()
    prefixes = [word for word in words if word.endswith("_")]
    assert prefixes == list(names.ADOPTABLE_PREFIXES) == words[-len(prefixes) :]


def test_a_name_that_is_not_known_stays_when_a_session_is_taken_out() -> None:
    held = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_VAULT PATH AWS_REGION TF_VAR_x"
    environ = dict.fromkeys(held.split(), "x") | {"AWSACTIVATE_VARS": held}
    assert without_session(environ) == {"AWS_VAULT": "x", "PATH": "x", "AWSACTIVATE_VARS": held}
