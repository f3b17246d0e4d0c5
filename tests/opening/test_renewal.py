"""The words by which a session is begun anew."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from awsactivate.commandline import Context, Parser
from awsactivate.commands import activate
from awsactivate.errors import ProfileError, UsageError
from awsactivate.opening import renewal

MARK = {"AWSACTIVATE_PROFILE": "prod"}


def parsed(*words: str) -> Any:
    """Parse what a person typed after `activate`."""
    parser = Parser("activate")
    activate.add_arguments(parser)
    return parser.parse(["bash", *words])


def again(words: list[str], more: list[str], **environ: str) -> Any:
    """Return what `activate --renew` and `more` comes to, after `activate` and `words`."""
    said = renewal.words(parsed(*words), words[0])
    context = Context(
        environ={**MARK, "_AWSACTIVATE_AGAIN": said, **environ},
        clock=lambda: 0.0,
        program="awsactivate",
        release_stdout=lambda: None,
    )
    return parsed(*renewal.said_again(parsed("--renew", *more), context))


ALL = [
    'it\'s "prod" $(id)',
    "--source-profile=a b",
    "--duration=2h",
    "--role-session-name=n",
    "--source-identity=s",
    "--external-id=x",
    "--tag=K=V",
    "--tag=K2=it's",
    "--transitive=K",
    "--policy-arn=arn:1",
    "--policy-arn=arn:2",
    "--region=eu-west-1",
    "--chain=arn:c",
    "--mfa-serial=arn:m",
    "--no-mfa",
    "--secrets=app",
    "--secrets=app/other",
    "--revoke-on-exit",
]


def test_a_renewal_says_every_option_again() -> None:
    assert vars(again(ALL, [])) == vars(parsed(*ALL))


def test_what_is_said_of_one_call_only_is_not_said_again() -> None:
    words = ["prod", "--mfa-code=123456", "-q", "--yes", "--mfa-session=8h"]
    assert vars(again(words, [])) == vars(parsed("prod"))
    assert "123456" not in renewal.words(parsed(*words), "prod")


def test_an_option_of_the_renewal_goes_over_the_old_one() -> None:
    arguments = again(["prod", "--duration=2h", "--tag=A=1"], ["--duration=4h", "--tag=B=2"])
    assert (arguments.duration, arguments.tag, arguments.target) == ("4h", ["A=1", "B=2"], "prod")


def test_a_name_that_looks_like_an_option_stays_a_name() -> None:
    said = renewal.words(parsed("--", "--renew"), "--renew")
    assert shlex.split(said) == ["--", "--renew"]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (MARK, ["--", "prod"]),
        ({"AWSACTIVATE_PROFILE": "prod", "AWSACTIVATE_SOURCE_PROFILE": "alice"}, ["--", "prod"]),
        (
            {"AWSACTIVATE_PROFILE": "arn:aws:iam::1:role/r", "AWSACTIVATE_SOURCE_PROFILE": "alice"},
            ["--source-profile=alice", "--", "arn:aws:iam::1:role/r"],
        ),
    ],
)
def test_an_inherited_session_is_renewed_by_what_its_environment_tells(
    environ: dict[str, str], words: list[str]
) -> None:
    context = Context(environ=environ, clock=lambda: 0.0, program="", release_stdout=lambda: None)
    assert renewal.said_again(parsed("--renew"), context) == words


def test_without_a_session_or_with_a_target_there_is_nothing_to_renew() -> None:
    context = Context(environ={}, clock=lambda: 0.0, program="", release_stdout=lambda: None)
    with pytest.raises(ProfileError, match="no session is active"):
        renewal.said_again(parsed("--renew"), context)
    with pytest.raises(UsageError, match="--renew takes no TARGET"):
        renewal.said_again(parsed("--renew", "prod"), context)


@pytest.mark.parametrize(("scope", "read_only"), [("", False), ("read-only", True)])
def test_a_shell_that_inherited_a_narrow_session_renews_it_as_narrow(scope: str, read_only: bool) -> None:
    context = Context(
        environ={**MARK, "AWSACTIVATE_SCOPE": scope},
        clock=lambda: 0.0,
        program="awsactivate",
        release_stdout=lambda: None,
    )
    assert parsed(*renewal.said_again(parsed("--renew"), context)).read_only is read_only


@pytest.mark.parametrize("scope", ["policy", "read-only:s3", "terraform-plan"])
def test_one_that_it_can_not_make_narrow_again_it_does_not_renew(scope: str) -> None:
    context = Context(
        environ={**MARK, "AWSACTIVATE_SCOPE": scope},
        clock=lambda: 0.0,
        program="awsactivate",
        release_stdout=lambda: None,
    )
    with pytest.raises(ProfileError, match=f"narrowed to {scope}"):
        renewal.said_again(parsed("--renew"), context)
