"""What a person asks of the guard on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from awsactivate.commandline import Context, Parser
from awsactivate.commands import exec as command
from awsactivate.errors import AwsactivateError, ProfileError, UsageError
from awsactivate.guard import rules
from awsactivate.profiles.model import Profile
from awsactivate.running.guarded import notifying, settings
from awsactivate.running.guarded.settings import Settings


def asked_for(*words: str) -> Settings | None:
    parser = Parser(prog="awsactivate exec")
    command.add_arguments(parser)
    return settings.read_asked(parser.parse([*words, "--", "true"]))


def test_by_itself_it_asks_and_opens_the_proxy() -> None:
    assert asked_for("prod") is None
    assert asked_for("--guard", "prod") == Settings(rules.Rules(rules.ASK), "proxy", None)
    assert asked_for("--guard=read-only") == Settings(rules.Rules(rules.READ_ONLY), "proxy", None)


def test_a_file_that_is_no_policy_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "main.tf"
    words = ("--guard=learn", "--policy-out", str(file))
    for text in ("", '{"Version": "2012-10-17", "Statement": []}'):
        file.write_text(text)
        assert asked_for(*words)
    for text in ("terraform {}", "[]", "7"):
        file.write_text(text)
        with pytest.raises(UsageError, match="what is there is no policy, and would be lost"):
            asked_for(*words)


@pytest.mark.parametrize(
    ("notify", "said"),
    [
        ("say 'no end", "no closing quotation"),
        ("''", "there is no command ''"),
        ("/nonexistent/x y", "there is no command '/nonexistent/x'"),
    ],
)
def test_who_is_to_be_told_is_looked_for_before_anything_is_opened(notify: str, said: str) -> None:
    with pytest.raises(ProfileError) as error:
        notifying.check(Profile("prod", {"guard_notify": notify}), _context({}))
    assert error.value.message.startswith(f"profile 'prod': guard_notify: {said}")
    assert error.value.hint == "guard_notify = PROGRAM in the profile prod"
    notifying.check(Profile("prod", {"guard_notify": "sh -c true"}), _context({"PATH": "/bin"}))


def _context(environ: dict[str, str], *, on_terminal: bool = False) -> Context:
    return Context(
        environ=environ,
        clock=lambda: 0,
        program="",
        release_stdout=lambda: None,
        is_on_terminal=lambda: on_terminal,
    )


def _told(*words: str, on_terminal: bool = False) -> AwsactivateError:
    """Return how `exec` ends with nothing active and no COMMAND that could be run."""
    parser = Parser(prog="awsactivate exec")
    command.add_arguments(parser)
    with pytest.raises(AwsactivateError) as error:
        command.run(parser.parse(list(words)), _context({"SHELL": "/nowhere/sh"}, on_terminal=on_terminal))
    return error.value


@pytest.mark.parametrize(
    ("words", "gets"),
    [
        (["--guard"], "the guard of this session"),
        (["--guard", "--scope", "read-only"], "the guard of a part of this session"),
        (["--guard=read-only", "prod"], "the guard of a session of prod"),
        (["--scope", "read-only"], "a part of this session"),
    ],
)
def test_without_command_it_is_said_whose_session_the_shell_is_given(
    words: list[str], gets: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _told(*words, on_terminal=True)
    assert capsys.readouterr().err == f"awsactivate: /nowhere/sh gets {gets}, and `exit` ends it\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--guard"], "awsactivate exec --guard TARGET -- COMMAND"),
        (["--guard=read-only"], "awsactivate exec --guard=read-only TARGET -- COMMAND"),
        (
            ["--guard", "--", "/bin/true"],
            "activate TARGET first, or awsactivate exec --guard TARGET -- COMMAND",
        ),
        (
            ["--guard", "--scope", "read-only", "--", "/bin/true"],
            "activate TARGET first, or awsactivate exec --guard TARGET --scope SCOPE -- COMMAND",
        ),
        (["--guard", "--read-only", "--", "/bin/true"], "awsactivate exec --guard TARGET -- COMMAND"),
        (["--guard", "read-only", "--", "/bin/true"], "a preset is written --guard=read-only"),
    ],
)
def test_what_is_missing_is_told_as_it_is_typed_with_a_guard(
    words: list[str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert _told(*words).hint == hint


def test_files_are_read_in_their_order_and_the_policys_path_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, effect in (("a", "Allow"), ("b", "Allow"), ("d", "Deny")):
        statement = {"Effect": effect, "Action": "s3:*", "Resource": "*"}
        (tmp_path / name).write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    found = asked_for(
        *("--guard=learn", "--door", "endpoint", "--policy-out", "p.json"),
        *("--allow", "a", "--allow", "b", "--deny", "d"),
    )
    assert found is not None
    assert [document.name for document in found.law.allows] == ["a", "b"]
    assert [document.name for document in found.law.denies] == ["d"]
    assert (found.door, found.policy_out) == ("endpoint", tmp_path / "p.json")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--guard=all", "open"], "--guard=all: it is one of read-only, ask, learn"),
        (["--guard=", "open"], "--guard=: it is one of read-only, ask, learn"),
        (["--guard", "--serve", "open"], "--guard and --serve exclude each other"),
        (["--guard", "--serve=open,alice"], "--guard and --serve exclude each other"),
        (["--guard", "--door", "window", "open"], "--door window: it is one of proxy, endpoint"),
        (["--door", "proxy", "open"], "--door goes with --guard"),
        (["--allow", "x", "open"], "--allow goes with --guard"),
        (["--guard=learn", "open"], "--guard=learn needs --policy-out"),
        (["--guard", "--policy-out", "x", "open"], "--policy-out goes with --guard=learn"),
        (
            ["--guard=learn", "--policy-out", "/nowhere/x", "open"],
            "--policy-out /nowhere/x: nothing can be written into /nowhere",
        ),
        (["--guard", "--allow", "/nowhere", "open"], "--allow /nowhere can't be read: No such file"),
    ],
)
def test_what_does_not_go_together_is_told(words: list[str], said: str) -> None:
    with pytest.raises(UsageError) as error:
        asked_for(*words)
    assert error.value.message.startswith(said)
