"""What cannot be planned as a table: profiles and options in, an error and its hint out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from awsactivate.errors import AwsactivateError, NoSourceError, ProfileError, UsageError
from awsactivate.sessions.steps import Options
from sessions.plans import (
    ACCOUNT,
    BASE,
    KEYS,
    MFA,
    OPEN,
    OTHER,
    POLICY,
    PROD,
    ROLE,
    SSO,
    THIRD,
    THREE,
    WEB,
    Known,
    plan_of,
)


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
