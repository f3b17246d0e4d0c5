"""Who is below a guard."""

from __future__ import annotations

import pytest

from awsactivate.running.guarded import below


@pytest.mark.parametrize(
    ("line", "is_guard"),
    [
        ("/venv/bin/python /venv/bin/awsactivate exec --guard prod -- true", True),
        ("/usr/bin/python3 -sE /usr/bin/awsactivate exec --guard=learn --policy-out x prod -- true", True),
        ("awsactivate --debug exec prod --guard", True),
        ("/usr/bin/timeout 60 /venv/bin/awsactivate exec --guard prod -- true", False),
        ("nice awsactivate exec --guard prod -- true", False),
        ("/venv/bin/python /venv/bin/awsactivate exec prod -- tool --guard", False),
        ("/venv/bin/python /venv/bin/awsactivate exec --serve prod -- true", False),
        ("vi awsactivate exec --guard", False),
        ("", False),
    ],
)
def test_a_guard_is_known_by_its_command_line(line: str, is_guard: bool) -> None:
    assert below._is_guard(line.split()) is is_guard
