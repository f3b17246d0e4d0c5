"""Each thing that doctor can find in files, variables and the network, one case a way to be broken."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import pytest

from awsactivate.diagnosis import config
from awsactivate.diagnosis.config import File, of_config
from awsactivate.diagnosis.finding import Finding
from awsactivate.diagnosis.keys import Kept, of_keys
from awsactivate.diagnosis.lists import of_lists
from awsactivate.diagnosis.network import bundles, of_bundle, of_clock, of_proxies
from awsactivate.diagnosis.variables import of_hook, of_variables
from awsactivate.profiles import model, unread
from awsactivate.profiles.model import parse

ROLE = "arn:aws:iam::111122223333:role/terraform"
MFA = "mfa_serial = arn:aws:iam::111122223333:mfa/alice\n"
KEYS = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n"
WHOLE = (
    f"[profile alice]\nregion = eu-west-1\n[profile prod]\nrole_arn = {ROLE}\nsource_profile = alice\n{MFA}"
)
NOW = 1_800_000_000.0

Short = tuple[str, str, int | None]


def findings(config: str, credentials: str = f"[alice]\n{KEYS}", **environ: str) -> list[Finding]:
    """Look at two files called `config` and `credentials`."""
    profiles = parse(config, credentials, config_path="config", credentials_path="credentials")
    return of_config(
        File("config", config), File("credentials", credentials), profiles, index={}, environ=environ
    )


def short(found: list[Finding]) -> list[Short]:
    """Say of each finding how bad it is, what it says, and on which line."""
    return [(finding.status, finding.message, finding.line) for finding in found]


def test_a_whole_configuration_is_one_line() -> None:
    message = "2 profiles, 1 with a role, nothing wrong in them"
    assert findings(WHOLE) == [Finding("config", "ok", message, file="config")]


@pytest.mark.parametrize(
    ("session", "is_right"),
    [
        ("arn:aws:iam::111122223333:user/alice", True),
        ("arn:aws:iam::111122223333:user/team/alice+x@example.com", True),
        ("arn:aws-us-gov:iam::111122223333:root", True),
        ("arn:aws:sts::111122223333:assumed-role/Admin/alice@example.com ", True),
        ("arn:aws:sts::111122223333:federated-user/alice", True),
        (ROLE, False),
        ("arn:aws:iam::111122223333:user/", False),
        ("arn:aws:sts::111122223333:assumed-role/Admin", False),
        ("arn:aws:iam::1111:user/alice", False),
        ("alice", False),
    ],
)
def test_a_login_session_names_somebody_who_can_sign_in(session: str, is_right: bool) -> None:
    found = findings(f"[profile me]\nlogin_session = {session}\n", "")
    message = f"profile 'me': login_session {session.strip()!r} names nobody who can sign in"
    assert (("error", message, 2) in short(found)) is not is_right


def test_settings_alone_are_not_held_against_a_profile_until_it_is_a_source() -> None:
    assert short(findings("[default]\nregion = eu-west-1\n", ""))[0][0] == "ok"
    config = f"[profile b]\nregion = x\n[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n"
    assert short(findings(config, "")) == [
        ("error", "profile 'b' has no credentials and no role_arn", 1),
    ]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        pytest.param(
            WHOLE + "duration_second = 900\n",
            ("error", "[profile prod] has 'duration_second', which nothing reads", 7),
            id="misspelt",
        ),
        pytest.param(
            WHOLE + "external-id = x\n",
            ("error", "[profile prod] has 'external-id', which nothing reads", 7),
            id="dash",
        ),
        pytest.param(
            WHOLE.replace("source_profile = alice", "source_profile = alcie"),
            ("error", "profile 'prod': source_profile 'alcie' does not exist", 5),
            id="source that does not exist",
        ),
        pytest.param(
            f"[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n"
            f"[profile b]\nrole_arn = {ROLE}\nsource_profile = a\n",
            ("error", "profile 'b': source_profile leads round in a ring: a -> b -> a", 6),
            id="ring, told once",
        ),
        pytest.param(
            f"[profile a]\nregion = eu-west-1\nrole_arn = {ROLE}\n",
            (
                "error",
                "profile 'a' has role_arn but no source: "
                "source_profile, credential_source, or credentials of its own",
                3,
            ),
            id="no source",
        ),
        pytest.param(
            WHOLE.replace(MFA, ""),
            (
                "warning",
                "profile 'prod': role_arn is assumed without MFA: neither it nor its sources have mfa_serial",
                4,
            ),
            id="no MFA",
        ),
        pytest.param(
            WHOLE + "region = cn-north-1\n",
            (
                "error",
                "profile 'prod': region cn-north-1 is in the partition aws-cn, and the session in aws",
                7,
            ),
            id="region of another partition",
        ),
        pytest.param(
            WHOLE.replace("arn:aws:iam::111122223333:mfa", "arn:aws-cn:iam::111122223333:mfa"),
            (
                "error",
                "profile 'prod': mfa_serial is in the partition aws-cn, and the role in aws",
                6,
            ),
            id="device of another partition",
        ),
        pytest.param(
            WHOLE + "duration_seconds = 60\n",
            ("error", "profile 'prod': duration_seconds must be 900 to 43200 seconds, not 60", 7),
            id="duration",
        ),
        pytest.param(
            WHOLE + "mfa_process = pass otp aws\n[profile x]\nregion = eu-west-1\nsso_account_id = 1\n",
            (
                "error",
                "profile 'x' uses SSO but has no sso_start_url and no sso_region and no sso_role_name",
                8,
            ),
            id="half an SSO profile",
        ),
        pytest.param(
            WHOLE + "[stage]\nregion = eu-west-1\n",
            ("error", "[stage] is not read: AWS's tools want [profile stage]", 7),
            id="section without its word",
        ),
        pytest.param(
            WHOLE + "[Profile Caps]\nregion = eu-west-1\n",
            ("error", "[Profile Caps] is not read: AWS's tools want [profile Caps]", 7),
            id="capital letter",
        ),
        pytest.param(
            WHOLE + "[profile two words]\nregion = eu-west-1\n",
            ("error", '[profile two words] is not read: AWS\'s tools want [profile "two words"]', 7),
            id="name of two words",
        ),
        pytest.param(
            WHOLE + "[profile x]\nregion = eu-west-1 # Ireland\n",
            ("warning", "[profile x] has a comment behind region, which is read as part of its value", 8),
            id="comment behind a value",
        ),
        pytest.param(
            WHOLE
            + "[profile x]\nrole_arn = "
            + ROLE
            + "\nsource_profile = alice\n"
            + MFA
            + "region = eu-west-1a\n",
            ("error", "profile 'x': region must be a region's name: eu-west-1a is a zone of eu-west-1", 11),
            id="zone",
        ),
        pytest.param(
            WHOLE + "[profile x]\ncredential_process = awsactivate export x\n",
            ("error", "profile 'x': credential_process asks for itself in a ring: x -> x", 8),
            id="process that asks for itself",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(config: str, found: Short) -> None:
    told = findings(config)
    assert short(told) == [found]
    assert told[0].file == "config"
    assert told[0].hint


def test_a_chain_that_is_cut_to_an_hour_is_told() -> None:
    config = WHOLE + f"[profile c]\nrole_arn = {ROLE}2\nsource_profile = prod\nduration_seconds = 7200\n"
    (found,) = findings(config)
    assert (found.status, found.line) == ("warning", 7)
    assert "will last 3600 s, not the 7200 s asked for" in found.message


def test_a_profiles_word_too_many_in_the_credentials_is_told() -> None:
    (found,) = findings("", f"[profile alice]\n{KEYS}")
    assert (found.status, found.file, found.line, found.hint) == (
        "error",
        "credentials",
        1,
        "write [alice]",
    )


@pytest.mark.parametrize(
    "text",
    [
        "sso_account_name = x\n",  # of other tools
        "color = red\n",
        "s3 =\n  max_concurent_requests = 5\n",  # what is nested is the service's own
        "credential_source = Environment\n",  # whether it has keys just now is no matter of the file
    ],
)
def test_what_is_no_mistake_is_not_told(text: str) -> None:
    config = f"[profile x]\nrole_arn = {ROLE}\n{MFA}{text}"
    source = "" if "credential_source" in text else "source_profile = alice\n"
    assert [found.status for found in findings(config + source)] == ["ok"]


def keys(config: str, credentials: str, mode: int = 0o600, age: float = 0) -> list[Finding]:
    """Look at the keys in two files of that mode, written `age` seconds ago."""
    profiles = parse(config, credentials, config_path="config", credentials_path="credentials")
    kept = {path: Kept(NOW - age, mode) for path in ("config", "credentials")}
    return of_keys(File("config", config), File("credentials", credentials), profiles, kept, NOW)


def test_a_key_in_plain_text_is_told_with_its_files_age() -> None:
    assert keys("", f"[a b]\n{KEYS}", age=412.5 * 86_400) == [
        Finding(
            "keys",
            "warning",
            "the access key AKIAEXAMPLE of 'a b' stands in plain text "
            "(its file was last written 412 days ago)",
            "awsactivate keys import 'a b'",
            "credentials",
            2,
        )
    ]
    (found,) = keys(f"[profile a]\nregion = x\n{KEYS}", "")
    assert (found.file, found.line, found.message.rpartition("(")[2]) == (
        "config",
        3,
        "its file was last written today)",
    )


def test_a_file_of_keys_that_others_can_read_is_told() -> None:
    told = keys("", f"[a]\n{KEYS}", mode=0o640)
    assert [(found.status, found.hint) for found in told] == [
        ("warning", "awsactivate keys import a"),
        ("error", "chmod 600 credentials"),
    ]


def test_temporary_keys_and_halves_are_no_long_term_keys() -> None:
    for text in (f"[a]\n{KEYS}aws_session_token = x\n", "[a]\naws_access_key_id = AKIA\n", ""):
        assert [found.status for found in keys("", text, mode=0o644)] == ["ok"]


def direnv(content: Any) -> str:
    """Write what direnv would remember."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode()


