"""What `exec` runs where no COMMAND is named."""

from __future__ import annotations

import os
import pwd

import pytest

from awsactivate.commandline import Context
from awsactivate.errors import UsageError
from awsactivate.running.own_shell import instead_of_command


def chosen(environ: dict[str, str], *, on_terminal: bool) -> list[str]:
    context = Context(
        environ=environ,
        clock=lambda: 0.0,
        program="",
        release_stdout=lambda: None,
        is_on_terminal=lambda: on_terminal,
    )
    return instead_of_command("a session of prod", context, "the usage")


def test_it_is_the_shell_that_the_person_has() -> None:
    login = pwd.getpwuid(os.getuid()).pw_shell or "/bin/sh"
    assert chosen({"SHELL": "/opt/my/fish"}, on_terminal=True) == ["/opt/my/fish"]
    assert chosen({"SHELL": ""}, on_terminal=True) == [login]
    assert chosen({}, on_terminal=True) == [login]


def test_without_a_terminal_there_is_none() -> None:
    with pytest.raises(UsageError) as refused:
        chosen({"SHELL": "/bin/sh"}, on_terminal=False)
    assert (refused.value.exit_code, refused.value.hint) == (2, "the usage")
