"""What AWS's and botocore's errors become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from botocore import exceptions as botocore
from botocore.exceptions import ClientError

from awsactivate import errors
from awsactivate.aws.answers import clock_skew, skew_words
from awsactivate.aws.refusals import translated

ROLE = "AssumeRole arn:aws:iam::111122223333:role/r"


def refusal(code: str, message: str, date: datetime | None = None) -> ClientError:
    """Build the error that botocore raises for AWS's answer."""
    headers = {"date": format_datetime(date, usegmt=True)} if date else {}
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPHeaders": headers}},
        "AssumeRole",
    )


@pytest.mark.parametrize(
    ("code", "message", "kind", "said"),
    [
        (
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            errors.MfaCodeRefusedError,
            f"{ROLE}: MultiFactorAuthentication failed with invalid MFA one time pass code.",
        ),
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.",
            errors.MfaError,
            f"{ROLE}: MultiFactorAuthentication failed, unable to validate MFA code.",
        ),
        (
            "AccessDenied",
            "User: arn is not authorized to perform: sts:AssumeRole on resource: arn",
            errors.AccessDeniedError,
            f"{ROLE}: User: arn is not authorized to perform: sts:AssumeRole on resource: arn (AccessDenied)",
        ),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            errors.DurationError,
            f"{ROLE}: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            " (ValidationError)",
        ),
        (
            "ExpiredToken",
            "The security token included in the request is expired",
            errors.AwsError,
            f"{ROLE}: the session of the source has expired (ExpiredToken)",
        ),
        (
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            errors.AwsError,
            f"{ROLE}: AWS does not know this access key, or it is inactive (InvalidClientTokenId)",
        ),
        (
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
            errors.AwsError,
            f"{ROLE}: the secret access key does not belong to the access key id (SignatureDoesNotMatch)",
        ),
        ("Odd", "", errors.AwsError, f"{ROLE}: refused (Odd)"),
    ],
)
def test_each_refusal_of_aws_has_a_kind_and_a_sentence(
    code: str, message: str, kind: type[errors.AwsactivateError], said: str
) -> None:
    error = translated(refusal(code, message), doing=ROLE)
    assert (type(error), error.message) == (kind, said)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(7, "this machine's clock is 420 s ahead"), (-7, "this machine's clock is 420 s behind")],
)
def test_a_clock_that_is_off_is_named_with_its_seconds(minutes: int, said: str) -> None:
    date = datetime.now(UTC) - timedelta(minutes=minutes)
    error = translated(refusal("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2", date))
    # a second may pass between the two looks at the clock
    assert error.message.replace("419", "420").replace("421", "420").startswith(said)
    assert error.exit_code == 6


def test_the_skew_is_read_off_the_date_of_an_answer() -> None:
    headers = {"date": "Mon, 23 Nov 2026 10:15:00 GMT"}
    moment = datetime(2026, 11, 23, 10, 15, tzinfo=UTC).timestamp()
    assert clock_skew(headers, moment + 95) == 95
    assert clock_skew(headers, moment - 95) == -95
    assert clock_skew({}, moment) is None
    assert clock_skew({"date": "yesterday"}, moment) is None


def test_a_small_skew_is_not_worth_a_word() -> None:
    assert skew_words(None) == ""
    assert skew_words(-19) == ""
    assert skew_words(-21) == "this machine's clock is 21 s behind AWS's"


@pytest.mark.parametrize(
    ("raised", "kind", "code"),
    [
        (botocore.EndpointConnectionError(endpoint_url="https://sts"), errors.UnreachableError, 7),
        (botocore.ConnectTimeoutError(endpoint_url="https://sts"), errors.UnreachableError, 7),
        (botocore.ReadTimeoutError(endpoint_url="https://sts"), errors.UnreachableError, 7),
        (botocore.ConnectionClosedError(endpoint_url="https://sts"), errors.UnreachableError, 7),
        (botocore.SSLError(endpoint_url="https://sts", error="bad"), errors.UnreachableError, 7),
        (botocore.ProxyConnectionError(proxy_url="http://proxy", error="no"), errors.UnreachableError, 7),
        (botocore.ProfileNotFound(profile="x"), errors.ProfileError, 3),
        (botocore.NoRegionError(), errors.ProfileError, 3),
        (botocore.InvalidRegionError(region_name="-"), errors.ProfileError, 3),
        (botocore.UnauthorizedSSOTokenError(), errors.AwsError, 6),
        (
            botocore.CredentialRetrievalError(provider="custom-process", error_msg="no"),
            errors.ProfileError,
            3,
        ),
    ],
)
def test_what_botocore_raises_itself_has_the_exit_status_of_the_contract(
    raised: botocore.BotoCoreError, kind: type[errors.AwsactivateError], code: int
) -> None:
    error = translated(raised)
    assert (type(error), error.exit_code) == (kind, code)


def test_another_exception_is_not_taken_for_one_of_botocores() -> None:
    with pytest.raises(TypeError, match="no error of botocore's"):
        translated(KeyError("x"))


@pytest.mark.parametrize(
    ("who", "why", "is_told"),
    [
        ("sts::111122223333:assumed-role/terraform/alice=k3v9q2m7xd", "an identity-based policy", True),
        ("sts::111122223333:assumed-role/terraform/alice=k3v9q2m7xd", "a service control policy", False),
        ("iam::111122223333:user/alice", "an identity-based policy", False),
    ],
)
def test_the_explicit_deny_of_a_session_names_the_list(who: str, why: str, is_told: bool) -> None:
    """What a role that nobody marked says to a session begun while all of its user's are denied."""
    message = (
        f"User: arn:aws:{who} is not authorized to perform: ssm:GetParameter with an explicit deny in {why}"
    )
    told = translated(refusal("AccessDeniedException", message))
    assert ("awsactivate revoke --list" in (told.hint or "")) is is_told
    assert ("`revocable = true`" in (told.hint or "")) is is_told
