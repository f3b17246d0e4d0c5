"""What the secure account must refuse, tried: each attempt asks for what nobody may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from awsactivate.account import policies
from awsactivate.account.checks import Check, not_tried
from awsactivate.aws.refusals import code_of, translated
from awsactivate.frozen import dataclass
from awsactivate.sessions import limits
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.session_names import session_name

REFUSED = "refused"
WITHOUT_MFA = "AssumeRole without MFA"
OWN_NAME = "AssumeRole with MFA under an own session name"
OTHER_NAME = "AssumeRole under another user's session name"
SESSION_TAG = "AssumeRole with a session tag"
OUTSIDER = "AssumeRole with MFA by a user outside the group"
TAG_WITHOUT_MFA = "writing a revocation without MFA"
PLAIN_HTTP = "reading {} over plain HTTP"

# should AWS say yes, what it gives is thrown away at once
_SHORTEST = limits.ASSUME_ROLE_SECONDS.start
_REFUSALS = ("AccessDenied", "AccessDeniedException", "403")


@dataclass(frozen=True)
class Trials:
    """Who tries."""

    role_arn: str
    user: str | None
    """The IAM user; None where the caller is none."""
    nonce: str
    """The last part of the session names."""
    keys: Any | None
    """A client of STS with the user's own keys, without MFA; None where they are not at hand."""
    with_mfa: Any | None
    """The same with an MFA code behind it."""


def try_assume_role(trials: Trials) -> list[Check]:
    """Try to assume the role in each way that must be refused.

    A refusal proves something only where all but the one thing tried is in order: so first the way that must
    work is tried, with which the others share all else.
    """
    if trials.user is None:
        why = "the caller is no IAM user: --profile P names one"
        return [not_tried(check, why, REFUSED) for check in (WITHOUT_MFA, OTHER_NAME, SESSION_TAG)]
    own_name = session_name(trials.user, trials.nonce)
    checks = [_try_without_mfa(trials, own_name)]
    if trials.with_mfa is None:
        why = "no MFA session is at hand: --profile P of a user with an MFA device"
        return [*checks, *(not_tried(check, why, REFUSED) for check in (OTHER_NAME, SESSION_TAG))]
    control = _assume(trials.with_mfa, trials.role_arn, own_name)
    if control == REFUSED:
        why = f"{trials.user} may not assume the role at all"
        return [
            *checks,
            not_tried(OWN_NAME, why, "allowed"),
            *(not_tried(check, why, REFUSED) for check in (OTHER_NAME, SESSION_TAG)),
        ]
    others_name = session_name(f"not-{trials.user}"[:53], trials.nonce)
    tag = {"Key": policies.revoked_tag(trials.user), "Value": "x"}
    return [
        *checks,
        Check(OWN_NAME, control == "allowed" or None, control, "allowed"),
        _refusal(OTHER_NAME, _assume(trials.with_mfa, trials.role_arn, others_name)),
        _refusal(SESSION_TAG, _assume(trials.with_mfa, trials.role_arn, own_name, Tags=[tag])),
    ]


def try_outsider(sts: Any, role_arn: str, name: str) -> Check:
    """Try to assume the role as a user who has MFA, and no rights."""
    return _refusal(OUTSIDER, _assume(sts, role_arn, name))


def try_tag_without_mfa(iam: Any, role_name: str, key: str, pauses: Iterable[None]) -> Check:
    """Try to write a member's own revocations with the access key alone.

    `iam` signs with that key. What the group allows without MFA is tried first, until it is allowed (`pauses`
    lets time go by): a refusal before that would only show that IAM does not know the member yet.
    """
    allowed = REFUSED
    for _ in pauses:
        allowed = _answer(lambda: iam.list_role_tags(RoleName=role_name))
        if allowed != REFUSED:
            break
    if allowed != "allowed":
        return not_tried(TAG_WITHOUT_MFA, f"a member may not even read the role's tags ({allowed})", REFUSED)
    tag = {"Key": key, "Value": ""}
    return _refusal(TAG_WITHOUT_MFA, _answer(lambda: iam.tag_role(RoleName=role_name, Tags=[tag])))


def try_plain_http(s3: Any, credentials: Credentials, bucket: str, account_id: str) -> Check:
    """Try to list the bucket over HTTP without TLS; `s3` is the client whose endpoint is meant."""
    check, endpoint = PLAIN_HTTP.format(bucket), s3.meta.endpoint_url
    if not endpoint.startswith("https://"):
        return not_tried(check, f"the endpoint {endpoint} is plain HTTP itself", REFUSED)
    plain = boto3.session.Session().client(
        "s3",
        region_name=s3.meta.region_name,
        endpoint_url="http://" + endpoint.removeprefix("https://"),
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1}),
    )
    return try_listing(plain, bucket, account_id)


def try_listing(s3: Any, bucket: str, account_id: str) -> Check:
    """Try to list the bucket with `s3`, a client of plain HTTP."""
    return _refusal(
        PLAIN_HTTP.format(bucket),
        _answer(lambda: s3.list_objects_v2(Bucket=bucket, MaxKeys=1, ExpectedBucketOwner=account_id)),
    )


def _try_without_mfa(trials: Trials, own_name: str) -> Check:
    if trials.keys is None:
        return not_tried(WITHOUT_MFA, "the user's access key is not at hand", REFUSED)
    return _refusal(WITHOUT_MFA, _assume(trials.keys, trials.role_arn, own_name))


def _assume(sts: Any, role_arn: str, name: str, **more: Any) -> str:
    return _answer(
        lambda: sts.assume_role(RoleArn=role_arn, RoleSessionName=name, DurationSeconds=_SHORTEST, **more)
    )


def _answer(call: Callable[[], Any]) -> str:
    try:
        call()
    except ClientError as error:
        return REFUSED if code_of(error) in _REFUSALS else f"not tried: {translated(error).message}"
    except BotoCoreError as error:
        return f"not tried: {translated(error).message}"
    return "allowed"


def _refusal(check: str, answer: str) -> Check:
    return Check(check, {REFUSED: True, "allowed": False}.get(answer), answer, REFUSED)
