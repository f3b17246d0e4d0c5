"""Every shell takes the same names out of an inherited session's list, and so does the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from awsactivate.sessions import names
from awsactivate.sessions.environment import HIDDEN_NAMES, without_session

SHELL = Path(__file__).parents[2] / "shell"
FILES = sorted(
    path.relative_to(SHELL).as_posix()
    for path in SHELL.rglob("*")
    if path.is_file() and b"AWS_WEB_IDENTITY_TOKEN_FILE" in path.read_bytes()
)


def test_every_integration_has_the_list() -> None:
    names = ("bash", "elv", "fish", "nu", "ps1", "sh", "xsh", "zsh")
    assert [*(f"awsactivate.{name}" for name in names), "tcsh/adopt.tcsh"] == FILES


@pytest.mark.parametrize("file", [file for file in FILES if not file.endswith(".ps1")])
def test_a_shell_knows_each_name_and_no_other(file: str) -> None:
    text = (SHELL / file).read_text()
    start = text.index("AWS_REGION AWS_DEFAULT_REGION" if "AWS_REGION AWS_" in text else "AWS_REGION")
    words = re.findall(
        r"\bAWS_[A-Z_]+[A-Z]\b(?!_)", text[start : text.index("AWS_USE_DUALSTACK_ENDPOINT") + 26]
    )
    assert sorted(set(words)) == sorted(names.NAMES)
    assert all(prefix.rstrip("_") in text for prefix in names.PREFIXES)


def test_powershell_knows_each_name_and_no_other() -> None:
    text = (SHELL / "awsactivate.ps1").read_text()
    start = text.index("'\\A(TF_VAR_")
    end = text.index("\\z')", start) + len("\\z'")
    pattern = "".join(re.findall(r"'([^']*)'", text[start:end])).replace("\\z", "\\Z")
    for name in (*names.NAMES, *(prefix + "x" for prefix in names.PREFIXES)):
        assert re.match(pattern, name), name
    for other in ("PATH", "AWS_VAULT", "AWS_REGION_X", "TF_VAR", "XAWS_REGION"):
        assert not re.match(pattern, other), other


def test_what_a_session_hides_may_be_adopted() -> None:
    assert set(HIDDEN_NAMES) <= set(names.NAMES)


def test_a_name_that_is_not_known_stays_when_a_session_is_taken_out() -> None:
    held = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_VAULT PATH AWS_REGION TF_VAR_x"
    environ = dict.fromkeys(held.split(), "x") | {"AWSACTIVATE_VARS": held}
    assert without_session(environ) == {"AWS_VAULT": "x", "PATH": "x", "AWSACTIVATE_VARS": held}
