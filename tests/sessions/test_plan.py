"""The plan as a table: profiles and options in, the whole plan out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from awsactivate.sessions.plan import with_user
from awsactivate.sessions.plan_document import plan_document
from awsactivate.sessions.steps import Options
from sessions.plans import (
    ACCOUNT,
    BASE,
    DEVICE,
    ENVIRON,
    KEYS,
    MFA,
    NAME,
    NO_MFA_FROM_ROLE,
    OTHER,
    OTHER_POLICY,
    POLICY,
    PROCESS,
    PROD,
    ROLE,
    SECOND,
    SSO,
    TEMPORARY,
    THIRD,
    THREE,
    WEB,
    Known,
    assume,
    document,
    own,
    plan_of,
    session_token,
    too_long,
    with_mfa,
)


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
