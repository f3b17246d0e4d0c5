"""The ini dialect: what botocore reads is what we read, and no error quotes a line."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from botocore import configloader
from botocore.exceptions import ConfigParseError
from botocore.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsactivate.errors import ProfileError
from awsactivate.profiles import ini
from awsactivate.profiles.model import parse

HEADERS = [
    "[DEFAULT]",
    "[profile a]",
    '[profile "a"]',
    "[profile 'b c']",
    "[profile b c]",
    '[profile "unclosed]',
    "[profile\tf]",
    "[profile g] ; later",
    "[profiles d]",
    "[profilex]",
    "[a]",
    "[b c]",
    "  [profile e]",
    "[profile default]",
    "[sso-session s]",
    "[services v]",
    "[]]",
]
KEYS = [
    "region = eu-west-1",
    "Output : x = y",
    "  role_arn = arn:aws:iam::111122223333:role/x",
    "s3 =",
    "    addressing_style = path",
    "\tmax_concurrent_requests=20",
    "# a comment",
    "   ; a comment",
    "key = value # no comment",
    "empty =",
    "",
    "   ",
    "ünï = cödé\xa0",
    "form\x0cfeed = a\x0cb=c",
    "      [profile h]",
]
BROKEN = ["[]", "[x", "= no key", "no value", "    no equals sign", "region=twice", "[profile a]"]

SECTIONS = st.lists(
    st.tuples(st.sampled_from(HEADERS), st.lists(st.sampled_from(KEYS), max_size=6, unique=True)),
    max_size=4,
    unique_by=lambda section: section[0].strip(),
).map(lambda sections: ["[default]", *(line for header, keys in sections for line in (header, *keys))])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw a file that is mostly sound: some have one line too many, and each kind of line end occurs."""
    lines = draw(SECTIONS)
    if draw(st.integers(0, 3)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(BROKEN)))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return end.join(lines) + draw(st.sampled_from([end, ""]))


@settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(config=texts(), credentials=texts())
def test_every_text_is_read_as_botocore_reads_it(config: str, credentials: str, tmp_path: Path) -> None:
    session = Session()
    for name, text in (("config_file", config), ("credentials_file", credentials)):
        path = tmp_path / name
        path.write_bytes(text.encode())
        session.set_config_variable(name, str(path))
    try:
        theirs = session.full_config
    except ConfigParseError:
        with pytest.raises(ProfileError):
            parse(config, credentials)
        return
    ours = parse(config, credentials)
    assert {name: profile.values for name, profile in ours.items()} == theirs["profiles"]
    assert ours.sso_sessions == theirs["sso_sessions"]
    assert ours.names == tuple(theirs["profiles"])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(name=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n]"), min_size=1))
def test_every_name_is_taken_from_its_header_as_botocore_takes_it(name: str) -> None:
    for header in (f"profile {name}", f"profile {shlex.quote(name)}"):
        theirs = configloader.build_profile_map({header: {"region": "r"}})["profiles"]
        assert dict.fromkeys(parse(f"[{header}]\nregion=r\n", "")) == dict.fromkeys(theirs)


def test_a_nested_value_is_a_mapping() -> None:
    text = "[default]\ns3 =\n  addressing_style = path\n\n  signature_version = s3v4\nregion = r\n"
    assert ini.read(text, "config") == {
        "default": {"s3": {"addressing_style": "path", "signature_version": "s3v4"}, "region": "r"}
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aws_secret_access_key = SECRET\n", "~/c, line 1: the file must begin with a [section]"),
        ("[a]\nx = 1\n\nSECRET\n", "~/c, line 4: must be a [section] or read 'key = value'"),
        ("[a]\n= SECRET\n", "~/c, line 2: must be a [section] or read 'key = value'"),
        ("[a]\nkey = 1\nKEY = SECRET\n", "~/c, line 3: key is there twice in [a]"),
        ("[a]\n[b]\n[a]\n", "~/c, line 3: the section [a] is there twice"),
        ("[a]\ns3 =\n  SECRET\n", "~/c, line 2: what is nested in s3 must read 'key = value'"),
        ("[DEFAULT]\ns3 =\n  SECRET\n[a]\n", "~/c, line 2: what is nested in s3 must read 'key = value'"),
    ],
)
def test_an_error_names_file_and_line_and_never_quotes_the_line(text: str, message: str) -> None:
    with pytest.raises(ProfileError) as caught:
        ini.read(text, "~/c")
    assert (caught.value.message, caught.value.__cause__, caught.value.__context__) == (message, None, None)
