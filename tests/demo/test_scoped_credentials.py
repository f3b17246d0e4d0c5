"""GetScopedCredentials, and the session policies of AssumeRole: what is left of a narrowed session."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awsactivate.demo.aws import EmbeddedAws, MfaDevice, Role, User
from awsactivate.demo.documents import allowing, trusting
from awsactivate.sessions.credentials import Credentials
from demo.asking import credentials_of, refusal

EVERYTHING = {"everything": allowing()}
READS = allowing("iam:ListRoles", "iam:ListUsers", "sts:GetScopedCredentials")
ROLES = allowing("iam:ListRoles", "sts:GetScopedCredentials")


@pytest.fixture
def alice(embedded_aws: EmbeddedAws, account: str) -> User:
    return embedded_aws.user("alice", EVERYTHING, account)


@pytest.fixture
def role(embedded_aws: EmbeddedAws, account: str) -> Role:
    trust = trusting(account, actions=("sts:AssumeRole", "sts:SetSourceIdentity"))
    return embedded_aws.role("worker", trust, EVERYTHING, account=account)


def sts(aws: EmbeddedAws, credentials: Credentials) -> Any:
    return aws.client("sts", credentials, validate=False)


def assume(aws: EmbeddedAws, user: User, role: Role, **more: Any) -> Credentials:
    answer = sts(aws, user.credentials).assume_role(RoleArn=role.arn, RoleSessionName="alice=0", **more)
    return credentials_of(answer)


def narrow(aws: EmbeddedAws, credentials: Credentials, document: Any = READS, **more: Any) -> Credentials:
    return credentials_of(sts(aws, credentials).get_scoped_credentials(Policy=json.dumps(document), **more))


def may(operation: Callable[[], Any]) -> bool:
    """Whether AWS allows a call; a refusal that is none for want of permission fails the test."""
    try:
        operation()
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("AccessDenied"):
            raise
        return False
    return True


def permissions(aws: EmbeddedAws, credentials: Credentials) -> dict[str, bool]:
    iam = aws.client("iam", credentials)
    calls = {"ListRoles": iam.list_roles, "ListUsers": iam.list_users, "ListGroups": iam.list_groups}
    return {name: may(call) for name, call in calls.items()}


def test_a_session_is_narrowed_under_the_same_identity(
    embedded_aws: EmbeddedAws, account: str, alice: User, role: Role
) -> None:
    session = assume(embedded_aws, alice, role, SourceIdentity="alice")
    answer = sts(embedded_aws, session).get_scoped_credentials(
        Policy=json.dumps(READS), ScopedSessionDescription="the nightly report"
    )
    arn = f"arn:aws:sts::{account}:assumed-role/worker/alice=0"
    size = len(answer["Credentials"]["SessionToken"])
    given, metadata = answer.pop("Credentials"), answer.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 200
    assert answer == {
        "SessionInfo": {"ScopedSessionId": f"{role.id}:alice=0", "Arn": arn},
        "SessionTokenUtilization": -(-100 * size // 4096),
        "SessionTokenSize": size,
        "ScopedPoliciesCount": 1,
        "SourceIdentity": "alice",
    }
    assert given["Expiration"] == session.expiration, "the caller's own end, where no duration is asked for"
    assert given["AccessKeyId"] not in (session.access_key_id, alice.credentials.access_key_id)
    narrower = credentials_of({"Credentials": given})
    identity = sts(embedded_aws, narrower).get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (arn, f"{role.id}:alice=0")
    assert permissions(embedded_aws, session) == {"ListRoles": True, "ListUsers": True, "ListGroups": True}
    assert permissions(embedded_aws, narrower) == {"ListRoles": True, "ListUsers": True, "ListGroups": False}
    assert embedded_aws.levers.session_descriptions[-1] == "the nightly report"


def test_a_scope_gives_nothing_that_the_session_has_not(
    embedded_aws: EmbeddedAws, account: str, alice: User
) -> None:
    role = embedded_aws.role("reader", None, {"reads": ROLES}, account=account)
    narrower = narrow(embedded_aws, assume(embedded_aws, alice, role), allowing())
    assert permissions(embedded_aws, narrower) == {"ListRoles": True, "ListUsers": False, "ListGroups": False}


def test_scopes_nest_and_the_fourth_is_denied(embedded_aws: EmbeddedAws, alice: User, role: Role) -> None:
    first = narrow(embedded_aws, assume(embedded_aws, alice, role))
    second = narrow(embedded_aws, first, allowing())
    shorter = sts(embedded_aws, second).get_scoped_credentials(DurationSeconds=600)
    assert shorter["ScopedPoliciesCount"] == 2, "a duration alone is no layer"
    third = sts(embedded_aws, credentials_of(shorter)).get_scoped_credentials(Policy=json.dumps(ROLES))
    assert third["ScopedPoliciesCount"] == 3
    narrowest = credentials_of(third)
    assert permissions(embedded_aws, narrowest) == {
        "ListRoles": True,
        "ListUsers": False,
        "ListGroups": False,
    }
    scoped = sts(embedded_aws, narrowest).get_scoped_credentials
    assert refusal(scoped, Policy=json.dumps(ROLES)) == (
        403,
        "AccessDenied",
        "A session can have at most 3 scope-down policies.",
    )
    assert scoped(DurationSeconds=1)["ScopedPoliciesCount"] == 3


def test_a_session_policy_of_assume_role_is_not_counted_among_the_three(
    embedded_aws: EmbeddedAws, alice: User, role: Role
) -> None:
    session = assume(embedded_aws, alice, role, Policy=json.dumps(READS))
    answer = sts(embedded_aws, session).get_scoped_credentials(Policy=json.dumps(allowing()))
    assert answer["ScopedPoliciesCount"] == 1
    allowed = permissions(embedded_aws, credentials_of(answer))
    assert allowed == {"ListRoles": True, "ListUsers": True, "ListGroups": False}


def test_a_scope_without_the_permission_to_narrow_can_not_be_narrowed(
    embedded_aws: EmbeddedAws, alice: User, role: Role
) -> None:
    narrower = narrow(embedded_aws, assume(embedded_aws, alice, role), allowing("iam:ListRoles"))
    refused = refusal(sts(embedded_aws, narrower).get_scoped_credentials, Policy=json.dumps(ROLES))
    assert refused[:2] == (403, "AccessDenied")
    assert refused[2].endswith("because no session policy allows the sts:GetScopedCredentials action")


def test_a_narrower_session_ends_no_later_than_the_one_it_comes_from(
    embedded_aws: EmbeddedAws, alice: User, role: Role
) -> None:
    session = assume(embedded_aws, alice, role)
    embedded_aws.clock.advance(1800)
    scoped = sts(embedded_aws, session).get_scoped_credentials
    short = credentials_of(scoped(Policy=json.dumps(READS), DurationSeconds=600))
    assert session.expiration is not None
    assert short.expiration is not None
    assert timedelta(seconds=1195) < session.expiration - short.expiration < timedelta(seconds=1205)
    assert credentials_of(scoped(Policy=json.dumps(READS))).expiration == session.expiration
    assert refusal(scoped, DurationSeconds=1810) == (
        400,
        "InsufficientSessionLifetime",
        "The requested DurationSeconds exceeds the remaining lifetime of the calling session.",
    )
    embedded_aws.clock.advance(601)
    refused = refusal(sts(embedded_aws, short).get_caller_identity)
    assert refused[:2] == (403, "ExpiredToken")
    assert sts(embedded_aws, session).get_caller_identity()


def test_only_temporary_credentials_are_narrowed(embedded_aws: EmbeddedAws, alice: User) -> None:
    scoped = sts(embedded_aws, alice.credentials).get_scoped_credentials
    assert refusal(scoped, Policy=json.dumps(READS)) == (
        400,
        "InvalidSubjectCredentials",
        "The session used to call GetScopedCredentials is not a valid session.",
    )
    session = credentials_of(sts(embedded_aws, alice.credentials).get_session_token())
    narrower = narrow(embedded_aws, session, allowing("ssm:DescribeParameters"))
    assert embedded_aws.client("ssm", narrower).describe_parameters()["Parameters"] == []
    assert sts(embedded_aws, narrower).get_caller_identity()["Arn"] == alice.arn
    assert not may(embedded_aws.client("s3", narrower).list_buckets)


def test_the_global_endpoint_does_not_narrow(embedded_aws: EmbeddedAws, alice: User, role: Role) -> None:
    session = assume(embedded_aws, alice, role)
    client = sts(embedded_aws, session)

    def as_global(request: Any, **_: Any) -> None:
        request.headers["Host"] = "sts.amazonaws.com"

    client.meta.events.register("before-sign.sts", as_global)
    try:
        assert client.get_caller_identity()
        refused = refusal(client.get_scoped_credentials, Policy=json.dumps(READS))
    finally:
        client.meta.events.unregister("before-sign.sts", as_global)
    assert refused == (
        400,
        "InvalidAction",
        "Could not find operation GetScopedCredentials for version 2011-06-15",
    )


def test_the_mfa_behind_a_session_stays_behind_what_is_narrowed_from_it(
    embedded_aws: EmbeddedAws, account: str
) -> None:
    """What a ticket for a revocation stands on."""
    bob = embedded_aws.user("bob", EVERYTHING, account)
    device: MfaDevice = embedded_aws.mfa_device(bob)
    strict = embedded_aws.role("strict", trusting(account, mfa=True), EVERYTHING, account=account)
    client = sts(embedded_aws, bob.credentials)
    weak = narrow(embedded_aws, credentials_of(client.get_session_token()), allowing())
    asked = {"RoleArn": strict.arn, "RoleSessionName": "bob"}
    assert refusal(sts(embedded_aws, weak).assume_role, **asked)[:2] == (403, "AccessDenied")
    strong = credentials_of(client.get_session_token(SerialNumber=device.serial, TokenCode=device.code()))
    assert sts(embedded_aws, narrow(embedded_aws, strong, allowing())).assume_role(**asked)
    only_reads = narrow(embedded_aws, strong, READS)
    assert refusal(sts(embedded_aws, only_reads).assume_role, **asked)[:2] == (403, "AccessDenied")
    assert embedded_aws.client("iam", only_reads).list_roles()["Roles"], "IAM wants MFA behind a session"


@pytest.mark.parametrize("denied_by", ["aws:userid", "aws:TokenIssueTime"])
def test_what_denies_a_session_denies_its_whole_family(
    embedded_aws: EmbeddedAws, account: str, alice: User, role: Role, denied_by: str
) -> None:
    session = assume(embedded_aws, alice, role)
    child = narrow(embedded_aws, session)
    grandchild = narrow(embedded_aws, child, ROLES)
    other = credentials_of(
        sts(embedded_aws, alice.credentials).assume_role(RoleArn=role.arn, RoleSessionName="alice=1")
    )
    family = {"session": session, "child": child, "grandchild": grandchild, "other": other}

    def working() -> dict[str, bool]:
        return {name: may(embedded_aws.client("iam", one).list_roles) for name, one in family.items()}

    assert all(working().values())
    instant = embedded_aws.clock.now() + 1
    conditions: dict[str, Any] = {
        "aws:userid": {"StringEquals": {"aws:userid": f"{role.id}:alice=0"}},
        "aws:TokenIssueTime": {"DateLessThan": {"aws:TokenIssueTime": str(int(instant))}},
    }
    deny = allowing(condition=conditions[denied_by])
    deny["Statement"][0]["Effect"] = "Deny"
    admin = embedded_aws.client("iam", embedded_aws.account(account))
    embedded_aws.clock.advance(5)
    family["narrowed later"] = narrow(embedded_aws, session)
    admin.put_role_policy(RoleName="worker", PolicyName="deny", PolicyDocument=json.dumps(deny))
    by_id = denied_by == "aws:userid"
    assert working() == {
        "session": False,
        "child": False,
        "grandchild": False,
        "other": by_id,
        "narrowed later": not by_id,
    }


def test_session_policies_of_assume_role_narrow_by_document_and_by_arn(
    embedded_aws: EmbeddedAws, account: str, alice: User, role: Role
) -> None:
    by_arn = {"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}]}
    for given, expected in (
        ({"Policy": json.dumps(ROLES)}, (True, False, False)),
        (by_arn, (True, True, True)),
        # within one call, what either allows is allowed
        (by_arn | {"Policy": json.dumps(allowing("s3:ListAllMyBuckets"))}, (True, True, True)),
        ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}]}, (False, False, False)),
    ):
        session = assume(embedded_aws, alice, role, **given)
        assert tuple(permissions(embedded_aws, session).values()) == expected
        assert not may(lambda one=session: embedded_aws.client("iam", one).create_group(GroupName="x"))


def test_assume_role_says_how_long_its_token_is(embedded_aws: EmbeddedAws, alice: User, role: Role) -> None:
    asked = {"RoleArn": role.arn, "RoleSessionName": "alice"}
    client = sts(embedded_aws, alice.credentials)
    plain, narrow_one = client.assume_role(**asked), client.assume_role(Policy=json.dumps(READS), **asked)
    for answer in (plain, narrow_one):
        size = len(answer["Credentials"]["SessionToken"])
        share = -(-100 * size // 4096)
        found = [answer[name] for name in ("SessionTokenSize", "SessionTokenUtilization", "PackedPolicySize")]
        assert found == [size, share, share]
    assert narrow_one["SessionTokenSize"] > plain["SessionTokenSize"]
    longer = client.assume_role(MinimumSessionTokenSize=2000, **asked)
    assert longer["SessionTokenSize"] == len(longer["Credentials"]["SessionToken"]) == 2000
    assert sts(embedded_aws, credentials_of(longer)).get_caller_identity()


def random_document(length: int, seed: int) -> str:
    """A policy of `length` characters that no packing makes much shorter."""
    empty = json.dumps(allowing("iam:ListRoles", "sts:GetScopedCredentials", resource=["*", "arn:aws:s3:::"]))
    return empty.replace("arn:aws:s3:::", f"arn:aws:s3:::{random_text(length - len(empty), seed)}")


def random_text(length: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))


def test_a_session_carries_only_so_much(
    embedded_aws: EmbeddedAws, account: str, alice: User, role: Role
) -> None:
    session = assume(embedded_aws, alice, role)
    session = narrow(embedded_aws, session, json.loads(random_document(2048, 1)))
    scoped = sts(embedded_aws, session).get_scoped_credentials
    status, code, message = refusal(scoped, Policy=random_document(2048, 2))
    assert (status, code) == (400, "PackedPolicyTooLarge")
    assert "bytes) exceeds the maximum allowed size (4096 bytes)" in message
    repeated = json.dumps(allowing("iam:ListRoles", resource=["arn:aws:s3:::bucket/*"] * 60))
    assert scoped(Policy=repeated)["ScopedPoliciesCount"] == 2, "what repeats itself packs well"
    tagging = trusting(account, actions=("sts:AssumeRole", "sts:TagSession"))
    tagged = embedded_aws.role("tagged", tagging, EVERYTHING, account=account)
    tags = [{"Key": f"key-{n}", "Value": random_text(130, n)} for n in range(50)]
    assert refusal(lambda: assume(embedded_aws, alice, tagged, Tags=tags))[1] == "PackedPolicyTooLarge"
    assert assume(embedded_aws, alice, tagged, Tags=tags[:5])


PLAIN = "1 validation error detected: Value '{shown}' at '{where}' failed to satisfy constraint: {constraint}"


@pytest.mark.parametrize("operation", ["assume_role", "get_scoped_credentials", "get_federation_token"])
@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("{", "MalformedPolicyDocument", "Syntax errors in policy."),
        ("[]", "MalformedPolicyDocument", "Syntax errors in policy."),
        (json.dumps(allowing("*:Get*")), "MalformedPolicyDocument", "Vendor * is not valid"),
        (json.dumps(allowing("s?:Get*")), "MalformedPolicyDocument", "Vendor s? is not valid"),
        (
            json.dumps(allowing("Get*")),
            "MalformedPolicyDocument",
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            json.dumps({**allowing("s3:*"), "Statement": {**allowing()["Statement"][0], "Principal": "*"}}),
            "MalformedPolicyDocument",
            "Policy document should not specify a principal.",
        ),
        (
            random_document(2049, 0),
            "ValidationError",
            PLAIN.format(
                shown=random_document(2049, 0),
                where="policy",
                constraint="Member must have length less than or equal to 2048",
            ),
        ),
        (
            '{"€": 1}',
            "ValidationError",
            PLAIN.format(
                shown='{"€": 1}',
                where="policy",
                constraint="Member must satisfy regular expression pattern: "
                r"[\u0009\u000A\u000D\u0020-\u00FF]+",
            ),
        ),
    ],
)
def test_a_document_that_is_none_is_refused(
    embedded_aws: EmbeddedAws, alice: User, role: Role, operation: str, text: str, code: str, says: str
) -> None:
    asked: dict[str, dict[str, Any]] = {
        "assume_role": {"RoleArn": role.arn, "RoleSessionName": "alice"},
        "get_federation_token": {"Name": "guest"},
        "get_scoped_credentials": {},
    }
    caller = alice.credentials
    if operation == "get_scoped_credentials":
        caller = assume(embedded_aws, alice, role)
    refused = refusal(getattr(sts(embedded_aws, caller), operation), Policy=text, **asked[operation])
    assert refused == (400, code, says)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({}, "The request must provide at least one of Policy and DurationSeconds."),
        (
            {"DurationSeconds": 0},
            PLAIN.format(
                shown="0",
                where="durationSeconds",
                constraint="Member must have value greater than or equal to 1",
            ),
        ),
        (
            {"DurationSeconds": 129_601},
            PLAIN.format(
                shown="129601",
                where="durationSeconds",
                constraint="Member must have value less than or equal to 129600",
            ),
        ),
        (
            {"DurationSeconds": 60, "ScopedSessionDescription": "x"},
            PLAIN.format(
                shown="x",
                where="scopedSessionDescription",
                constraint="Member must have length greater than or equal to 2",
            ),
        ),
        (
            {"DurationSeconds": 60, "ScopedSessionDescription": "the 5 € report"},
            PLAIN.format(
                shown="the 5 € report",
                where="scopedSessionDescription",
                constraint="Member must satisfy regular expression pattern: "
                r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
            ),
        ),
        (
            {"DurationSeconds": 60, "MinimumSessionTokenSize": 4097},
            PLAIN.format(
                shown="4097",
                where="minimumSessionTokenSize",
                constraint="Member must have value less than or equal to 4096",
            ),
        ),
    ],
)
def test_what_no_session_could_be_narrowed_by_is_a_validation_error(
    embedded_aws: EmbeddedAws, alice: User, role: Role, parameters: dict[str, Any], says: str
) -> None:
    scoped = sts(embedded_aws, assume(embedded_aws, alice, role)).get_scoped_credentials
    assert refusal(scoped, **parameters) == (400, "ValidationError", says)


def test_more_than_ten_managed_policies_are_refused(
    embedded_aws: EmbeddedAws, alice: User, role: Role
) -> None:
    arns = [{"arn": f"arn:aws:iam::aws:policy/Policy{n}"} for n in range(11)]
    refused = refusal(lambda: assume(embedded_aws, alice, role, PolicyArns=arns))
    assert refused[:2] == (400, "ValidationError")
    assert refused[2].endswith(
        "at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10"
    )
