"""The plan as a table: profiles and options in, the whole plan out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from awsactivate.errors import AwsactivateError, NoSourceError, ProfileError, UsageError
from awsactivate.profiles.model import parse
from awsactivate.sessions.plan import Plan, make_plan, with_user
from awsactivate.sessions.plan_document import plan_document
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


@dataclass(frozen=True)
class Case:
    """What a plan is made of; `says` are its notes."""

    sentence: str
    document: Mapping[str, Any]
    config: str = ""
    credentials: str = BASE
    target: str = "prod"
    options: Options = field(default_factory=Options)
    environ: Mapping[str, str] = field(default_factory=dict)
    index: Mapping[str, Known] = field(default_factory=dict)
    says: tuple[str, ...] = ()


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

SOURCES = [
    Case("a role and its source profile's key", document(assume()), PROD),
    Case("the key may stand in the config", document(assume()), PROD + f"[profile base]\n{KEYS}", ""),
    Case(
        "a profile without a role becomes a session of its own user",
        document(session_token(), target="base", profile="base", account=None),
        target="base",
    ),
    Case(
        "a key with a token is taken as it is",
        document(target="base", profile="base", account=None),
        credentials=BASE + "aws_session_token = t\n",
        target="base",
    ),
    Case(
        "an empty token is none",
        document(session_token(), target="base", profile="base", account=None),
        credentials=BASE + "aws_session_token =\n",
        target="base",
    ),
    Case(
        "a token in the config does not make the credentials file's key temporary",
        document(session_token(), target="base", profile="base", account=None),
        "[profile base]\naws_session_token = t\n",
        target="base",
    ),
    Case(
        "SSO credentials are taken as they are",
        document(source=own("sso"), account=None),
        f"[profile prod]\n{SSO}",
    ),
    Case(
        "a process's are too",
        document(source=own("process"), account=None),
        f"[profile prod]\n{PROCESS}",
    ),
    Case(
        "and those of a login",
        document(source=own("login"), account=None),
        f"[profile prod]\nlogin_session = arn:aws:iam::{ACCOUNT}:user/alice\n",
    ),
    Case(
        "a web identity's role is had from its token, and its account is known",
        document(source=own("web-identity")),
        WEB,
    ),
    Case(
        "a web identity wins over source_profile, as in botocore",
        document(source=own("web-identity")),
        WEB + "source_profile = base\n",
    ),
    Case(
        "an empty token file is none, as in botocore",
        document(session_token(), source=own("profile"), account=None),
        f"[profile prod]\nrole_arn = {ROLE}\nweb_identity_token_file =\n{KEYS}",
    ),
    Case(
        "SSO wins over keys, as in botocore",
        document(source=own("sso"), account=None),
        f"[profile prod]\n{KEYS}{SSO}",
        f"[prod]\n{KEYS}",
    ),
    Case(
        "keys of the credentials file win over a login and a process",
        document(session_token(), source=own("profile"), account=None),
        f"[profile prod]\n{PROCESS}login_session = x\n",
        f"[prod]\n{KEYS}",
    ),
    Case(
        "a login wins over a process",
        document(source=own("login"), account=None),
        f"[profile prod]\n{PROCESS}login_session = x\n",
    ),
    Case(
        "a process wins over keys of the config",
        document(source=own("process"), account=None),
        f"[profile prod]\n{PROCESS}{KEYS}",
    ),
    Case(
        "a source profile may use SSO",
        document(assume(), source=own("sso", "corp")),
        PROD.replace("base", "corp") + f"[profile corp]\n{SSO}",
    ),
    Case(
        "or a process",
        document(assume(), source=own("process", "base")),
        PROD + f"[profile base]\n{PROCESS}",
        "",
    ),
    Case(
        "or a sign-in of a user, which no hour binds",
        document(assume(duration_seconds=7200), source=own("login", "base")),
        PROD + "duration_seconds = 7200\n[profile base]\n"
        f"login_session = arn:aws:iam::{ACCOUNT}:user/alice\n",
        "",
    ),
    Case(
        "or of a role, whose session AWS lets go on for an hour",
        document(assume(), source=own("login", "base")),
        PROD + "duration_seconds = 7200\n[profile base]\n"
        f"login_session = arn:aws:sts::{ACCOUNT}:assumed-role/Admin/me\n",
        "",
        says=(too_long(ROLE, 7200),),
    ),
    Case(
        "or a web identity",
        document(assume(SECOND), source=own("web-identity", "web")),
        WEB.replace("prod", "web") + f"[profile prod]\nrole_arn = {SECOND}\nsource_profile = web\n",
    ),
    *(
        Case(
            f"credential_source = {name}",
            document(assume(), source=own("credential_source", name)),
            f"[profile prod]\nrole_arn = {ROLE}\ncredential_source = {name}\n",
            environ=ENVIRON,
        )
        for name in ("Environment", "Ec2InstanceMetadata", "EcsContainer")
    ),
    Case(
        "a credential_source may begin a chain",
        document(assume(), assume(SECOND), source=own("credential_source", "EcsContainer")),
        f"[profile ecs]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n"
        f"[profile prod]\nrole_arn = {SECOND}\nsource_profile = ecs\n",
    ),
    Case(
        "a profile may be its own source",
        document(assume(), source=own("profile")),
        f"[profile prod]\nrole_arn = {ROLE}\nsource_profile = prod\n{KEYS}",
    ),
    Case(
        "a role without a named source rests on its profile's own key",
        document(assume(), source=own("profile")),
        f"[profile prod]\nrole_arn = {ROLE}\n{KEYS}",
    ),
    Case(
        "or on its profile's SSO",
        document(assume(), source=own("sso")),
        f"[profile prod]\nrole_arn = {ROLE}\n{SSO}",
    ),
    Case(
        "a profile without a role rests on its source_profile",
        document(session_token(), account=None),
        "[profile prod]\nsource_profile = base\n",
    ),
    Case(
        "a source's own key wins over its role, as in botocore",
        document(assume()),
        PROD + f"[profile base]\nrole_arn = {SECOND}\nsource_profile = elsewhere\n",
    ),
    Case(
        "--source-profile takes the place of the profile's source",
        document(assume(), source=own("profile", "mine")),
        PROD,
        f"[mine]\n{KEYS}",
        options=Options(source_profile="mine"),
    ),
    Case(
        "--source-profile takes the place of a credential_source",
        document(assume()),
        f"[profile prod]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n",
        options=Options(source_profile="base"),
    ),
    Case(
        "--source-profile takes the place of a token",
        document(assume()),
        WEB,
        options=Options(source_profile="base"),
    ),
    Case(
        "--source-profile may be the target itself, where it has a key",
        document(assume(), source=own("profile")),
        PROD + KEYS,
        options=Options(source_profile="prod"),
    ),
    Case(
        "--source-profile gives a profile without a role its credentials",
        document(session_token(), account=None),
        "[profile prod]\nregion =\n",
        options=Options(source_profile="base"),
    ),
]

KEYRING = [
    Case(
        "the keyring may hold the source's key",
        document(assume(), source=own("keyring", "base")),
        PROD + "[profile base]\nregion = r\n",
        "",
        index={"base": Known(has_keys=True)},
    ),
    Case(
        "such a source needs no section in a file",
        document(assume(), source=own("keyring", "base")),
        PROD,
        "",
        index={"base": Known(has_keys=True)},
    ),
    Case(
        "nor does such a target",
        document(session_token(), source=own("keyring"), account=None),
        index={"prod": Known(has_keys=True)},
    ),
    Case(
        "the keyring's key wins over a file's, and this is said",
        document(assume(), source=own("keyring", "base")),
        PROD,
        index={"base": Known(has_keys=True)},
        says=("profile 'base': the keyring's access key is used, not the one in a file",),
    ),
    Case(
        "an entry without a key is no source",
        document(assume()),
        PROD,
        index={"base": Known(has_keys=False)},
    ),
    Case(
        "a source's key in the keyring wins over its role, as one in a file does",
        document(assume(), source=own("keyring", "base")),
        PROD + f"[profile base]\nrole_arn = {SECOND}\nsource_profile = x\n",
        "",
        index={"base": Known(has_keys=True)},
    ),
    Case(
        "a role may rest on its own profile's key in the keyring",
        document(assume(), source=own("keyring")),
        f"[profile prod]\nrole_arn = {ROLE}\n",
        index={"prod": Known(has_keys=True)},
    ),
    Case(
        "the index names the source's device",
        document(assume(name=NAME, **with_mfa("index")), source=own("keyring", "base")),
        PROD,
        "",
        index={"base": Known(has_keys=True, mfa_serial=MFA)},
    ),
    Case(
        "even where the key is in a file",
        document(assume(name=NAME, **with_mfa("index"))),
        PROD,
        index={"base": Known(mfa_serial=MFA)},
    ),
    Case(
        "a device of the index is not tried on credentials that are temporary",
        document(assume(), source=own("process", "base")),
        PROD + f"[profile base]\n{PROCESS}",
        "",
        index={"base": Known(mfa_serial=MFA)},
    ),
    Case(
        "not even on a key of the profile, where it has a token",
        document(assume()),
        PROD,
        BASE + "aws_session_token = t\n",
        index={"base": Known(mfa_serial=MFA)},
    ),
]

DEVICES = [
    Case(
        "the profile names its device", document(assume(name=NAME, **with_mfa("profile prod"))), PROD + DEVICE
    ),
    Case(
        "or its source does",
        document(assume(name=NAME, **with_mfa("profile base"))),
        PROD,
        BASE + DEVICE,
    ),
    Case(
        "the nearest to the target wins",
        document(assume(name=NAME, **with_mfa("profile prod"))),
        PROD + DEVICE,
        BASE + f"mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/bob\n",
        index={"base": Known(mfa_serial=f"arn:aws:iam::{ACCOUNT}:mfa/carol")},
    ),
    Case(
        "--mfa-serial wins over all",
        document(assume(name=NAME, **with_mfa("option"))),
        PROD + f"mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/bob\n",
        options=Options(mfa_serial=MFA),
    ),
    Case(
        "a device's path is not the user's name",
        document(
            assume(name=NAME, **with_mfa("option", f"arn:aws:iam::{ACCOUNT}:mfa/team/alice")),
        ),
        PROD,
        options=Options(mfa_serial=f"arn:aws:iam::{ACCOUNT}:mfa/team/alice"),
    ),
    Case(
        "a hardware device tells no name",
        document(assume(**with_mfa("option", "GAHT12345678"))),
        PROD,
        options=Options(mfa_serial="GAHT12345678"),
    ),
    Case(
        "--no-mfa leaves the device out, though it tells the name",
        document(assume(name=NAME)),
        PROD + DEVICE,
        options=Options(no_mfa=True),
    ),
    Case(
        "GetSessionToken takes the code as well",
        document(session_token(**with_mfa("profile base")), target="base", profile="base", account=None),
        credentials=BASE + DEVICE,
        target="base",
    ),
    Case(
        "only the first call of a chain takes it, whichever profile names it",
        document(
            assume(ROLE, NAME, **with_mfa("profile prod")),
            assume(SECOND, NAME),
            assume(THIRD, NAME),
            account=OTHER,
        ),
        THREE.replace("source_profile = middle\n", "source_profile = middle\n" + DEVICE),
    ),
    Case(
        "a role's session takes none, and this is said",
        document(assume(), source=own("sso", "corp")),
        PROD.replace("base", "corp") + DEVICE + f"[profile corp]\n{SSO}",
        says=(NO_MFA_FROM_ROLE,),
    ),
    Case(
        "it is not said where --no-mfa says the same",
        document(assume(), source=own("sso", "corp")),
        PROD.replace("base", "corp") + DEVICE + f"[profile corp]\n{SSO}",
        options=Options(no_mfa=True),
    ),
    Case(
        "temporary credentials of a kind unknown take what the profile names",
        document(assume(name=NAME, **with_mfa("profile prod")), source=own("process", "base")),
        PROD + DEVICE + f"[profile base]\n{PROCESS}",
        "",
    ),
    Case(
        "an option without an effect is said",
        document(account=None, target="base", profile="base"),
        credentials=BASE + "aws_session_token = t\n",
        target="base",
        options=Options(mfa_serial=MFA, duration=900),
        says=(
            "--duration changes nothing: the credentials of base are temporary already",
            "--mfa-serial changes nothing: the credentials of base are temporary already",
        ),
    ),
]

ARNS = [
    Case(
        "a role's ARN rests on --source-profile",
        document(assume(), target=ROLE, profile=None),
        target=ROLE,
        options=Options(source_profile="base"),
        environ={**ENVIRON, "AWS_PROFILE": "x"},
    ),
    Case(
        "else on the environment's keys",
        document(assume(), target=ROLE, profile=None, source=own("environment", "environment")),
        credentials=f"[default]\n{KEYS}",
        target=ROLE,
        environ={**ENVIRON, "AWS_PROFILE": "x"},
    ),
    Case(
        "which may be temporary",
        document(
            assume(name=NAME, **with_mfa("option"), duration_seconds=7200),
            target=ROLE,
            profile=None,
            source=own("environment", "environment"),
        ),
        target=ROLE,
        environ=TEMPORARY,
        options=Options(mfa_serial=MFA, duration=7200),
    ),
    Case(
        "else on $AWS_PROFILE",
        document(assume(), target=ROLE, profile=None),
        credentials=BASE + f"[default]\n{KEYS}",
        target=ROLE,
        environ={"AWS_PROFILE": "base", "AWS_SECRET_ACCESS_KEY": "a secret alone is none"},
    ),
    Case(
        "else on the default profile",
        document(assume(), target=ROLE, profile=None, source=own("profile", "default")),
        credentials=f"[default]\n{KEYS}",
        target=ROLE,
        environ={"AWS_PROFILE": ""},
    ),
    Case(
        "which may be one that only the keyring knows",
        document(assume(), target=ROLE, profile=None, source=own("keyring", "default")),
        target=ROLE,
        index={"default": Known(has_keys=True)},
    ),
    Case(
        "its source may be a role itself, whose device is asked",
        document(
            assume(ROLE, NAME, **with_mfa("profile prod")),
            assume(THIRD, NAME),
            target=THIRD,
            profile=None,
            account=OTHER,
        ),
        PROD + DEVICE,
        target=THIRD,
        options=Options(source_profile="prod"),
    ),
    Case(
        "the source profile's region is not the session's",
        document(assume(), target=ROLE, profile=None),
        credentials=BASE + "region = eu-west-1\n",
        target=ROLE,
        options=Options(source_profile="base"),
    ),
]

CHAINS = [
    Case(
        "roles are assumed from the key on",
        document(assume(ROLE), assume(SECOND), assume(THIRD), account=OTHER),
        THREE,
    ),
    Case(
        "what the later ones ask for beyond an hour is cut, and said",
        document(assume(ROLE, duration_seconds=7200), assume(SECOND), assume(THIRD), account=OTHER),
        THREE.replace("role_arn", "duration_seconds = 7200\nrole_arn"),
        says=(too_long(SECOND, 7200), too_long(THIRD, 7200)),
    ),
    Case(
        "what they ask for below stays",
        document(assume(ROLE), assume(SECOND), assume(THIRD, duration_seconds=900), account=OTHER),
        THREE,
        options=Options(duration=900),
    ),
    *(
        Case(
            f"the first role from {kind} is cut too",
            document(assume(), source=source),
            f"[profile prod]\nrole_arn = {ROLE}\nduration_seconds = 43200\n{settings}",
            says=(too_long(ROLE, 43200),),
        )
        for kind, source, settings in [
            ("SSO", own("sso"), SSO),
            (
                "a machine",
                own("credential_source", "Ec2InstanceMetadata"),
                "credential_source = Ec2InstanceMetadata\n",
            ),
        ]
    ),
    Case(
        "from credentials of a kind unknown it is asked for as it is",
        document(assume(duration_seconds=43200), source=own("process")),
        f"[profile prod]\nrole_arn = {ROLE}\nduration_seconds = 43200\n{PROCESS}",
    ),
    Case(
        "--chain goes on from the target",
        document(assume(ROLE), assume(SECOND), assume(THIRD), account=OTHER),
        PROD,
        options=Options(chain=(SECOND, THIRD)),
    ),
    Case(
        "from a profile without a role it begins with the key itself",
        document(assume(ROLE), target="base", profile="base"),
        target="base",
        options=Options(chain=(ROLE,)),
    ),
    Case(
        "from a web identity it is a chain at once",
        document(assume(SECOND), source=own("web-identity")),
        WEB,
        options=Options(chain=(SECOND,), duration=7200),
        says=(too_long(SECOND, 7200),),
    ),
]

VALUES = [
    Case(
        "each profile's values go with its own role",
        document(
            assume(
                ROLE, "first-name", external_id="first-id", source_identity="alice", duration_seconds=1800
            ),
            assume(
                SECOND,
                "second-name",
                external_id="second-id",
                tags={"team": "a b", "empty": ""},
                transitive_tag_keys=["team"],
                policy_arns=[POLICY, OTHER_POLICY],
            ),
        ),
        f"[profile prod]\nrole_arn = {SECOND}\nsource_profile = first\nrole_session_name = second-name\n"
        "external_id = second-id\nsession_tags = team=a b, empty=\ntransitive_session_tags = team\n"
        f"policy_arns = {POLICY}, {OTHER_POLICY}\n"
        f"[profile first]\nrole_arn = {ROLE}\nsource_profile = base\nrole_session_name = first-name\n"
        "external_id = first-id\nsource_identity = alice\nduration_seconds = 1800\n",
    ),
    Case(
        "options stand before the target's values",
        document(
            assume(
                name="given",
                external_id="x:1",
                source_identity="bob",
                duration_seconds=43200,
                tags={"kept": "1", "Team": "b"},
                transitive_tag_keys=["kept", "Team"],
                policy_arns=[OTHER_POLICY],
            )
        ),
        PROD + "role_session_name = own\nexternal_id = own\nsource_identity = own\nduration_seconds = 900\n"
        f"session_tags = team=a,kept=1\ntransitive_session_tags = kept\npolicy_arns = {POLICY}\n",
        options=Options(
            role_session_name="given",
            external_id="x:1",
            source_identity="bob",
            duration=43200,
            tags={"Team": "b"},
            transitive_tag_keys=("Team", "kept"),
            policy_arns=(OTHER_POLICY,),
        ),
    ),
    Case(
        "options leave the source's roles alone",
        document(assume(ROLE), assume(SECOND), assume(THIRD, "given", external_id="id"), account=OTHER),
        THREE,
        options=Options(role_session_name="given", external_id="id"),
    ),
    Case(
        "with --chain, names go with all roles named there, marks with the first, limits with the last",
        document(
            assume(
                ROLE,
                "given",
                external_id="id",
                source_identity="alice",
                tags={"k": "v"},
                transitive_tag_keys=["k"],
            ),
            assume(SECOND, "given", duration_seconds=900, policy_arns=[POLICY]),
        ),
        PROD,
        options=Options(
            role_session_name="given",
            external_id="id",
            source_identity="alice",
            tags={"k": "v"},
            transitive_tag_keys=("k",),
            policy_arns=(POLICY,),
            duration=900,
            chain=(SECOND,),
        ),
    ),
    Case(
        "a profile without a role that rests on one with a role asks for that role's session",
        document(assume(ROLE), assume(SECOND, "given", external_id="id", duration_seconds=900)),
        "[profile prod]\nsource_profile = second\n"
        f"[profile second]\nrole_arn = {SECOND}\nsource_profile = first\n"
        f"[profile first]\nrole_arn = {ROLE}\nsource_profile = base\n",
        options=Options(role_session_name="given", external_id="id", duration=900),
    ),
    Case(
        "a user's own session may last 36 hours",
        document(session_token(duration_seconds=129600), target="base", profile="base", account=None),
        credentials=BASE + "duration_seconds = 129600\n",
        target="base",
    ),
    Case(
        "the target's region is the session's",
        document(assume(), region="eu-west-1", region_from="profile prod"),
        PROD + "region = eu-west-1\n",
    ),
    Case(
        "--region stands before it",
        document(assume(), region="us-east-1", region_from="option"),
        PROD + "region = eu-west-1\n",
        options=Options(region="us-east-1"),
    ),
    Case(
        "the source's region is not looked for, as in botocore",
        document(assume()),
        PROD,
        BASE + "region = r\n",
    ),
    Case(
        "an account may be expected where no role tells it",
        document(source=own("sso"), account=ACCOUNT),
        f"[profile prod]\nexpected_account_id = {ACCOUNT}\n{SSO}",
    ),
    Case("it may say what the role says", document(assume()), PROD + f"expected_account_id = {ACCOUNT}\n"),
]


@pytest.mark.parametrize(
    "case", [*SOURCES, *KEYRING, *DEVICES, *ARNS, *CHAINS, *VALUES], ids=lambda case: case.sentence
)
def test_plan(case: Case) -> None:
    plan = plan_of(case.config, case.credentials, case.target, case.options, case.environ, case.index)
    assert plan_document(plan) == {**case.document, "notes": list(case.says)}
    assert plan.notes == case.says


@dataclass(frozen=True)
class Refusal:
    """What cannot be planned, and how it is said."""

    sentence: str
    message: str
    config: str = ""
    credentials: str = BASE
    target: str = "prod"
    options: Options = field(default_factory=Options)
    environ: Mapping[str, str] = field(default_factory=dict)
    index: Mapping[str, Known] = field(default_factory=dict)
    hint: str | None = None
    error: type[AwsactivateError] = ProfileError


def ring(*names: str) -> str:
    return f"profile {names[-2]!r}: source_profile leads round in a ring: {' -> '.join(names)}"


NO_SOURCE = (
    "profile 'prod' has role_arn but no source: source_profile, credential_source, or credentials of its own"
)
NOT_A_ROLE = "must be a role's ARN (arn:aws:iam::ACCOUNT:role/NAME), not"
NAMES_ALLOWED = "must be 2 to 64 of letters, digits and _+=,.@-, not"
NEEDS_ROLE = "needs a role to assume, and there is none here"

REFUSALS = [
    Refusal(
        "an unknown name", "there is no profile 'pord'", PROD, target="pord", hint="did you mean 'prod'?"
    ),
    Refusal(
        "an unknown name, unlike any",
        "there is no profile 'zzz'",
        PROD,
        target="zzz",
        hint="awsactivate list",
    ),
    Refusal(
        "a name near one that only the keyring knows",
        "there is no profile 'pord'",
        target="pord",
        index={"prod": Known(has_keys=True)},
        hint="did you mean 'prod'?",
    ),
    Refusal(
        "an ARN that is not a role's",
        f"TARGET {NOT_A_ROLE} 'arn:aws:iam::{ACCOUNT}:user/alice'",
        target=f"arn:aws:iam::{ACCOUNT}:user/alice",
    ),
    Refusal(
        "an ARN without any source",
        f"{ROLE} has no source: there are no keys in the environment, and no default profile",
        target=ROLE,
        hint=f"activate {ROLE} --source-profile PROFILE",
    ),
    Refusal(
        "an ARN and an unknown $AWS_PROFILE",
        "$AWS_PROFILE names the profile 'bass', which does not exist",
        target=ROLE,
        environ={"AWS_PROFILE": "bass"},
        hint="did you mean 'base'?",
    ),
    *(
        Refusal(
            f"an unknown --source-profile of {target}",
            "--source-profile 'bass' does not exist",
            PROD,
            target=target,
            options=Options(source_profile="bass"),
            hint="did you mean 'base'?",
        )
        for target in ("prod", ROLE)
    ),
    Refusal(
        "an empty --source-profile",
        "--source-profile '' does not exist",
        PROD,
        options=Options(source_profile=""),
        hint="awsactivate list",
    ),
    Refusal(
        "an unknown source_profile",
        "profile 'prod': source_profile 'base' does not exist",
        PROD,
        "",
        hint="awsactivate list",
    ),
    Refusal("a role without a source", NO_SOURCE, f"[profile prod]\nrole_arn = {ROLE}\n"),
    Refusal(
        "two sources",
        "profile 'prod' has both source_profile and credential_source, one is allowed",
        PROD + "credential_source = EcsContainer\n",
    ),
    Refusal(
        "an unknown credential_source",
        "profile 'prod': credential_source must be one of Environment, Ec2InstanceMetadata, EcsContainer, not"
        " 'environment'",
        f"[profile prod]\nrole_arn = {ROLE}\ncredential_source = environment\n",
    ),
    Refusal(
        "an environment without keys",
        "profile 'prod' has credential_source = Environment,"
        " but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set",
        f"[profile prod]\nrole_arn = {ROLE}\ncredential_source = Environment\n",
        environ={"AWS_ACCESS_KEY_ID": "AKIA"},
    ),
    Refusal(
        "a profile with nothing",
        "profile 'prod' has no credentials and no role_arn",
        "[profile prod]\nregion = r\n",
        hint="awsactivate keys add prod",
        error=NoSourceError,
    ),
    Refusal(
        "a profile with nothing, beside the environment's keys",
        "profile 'prod' has no credentials and no role_arn",
        "[profile prod]\nregion = r\n",
        environ={"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"},
        hint="for the keys of the environment: credential_source = Environment, beside role_arn",
        error=NoSourceError,
    ),
    Refusal(
        "a profile whose key has another tool's name",
        "profile 'prod' has no credentials and no role_arn",
        "[profile prod]\naccessKeyId = AKIA\nsecretAccessKey = s\n",
        hint="nothing reads accesskeyid: did you mean aws_access_key_id?",
        error=NoSourceError,
    ),
    Refusal(
        "half a key in the environment, as in botocore",
        "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not",
        credentials=BASE + f"[default]\n{KEYS}",
        target=ROLE,
        environ={"AWS_PROFILE": "base", "AWS_ACCESS_KEY_ID": "half a key"},
        hint="set both, or neither: unset AWS_ACCESS_KEY_ID",
    ),
    Refusal(
        "a credential_source without a role, as in botocore",
        "profile 'prod' has no credentials and no role_arn",
        "[profile prod]\ncredential_source = EcsContainer\n",
        hint="credential_source counts beside a role_arn only",
        error=NoSourceError,
    ),
    Refusal(
        "a source with nothing",
        "profile 'base' has no credentials and no role_arn",
        PROD,
        "[base]\nregion = r\n",
        hint="awsactivate keys add base",
        error=NoSourceError,
    ),
    Refusal(
        "half a key",
        "profile 'base' has aws_access_key_id but no aws_secret_access_key beside it",
        PROD,
        "[base]\naws_access_key_id = AKIA\n",
    ),
    Refusal(
        "the other half",
        "profile 'base' has aws_secret_access_key but no aws_access_key_id",
        PROD,
        "[base]\naws_secret_access_key = s\n",
    ),
    Refusal(
        "the halves in two files",
        "profile 'base' has aws_access_key_id but no aws_secret_access_key beside it",
        PROD + "[profile base]\naws_secret_access_key = s\n",
        "[base]\naws_access_key_id = AKIA\n",
    ),
    Refusal("a ring of one", ring("prod", "prod"), PROD.replace("base", "prod")),
    Refusal(
        "a ring of two",
        ring("prod", "b", "prod"),
        PROD.replace("base", "b") + f"[profile b]\nrole_arn = {ROLE}\nsource_profile = prod\n",
    ),
    Refusal(
        "a ring that the target leads into",
        ring("b", "c", "b"),
        PROD.replace("base", "b")
        + f"[profile b]\nrole_arn = {ROLE}\nsource_profile = c\n"
        + f"[profile c]\nrole_arn = {ROLE}\nsource_profile = b\n",
    ),
    Refusal(
        "a ring back to a target that has a key, as in botocore",
        ring("prod", "b", "prod"),
        PROD.replace("base", "b") + KEYS + f"[profile b]\nrole_arn = {ROLE}\nsource_profile = prod\n",
    ),
    Refusal(
        "a ring without roles",
        ring("prod", "b", "prod"),
        "[profile prod]\nsource_profile = b\n[profile b]\nsource_profile = prod\n",
    ),
    Refusal(
        "SSO without its account",
        "profile 'prod' uses SSO but has no sso_start_url and no sso_account_id",
        "[profile prod]\nsso_role_name = Admin\nsso_region = r\n",
        hint="add sso_session = NAME, or sso_start_url = … and sso_account_id = …",
    ),
    Refusal(
        "an unknown sso_session",
        "profile 'prod': sso_session 'crop' does not exist",
        f"[profile prod]\n{SSO}".replace("sso_session = corp", "sso_session = crop"),
        hint="did you mean 'corp'?",
    ),
    Refusal(
        "an SSO profile and its session that disagree",
        "profile 'prod': sso_region must be what sso-session 'corp' says",
        f"[profile prod]\nsso_region = us-east-1\n{SSO}",
    ),
    Refusal(
        "a token without a role",
        "profile 'prod' has web_identity_token_file but no role_arn",
        "[profile prod]\nweb_identity_token_file = /token\n",
    ),
    Refusal(
        "a role that is none",
        f"profile 'prod': role_arn {NOT_A_ROLE} 'terraform'",
        PROD.replace(ROLE, "terraform"),
        hint=f"{OPEN} +2 '~/.aws/config'",
    ),
    Refusal(
        "an empty role",
        f"profile 'prod': role_arn {NOT_A_ROLE} ''",
        PROD.replace(ROLE, ""),
        hint=f"{OPEN} +2 '~/.aws/config'",
    ),
    Refusal(
        "a --chain that is no role",
        f"--chain {NOT_A_ROLE} 'prod'",
        PROD,
        options=Options(chain=("prod",)),
        error=UsageError,
    ),
    *(
        Refusal(
            f"duration_seconds = {text}",
            f"profile 'prod': duration_seconds {message}",
            PROD + f"duration_seconds = {text}\n",
            hint=f"{OPEN} +4 '~/.aws/config'",
        )
        for text, message in [
            ("899", "must be 900 to 43200 seconds, not 899"),
            ("43201", "must be 900 to 43200 seconds, not 43201"),
            ("1h", "must be a whole number of seconds, not '1h'"),
            ("", "must be a whole number of seconds, not ''"),
        ]
    ),
    Refusal(
        "a source's duration",
        "profile 'first': duration_seconds must be 900 to 43200 seconds, not 60",
        THREE + "duration_seconds = 60\n",
        hint=f"{OPEN} +10 '~/.aws/config'",
    ),
    *(
        Refusal(
            f"--duration {seconds} of a role",
            f"--duration must be 900 to 43200 seconds, not {seconds}",
            PROD,
            options=Options(duration=seconds),
            error=UsageError,
        )
        for seconds in (0, 899, 43201)
    ),
    Refusal(
        "a user's own session that is too long",
        "--duration must be 900 to 129600 seconds, not 129601",
        target="base",
        options=Options(duration=129601),
        error=UsageError,
    ),
    Refusal(
        "a device that is none",
        "profile 'prod': mfa_serial must be an MFA device's ARN (arn:aws:iam::ACCOUNT:mfa/NAME) or a hardware"
        " serial (9 to 256 of letters, digits and _+=/:,.@-), not 'alice'",
        PROD + "mfa_serial = alice\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "a --mfa-serial that is none",
        "--mfa-serial must be an MFA device's ARN (arn:aws:iam::ACCOUNT:mfa/NAME) or a hardware"
        " serial (9 to 256 of letters, digits and _+=/:,.@-), not ''",
        PROD,
        options=Options(mfa_serial=""),
        error=UsageError,
    ),
    Refusal(
        "a device that is not to be used",
        "--no-mfa and --mfa-serial exclude each other",
        PROD,
        options=Options(mfa_serial=MFA, no_mfa=True),
        error=UsageError,
    ),
    Refusal(
        "role_session_name",
        f"profile 'prod': role_session_name {NAMES_ALLOWED} 'a b'",
        PROD + "role_session_name = a b\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "source_identity",
        f"profile 'prod': source_identity {NAMES_ALLOWED} 'a'",
        PROD + "source_identity = a\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "external_id",
        "profile 'prod': external_id must be 2 to 1224 of letters, digits and _+=,.@:/-, not 'a#b'",
        PROD + "external_id = a#b\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "session_tags",
        "profile 'prod': session_tags must be K=V, not 'team'",
        PROD + "session_tags = a=b, team\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "a tag given twice",
        "profile 'prod': session_tags must name each tag once, not both 'a' and 'A'",
        PROD + "session_tags = a=b,A=c\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "transitive_session_tags",
        "profile 'prod': transitive_session_tags must be keys of the session tags ('a'), not 'b'",
        PROD + "session_tags = a=b\ntransitive_session_tags = b\n",
        hint=f"{OPEN} +5 '~/.aws/config'",
    ),
    Refusal(
        "policy_arns",
        "profile 'prod': policy_arns must be managed policies' ARNs (arn:aws:iam::ACCOUNT:policy/NAME), not"
        " 'ReadOnlyAccess'",
        PROD + "policy_arns = ReadOnlyAccess\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "region",
        "profile 'prod': region must be a region's name such as eu-west-1, not 'a b'",
        PROD + "region = a b\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    *(
        Refusal(f"{flag} in a role's way", f"{flag} {message}", PROD, options=options, error=UsageError)
        for flag, options, message in [
            ("--role-session-name", Options(role_session_name="a"), f"{NAMES_ALLOWED} 'a'"),
            ("--source-identity", Options(source_identity=""), f"{NAMES_ALLOWED} ''"),
            (
                "--external-id",
                Options(external_id="x"),
                "must be 2 to 1224 of letters, digits and _+=,.@:/-, not 'x'",
            ),
            ("--tag", Options(tags={"a": "1", "A": "2"}), "must name each tag once, not both 'a' and 'A'"),
            ("--tag", Options(tags={f"k{n}": "" for n in range(51)}), "must be at most 50 tags, not 51"),
            (
                "--transitive",
                Options(transitive_tag_keys=("a",)),
                "must be keys of the session tags (none are given), not 'a'",
            ),
            (
                "--policy-arn",
                Options(policy_arns=tuple(f"{POLICY}{n}" for n in range(11))),
                "must be at most 10 policies, not 11",
            ),
            ("--region", Options(region=""), "must be a region's name such as eu-west-1, not ''"),
        ]
    ),
    *(
        Refusal(
            f"{flag} without a role", f"{flag} {NEEDS_ROLE}", target="base", options=options, error=UsageError
        )
        for flag, options in [
            ("--role-session-name", Options(role_session_name="name")),
            ("--source-identity", Options(source_identity="alice")),
            ("--external-id", Options(external_id="id")),
            ("--tag", Options(tags={"a": "b"})),
            ("--transitive", Options(transitive_tag_keys=("a",))),
            ("--policy-arn", Options(policy_arns=(POLICY,))),
        ]
    ),
    *(
        Refusal(
            f"{key} without a role",
            f"profile 'base': {key} {NEEDS_ROLE}",
            credentials=f"{BASE}{key} = x\n",
            target="base",
        )
        for key in ("source_identity", "session_tags", "transitive_session_tags", "policy_arns")
    ),
    Refusal(
        "a limit that a token's role cannot have",
        f"profile 'prod': policy_arns {NEEDS_ROLE}",
        WEB + f"policy_arns = {POLICY}\n",
    ),
    Refusal(
        "expected_account_id",
        "profile 'prod': expected_account_id must be an account's 12 digits, not '1234'",
        PROD + "expected_account_id = 1234\n",
        hint=f"{OPEN} +4 '~/.aws/config'",
    ),
    Refusal(
        "another account than the role's",
        f"profile 'prod': expected_account_id must be the account of {ROLE}, not {OTHER}",
        PROD + f"expected_account_id = {OTHER}\n",
    ),
    Refusal(
        "another account than that of the chain's end",
        f"profile 'prod': expected_account_id must be the account of {THIRD}, not {ACCOUNT}",
        PROD + f"expected_account_id = {ACCOUNT}\n",
        options=Options(chain=(THIRD,)),
    ),
    Refusal(
        "a chain into another partition",
        f"a chain of roles must stay in one partition, unlike {ROLE} and {ROLE.replace('aws', 'aws-cn')}",
        PROD,
        options=Options(chain=(ROLE.replace("aws", "aws-cn"),)),
    ),
    Refusal(
        "a chain into another partition from a token's role",
        f"a chain of roles must stay in one partition, unlike {ROLE} and {ROLE.replace('aws', 'aws-cn')}",
        WEB,
        options=Options(chain=(ROLE.replace("aws", "aws-cn"),)),
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.sentence)
def test_refusal(case: Refusal) -> None:
    with pytest.raises(AwsactivateError) as caught:
        plan_of(case.config, case.credentials, case.target, case.options, case.environ, case.index)
    assert (type(caught.value), caught.value.message, caught.value.hint) == (
        case.error,
        case.message,
        case.hint,
    )


def test_the_document_has_the_keys_of_the_contract_in_their_order() -> None:
    assert json.dumps(plan_document(plan_of(PROD + DEVICE))) == (
        '{"target": "prod", "profile": "prod", "source": {"kind": "profile", "name": "base"}, "steps": ['
        f'{{"operation": "AssumeRole", "role_arn": "{ROLE}", "role_session_name": "{NAME}",'
        f' "duration_seconds": 3600, "mfa_serial": "{MFA}", "mfa_serial_from": "profile prod",'
        ' "external_id": null, "source_identity": null, "tags": {}, "transitive_tag_keys": [],'
        ' "policy_arns": []}], "region": null, "region_from": null,'
        f' "expected_account_id": "{ACCOUNT}", "called_region": "us-east-1", "notes": []}}'
    )


def test_a_plan_shows_no_secret() -> None:
    assert "SECRET" not in repr(plan_of(PROD, BASE.replace("= s", "= SECRET")))


def test_the_callers_name_replaces_only_names_that_are_ours() -> None:
    plan = with_user(plan_of(THREE + "role_session_name = fixed\n"), "bob smith")
    assert [step.role_session_name for step in plan.steps] == [
        "fixed",
        "bobsmith=k3v9q2m7xd",
        "bobsmith=k3v9q2m7xd",
    ]
    assert plan_document(with_user(plan_of(target="base"), "bob")) == plan_document(plan_of(target="base"))


@pytest.mark.parametrize(
    ("sentence", "config", "target", "options", "index", "settings_of"),
    [
        ("the target's settings hold for all calls", THREE, "prod", Options(), {}, ["prod"] * 3),
        ("a role's ARN has those of its source", "", ROLE, Options(source_profile="base"), {}, ["base"]),
        (
            "a profile that no file knows has none",
            "",
            "kept",
            Options(),
            {"kept": Known(has_keys=True)},
            [None],
        ),
    ],
)
def test_whose_settings_a_call_is_made_with(
    sentence: str,
    config: str,
    target: str,
    options: Options,
    index: Mapping[str, Known],
    settings_of: list[str | None],
) -> None:
    plan = plan_of(config, target=target, options=options, index=index)
    assert [step.profile for step in plan.steps] == settings_of, sentence


def test_a_process_that_prints_a_users_own_key_has_its_call_ready() -> None:
    plan = plan_of(f"[profile prod]\n{PROCESS}{DEVICE}duration_seconds = 7200\n")
    assert plan.steps == ()
    assert plan.if_long_term is not None
    call = plan.if_long_term
    assert (call.operation, call.duration_seconds, call.mfa_serial, call.mfa_serial_from, call.profile) == (
        "GetSessionToken",
        7200,
        MFA,
        "profile prod",
        "prod",
    )
    assert plan_of(PROD).if_long_term is None


def test_a_duration_is_not_judged_where_none_is_asked_for() -> None:
    assert plan_of(f"[profile prod]\nduration_seconds = 60\n{SSO}").steps == ()


def test_the_style_of_prompt_is_the_targets_and_the_codes_come_from_the_nearest_process() -> None:
    source = BASE + "awsactivate_prompt = red\nmfa_process = from-source\n"
    plan = plan_of(PROD + "awsactivate_prompt = PRODUCTION\n", source)
    assert (plan.prompt, plan.mfa_process) == ("PRODUCTION", "from-source")
    plan = plan_of(PROD + "mfa_process = own\n", source)
    assert (plan.prompt, plan.mfa_process) == ("", "own")