PAIR = {"AWS_ACCESS_KEY_ID": "ASIA", "AWS_SECRET_ACCESS_KEY": "x"}
ACTIVE = {
    **PAIR,
    "AWS_SESSION_TOKEN": "x",
    "AWSACTIVATE_PROFILE": "prod",
    "AWSACTIVATE_VARS": "AWS_ACCESS_KEY_ID AWSACTIVATE_VARS",
    "AWSACTIVATE_EXPIRATION": str(int(NOW) + 60),
}


@pytest.mark.parametrize(
    ("environ", "status", "begins", "hint"),
    [
        (
            {**PAIR, "AWS_SESSION_TOKEN": "x", "AWS_PROFILE": "alice"},
            "error",
            "AWS_PROFILE=alice has no effect: AWS_ACCESS_KEY_ID is set too",
            "unset AWS_ACCESS_KEY_ID",
        ),
        (
            {**PAIR, "AWS_ACCESS_KEY_ID": "AKIA"},
            "warning",
            "a long-term access key (AKIA) is in this environment",
            "awsactivate keys add",
        ),
        (
            PAIR,
            "error",
            "the access key in this environment can't be used: the access key id is a session's (ASIA…)",
            "unset AWS_ACCESS_KEY_ID",
        ),
        (
            {**PAIR, "AWS_ACCESS_KEY_ID": '"AKIA"'},
            "error",
            "the access key in this environment can't be used: the access key id stands between quotes",
            "unset AWS_ACCESS_KEY_ID",
        ),
        ({"AWS_ACCESS_KEY_ID": "x"}, "error", "AWS_ACCESS_KEY_ID is set, and AWS_SECRET", "unset AWS_ACCESS"),
        ({"AWS_SECRET_ACCESS_KEY": "x"}, "error", "AWS_SECRET_ACCESS_KEY is set, and AWS_ACC", "unset AWS_A"),
        ({"AWS_SECURITY_TOKEN": "x"}, "error", "a session token is set without an access key", "unset AWS_A"),
        ({"AWS_PROFILE": "alcie"}, "error", "AWS_PROFILE names the profile 'alcie', which", "unset AWS_PROF"),
        (
            {"AWS_PROFILE": "alice", "AWS_DEFAULT_PROFILE": "prod"},
            "warning",
            "AWS_PROFILE=alice and AWS_DEFAULT_PROFILE=prod differ",
            "unset AWS_DEFAULT_PROFILE",
        ),
        (
            {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"},
            "warning",
            "AWS_REGION=eu-west-1 and AWS_DEFAULT_REGION=us-east-1 differ",
            "unset AWS_DEFAULT_REGION",
        ),
        (
            {"AWSACTIVATE_PROFILE": "prod", "AWSACTIVATE_VARS": "X"},
            "error",
            "AWSACTIVATE_PROFILE and AWSACTIVATE_VARS of a session are left, without its credentials",
            "unset AWSACTIVATE_PROFILE AWSACTIVATE_VARS",
        ),
        (
            {**ACTIVE, "AWSACTIVATE_EXPIRATION": str(int(NOW))},
            "warning",
            "the session of prod in this shell has expired",
            "activate, to renew it, or deactivate",
        ),
        (
            {"AWSACTIVATE_MFA_CODE": "1"},
            "warning",
            "AWSACTIVATE_MFA_CODE is set for good",
            "unset AWSACTIVATE_M",
        ),
        (
            {"AWSACTIVATE_ALLOW_INSECURE_KEYRING": "1"},
            "warning",
            "AWSACTIVATE_ALLOW_INSECURE_KEYRING lets keys into",
            "unset AWSACTIVATE_ALLOW",
        ),
        (
            {"DIRENV_DIFF": direnv({"p": {}, "n": {"AWS_SESSION_TOKEN": "x"}})},
            "warning",
            "direnv's memory of this folder ($DIRENV_DIFF) has a copy",
            "deactivate, leave the folder",
        ),
    ],
)
def test_a_variable_that_misleads_is_told(
    environ: Mapping[str, str], status: str, begins: str, hint: str
) -> None:
    (found,) = of_variables(environ, {"alice", "prod"}, is_before=False, now=NOW)
    assert (found.check, found.status) == ("variables", status)
    assert found.message.startswith(begins)
    assert (found.hint or "").startswith(hint)


@pytest.mark.parametrize(
    ("environ", "is_before"),
    [
        ({}, False),
        (ACTIVE, False),  # an active session, seen from a script
        ({"AWSACTIVATE_PROFILE": "prod", "AWS_PROFILE": "alice"}, True),  # and from its own shell
        ({"DIRENV_DIFF": direnv({"p": {"A": "b"}, "n": None})}, False),
        ({"DIRENV_DIFF": "no base64!"}, False),
        ({"DIRENV_DIFF": base64.urlsafe_b64encode(b"no zlib").decode()}, False),
        ({"DIRENV_DIFF": direnv([1])}, False),
    ],
)
def test_variables_that_agree_are_one_line(environ: Mapping[str, str], is_before: bool) -> None:
    found = of_variables(environ, {"alice", "prod"}, is_before=is_before, now=NOW)
    assert found == [Finding("variables", "ok", "no variable contradicts another")]


@pytest.mark.parametrize(
    ("seconds", "status", "said"),
    [
        (0, "ok", "0 s behind AWS's (sts)"),
        (-5, "ok", "5 s behind AWS's (sts)"),
        (12, "warning", "12 s ahead of AWS's (sts): near to where codes are refused"),
        (-30, "error", "30 s behind AWS's (sts): AWS refuses MFA codes made here"),
        (301, "error", "301 s ahead of AWS's (sts): AWS refuses signatures"),
    ],
)
def test_a_clock_is_judged_by_what_aws_refuses(seconds: int, status: str, said: str) -> None:
    found = of_clock(seconds, "sts", "linux")
    assert (found.status, found.message.removeprefix("this machine's clock is ")) == (status, said)
    assert found.hint == (None if status == "ok" else "sudo timedatectl set-ntp true")
    assert of_clock(60, "sts", "darwin").hint == "sudo sntp -sS time.apple.com"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, [("ok", "no proxy is set")]),
        (
            {"https_proxy": "http://me:secret@proxy.example.com:3128", "NO_PROXY": "localhost"},
            [("ok", "https_proxy is http://proxy.example.com:3128"), ("ok", "NO_PROXY is localhost")],
        ),
        ({"HTTPS_PROXY": "proxy:80"}, [("ok", "HTTPS_PROXY is http://proxy:80")]),
        (
            {"HTTPS_PROXY": "http://a", "https_proxy": "http://b"},
            [("error", "HTTPS_PROXY and https_proxy differ: each program takes its own")],
        ),
        (
            {"HTTP_PROXY": "http://me:secret@proxy:port"},
            [("error", "HTTP_PROXY is no proxy's URL such as http://proxy.example.com:3128")],
        ),
        (
            {"ALL_PROXY": "file:///x"},
            [("error", "ALL_PROXY is no proxy's URL such as http://proxy.example.com:3128")],
        ),
        (
            {"HTTPS_PROXY": "http://me:p@ss/w#rd@proxy:9"},
            [("error", "HTTPS_PROXY is no proxy's URL such as http://proxy.example.com:3128")],
        ),
        (
            {"https_proxy": "socks5://me:secret@proxy:9"},
            [("error", "https_proxy names a proxy that speaks socks, which AWS's SDK for Python does not")],
        ),
        (
            {"all_proxy": "http://proxy:9"},
            [
                ("ok", "all_proxy is http://proxy:9"),
                ("warning", "ALL_PROXY is set and HTTPS_PROXY is not: AWS's SDKs don't read ALL_PROXY"),
            ],
        ),
        (
            {"SSL_CERT_FILE": "/x"},
            [
                (
                    "warning",
                    "SSL_CERT_FILE is set and AWS_CA_BUNDLE is not: AWS's SDKs don't read SSL_CERT_FILE",
                )
            ],
        ),
    ],
)
def test_a_proxy_is_told_without_its_password(
    environ: Mapping[str, str], said: list[tuple[str, str]]
) -> None:
    assert [(found.status, found.message) for found in of_proxies(environ)] == said


