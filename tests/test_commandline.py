"""Command lines as people write them: options stand anywhere, and a command of theirs is left alone."""

from __future__ import annotations

import pytest

from awsactivate.commandline import Parser, number
from awsactivate.commands import activate
from awsactivate.commands import exec as exec_command
from awsactivate.errors import UsageError


@pytest.mark.parametrize(
    "words",
    [["prod", "-q", "--duration", "1h"], ["-q", "prod", "--duration", "1h"], ["-q", "--duration=1h", "prod"]],
)
def test_options_of_activate_stand_before_and_after_its_target(words: list[str]) -> None:
    parser = Parser(prog="activate")
    activate.add_arguments(parser)
    arguments = parser.parse(["bash", *words])
    assert (arguments.shell, arguments.target, arguments.quiet, arguments.duration) == (
        "bash",
        "prod",
        True,
        "1h",
    )


def test_without_a_target_there_is_none() -> None:
    parser = Parser(prog="activate")
    activate.add_arguments(parser)
    assert parser.parse(["zsh", "--quiet"]).target is None


def test_what_follows_two_dashes_is_the_commands_own() -> None:
    parser = Parser(prog="awsactivate exec")
    exec_command.add_arguments(parser)
    arguments = parser.parse(["--region", "eu-west-1", "prod", "--", "run", "--region", "--"])
    assert (arguments.target, arguments.region) == ("prod", "eu-west-1")
    assert arguments.command == ["run", "--region", "--"]


def test_the_parser_of_a_verb_is_made_by_every_python() -> None:
    """Python 3.14 gives each `color`, of which older ones know nothing; ours colours no help."""
    assert Parser("keys import", color=True).format_help() == Parser("keys import").format_help()
    assert "\x1b" not in Parser("keys import", color=True).format_help()


@pytest.mark.parametrize(
    ("words", "serve", "target"),
    [
        (["--serve", "prod", "--", "run"], True, "prod"),
        (["prod", "--serve", "--", "run"], True, "prod"),
        (["--serve=prod,dns", "--", "run", "--serve=x"], "prod,dns", None),
        (["--serve=prod", "dev", "--", "run"], "prod", "dev"),
        (["--serve=", "--", "run"], "", None),
        (["--serve=a=b", "--read-only", "--", "run"], "a=b", None),
        (["--serve", "--scope", "read-only", "run", "--serve=x"], True, None),
        (["--serve=prod", "--scope=read-only", "run"], "prod", None),
        (["prod", "--", "run"], False, "prod"),
    ],
)
def test_a_value_is_only_what_stands_behind_an_equals_sign(
    words: list[str], serve: object, target: str | None
) -> None:
    parser = Parser(prog="awsactivate exec")
    exec_command.add_arguments(parser)
    arguments = parser.parse(words)
    assert (arguments.serve, arguments.target, arguments.command[:1]) == (serve, target, ["run"])


@pytest.mark.parametrize("word", ["abc", "", "-1", "1.5", "1_0", "٣", "9" * 19])
def test_what_is_no_number_is_said_in_our_words(word: str) -> None:
    parser = Parser("x")
    parser.add_argument("number", metavar="NUMBER", type=number)
    with pytest.raises(UsageError) as raised:
        parser.parse(["--", word])
    assert raised.value.message == f"argument NUMBER: must be a whole number, not {word!r}"
    assert parser.parse(["12"]).number == 12
