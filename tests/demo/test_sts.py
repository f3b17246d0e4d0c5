"""STS's own rules: what it issues, to whom, and for how long."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from awsactivate.demo.aws import EmbeddedAws, MfaDevice, NoCodeLeft, Role, User
from awsactivate.demo.documents import allowing, trusting
from demo.asking import credentials_of, refusal

ASSUME = {"assume": allowing("sts:AssumeRole")}
WRONG_CODE = (
    403,
    "AccessDenied",
    "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
)
WRONG_DEVICE = (
    403,
    "AccessDenied",
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user.",
)


@pytest.fixture
def alice(embedded_aws: EmbeddedAws, account: str) -> User:
    return embedded_aws.user("alice", ASSUME, account)


@pytest.fixture
def device(embedded_aws: EmbeddedAws, alice: User) -> MfaDevice:
    return embedded_aws.mfa_device(alice)


@pytest.fixture
def role(embedded_aws: EmbeddedAws, account: str) -> Role:
    """A role that wants MFA."""
    return embedded_aws.role("terraform", trusting(account, mfa=True), account=account)


@pytest.fixture
def open_role(embedded_aws: EmbeddedAws, account: str) -> Role:
    return embedded_aws.role("open", account=account)


def not_authorized(caller: str, action: str, role_arn: str, reason: str = "") -> tuple[int, str, str]:
    sentence = f"User: {caller} is not authorized to perform: {action} on resource: {role_arn}"
    return 403, "AccessDenied", f"{sentence} {reason}".rstrip()


def test_a_user_is_told_who_signed(embedded_aws: EmbeddedAws, account: str, alice: User) -> None:
    answer = embedded_aws.client("sts", alice.credentials).get_caller_identity()
    user = embedded_aws.client("iam", embedded_aws.account(account)).get_user(UserName="alice")["User"]
    assert (answer["Account"], answer["Arn"], answer["UserId"]) == (account, alice.arn, user["UserId"])
    assert alice.credentials.access_key_id.startswith("AKIA")
    assert user["UserId"].startswith("AIDA")


def test_a_role_with_mfa_is_assumed_with_a_code(
    embedded_aws: EmbeddedAws, account: str, alice: User, device: MfaDevice, role: Role
) -> None:
    answer = embedded_aws.client("sts", alice.credentials).assume_role(
        RoleArn=role.arn,
        RoleSessionName="alice=k3v9q2m7xd",
        SerialNumber=device.serial,
        TokenCode=device.code(),
    )
    arn = f"arn:aws:sts::{account}:assumed-role/terraform/alice=k3v9q2m7xd"
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role.id}:alice=k3v9q2m7xd", "Arn": arn}
    session = credentials_of(answer)
    assert session.access_key_id.startswith("ASIA")
    assert session.expiration is not None
    assert 3595 < (session.expiration - datetime.now(UTC)).total_seconds() <= 3600
    identity = embedded_aws.client("sts", session).get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (arn, f"{role.id}:alice=k3v9q2m7xd")


def test_a_role_with_mfa_is_not_assumed_without_a_code(
    embedded_aws: EmbeddedAws, alice: User, device: MfaDevice, role: Role
) -> None:
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    assert refusal(assume, RoleArn=role.arn, RoleSessionName="alice") == not_authorized(
        alice.arn, "sts:AssumeRole", role.arn
    )


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_code_of_a_neighbouring_window_is_taken(
    embedded_aws: EmbeddedAws, alice: User, device: MfaDevice, role: Role, offset: int
) -> None:
    hold_window(embedded_aws)
    code = device.code(at=embedded_aws.clock.now() + 30 * offset)
    embedded_aws.client("sts", alice.credentials).assume_role(
        RoleArn=role.arn, RoleSessionName="alice", SerialNumber=device.serial, TokenCode=code
    )


@pytest.mark.parametrize("offset", [-2, 2])
def test_a_code_of_a_distant_window_is_refused(
    embedded_aws: EmbeddedAws, alice: User, device: MfaDevice, role: Role, offset: int
) -> None:
    hold_window(embedded_aws)
    code = device.code(at=embedded_aws.clock.now() + 30 * offset)
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    asked = {"RoleArn": role.arn, "RoleSessionName": "alice", "SerialNumber": device.serial}
    assert refusal(assume, TokenCode=code, **asked) == WRONG_CODE


def hold_window(aws: EmbeddedAws) -> None:
    """Go to the beginning of a window, so that it does not end within the test."""
    aws.clock.advance(31 - aws.clock.now() % 30)


def test_a_code_is_taken_once_only_for_whatever_call(
    embedded_aws: EmbeddedAws, alice: User, device: MfaDevice, role: Role
) -> None:
    hold_window(embedded_aws)
    sts = embedded_aws.client("sts", alice.credentials)
    asked = {"RoleArn": role.arn, "RoleSessionName": "alice", "SerialNumber": device.serial}
    code = device.code()
    sts.assume_role(TokenCode=code, **asked)
    assert refusal(sts.assume_role, TokenCode=code, **asked) == WRONG_CODE
    assert refusal(sts.get_session_token, SerialNumber=device.serial, TokenCode=code) == WRONG_CODE
    before = device.code(at=embedded_aws.clock.now() - 30)
    assert refusal(sts.assume_role, TokenCode=before, **asked) == WRONG_CODE
    following = device.code()
    assert following == device.code(at=embedded_aws.clock.now() + 30)
    sts.assume_role(TokenCode=following, **asked)
    with pytest.raises(NoCodeLeft):
        device.code()
    embedded_aws.clock.advance(30)
    sts.assume_role(TokenCode=device.code(), **asked)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"SerialNumber": "arn:aws:iam::{account}:mfa/other", "TokenCode": "123456"}, WRONG_DEVICE),
        ({"SerialNumber": "{serial}", "TokenCode": "{wrong}"}, WRONG_CODE),
        (
            {"SerialNumber": "{serial}"},
            (
                403,
                "AccessDenied",
                "MultiFactorAuthentication failed, "
                "must provide both MFA serial number and one time pass code.",
            ),
        ),
        (
            {"SerialNumber": "{serial}", "TokenCode": "12345a"},
            (
                400,
                "ValidationError",
                "1 validation error detected: Value '12345a' at 'tokenCode' failed to satisfy constraint: "
                r"Member must satisfy regular expression pattern: [\d]*",
            ),
        ),
    ],
)
def test_a_wrong_device_and_a_wrong_code_are_told_apart(
    embedded_aws: EmbeddedAws,
    account: str,
    alice: User,
    device: MfaDevice,
    role: Role,
    parameters: dict[str, str],
    expected: object,
) -> None:
    wrong = device.code(at=embedded_aws.clock.now() + 86_400)
    given = {
        name: text.format(account=account, serial=device.serial, wrong=wrong)
        for name, text in parameters.items()
    }
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    assert refusal(assume, RoleArn=role.arn, RoleSessionName="alice", **given) == expected


def test_another_users_device_is_a_wrong_device(
    embedded_aws: EmbeddedAws, account: str, device: MfaDevice, role: Role
) -> None:
    bob = embedded_aws.user("bob", ASSUME, account)
    assume = embedded_aws.client("sts", bob.credentials).assume_role
    asked = {"RoleArn": role.arn, "RoleSessionName": "bob", "SerialNumber": device.serial}
    assert refusal(assume, TokenCode=device.code(), **asked) == WRONG_DEVICE


@pytest.mark.parametrize(
    ("parameter", "value", "constraint"),
    [
        ("DurationSeconds", 899, "Member must have value greater than or equal to 900"),
        ("DurationSeconds", 43_201, "Member must have value less than or equal to 43200"),
        ("RoleSessionName", "a b", r"Member must satisfy regular expression pattern: [\w+=,.@-]*"),
        ("RoleSessionName", "üüü", r"Member must satisfy regular expression pattern: [\w+=,.@-]*"),
        ("RoleSessionName", "a", "Member must have length greater than or equal to 2"),
        ("RoleSessionName", "a" * 65, "Member must have length less than or equal to 64"),
    ],
)
def test_what_no_role_could_allow_is_a_validation_error(
    embedded_aws: EmbeddedAws, alice: User, open_role: Role, parameter: str, value: Any, constraint: str
) -> None:
    assume = embedded_aws.client("sts", alice.credentials, validate=False).assume_role
    asked = {"RoleArn": open_role.arn, "RoleSessionName": "alice"} | {parameter: value}
    where = f"Value '{value}' at '{parameter[0].lower()}{parameter[1:]}'"
    message = f"1 validation error detected: {where} failed to satisfy constraint: {constraint}"
    assert refusal(assume, **asked) == (400, "ValidationError", message)


def test_a_session_lasts_no_longer_than_its_role_allows(
    embedded_aws: EmbeddedAws, account: str, alice: User
) -> None:
    long_role = embedded_aws.role("long", max_session_duration=7200, account=account)
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    asked = {"RoleArn": long_role.arn, "RoleSessionName": "alice"}
    assert credentials_of(assume(DurationSeconds=7200, **asked))
    assert refusal(assume, DurationSeconds=7201, **asked) == (
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


def test_a_chained_session_lasts_no_longer_than_an_hour(
    embedded_aws: EmbeddedAws, account: str, alice: User
) -> None:
    role = embedded_aws.role("long", None, ASSUME, max_session_duration=7200, account=account)
    sts = embedded_aws.client("sts", alice.credentials)
    session = credentials_of(sts.assume_role(RoleArn=role.arn, RoleSessionName="first", DurationSeconds=7200))
    chained = embedded_aws.client("sts", session).assume_role
    asked = {"RoleArn": role.arn, "RoleSessionName": "second"}
    assert chained(**asked)["AssumedRoleUser"]["AssumedRoleId"] == f"{role.id}:second"
    assert refusal(chained, DurationSeconds=3601, **asked) == (
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    )


def test_a_role_that_does_not_exist_is_refused_like_one_that_may_not_be_assumed(
    embedded_aws: EmbeddedAws, account: str, alice: User
) -> None:
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    for arn in (f"arn:aws:iam::{account}:role/none", "arn:aws:iam::999999999999:role/none"):
        assert refusal(assume, RoleArn=arn, RoleSessionName="alice") == not_authorized(
            alice.arn, "sts:AssumeRole", arn
        )


def test_an_account_that_is_trusted_must_itself_allow_its_user(
    embedded_aws: EmbeddedAws, account: str, open_role: Role
) -> None:
    bob = embedded_aws.user("bob", account=account)
    named = embedded_aws.role("named", trusting(bob.arn), account=account)
    assume = embedded_aws.client("sts", bob.credentials).assume_role
    reason = "because no identity-based policy allows the sts:AssumeRole action"
    assert refusal(assume, RoleArn=open_role.arn, RoleSessionName="bob") == not_authorized(
        bob.arn, "sts:AssumeRole", open_role.arn, reason
    )
    assert assume(RoleArn=named.arn, RoleSessionName="bob"), "a trust that names the user needs no more"


def test_a_role_of_another_account_needs_both_accounts_permission(
    embedded_aws: EmbeddedAws, account: str, alice: User
) -> None:
    other = str(int(account) + 500_000_000)
    trusted = embedded_aws.role("trusting", trusting(account), account=other)
    strange = embedded_aws.role("strange", trusting(other), account=other)
    bob = embedded_aws.user("bob", account=account)
    named = embedded_aws.role("named", trusting(bob.arn), account=other)
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    session = credentials_of(assume(RoleArn=trusted.arn, RoleSessionName="alice"))
    assert embedded_aws.client("sts", session).get_caller_identity()["Account"] == other
    refused = refusal(assume, RoleArn=strange.arn, RoleSessionName="alice")
    assert refused == not_authorized(alice.arn, "sts:AssumeRole", strange.arn)
    refused = refusal(
        embedded_aws.client("sts", bob.credentials).assume_role, RoleArn=named.arn, RoleSessionName="bob"
    )
    reason = "because no identity-based policy allows the sts:AssumeRole action"
    assert refused == not_authorized(bob.arn, "sts:AssumeRole", named.arn, reason)


@pytest.mark.parametrize(
    ("condition", "right", "wrong"),
    [
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, {"ExternalId": "x-1"}, {}),
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, {"ExternalId": "x-1"}, {"ExternalId": "x-2"}),
        (
            {"StringLike": {"sts:RoleSessionName": "${aws:username}=??????????"}},
            {"RoleSessionName": "alice=0123456789"},
            {"RoleSessionName": "alice=012345678"},
        ),
        (
            {"StringLike": {"sts:RoleSessionName": "${aws:username}=??????????"}},
            {"RoleSessionName": "alice=0123456789"},
            {"RoleSessionName": "bob=0123456789"},
        ),
        (
            {"NumericLessThanEquals": {"sts:DurationSeconds": "1800"}},
            {"DurationSeconds": 1800},
            {"DurationSeconds": 1801},
        ),
    ],
)
def test_a_roles_trust_may_set_conditions(
    embedded_aws: EmbeddedAws,
    account: str,
    alice: User,
    condition: dict[str, Any],
    right: dict[str, Any],
    wrong: dict[str, Any],
) -> None:
    role = embedded_aws.role("conditional", trusting(account, condition=condition), account=account)
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    asked = {"RoleArn": role.arn, "RoleSessionName": "someone"}
    assert assume(**asked | right)
    assert refusal(assume, **asked | wrong) == not_authorized(alice.arn, "sts:AssumeRole", role.arn)


def test_session_tags_need_permission_of_their_own(
    embedded_aws: EmbeddedAws, account: str, open_role: Role
) -> None:
    user = embedded_aws.user("tagger", {"all": allowing("sts:*")}, account)
    tagging = trusting(account, actions=("sts:AssumeRole", "sts:TagSession"))
    condition = {"StringEquals": {"aws:PrincipalTag/Team": "blue"}}
    blue_only = {"list": allowing("iam:ListRoles", condition=condition)}
    role = embedded_aws.role("tagged", tagging, blue_only, account=account)
    assume = embedded_aws.client("sts", user.credentials).assume_role
    tags = [{"Key": "team", "Value": "blue"}]
    session = credentials_of(assume(RoleArn=role.arn, RoleSessionName="tagged", Tags=tags))
    assert embedded_aws.client("iam", session).list_roles()["Roles"]
    untagged = credentials_of(assume(RoleArn=role.arn, RoleSessionName="untagged"))
    assert refusal(embedded_aws.client("iam", untagged).list_roles)[:2] == (403, "AccessDenied")
    refused = refusal(assume, RoleArn=open_role.arn, RoleSessionName="tagged", Tags=tags)
    assert refused == not_authorized(user.arn, "sts:TagSession", open_role.arn)


def test_a_transitive_tag_goes_on_along_a_chain(embedded_aws: EmbeddedAws, account: str) -> None:
    user = embedded_aws.user("tagger", {"all": allowing("sts:*")}, account)
    tagging = trusting(account, actions=("sts:AssumeRole", "sts:TagSession"))
    condition = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    policies = {"list": allowing("iam:ListRoles", condition=condition), "sts": allowing("sts:*")}
    first = embedded_aws.role("first", tagging, policies, account=account)
    second = embedded_aws.role("second", tagging, policies, account=account)
    untagged = embedded_aws.role("untagged", None, policies, account=account)
    assume = embedded_aws.client("sts", user.credentials).assume_role
    session = credentials_of(
        assume(
            RoleArn=first.arn,
            RoleSessionName="one",
            Tags=[{"Key": "team", "Value": "blue"}],
            TransitiveTagKeys=["team"],
        )
    )
    chained = embedded_aws.client("sts", session).assume_role
    last = credentials_of(chained(RoleArn=second.arn, RoleSessionName="two"))
    assert embedded_aws.client("iam", last).list_roles()["Roles"]
    refused = refusal(chained, RoleArn=untagged.arn, RoleSessionName="two")
    arn = f"arn:aws:sts::{account}:assumed-role/first/one"
    assert refused == not_authorized(arn, "sts:TagSession", untagged.arn)


def test_a_source_identity_needs_permission_and_sticks_to_a_chain(
    embedded_aws: EmbeddedAws, account: str, open_role: Role
) -> None:
    user = embedded_aws.user("person", {"all": allowing("sts:*")}, account)
    identifying = trusting(account, actions=("sts:AssumeRole", "sts:SetSourceIdentity"))
    condition = {"StringEquals": {"aws:SourceIdentity": "person"}}
    policies = {"list": allowing("iam:ListRoles", condition=condition), "sts": allowing("sts:*")}
    first = embedded_aws.role("first", identifying, policies, account=account)
    second = embedded_aws.role("second", identifying, policies, account=account)
    assume = embedded_aws.client("sts", user.credentials).assume_role
    answer = assume(RoleArn=first.arn, RoleSessionName="one", SourceIdentity="person")
    assert answer["SourceIdentity"] == "person"
    chained = embedded_aws.client("sts", credentials_of(answer)).assume_role
    answer = chained(RoleArn=second.arn, RoleSessionName="two")
    assert answer["SourceIdentity"] == "person"
    assert embedded_aws.client("iam", credentials_of(answer)).list_roles()["Roles"]
    arn = f"arn:aws:sts::{account}:assumed-role/first/one"
    for role, identity in ((open_role, {}), (second, {"SourceIdentity": "another"})):
        refused = refusal(chained, RoleArn=role.arn, RoleSessionName="two", **identity)
        assert refused == not_authorized(arn, "sts:SetSourceIdentity", role.arn)


def test_session_policies_only_take_away(embedded_aws: EmbeddedAws, account: str, alice: User) -> None:
    role = embedded_aws.role("admin", None, {"all": allowing()}, account=account)
    assume = embedded_aws.client("sts", alice.credentials).assume_role
    asked = {"RoleArn": role.arn, "RoleSessionName": "alice"}
    narrow = credentials_of(assume(Policy=json.dumps(allowing("iam:ListRoles")), **asked))
    read_only = credentials_of(
        assume(PolicyArns=[{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}], **asked)
    )
    iam = embedded_aws.client("iam", narrow)
    assert iam.list_roles()["Roles"]
    assert refusal(iam.list_users)[2].endswith("because no session policy allows the iam:ListUsers action")
    assert embedded_aws.client("iam", read_only).list_users()["Users"]
    assert refusal(embedded_aws.client("iam", read_only).create_user, UserName="x")[1] == "AccessDenied"


def test_session_tokens_last_as_long_as_aws_lets_them(embedded_aws: EmbeddedAws, alice: User) -> None:
    get = embedded_aws.client("sts", alice.credentials, validate=False).get_session_token
    for seconds, said in ((899, "greater than or equal to 900"), (129_601, "less than or equal to 129600")):
        status, code, message = refusal(get, DurationSeconds=seconds)
        assert (status, code, message.endswith(said)) == (400, "ValidationError", True)
    expiration = credentials_of(get()).expiration
    assert expiration is not None
    assert 43_195 < (expiration - datetime.now(UTC)).total_seconds() <= 43_200


def test_a_session_token_carries_its_mfa_along(
    embedded_aws: EmbeddedAws, alice: User, device: MfaDevice, role: Role
) -> None:
    sts = embedded_aws.client("sts", alice.credentials)
    bare = credentials_of(sts.get_session_token())
    strong = credentials_of(sts.get_session_token(SerialNumber=device.serial, TokenCode=device.code()))
    asked = {"RoleArn": role.arn, "RoleSessionName": "alice"}
    assert embedded_aws.client("sts", strong).get_caller_identity()["Arn"] == alice.arn
    assert embedded_aws.client("sts", strong).assume_role(**asked)
    refused = refusal(embedded_aws.client("sts", bare).assume_role, **asked)
    assert refused == not_authorized(alice.arn, "sts:AssumeRole", role.arn)


def test_mfa_grows_old(embedded_aws: EmbeddedAws, account: str, alice: User, device: MfaDevice) -> None:
    fresh = trusting(account, mfa=True, condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "600"}})
    role = embedded_aws.role("fresh", fresh, account=account)
    sts = embedded_aws.client("sts", alice.credentials)
    strong = credentials_of(sts.get_session_token(SerialNumber=device.serial, TokenCode=device.code()))
    assume = embedded_aws.client("sts", strong).assume_role
    asked = {"RoleArn": role.arn, "RoleSessionName": "alice"}
    embedded_aws.clock.advance(590)
    assert assume(**asked)
    embedded_aws.clock.advance(11)
    assert refusal(assume, **asked) == not_authorized(alice.arn, "sts:AssumeRole", role.arn)


def test_a_roles_session_has_no_mfa_to_show(
    embedded_aws: EmbeddedAws, account: str, alice: User, device: MfaDevice
) -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    role = embedded_aws.role(
        "mfa",
        trusting(account, mfa=True),
        {"list": allowing("iam:ListRoles", condition=condition)},
        account=account,
    )
    answer = embedded_aws.client("sts", alice.credentials).assume_role(
        RoleArn=role.arn, RoleSessionName="alice", SerialNumber=device.serial, TokenCode=device.code()
    )
    assert refusal(embedded_aws.client("iam", credentials_of(answer)).list_roles)[1] == "AccessDenied"


@pytest.mark.parametrize("operator", ["Bool", "BoolIfExists"])
def test_long_term_keys_have_no_mfa_key_at_all(
    embedded_aws: EmbeddedAws, account: str, operator: str
) -> None:
    """Why policies must say Bool, not BoolIfExists: the latter lets bare access keys in."""
    condition = {operator: {"aws:MultiFactorAuthPresent": "true"}}
    user = embedded_aws.user("bare", {"list": allowing("iam:ListRoles", condition=condition)}, account)
    listed = embedded_aws.client("iam", user.credentials).list_roles
    if operator == "Bool":
        assert refusal(listed)[1] == "AccessDenied"
    else:
        assert listed()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_session_tokens_may_not_do_what_aws_keeps_from_them(embedded_aws: EmbeddedAws, account: str) -> None:
    admin = embedded_aws.account(account)
    session = credentials_of(embedded_aws.client("sts", admin).get_session_token())
    sts, iam = embedded_aws.client("sts", session), embedded_aws.client("iam", session)
    invalid = (403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    assert refusal(iam.list_users) == invalid, "IAM wants MFA behind a session token"
    for operation, name in (
        (sts.get_session_token, "GetSessionToken"),
        (federate(sts), "GetFederationToken"),
    ):
        assert refusal(operation) == (
            403,
            "AccessDenied",
            f"Cannot call {name} with session credentials",
        )


def federate(sts: Any) -> Any:
    def get_federation_token() -> Any:
        return sts.get_federation_token(Name="guest")

    return get_federation_token


def test_a_session_token_with_mfa_may_ask_iam(
    embedded_aws: EmbeddedAws, account: str, device: MfaDevice, alice: User
) -> None:
    embedded_aws.client("iam", embedded_aws.account(account)).put_user_policy(
        UserName="alice", PolicyName="iam", PolicyDocument=json.dumps(allowing("iam:ListMFADevices"))
    )
    sts = embedded_aws.client("sts", alice.credentials)
    strong = credentials_of(sts.get_session_token(SerialNumber=device.serial, TokenCode=device.code()))
    devices = embedded_aws.client("iam", strong).list_mfa_devices()["MFADevices"]
    assert [one["SerialNumber"] for one in devices] == [device.serial]


def test_a_federated_user_has_what_both_policies_allow(embedded_aws: EmbeddedAws, account: str) -> None:
    sts = embedded_aws.client("sts", embedded_aws.account(account))
    answer = sts.get_federation_token(Name="guest", Policy=json.dumps(allowing("s3:*")))
    guest = credentials_of(answer)
    arn = f"arn:aws:sts::{account}:federated-user/guest"
    assert answer["FederatedUser"] == {"FederatedUserId": f"{account}:guest", "Arn": arn}
    assert embedded_aws.client("sts", guest).get_caller_identity()["Arn"] == arn
    assert embedded_aws.client("s3", guest).list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert refusal(embedded_aws.client("ssm", guest).describe_parameters)[1] == "AccessDeniedException"


def test_a_web_identity_is_trusted_by_its_provider_and_subject(
    embedded_aws: EmbeddedAws, account: str
) -> None:
    provider = f"arn:aws:iam::{account}:oidc-provider/oidc.example.com"
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"oidc.example.com:sub": "job:main"}},
        },
    }
    role = embedded_aws.role("ci", trust, account=account)
    assume = embedded_aws.client("sts", embedded_aws.account(account)).assume_role_with_web_identity
    asked = {"RoleArn": role.arn, "RoleSessionName": "job"}
    token = embedded_aws.web_identity_token("oidc.example.com", "job:main")
    answer = assume(WebIdentityToken=token, **asked)
    assert (answer["SubjectFromWebIdentityToken"], answer["Provider"]) == ("job:main", provider)
    assert embedded_aws.requests[-1] == ("sts", "AssumeRoleWithWebIdentity", None), "nobody signs it"
    other = embedded_aws.web_identity_token("oidc.example.com", "job:branch")
    denied = (403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    assert refusal(assume, WebIdentityToken=other, **asked) == denied
    assert refusal(assume, WebIdentityToken="forged", **asked)[1] == "InvalidIdentityToken"
    embedded_aws.clock.advance(3700)
    assert refusal(assume, WebIdentityToken=token, **asked)[1] == "ExpiredTokenException"


def test_sessions_end_with_their_role(
    embedded_aws: EmbeddedAws, account: str, alice: User, open_role: Role
) -> None:
    sts = embedded_aws.client("sts", alice.credentials)
    session = credentials_of(sts.assume_role(RoleArn=open_role.arn, RoleSessionName="alice"))
    embedded_aws.client("iam", embedded_aws.account(account)).delete_role(RoleName="open")
    embedded_aws.role("open", account=account)
    refused = refusal(embedded_aws.client("sts", session).get_caller_identity)
    assert refused[:2] == (403, "InvalidClientTokenId"), "the new role of that name is another one"
