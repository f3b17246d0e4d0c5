"""Keys leave the user's files, and serials come into them; every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.profiles import ini, ini_edits, profile_edits

SERIAL = "arn:aws:iam::111122223333:mfa/alice"


class Files:
    """The two AWS files of a person."""

    def __init__(self, folder: Path) -> None:
        self.config, self.credentials = folder / "config", folder / "credentials"
        self.environ = {
            "AWS_CONFIG_FILE": str(self.config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials),
        }


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a]\naws_access_key_id = K\naws_secret_access_key = S\n", "[a]\n"),
        ("[a]\naws_access_key_id=K\naws_secret_access_key=S", "[a]\n"),
        (
            "[a]\r\nAWS_Access_Key_Id : K\r\n\r\naws_secret_access_key = S\r\nx = 1\r\n",
            "[a]\r\n\r\nx = 1\r\n",
        ),
        (
            "# c\n[b]\naws_access_key_id = K\naws_secret_access_key = T\n ; d\n[a]\nx = 1\n  y\n"
            "aws_access_key_id = K\n# between\naws_secret_access_key = S\n\n\n[c]\n",
            "# c\n[b]\naws_access_key_id = K\naws_secret_access_key = T\n ; d\n[a]\nx = 1\n  y\n"
            "# between\n\n\n[c]\n",
        ),
        ("[a]\n\taws_access_key_id = K\n\taws_secret_access_key = S\n\tregion = r", "[a]\n\tregion = r"),
    ],
)
def test_exactly_the_two_lines_leave(files: Files, before: str, after: str) -> None:
    files.credentials.write_bytes(before.encode())
    assert profile_edits.take_out_key("a", "K", files.environ) == (files.credentials,)
    assert files.credentials.read_bytes() == after.encode()
    assert not files.config.exists()


def test_the_key_of_the_config_file_leaves_too(files: Files) -> None:
    files.config.write_text(
        "[profile 'a b']\naws_access_key_id = K\naws_secret_access_key = S\nregion = r\n[default]\n"
    )
    assert profile_edits.take_out_key("a b", "K", files.environ) == (files.config,)
    assert files.config.read_text() == "[profile 'a b']\nregion = r\n[default]\n"


def test_another_key_of_the_profile_stays(files: Files) -> None:
    text = "[a]\naws_access_key_id = OTHER\naws_secret_access_key = S\n"
    files.credentials.write_text(text)
    assert profile_edits.take_out_key("a", "K", files.environ) == ()
    assert files.credentials.read_text() == text


def test_a_credential_process_takes_the_place_of_the_key(files: Files) -> None:
    files.credentials.write_text("[a]\naws_access_key_id = K\naws_secret_access_key = S\nx = 1\n\n[b]\n")
    profile_edits.take_out_key("a", "K", files.environ, "awsactivate export a --format process")
    assert files.credentials.read_text() == (
        "[a]\nx = 1\ncredential_process = awsactivate export a --format process\n\n[b]\n"
    )


def test_a_layout_in_which_more_would_change_is_refused(files: Files) -> None:
    text = "[DEFAULT]\naws_access_key_id = K\naws_secret_access_key = S\n[a]\nx = 1\n"
    files.credentials.write_text(text)
    with pytest.raises(ProfileError) as caught:
        profile_edits.take_out_key("a", "K", files.environ)
    assert caught.value.message == (
        f"{files.credentials} is laid out so that this change would hit more than its lines"
    )
    assert files.credentials.read_text() == text


def test_mode_and_links_of_the_file_are_kept(files: Files, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles"
    real.mkdir()
    (real / "aws").write_text("[a]\naws_access_key_id = K\naws_secret_access_key = S\n")
    (real / "aws").chmod(0o640)
    files.credentials.symlink_to("dotfiles/aws")
    profile_edits.take_out_key("a", "K", files.environ)
    assert files.credentials.is_symlink()
    assert (real / "aws").read_text() == "[a]\n"
    assert (real / "aws").stat().st_mode & 0o777 == 0o640


def test_a_read_only_file_is_left_alone(files: Files) -> None:
    text = "[a]\naws_access_key_id = K\naws_secret_access_key = S\n"
    files.credentials.write_text(text)
    files.credentials.chmod(0o400)
    with pytest.raises(AwsactivateError) as caught:
        profile_edits.take_out_key("a", "K", files.environ)
    assert caught.value.message == f"{files.credentials} can't be changed: it is read-only"
    assert files.credentials.read_text() == text


def test_copies_that_a_killed_change_left_are_removed(files: Files, tmp_path: Path) -> None:
    files.credentials.write_text("[a]\naws_access_key_id = K\naws_secret_access_key = S\n")
    left = tmp_path / ".credentials.0123456789ab"
    left.write_text("[b]\naws_secret_access_key = T\n")
    (tmp_path / ".credentials.mine").touch()
    profile_edits.take_out_key("a", "K", files.environ)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".credentials.mine", "credentials"]


@pytest.mark.parametrize(
    ("config", "after"),
    [
        ("", f"[profile a]\nmfa_serial = {SERIAL}\n"),
        ("[default]\nx = 1", f"[default]\nx = 1\n\n[profile a]\nmfa_serial = {SERIAL}\n"),
        (
            "# mine\n[profile a]\nregion = r\n# end\n\n[profile b]\n",
            f"# mine\n[profile a]\nregion = r\nmfa_serial = {SERIAL}\n# end\n\n[profile b]\n",
        ),
        ("[profile a]\nmfa_serial=old\ny = 1\n", f"[profile a]\nmfa_serial={SERIAL}\ny = 1\n"),
        (
            "[profile  'a']\r\n  s3 =\r\n    k = v\r\n",
            f"[profile  'a']\r\n  s3 =\r\n    k = v\r\n  mfa_serial = {SERIAL}\r\n",
        ),
    ],
)
def test_a_serial_comes_into_the_profile(files: Files, config: str, after: str) -> None:
    files.config.write_bytes(config.encode())
    assert profile_edits.set_value("a", "mfa_serial", SERIAL, files.environ) == files.config
    assert files.config.read_bytes() == after.encode()


def test_a_profile_of_the_credentials_file_gets_its_serial_there(files: Files) -> None:
    files.credentials.write_text("[a]\nregion = r\n")
    assert profile_edits.set_value("a", "mfa_serial", SERIAL, files.environ) == files.credentials
    assert files.credentials.read_text() == f"[a]\nregion = r\nmfa_serial = {SERIAL}\n"


def test_a_serial_is_replaced_wherever_it_stands(files: Files) -> None:
    files.config.write_text(
        "[profile a]\nmfa_serial = old\n[profile b]\nmfa_serial = other\n[default]\nmfa_serial = old\n"
    )
    files.credentials.write_text("[c]\nmfa_serial = old\n")
    assert profile_edits.replace_mfa_serial("old", "new", files.environ) == ("a", "default", "c")
    assert files.config.read_text() == (
        "[profile a]\nmfa_serial = new\n[profile b]\nmfa_serial = other\n[default]\nmfa_serial = new\n"
    )
    assert profile_edits.replace_mfa_serial("new", None, files.environ) == ("a", "default", "c")
    assert files.config.read_text() == "[profile a]\n[profile b]\nmfa_serial = other\n[default]\n"
    assert files.credentials.read_text() == "[c]\n"


LINES = st.sampled_from(
    ["[a]", "[b]", "x = 1", " x = 1", "y: 2", "  deeper", "", "  ", "# c", "k=v", "\tk = v", "[a", "z ="]
)


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_on_any_file_a_key_is_taken_out_as_the_reader_reads_it(
    lines: list[str], end: str, closed: bool
) -> None:
    """Where the reader reads the result, and it has changed in more than the key, the caller refuses it."""
    text = end.join(lines) + (end if closed else "")
    try:
        before = ini.read(text, "file")
    except ProfileError:
        return
    after = ini_edits.without(text, "a".__eq__, {"k"})
    kept = [line for line in text.split(end) if line.strip()]
    assert [line for line in after.split(end) if line.strip() and line not in kept] == []
    if not any("k" in values for values in before.values()):
        assert after == text


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_on_any_file_a_value_is_set_as_the_reader_reads_it(lines: list[str], end: str) -> None:
    text = end.join(lines)
    try:
        before = ini.read(text, "file")
    except ProfileError:
        return
    after = ini.read(ini_edits.with_value(text, "a".__eq__, "a", "k", "new"), "file")
    assert after == {**before, "a": {**before.get("a", {}), "k": "new"}}
