"""What is too much for any command to be started with is refused, with sizes, before it is set."""

from __future__ import annotations

import os
import subprocess

import pytest

from awsactivate.errors import ProfileError
from awsactivate.sessions.sizes import LONGEST_STRING, refuse_too_much

WHOLE = 2 * 1024 * 1024
ONE = "and no command can be started with more than 128 kB in a variable"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {f"TF_VAR_{n}": "hunter2" * 14_000 for n in range(25)},
            "the environment would hold 2.3 MB, and no command can be started with more than 2.0 MB:",
        ),
        ({"TF_VAR_big": "x" * 2_400_000, "A": "b"}, f"TF_VAR_big would hold 2.3 MB, {ONE}"),
        ({"TF_VAR_umlaut": "\u00e4" * 70_000}, f"TF_VAR_umlaut would hold 137 kB, {ONE}"),
    ],
)
def test_too_much_is_told_with_names_and_sizes_alone(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        refuse_too_much(environ, WHOLE)
    assert caught.value.message.startswith(said)
    assert "hunter2" not in caught.value.message


def test_the_limit_of_one_variable_is_the_systems_own() -> None:
    most = {"A": "x" * (LONGEST_STRING - len("A=") - 1)}
    refuse_too_much(most, os.sysconf("SC_ARG_MAX"))
    assert subprocess.run(["/bin/true"], env=most, check=False).returncode == 0
    more = {"A": most["A"] + "x"}
    with pytest.raises(ProfileError):
        refuse_too_much(more, os.sysconf("SC_ARG_MAX"))
    with pytest.raises(OSError, match="Argument list too long"):
        subprocess.run(["/bin/true"], env=more, check=False)
