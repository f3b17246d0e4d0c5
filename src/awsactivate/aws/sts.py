"""The calls to STS that a plan asks for, each made as it says."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from awsactivate.aws import refusals
from awsactivate.aws.clients import client
from awsactivate.credentials import Credentials
from awsactivate.errors import AwsError
from awsactivate.sessions import usable
from awsactivate.sessions.steps import Step

_PAUSES = (0.2, 0.6)  # seconds between one try and the next


@dataclass(frozen=True)
class CallerIdentity:
    """Who STS says that a key belongs to."""

    arn: str
    account_id: str
    user_id: str
    skew_seconds: int | None

    @property
    def user_name(self) -> str | None:
        """The IAM user's name, or None where the caller is no IAM user."""
        resource = self.arn.split(":", 5)[5]
        return resource.rpartition("/")[2] if resource.startswith("user/") else None


@dataclass(frozen=True)
class Answer:
    """What a step gave: credentials, and for AssumeRole the assumed role's id and ARN."""

    credentials: Credentials
    assumed_role_id: str | None = None
    arn: str | None = None


class Sts:
    """STS as one signer sees it, over one connection that stays open between the calls."""

    def __init__(
        self,
        credentials: Credentials,
        profile: str | None,
        *,
        partition: str | None = None,
        region: str | None = None,
    ) -> None:
        # Without botocore's retries: it would send an MFA code again that AWS may have taken already.
        self._client = client(
            "sts", credentials, profile=profile, region=region, partition=partition, retries=False
        )

    def caller_identity(self) -> CallerIdentity:
        """Ask whose the credentials are.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        answer = self._call("get_caller_identity", {}, doing="GetCallerIdentity")
        skew = refusals.clock_skew(answer, time.time())
        arn, account, user_id = (str(answer.get(name) or "") for name in ("Arn", "Account", "UserId"))
        if not usable.is_arn(arn) or not usable.is_name(account) or not usable.is_name(user_id):
            raise _odd("GetCallerIdentity", "it does not say who the caller is")
        return CallerIdentity(arn, account, user_id, skew)

    def run(self, step: Step, token_code: str | None = None) -> Answer:
        """Make the call of `step`; where AWS refuses it, raise which of its refusals this is.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
        """
        parameters: dict[str, Any] = {"DurationSeconds": step.duration_seconds}
        if step.mfa_serial and token_code:
            parameters |= {"SerialNumber": step.mfa_serial, "TokenCode": token_code}
        if step.operation == "GetSessionToken":
            answer = self._call("get_session_token", parameters, doing="GetSessionToken")
            return Answer(_credentials(answer, "GetSessionToken"))
        parameters |= {"RoleArn": step.role_arn, "RoleSessionName": step.role_session_name}
        optional = {
            "ExternalId": step.external_id,
            "SourceIdentity": step.source_identity,
            "Tags": [{"Key": key, "Value": value} for key, value in step.tags.items()],
            "TransitiveTagKeys": list(step.transitive_tag_keys),
            "PolicyArns": [{"arn": arn} for arn in step.policy_arns],
        }
        parameters |= {name: value for name, value in optional.items() if value}
        answer = self._call("assume_role", parameters, doing=f"AssumeRole {step.role_arn}")
        user = answer.get("AssumedRoleUser") or {}
        role_id, arn = user.get("AssumedRoleId"), user.get("Arn")
        if not usable.is_arn(arn) or not usable.is_name(role_id):
            raise _odd("AssumeRole", "it does not say which role was assumed")
        return Answer(_credentials(answer, "AssumeRole"), role_id, arn)

    def _call(self, operation: str, parameters: dict[str, Any], *, doing: str) -> dict[str, Any]:
        for pause in (*_PAUSES, None):
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(**parameters)
                return answer
            except (ClientError, BotoCoreError) as error:
                if pause is None or not _may_go_again(error):
                    raise refusals.translated(error, doing=doing) from error
                time.sleep(pause)
        raise AssertionError("the last round returns or raises")


def _may_go_again(error: ClientError | BotoCoreError) -> bool:
    """Tell whether AWS has not looked at the request, so that even one with an MFA code may go again."""
    if isinstance(error, ClientError):
        return refusals.code_of(error) in refusals.THROTTLED_CODES
    return isinstance(error, EndpointConnectionError)


def _credentials(answer: dict[str, Any], operation: str) -> Credentials:
    given = answer.get("Credentials") or {}
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    key_id, secret, token = (given.get(name) or "" for name in names)
    expiration: datetime | None = given.get("Expiration")
    if expiration is None:
        raise _odd(operation, "it does not say when the credentials end")
    credentials = Credentials(key_id, secret, token, expiration.astimezone(UTC))
    if fault := usable.fault(credentials):
        raise _odd(operation, fault)
    return credentials


def _odd(operation: str, why: str) -> AwsError:
    return AwsError(
        f"{operation}: what answered is not AWS's answer: {why}",
        "check the endpoint and the proxy: awsactivate doctor",
        code="UnusableAnswer",
    )
