"""A section that is in the file but not read is named, with the line and a spelling that works."""

from __future__ import annotations

import pytest

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import Profiles, name_in, parse
from awsactivate.sessions.plan import Plan, make_plan
from awsactivate.sessions.steps import Options

BODY = "region = eu-west-1\nrole_arn = arn:aws:iam::111122223333:role/r\n"


def plan(target: str, profiles: Profiles) -> Plan:
    """Plan a session of `target`."""
    return make_plan(target, profiles, Options(), environ={}, login_name="me", nonce="0" * 10)


@pytest.mark.parametrize(
    ("header", "name", "spelling"),
    [
        ("prod", "prod", "profile prod"),
        ("profile two words", "two words", 'profile "two words"'),
        ("Profile Caps", "Caps", "profile Caps"),
        ("PROFILE x", "x", "profile x"),
        (" profile x ", "x", "profile x"),
        ("profile it's", "it's", 'profile "it\'s"'),
        ('profile "half', "half", "profile half"),
        ("Default", "default", "default"),
        ("two words", "two words", 'profile "two words"'),
    ],
)
def test_a_profile_that_is_not_read_is_told_where_it_is_asked_for(
    header: str, name: str, spelling: str
) -> None:
    profiles = parse(f"# a comment\n\n[{header}]\n{BODY}", "", config_path="config")
    assert name not in profiles
    with pytest.raises(ProfileError) as raised:
        plan(name, profiles)
    assert raised.value.message == (
        f"there is no profile {name!r}: config, line 3: [{header}] is not read: AWS's tools want [{spelling}]"
    )
    assert raised.value.hint == f"write [{spelling}] in line 3 of config"
    assert name in parse(f"[{spelling}]\n{BODY}", "")  # it works as it is said
    assert spelling == "default" or name_in(spelling) == name


@pytest.mark.parametrize("header", ["plugins", "services corp", "preview", "profiles x", "profile x", "okta"])
def test_what_is_read_or_another_tools_is_not_held_against_it(header: str) -> None:
    body = BODY if header.startswith("profile") else "cli = x\n"
    assert parse(f"[{header}]\n{body}", "").unread == ()


def test_a_profile_of_the_credentials_file_that_says_profile_is_told() -> None:
    profiles = parse(
        "", "[profile x]\naws_access_key_id = A\naws_secret_access_key = s\n", credentials_path="keys"
    )
    with pytest.raises(ProfileError) as raised:
        plan("x", profiles)
    assert "keys, line 1: [profile x] is not read: AWS's tools want [x]" in raised.value.message


@pytest.mark.parametrize("header", ["sso_session corp", "SSO-Session corp", "sso session corp"])
def test_an_sso_session_that_is_not_read_is_told_to_its_profile(header: str) -> None:
    profiles = parse(
        "[profile x]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
        f"[{header}]\nsso_region = us-east-1\n",
        "",
        config_path="config",
    )
    with pytest.raises(ProfileError) as raised:
        plan("x", profiles)
    assert raised.value.message.endswith(
        f"config, line 5: [{header}] is not read: AWS's tools want [sso-session corp]"
    )


