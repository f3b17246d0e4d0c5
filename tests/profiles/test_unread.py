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


@pytest.mark.parametrize(
    "header",
    [
        *(
            "profilep",
            "profile-p",
            "profile_p",
            "profile:p",
            "profile.p",
            "Profile p",
            " profile p ",
            "profil p",
        ),
        *("PROFILE-p", "prof p", "role p", "aws p", "Profiles:p", "profile'p'", 'Profile "p"', "P"),
    ],
)
def test_however_a_profile_is_written_it_is_told_where_it_is_asked_for(header: str) -> None:
    profiles = parse(f"[{header}]\n{BODY}", "", config_path="config")
    with pytest.raises(ProfileError) as raised:
        plan("p", profiles)
    assert raised.value.message == (
        f"there is no profile 'p': config, line 1: [{header}] is not read: AWS's tools want [profile p]"
    )
    assert raised.value.hint == "write [profile p] in line 1 of config"


def test_a_section_of_another_name_is_not_taken_for_the_one_asked_for() -> None:
    profiles = parse(f"[stopp]\n{BODY}[profile-pp]\n{BODY}[p-x]\n{BODY}", "", config_path="config")
    with pytest.raises(ProfileError) as raised:
        plan("p", profiles)
    assert raised.value.message == "there is no profile 'p'"
    assert profiles.unread_as("profile", "stopp") is not None


@pytest.mark.parametrize(
    "header", ["corp", "sso corp", "sso-sessioncorp", "SSO_Session-corp", "session corp", "sso-session:corp"]
)
def test_however_an_sso_session_is_written_its_profile_is_told(header: str) -> None:
    profiles = parse(
        "[profile x]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = r\n"
        f"[{header}]\nsso_region = us-east-1\nsso_start_url = https://x.awsapps.com/start\n",
        "",
        config_path="config",
    )
    with pytest.raises(ProfileError) as raised:
        plan("x", profiles)
    assert raised.value.message.endswith(
        f"config, line 5: [{header}] is not read: AWS's tools want [sso-session corp]"
    )


@pytest.mark.parametrize("header", ["Services local", "service local", "services-local", "SERVICES:local"])
def test_however_services_are_written_their_profile_is_told(header: str) -> None:
    keys = "aws_access_key_id = A\naws_secret_access_key = s\n"
    nested = "sts =\n  endpoint_url = http://localhost:4566\n"
    profiles = parse(f"[profile x]\nservices = local\n{keys}[{header}]\n{nested}", "", config_path="config")
    with pytest.raises(ProfileError) as raised:
        plan("x", profiles)
    assert raised.value.message == (
        "profile 'x': services 'local' does not exist:"
        f" config, line 5: [{header}] is not read: AWS's tools want [services local]"
    )


@pytest.mark.parametrize("header", ["services local", "sso-session local"])
def test_a_section_in_the_wrong_file_is_told(header: str) -> None:
    asked = "services = local" if "services" in header else "sso_session = local\nsso_account_id = 1"
    keys = "aws_access_key_id = A\naws_secret_access_key = s\n"
    profiles = parse(
        f"[profile x]\n{asked}\n{keys}", f"[{header}]\na = b\n", config_path="c", credentials_path="keys"
    )
    with pytest.raises(ProfileError) as raised:
        plan("x", profiles)
    assert (
        f"keys, line 1: [{header}] is not read: AWS's tools want it in the config file"
        in raised.value.message
    )
    assert raised.value.hint == "move it to c"


