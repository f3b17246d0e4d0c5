"""Profiles to plan sessions of, and what a plan of them is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from awsactivate.profiles.model import parse
from awsactivate.sessions.plan import Plan, make_plan
from awsactivate.sessions.steps import Options

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/terraform"
SECOND = f"arn:aws:iam::{ACCOUNT}:role/second"
THIRD = f"arn:aws:iam::{OTHER}:role/third"
MFA = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OTHER_POLICY = "arn:aws:iam::aws:policy/ViewOnlyAccess"
NAME = "alice=k3v9q2m7xd"
LOGIN_NAME = "login=k3v9q2m7xd"

KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"
BASE = f"[base]\n{KEYS}"
PROD = f"[profile prod]\nrole_arn = {ROLE}\nsource_profile = base\n"
DEVICE = f"mfa_serial = {MFA}\n"
PROCESS = "credential_process = /bin/print-keys\n"
SSO = (
    f"sso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = Admin\n"
    "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
)
WEB = f"[profile prod]\nrole_arn = {ROLE}\nweb_identity_token_file = /token\n"
ENVIRON = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}
TEMPORARY = {**ENVIRON, "AWS_SESSION_TOKEN": "t"}
OPEN = "${EDITOR:-vi}"
FROM_BASE = {"kind": "profile", "name": "base"}


@dataclass(frozen=True)
class Known:
    """An entry of the index."""

    has_keys: bool = False
    mfa_serial: str | None = None


def plan_of(
    config: str = "",
    credentials: str = BASE,
    target: str = "prod",
    options: Options | None = None,
    environ: Mapping[str, str] | None = None,
    index: Mapping[str, Known] | None = None,
) -> Plan:
    return make_plan(
        target,
        parse(config, credentials),
        options or Options(),
        environ=environ or {},
        login_name="login",
        nonce="k3v9q2m7xd",
        index=index,
    )


def document(
    *steps: Mapping[str, Any],
    target: str = "prod",
    profile: str | None = "prod",
    source: Mapping[str, str] | None = None,
    region: str | None = None,
    region_from: str | None = None,
    account: str | None = ACCOUNT,
) -> dict[str, Any]:
    return {
        "target": target,
        "profile": profile,
        "source": source or FROM_BASE,
        "steps": list(steps),
        "region": region,
        "region_from": region_from,
        "expected_account_id": account,
        "called_region": region or "us-east-1",
    }


def assume(role_arn: str = ROLE, name: str = LOGIN_NAME, **others: Any) -> dict[str, Any]:
    step = {
        "operation": "AssumeRole",
        "role_arn": role_arn,
        "role_session_name": name,
        "duration_seconds": 3600,
        "mfa_serial": None,
        "mfa_serial_from": None,
        "external_id": None,
        "source_identity": None,
        "tags": {},
        "transitive_tag_keys": [],
        "policy_arns": [],
    }
    assert not others.keys() - step.keys()
    return {**step, **others}


def session_token(**others: Any) -> dict[str, Any]:
    return {**assume(), "operation": "GetSessionToken", "role_arn": None, "role_session_name": None, **others}


def with_mfa(named_by: str, serial: str = MFA) -> dict[str, str]:
    return {"mfa_serial": serial, "mfa_serial_from": named_by}


def own(kind: str, name: str = "prod") -> dict[str, str]:
    return {"kind": kind, "name": name}


def too_long(role_arn: str, seconds: int) -> str:
    return (
        f"the session of {role_arn} will last 3600 s, not the {seconds} s asked for: "
        "AWS allows no more from another role's session"
    )


NO_MFA_FROM_ROLE = f"the MFA device {MFA} is not used: AWS takes no MFA code from a role's session"
THREE = (
    f"[profile prod]\nrole_arn = {THIRD}\nsource_profile = middle\n"
    f"[profile middle]\nrole_arn = {SECOND}\nsource_profile = first\n"
    f"[profile first]\nrole_arn = {ROLE}\nsource_profile = base\n"
)
