"""What a command sees of the profiles that are served to it."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import botocore.configloader
import pytest
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS

from awsactivate.profiles.model import parse
from awsactivate.profiles.served_config import ServedProfile, command_line, config_text, urls_with_user

CONFIG = """
[default]
region = us-east-1
[profile alice]
aws_access_key_id = AKIAALICE
aws_secret_access_key = of-alice
mfa_serial = arn:aws:iam::1:mfa/alice
[profile prod]
role_arn = arn:aws:iam::1:role/x
source_profile = alice
external_id = between-us
duration_seconds = 3600
session_tags = K=V
mfa_process = print-a-code
region = eu-west-1
output = json
ca_bundle = /etc/ca.pem
retry_mode = adaptive
max_attempts = 7
use_fips_endpoint = true
endpoint_url = http://localhost:1
services = local
s3 =
    max_concurrent_requests = 3
    addressing_style = path
future_setting = of-prod
okta_password = of-prod
expected_account_id = 111122223333
[profile signed]
sso_session = s
sso_account_id = 1
sso_role_name = r
output = text
[profile 'two words']
credential_process = print-keys
[sso-session s]
sso_start_url = https://example.com
[services local]
sts =
    endpoint_url = http://localhost:2
dynamodb =
    endpoint_url = http://localhost:3
[services unused]
sts =
    endpoint_url = http://localhost:4
"""
CREDENTIALS = """
[prod]
region = eu-west-2
x_note = a-secret-of-another-tool
[alice]
aws_session_token = of-alice-too
"""
PROCESS = "program NAME"


def seen(*names: str, region: str | None = "eu-north-1") -> dict[str, object]:
    """Return what botocore reads of the configuration in which the profiles are served."""
    profiles = parse(CONFIG, CREDENTIALS)
    text = config_text([ServedProfile(name, region, PROCESS) for name in names], profiles)
    (folder := Path("served")).mkdir(exist_ok=True)
    (folder / "config").write_text(text)
    found = botocore.configloader.load_config(str(folder / "config"))
    assert not any(secret in text for secret in ("AKIA", "of-alice", "of-prod", "a-secret"))
    return {"profiles": found["profiles"], "services": found.get("services", {})}


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_settings_go_over_and_nothing_that_may_be_a_source_or_a_secret() -> None:
    assert seen("prod") == {
        "profiles": {
            "prod": {
                "region": "eu-north-1",
                "output": "json",
                "ca_bundle": "/etc/ca.pem",
                "retry_mode": "adaptive",
                "max_attempts": "7",
                "use_fips_endpoint": "true",
                "endpoint_url": "http://localhost:1",
                "services": "local",
                "s3": {"max_concurrent_requests": "3", "addressing_style": "path"},
                "expected_account_id": "111122223333",
                "credential_process": PROCESS,
            }
        },
        "services": {
            "local": {
                "sts": {"endpoint_url": "http://localhost:2"},
                "dynamodb": {"endpoint_url": "http://localhost:3"},
            }
        },
    }


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("default", {}),
        ("alice", {}),
        ("signed", {"output": "text"}),
        ("two words", {}),
        ("only-in-the-keyring", {}),
    ],
)
def test_each_profile_is_there_by_its_name_and_no_other(name: str, more: dict[str, str]) -> None:
    assert seen(name, region=None) == {
        "profiles": {name: {**more, "credential_process": PROCESS}},
        "services": {},
    }


def test_a_value_of_several_lines_stays_one() -> None:
    profiles = parse("[profile p]\ncli_pager = one\n  two\n\n  three\noutput = x\n", "")
    text = config_text([ServedProfile("p", None, PROCESS)], profiles)
    assert parse(text, "")["p"].values == {**profiles["p"].values, "credential_process": PROCESS}


@pytest.mark.parametrize(
    "line",
    [
        *(f"{key} = SECRET" for key in ("apikey", "totp_seed", "pwd", "mfa_pin_code", "saml_pass", "note")),
        "proxy = http://u:SECRET@h",
        "endpoint_url = https://u:SECRET@h/",
        "ec2_metadata_service_endpoint = http://SECRET@h",
        "csm_host = //u:SECRET@h",
        "s3 =\n    apikey = SECRET",
        "s3 =\n    endpoint_url = https://u:SECRET@h",
        "other =\n    output = SECRET",
        "api_versions =\n    ec2 = SECRET",
        "services = s\n[services s]\npin = SECRET",
        "services = s\n[services s]\nsts =\n    endpoint_url = https://u:SECRET@h\n    pwd = SECRET",
    ],
)
def test_what_may_be_a_secret_stays_here(line: str) -> None:
    text = f"[profile p]\n{line}\n"
    profiles = parse(text, "")
    assert "SECRET" not in config_text([ServedProfile("p", None, PROCESS)], profiles)
    [*told] = urls_with_user(["p"], profiles)
    assert "SECRET" not in str(told)
    assert bool(told) == ("@" in line and "proxy" not in line)


def test_every_setting_that_botocore_reads_goes_over() -> None:
    of_profile = {name for name, *_ in BOTOCORE_DEFAUT_SESSION_VARIABLES.values() if isinstance(name, str)}
    values = dict.fromkeys(of_profile - {"region"}, "1")
    of_s3 = {name: "1" for name in DEFAULT_S3_CONFIG_VARS if not name.startswith("s3_")}
    lines = [f"{key} = {value}" for key, value in values.items()]
    lines += ["s3 =", *(f"    {key} = {value}" for key, value in of_s3.items())]
    profiles = parse("\n".join(["[profile p]", *lines, ""]), "")
    text = config_text([ServedProfile("p", None, PROCESS)], profiles)
    assert parse(text, "")["p"].values == {**values, "s3": of_s3, "credential_process": PROCESS}


@pytest.mark.parametrize(
    "word",
    [
        "plain",
        "two words",
        "it's",
        'a "quote"',
        "a #comment ;two",
        "$HOME `id` $(id)",
        "back\\slash",
        "~",
        "ü ñ",
        "a=b",
    ],
)
def test_a_command_is_read_alike_by_all_who_split_it(word: str) -> None:
    words = [f"/folder of/{word}/python", "-I", f"/x/{word}", "prod"]
    line = command_line(words)
    assert shlex.split(line) == words
    told = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True, check=True
    ).stdout
    assert told.splitlines() == words
    config = parse(f"[profile p]\ncredential_process = {line}\n", "")
    assert config["p"].credential_process == line
    # what the SDKs of Go and JavaScript take for a comment, or take off at both ends
    assert not any(mark in line for mark in (" #", " ;", "\t#", "\t;"))
    assert line[0] not in "'\""
