"""The calls to STS that a plan asks for, each made as it says."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from awsactivate.aws import again, answers, ways
from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.aws.ways import Way
from awsactivate.errors import AwsError
from awsactivate.frozen import dataclass
from awsactivate.sessions import arn_parts, usable
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.steps import Step

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_PAUSES = (0.2, 0.6)  # seconds between one try and the next


@dataclass(frozen=True)
class CallerIdentity:
    """Who STS says that a key belongs to."""

    arn: str
    account_id: str
    user_id: str
    """`AIDA…` of a user, `AROA…:NAME` of a role's session."""
    skew_seconds: int | None
    """How far this machine's clock is ahead; None where that is not known."""

    @property
    def user_name(self) -> str | None:
        """The IAM user's name, or None where the caller is no IAM user."""
        is_user = (arn_parts.resource_of(self.arn) or "").startswith("user/")
        return arn_parts.principal_of(self.arn) if is_user else None


@dataclass(frozen=True)
class Answer:
    """What a step gave: credentials, and for AssumeRole the assumed role's id and ARN."""

    credentials: Credentials
    assumed_role_id: str | None = None
    arn: str | None = None
    """Of the assumed role's session."""
    skew_seconds: int | None = None
    """How far this machine's clock is ahead."""


@dataclass(frozen=True)
class Scoped:
    """What a session was narrowed to."""

    credentials: Credentials
    layers: int
    """How often that session, or one that it comes from, was narrowed so"""


class Sts:
    """STS as one signer sees it, over one connection that stays open between the calls."""

    def __init__(
        self,
        credentials: Credentials,
        profile: str | None,
        *,
        partition: str | None = None,
        region: str | None = None,
        regional: bool = False,
    ) -> None:
        self.skew_seconds: int | None = None  # how far ahead our clock is, by the last answer
        self._way = Way(
            "sts", credentials, profile=profile, region=region, partition=partition, regional=regional
        )

    def get_caller_identity(self) -> CallerIdentity:
        """Ask whose the credentials are.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        answer = self._call("GetCallerIdentity", {}, doing="GetCallerIdentity")
        arn, account, user_id = (str(answer.values.get(name) or "") for name in ("Arn", "Account", "UserId"))
        if not usable.is_arn(arn) or not usable.is_name(account) or not usable.is_name(user_id):
            raise _odd("GetCallerIdentity", "it does not say who the caller is")
        return CallerIdentity(arn, account, user_id, self.skew_seconds)

    def run(self, step: Step, token_code: str | None = None) -> Answer:
        """Make the call of `step`; where AWS refuses it, raise which of its refusals this is.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
        """
        parameters: dict[str, Any] = {"DurationSeconds": step.duration_seconds}
        if step.mfa_serial and token_code:
            parameters |= {"SerialNumber": step.mfa_serial, "TokenCode": token_code}
        if step.operation == "GetSessionToken":
            answer = self._call("GetSessionToken", parameters, doing="GetSessionToken")
            return Answer(_credentials(answer.values, "GetSessionToken"), skew_seconds=self.skew_seconds)
        parameters |= {"RoleArn": step.role_arn, "RoleSessionName": step.role_session_name}
        optional = {
            "ExternalId": step.external_id,
            "SourceIdentity": step.source_identity,
            "Tags": [{"Key": key, "Value": value} for key, value in step.tags.items()],
            "TransitiveTagKeys": list(step.transitive_tag_keys),
            "PolicyArns": [{"arn": arn} for arn in step.policy_arns],
            "Policy": step.policy,
        }
        parameters |= {name: value for name, value in optional.items() if value}
        values = self._call("AssumeRole", parameters, doing=f"AssumeRole {step.role_arn}").values
        user = values.get("AssumedRoleUser") or {}
        role_id, arn = user.get("AssumedRoleId"), user.get("Arn")
        if not usable.is_arn(arn) or not usable.is_name(role_id):
            raise _odd("AssumeRole", "it does not say which role was assumed")
        return Answer(_credentials(values, "AssumeRole"), role_id, arn, self.skew_seconds)

    def narrow(self, policy: str, description: str) -> Credentials:
        """Narrow these credentials, which must be temporary ones, by `policy`; `regional` must be true."""
        return self.narrow_and_count(policy, description).credentials

    def narrow_and_count(
        self, policy: str, description: str | None = None, seconds: int | None = None
    ) -> Scoped:
        """Do so, and tell how deep it went; `seconds` None is as long as these credentials last.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
        """
        wanted = {"Policy": policy, "ScopedSessionDescription": description, "DurationSeconds": seconds}
        parameters = {name: value for name, value in wanted.items() if value is not None}
        answer = self._call("GetScopedCredentials", parameters, doing="GetScopedCredentials")
        layers = answer.values.get("ScopedPoliciesCount")
        credentials = _credentials(answer.values, "GetScopedCredentials")
        return Scoped(credentials, layers if isinstance(layers, int) else 1)

    def _call(self, operation: str, parameters: dict[str, Any], *, doing: str) -> ways.Answer:
        may_go_again = _was_not_looked_at if "TokenCode" in parameters else _may_pass
        try:
            answer = again.call(lambda: self._way.call(operation, parameters), _PAUSES, may_go_again)
        except Refused as error:
            self.skew_seconds = answers.clock_skew(error.headers, time.time())
            raise answers.refusal(error, doing=doing) from error
        except NoAnswer as error:
            raise error.as_error() from error
        self.skew_seconds = answers.clock_skew(answer.headers, time.time())
        return answer


def _was_not_looked_at(error: Refused | NoAnswer) -> bool:
    """Tell whether even a request with an MFA code may go again, since AWS has not looked at it."""
    return error.is_throttling if isinstance(error, Refused) else error.was_never_sent


def _may_pass(error: Refused | NoAnswer) -> bool:
    """Tell whether a request without a code, which changes nothing, may have another answer in a moment."""
    return _was_not_looked_at(error) or (isinstance(error, Refused) and error.is_out_of_order)


def _credentials(answer: Mapping[str, Any], operation: str) -> Credentials:
    given = answer.get("Credentials") or {}
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    key_id, secret, token = (given.get(name) or "" for name in names)
    expiration: datetime | None = given.get("Expiration")
    if expiration is None:
        raise _odd(operation, "it does not say when the credentials end")
    credentials = Credentials(key_id, secret, token, answers.in_utc(expiration))
    if fault := usable.fault(credentials):
        raise _odd(operation, fault)
    return credentials


def _odd(operation: str, why: str) -> AwsError:
    return AwsError(
        f"{operation}: what answered is not AWS's answer: {why}",
        "check the endpoint and the proxy: awsactivate doctor",
        code="UnusableAnswer",
    )