def test_a_byte_order_mark_is_named() -> None:
    with pytest.raises(ProfileError) as raised:
        parse("\ufeff[default]\nregion = eu-west-1\n", "", config_path="config")
    assert raised.value.message.startswith("config, line 1: the file begins with a byte order mark")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("region = eu-west-1a", "region must be a region's name: eu-west-1a is a zone of eu-west-1", "vi"),
        (
            "region = us-gov-west-1b",
            "region must be a region's name: us-gov-west-1b is a zone of us-gov-west-1",
            "vi",
        ),
        ("region = us-west-2-lax-1a", "us-west-2-lax-1a is a zone of us-west-2", "vi"),
        (
            "region = eu-west-1 # home",
            "region must be a region's name such as",
            "line 2 of config: a comment",
        ),
        (
            "region = eu-west-1 ; home",
            "region must be a region's name such as",
            "line 2 of config: a comment",
        ),
        ("duration_seconds = 900 # short", "duration_seconds must be", "line 2 of config: a comment"),
        (
            "include_profile = y",
            "no credentials and no role_arn",
            "include_profile is read by another tool only",
        ),
        (
            "parent_profile = y",
            "no credentials and no role_arn",
            "parent_profile is read by another tool only",
        ),
        (
            "sso_session = corp",
            "uses SSO but has no sso_account_id and no sso_role_name",
            "sso_account_id and sso_role_name",
        ),
        ("sso_start_url = https://x", "uses SSO but has no sso_account_id", "name an account"),
        (
            "sso_account_id = 1",
            "uses SSO but has no sso_start_url and no sso_region and no sso_role_name",
            "",
        ),
    ],
)
def test_a_line_that_is_read_otherwise_than_it_is_meant_is_told(text: str, message: str, hint: str) -> None:
    keys = "[x]\naws_access_key_id = A\naws_secret_access_key = s\n"
    profiles = parse(
        f"[profile x]\n{text}\n[profile y]\n",
        keys if "=" in text and text[:3] in ("reg", "dur") else "",
        config_path="config",
    )
    with pytest.raises(ProfileError) as raised:
        plan("x", profiles)
    assert message in raised.value.message
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        (f"[default]\nregion = eu-west-1\n  [profile p]\n{BODY}", "p", 3),
        (f"[default]\noutput = json\n  [profile p]\n{BODY}", "p", 3),
        (f"[default]\noutput = json[profile p]\n{BODY}", "p", 2),
        ("[profile x]\noutput = json[default]\n", "default", 2),
        (f'[default]\nregion = eu-west-1\n# a comment\n\t[profile "two words"]\n{BODY}', "two words", 4),
    ],
)
def test_a_section_within_a_value_is_told_where_it_is_asked_for(text: str, name: str, line: int) -> None:
    with pytest.raises(ProfileError) as raised:
        plan(name, parse(text, "", config_path="config"))
    assert f"line {line}" in raised.value.message
    assert raised.value.message.endswith("it does not begin its line, and is part of the value before it")
    assert (raised.value.hint or "").startswith("begin a line with [")


@pytest.mark.parametrize("value", ["json", "a[0]", "[x]", "[plugins]"])
def test_a_bracket_in_a_value_is_no_section(value: str) -> None:
    assert parse(f"[default]\noutput = {value}\n  more]\n", "").unread == ()


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [("default", "profile default", "default"), ("profile x", 'profile "x"', "x")],
)
def test_of_two_sections_of_one_name_the_one_that_is_not_read_is_told(
    first: str, second: str, name: str
) -> None:
    profiles = parse(
        f"[{first}]\nregion = eu-west-1\n\n[{second}]\nregion = us-east-1\n", "", config_path="config"
    )
    assert profiles[name].region == "us-east-1"
    assert [section.words for section in profiles.unread] == [
        f"config, line 1: [{first}] is not read: [{second}] in line 4 has the same name"
    ]


def test_a_header_with_a_misspelt_word_before_the_name_is_told() -> None:
    profiles = parse(f"[profil p]\n{BODY}", "", config_path="config")
    with pytest.raises(ProfileError) as raised:
        plan("p", profiles)
    assert raised.value.message.endswith("[profil p] is not read: AWS's tools want [profile p]")


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("role_arn = arn:aws:iam::111122223333:role/r\nsource-profile = y\n", "did you mean source_profile?"),
        ("role_arm = arn:aws:iam::111122223333:role/r\n", "did you mean role_arn?"),
        ("credential_proces = x\n", "did you mean credential_process?"),
    ],
)
def test_a_misspelt_key_is_told_where_credentials_are_missing(body: str, hint: str) -> None:
    with pytest.raises(ProfileError) as raised:
        plan("x", parse(f"[profile x]\n{body}", ""))
    assert (raised.value.hint or "").endswith(hint)


def test_an_account_of_single_sign_on_has_twelve_digits() -> None:
    text = "[profile x]\nsso_account_id = 1111-2222-3333\nsso_role_name = r\nsso_region = eu-west-1\n"
    with pytest.raises(ProfileError) as raised:
        plan("x", parse(f"{text}sso_start_url = https://x.awsapps.com/start\n", ""))
    assert "sso_account_id must be an account's 12 digits, not '1111-2222-3333'" in raised.value.message