def test_every_ca_bundle_in_use_is_named_and_judged() -> None:
    profiles = parse("[profile a]\nca_bundle = /a.pem\n", "")
    assert bundles({"AWS_CA_BUNDLE": "/b.pem", "OTHER": "x"}, profiles) == {
        "AWS_CA_BUNDLE": "/b.pem",
        "ca_bundle of profile 'a'": "/a.pem",
    }
    text = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n" * 2
    assert [
        of_bundle("AWS_CA_BUNDLE", "/b.pem", text, ""),
        of_bundle("AWS_CA_BUNDLE", "/b.pem", "nothing", ""),
        of_bundle("ca_bundle of profile 'a'", "/a b.pem", None, "No such file or directory"),
    ] == [
        Finding("network", "ok", "AWS_CA_BUNDLE holds 2 certificates", file="/b.pem"),
        Finding("network", "error", "AWS_CA_BUNDLE holds no certificate", "unset AWS_CA_BUNDLE", "/b.pem"),
        Finding(
            "network",
            "error",
            "ca_bundle of profile 'a' can't be read: No such file or directory",
            "ls -l '/a b.pem'",
            "/a b.pem",
        ),
    ]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("readonly", "PROMPT_COMMAND is readonly in this shell, so the prompt may not show a session"),
        (
            "precmd_functions",
            "precmd_functions was set anew without awsactivate's hook: the prompt may not follow the session",
        ),
    ],
)
def test_a_prompt_without_our_hook_is_told_with_what_shows_the_session(missing: str, said: str) -> None:
    (found,) = of_hook(missing)
    assert (found.check, found.status, found.message) == ("integration", "warning", said)
    assert "$(awsactivate_prompt_info)" in (found.hint or "")
    assert of_hook("") == []


@pytest.mark.parametrize(
    ("more", "knows", "lines"),
    [
        ("", True, [4]),
        ("", False, []),
        ("revocable = true\n", True, []),
        ("revocable = false\n", True, [4]),
        (f"[profile other]\nrole_arn = {ROLE}\nrevocable = TRUE\n", True, []),
        (f"[profile other]\nrole_arn = {ROLE}\n", True, [4, 8]),
        ("[default]\nrole_arn = " + ROLE + "\nsource_profile = alice\n", True, [4, 8]),
    ],
)
def test_a_role_that_keeps_lists_is_to_be_marked(more: str, knows: bool, lines: list[int]) -> None:
    config = WHOLE + more
    profiles = parse(config, "", config_path="config")
    found = of_lists(config, "config", profiles, lambda role: knows and role == ROLE)
    assert [finding.line for finding in found] == lines
    assert all(finding.hint == "add the line `revocable = true` to the profile" for finding in found)
    assert all(finding.status == "warning" and finding.file == "config" for finding in found)


def test_a_key_that_is_read_stands_in_the_one_table_of_them() -> None:
    assert config._KEYS_OF_AWS & model.KEYS.keys() == set()
    assert unread._OF_PROFILE - model.KEYS.keys() == {"aws_access_key_id"}
