"""Profiles: what two files say together, and which profile is meant."""

from __future__ import annotations

import time

import pytest

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import Profile, Profiles, choose, near_hint, near_names, parse
from awsactivate.sessions.credentials import Credentials

ROLE = "role_arn = arn:aws:iam::111122223333:role/terraform\n"


def test_the_credentials_file_is_laid_over_the_config_key_by_key() -> None:
    profiles = parse(
        "[profile a]\nregion = eu-west-1\noutput = json\n[default]\nregion = r\n",
        "[a]\nregion = us-east-1\n[only here]\nregion = x\n",
        config_path="c",
        credentials_path="k",
    )
    assert profiles == Profiles(
        {
            "a": Profile(
                "a",
                {"region": "us-east-1", "output": "json"},
                {"region": "eu-west-1", "output": "json"},
                {"region": "us-east-1"},
                "c",
            ),
            "default": Profile("default", {"region": "r"}, {"region": "r"}, {}, "c"),
            "only here": Profile("only here", {"region": "x"}, {}, {"region": "x"}, "k"),
        },
        {},
        "c",
        "k",
    )
    assert profiles.names == ("a", "default", "only here")
    assert profiles.get("b") is None


def test_a_section_of_the_credentials_file_is_named_as_it_stands() -> None:
    assert parse("", "[profile a]\nregion = r\n").names == ("profile a",)


def test_the_later_of_two_spellings_of_one_profile_counts_alone() -> None:
    profiles = parse('[profile a]\nregion = r\noutput = o\n[profile "a"]\nregion = s\n', "")
    assert profiles["a"].values == {"region": "s"}


def test_sso_sessions_and_services_are_no_profiles() -> None:
    profiles = parse("[sso-session s]\nsso_region = r\n[services v]\nsts =\n  endpoint_url = u\n", "")
    assert (profiles.names, profiles.sso_sessions) == ((), {"s": {"sso_region": "r"}})


def test_no_secret_is_in_any_repr() -> None:
    profiles = parse(
        "[profile a]\naws_session_token = SECRET\n",
        "[a]\naws_access_key_id = K\naws_secret_access_key = SECRET\n",
    )
    assert repr(profiles["a"]) == "Profile(name='a', path='~/.aws/config')"
    assert "SECRET" not in repr(profiles) + repr(profiles["a"].credentials_file_keys)


def test_a_nested_value_where_one_value_is_due_is_refused() -> None:
    profile = parse("[profile a]\nrole_arn =\n  x = y\n", "")["a"]
    with pytest.raises(ProfileError) as caught:
        _ = profile.role_arn
    assert caught.value.message == "profile 'a': role_arn must be one value, not a nested one"


KEY = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"


@pytest.mark.parametrize(
    ("sentence", "config", "credentials", "in_credentials", "in_config"),
    [
        ("a key without a token is long-term", "", KEY, Credentials("AKIA", "s"), None),
        ("an empty token is none", "", KEY + "aws_session_token =\n", Credentials("AKIA", "s"), None),
        (
            "a token makes it temporary",
            "",
            KEY + "aws_session_token = t\n",
            Credentials("AKIA", "s", "t"),
            None,
        ),
        (
            "the token's old name works",
            "",
            KEY + "aws_security_token = t\n",
            Credentials("AKIA", "s", "t"),
            None,
        ),
        (
            "a token in the other file does not belong to the key",
            "aws_session_token = t\n",
            KEY,
            Credentials("AKIA", "s"),
            None,
        ),
        ("a key may stand in the config", KEY, "region = r\n", None, Credentials("AKIA", "s")),
    ],
)
def test_access_keys(
    sentence: str,
    config: str,
    credentials: str,
    in_credentials: Credentials | None,
    in_config: Credentials | None,
) -> None:
    profile = parse("[default]\n" + config, "[default]\n" + credentials)["default"]
    assert (profile.credentials_file_keys, profile.config_file_keys) == (in_credentials, in_config), sentence


def test_five_thousand_profiles_are_read_in_a_fifth_of_a_second() -> None:
    config = "".join(
        f"[profile p{number}]\n{ROLE}source_profile = base\nregion = eu-west-1\n\n" for number in range(5000)
    )
    took = []
    for _ in range(3):  # the best of three, since the machine may be busy
        start = time.process_time()
        profiles = parse(config, "[base]\n" + KEY)
        took.append(time.process_time() - start)
    assert len(profiles) == 5001
    assert min(took) < 0.2


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("porduction", ("production",)),
        ("PRODUCTION", ("production",)),
        ("Prod-eu", ("prod-eu", "prod-us", "prod")),
        ("zzz", ()),
        ("", ()),
    ],
)
def test_near_names(name: str, near: tuple[str, ...]) -> None:
    assert near_names(name, ["production", "prod", "prod-eu", "prod-us", "dev"]) == near