@pytest.mark.parametrize(
    "text",
    [
        "[a]\naws_access_key_id = A\naws_secret_access_key = s[p]\nregion = eu-west-1\n",
        "[a]\naws_access_key_id = A\naws_secret_access_key = s\n  [p]\nregion = eu-west-1\n",
        "[a]\naws_access_key_id = A\naws_secret_access_key = s[p]\naws_access_key_id = B\n",
    ],
    ids=["glued", "indented", "twice"],
)
def test_a_section_within_a_value_of_the_credentials_file_is_told(text: str) -> None:
    """A tool had written its header behind a last line without an end."""
    with pytest.raises(ProfileError) as raised:
        plan("p", parse("", text, credentials_path="keys"))
    assert raised.value.message.endswith(
        "[p] is not read: it does not begin its line, and is part of the value before it"
    )
    assert (raised.value.hint or "").startswith("begin a line with [p] in place of line ")


def test_a_header_that_is_not_closed_is_told() -> None:
    with pytest.raises(ProfileError, match=r"config, line 2: a \[section\] must end in \]"):
        parse("[profile a]\n[profile p\nregion = eu-west-1\n", "", config_path="config")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'aws_access_key_id = "AKIA"\naws_secret_access_key = s\n',
            "aws_access_key_id stands between quotes",
        ),
        (
            "aws_access_key_id = AKIA\naws_secret_access_key = 's'\n",
            "aws_secret_access_key stands between quotes",
        ),
        ("aws_access_key_id =\naws_secret_access_key =\n", "aws_access_key_id is empty"),
        (
            "aws_access_key_id = AKIA\naws_secret_access_key = s # old\n",
            "aws_secret_access_key holds a character",
        ),
        (
            "aws_access_key_id = \u200bAKIA\naws_secret_access_key = s\n",
            "aws_access_key_id holds a character",
        ),
        (
            "aws_access_key_id = ASIA1\naws_secret_access_key = s\n",
            "aws_access_key_id is a session's (ASIA…), and",
        ),
    ],
)
@pytest.mark.parametrize("in_config", [True, False])
def test_a_key_that_can_not_be_one_is_told_before_aws_is_asked(text: str, said: str, in_config: bool) -> None:
    """AWS would only say that it knows no such key."""
    files = (f"[profile x]\n{text}", "") if in_config else ("", f"[x]\n{text}")
    with pytest.raises(ProfileError) as raised:
        plan("x", parse(*files, config_path="file", credentials_path="file"))
    assert raised.value.message.startswith(f"profile 'x': {said}")
    line = 3 if said.startswith("aws_secret") else 2
    assert raised.value.hint == f"${{EDITOR:-vi}} +{line} file"


def test_a_profile_may_be_called_like_an_arn() -> None:
    name = "arn:aws:sts::111122223333:assumed-role/role/session"
    keys = "aws_access_key_id = A\naws_secret_access_key = s\n"
    assert plan(name, parse("", f"[{name}]\n{keys}")).profile == name


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("sso_start_url", '"https://x.awsapps.com/start"', "must be an address such as"),
        ("sso_start_url", "https://x.awsapps.com/start/\\#/", "must be an address such as"),
        ("sso_start_url", "x.awsapps.com/start", "must be an address such as"),
        ("sso_region", '"us-east-1"', "must be a region's name such as"),
        ("sso_region", "us-east-1a", "must be a region's name: us-east-1a is a zone"),
    ],
)
@pytest.mark.parametrize("has_session", [True, False])
def test_where_one_signs_in_is_looked_at_before_a_browser_is_opened(
    key: str, value: str, said: str, has_session: bool
) -> None:
    where = {"sso_start_url": "https://x.awsapps.com/start/#", "sso_region": "us-east-1", key: value}
    lines = "".join(f"{name} = {text}\n" for name, text in where.items())
    profile = "[profile x]\nsso_account_id = 111122223333\nsso_role_name = r\n"
    text = f"{profile}sso_session = corp\n[sso-session corp]\n{lines}" if has_session else f"{profile}{lines}"
    with pytest.raises(ProfileError) as raised:
        plan("x", parse(text, "", config_path="config"))
    assert raised.value.message.startswith(f"profile 'x': {key} {said}")
    assert "config" in (raised.value.hint or "")
