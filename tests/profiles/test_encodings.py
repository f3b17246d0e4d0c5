"""Files of before UTF-8 are read and written as they are, and names are those that were typed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from awsactivate.commandline import Context
from awsactivate.commands.doctor import files
from awsactivate.profiles import encodings, profile_edits
from harness.shells import PROGRAM

CONFIG = "# für alle\n[profile müller]\nregion = eu-west-1\nsource_profile = base\n"
KEYS = "[base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "en_US.ISO-8859-1", "de_DE.ISO-8859-15"])
def test_a_profile_is_found_in_either_encoding_in_any_locale(
    tmp_path: Path, encoding: str, locale: str
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_bytes(CONFIG.encode(encoding))
    (tmp_path / ".aws/credentials").write_text(KEYS)
    done = subprocess.run(
        [PROGRAM, "show", "müller".encode(), "--json"],
        env={"HOME": str(tmp_path), "PATH": os.defpath, "LC_ALL": locale},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert json.loads(done.stdout)["profile"] == "müller"


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("locale", ["C.UTF-8", "en_US.ISO-8859-1"])
def test_a_variable_names_a_profile_in_either_encoding(
    tmp_path: Path, variable: str, encoding: str, locale: str
) -> None:
    (tmp_path / "config").write_bytes(f"{CONFIG}[profile other]\n".encode(encoding))
    (tmp_path / "credentials").write_text(KEYS)
    done = subprocess.run(
        [PROGRAM, "show", "--json"],
        env={
            b"HOME": bytes(tmp_path),
            b"AWS_CONFIG_FILE": bytes(tmp_path / "config"),
            b"AWS_SHARED_CREDENTIALS_FILE": bytes(tmp_path / "credentials"),
            b"PATH": os.defpath.encode(),
            b"LC_ALL": locale.encode(),
            variable.encode(): "müller".encode(encoding),
        },
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert json.loads(done.stdout)["profile"] == "müller"


def test_doctor_reads_a_latin_1_file(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(CONFIG.encode("latin-1"))
    environ = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config")}
    context = Context(environ=environ, clock=lambda: 0.0, program="", release_stdout=lambda: None)
    assert "müller" in "".join(finding.message for finding in files.check_all_files(context))


def test_a_name_typed_in_another_locale_is_the_bytes_that_were_typed() -> None:
    assert encodings.as_typed("mÃ¼ller", "iso8859-1") == "müller"
    assert encodings.as_typed("m\xfcller", "iso8859-1") == "müller"
    assert encodings.as_typed("müller", "utf-8") == "müller"
    assert encodings.as_typed("m\udcfcller", "utf-8") == "müller"
    assert encodings.as_typed("prod", "ascii") == "prod"


def test_a_change_leaves_each_other_byte_of_a_latin_1_file(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_bytes(CONFIG.encode("latin-1"))
    environ = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    profile_edits.set_value("müller", "mfa_serial", "arn:aws:iam::111122223333:mfa/a", environ)
    assert config.read_bytes() == CONFIG.encode("latin-1") + b"mfa_serial = arn:aws:iam::111122223333:mfa/a\n"