def test_names_that_differ_only_in_case_are_both_near() -> None:
    assert near_names("prof", ["PROD", "prod"]) == ("PROD", "prod")


def test_the_hint_of_an_unknown_name() -> None:
    assert near_hint("pord", ["prod", "dev"]) == "did you mean 'prod'?"
    assert near_hint("zzz", ["prod", "dev"]) == "awsactivate list"


TWO_ROLES = parse(f"[profile a]\n{ROLE}[profile b]\n{ROLE}[profile c]\nregion = r\n", "")
ONE_ROLE = parse(f"[profile a]\n{ROLE}[profile c]\nregion = r\n", "")


@pytest.mark.parametrize(
    ("sentence", "target", "dotfile", "active", "environ_profile", "profiles", "chosen"),
    [
        ("what was typed comes first", "x", "a\n", "b", "c", TWO_ROLES, "x"),
        ("even an empty word was typed", "", "a\n", "b", "c", TWO_ROLES, ""),
        ("then the file of the folder", None, "a\n", "b", "c", TWO_ROLES, "a"),
        ("whose last line may lack its end", None, "a", "b", "c", TWO_ROLES, "a"),
        ("or have the end of another system", None, "a\r\n", "b", "c", TWO_ROLES, "a"),
        ("and may name what only the keyring knows", None, "kept", "b", "c", TWO_ROLES, "kept"),
        ("then the shell's own", None, None, "b", "c", TWO_ROLES, "b"),
        (
            "which may be a role's ARN",
            None,
            None,
            "arn:aws:iam::1:role/x",
            "c",
            TWO_ROLES,
            "arn:aws:iam::1:role/x",
        ),
        ("then $AWS_PROFILE", None, None, None, "c", TWO_ROLES, "c"),
        ("then the only one with a role", None, None, None, None, ONE_ROLE, "a"),
        ("empty variables say nothing", None, None, "", "", ONE_ROLE, "a"),
    ],
)
def test_which_profile_is_chosen(
    sentence: str,
    target: str | None,
    dotfile: str | None,
    active: str | None,
    environ_profile: str | None,
    profiles: Profiles,
    chosen: str,
) -> None:
    assert (
        choose(
            target,
            dotfile=dotfile,
            active=active,
            environ_profile=environ_profile,
            profiles=profiles,
            kept=("kept",),
        )
        == chosen
    ), sentence


ONE_LINE = "/x/.awsactivate must hold one line: a profile's name, nothing else"
NO_SUCH = "/x/.awsactivate names a profile that does not exist"


@pytest.mark.parametrize(
    ("sentence", "dotfile", "profiles", "message", "hint"),
    [
        ("an empty file", "", TWO_ROLES, ONE_LINE, None),
        ("an empty line", "\n", TWO_ROLES, ONE_LINE, None),
        ("two lines", "a\nb\n", TWO_ROLES, ONE_LINE, None),
        ("an empty second line", "a\n\n", TWO_ROLES, ONE_LINE, None),
        (
            "a comment is no name",
            "# a\n",
            TWO_ROLES,
            NO_SUCH,
            "awsactivate list",
        ),
        (
            "nor is a name with blanks around it",
            " a \n",
            TWO_ROLES,
            NO_SUCH,
            "awsactivate list",
        ),
        (
            "nor a role's ARN",
            "arn:aws:iam::111122223333:role/evil\n",
            TWO_ROLES,
            NO_SUCH,
            "awsactivate list",
        ),
        (
            "what a terminal would obey is not sent",
            "\x1b[2J\n",
            TWO_ROLES,
            NO_SUCH,
            "awsactivate list",
        ),
        (
            "nothing names one of two",
            None,
            TWO_ROLES,
            "no profile is named, and none can be told by itself",
            "activate one of: a, b, c",
        ),
        (
            "nor one of very many",
            None,
            parse("".join(f"[profile p{number}]\n" for number in range(23)), ""),
            "no profile is named, and none can be told by itself",
            "activate one of: "
            + ", ".join(f"p{number}" for number in range(20))
            + ", and 3 more (awsactivate list)",
        ),
        (
            "there is none",
            None,
            parse("", ""),
            "there is no profile in ~/.aws/config or ~/.aws/credentials",
            "aws configure --profile NAME",
        ),
    ],
)
def test_what_cannot_be_chosen(
    sentence: str, dotfile: str | None, profiles: Profiles, message: str, hint: str | None
) -> None:
    with pytest.raises(ProfileError) as caught:
        choose(
            None,
            dotfile=dotfile,
            dotfile_path="/x/.awsactivate",
            active=None,
            environ_profile=None,
            profiles=profiles,
        )
    assert (caught.value.message, caught.value.hint) == (message, hint), sentence
