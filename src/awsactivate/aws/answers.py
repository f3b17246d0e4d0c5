"""What AWS's refusals mean, in words that a person can act on, by whichever way they came."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from awsactivate.errors import (
    AccessDeniedError,
    AwsactivateError,
    AwsError,
    DurationError,
    MfaCodeRefusedError,
    MfaError,
    UnreachableError,
)

_SKEW_CODES = {"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch"}
_SKEW_WORDS = ("Signature expired", "Signature not yet current", "is now earlier than", "difference between")
_UNKNOWN_KEY = (
    "AWS does not know this access key, or it is inactive",
    "check the access key of the source profile",
)
_EXPIRED = ("the session of the source has expired", "sign in to the source again")
_EXPLAINED = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "InvalidClientTokenId": _UNKNOWN_KEY,
    "InvalidAccessKeyId": _UNKNOWN_KEY,
    "UnrecognizedClientException": _UNKNOWN_KEY,
    "SignatureDoesNotMatch": (
        "the secret access key does not belong to the access key id",
        "check the access key of the source profile",
    ),
}
# of a role's session, whose lists of what was revoked are policies of its role
_DENIED_SESSION = re.compile(r":assumed-role/.* with an explicit deny in an identity-based policy", re.DOTALL)
_REVOKED = (
    "this session may be on a list of revoked ones: awsactivate revoke --list; with `revocable = true` in the"
    " profile, the next one is exempted from what denies all before it"
)
_SIGN_IN = "sign in to the network in a browser, or check the proxy and the endpoint"
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_SKEW_WORTH_SAYING = 20  # seconds; below this the network's own delay is as likely

THROTTLED_CODES = {  # as botocore has them
    *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled"),
    *("RequestThrottledException", "EC2ThrottledException", "TooManyRequestsException", "SlowDown"),
    *("RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException"),
    *("ProvisionedThroughputExceededException", "TransactionInProgressException", "PriorRequestNotComplete"),
}
_TOO_MANY, _OUT_OF_ORDER = 429, (500, 502, 503, 504)  # HTTP's statuses


class Refused(Exception):  # noqa: N818  (it is what AWS did)
    """AWS answered, and said no; `headers` have their names in lower case.

    `reason` is the word by which a sign-in's service tells apart what has one code.
    """

    def __init__(
        self, code: str, message: str, headers: Mapping[str, str], status: int, reason: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.headers = headers
        self.status = status
        self.reason = reason

    @property
    def is_throttling(self) -> bool:
        """Whether AWS has not even looked at the request, which may go again."""
        return self.code in THROTTLED_CODES or self.status == _TOO_MANY

    @property
    def is_out_of_order(self) -> bool:
        """Whether AWS, or what stands before it, could not answer now."""
        return self.status in _OUT_OF_ORDER


class NoAnswer(Exception):  # noqa: N818  (there is none)
    """Nothing came that is an answer of AWS's; `was_never_sent` tells that AWS can't have got the request."""

    def __init__(self, words: str, *, was_never_sent: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.was_never_sent = was_never_sent

    def as_error(self) -> UnreachableError:
        """Return the error that a person is told, by the words and by what caused it."""
        from awsactivate.aws import unreachable

        return unreachable.explained(self.words, self.__cause__, os.environ)


class Unreadable(NoAnswer):
    """Something answered that is not AWS: a network's sign-in page, or half of what AWS said."""

    def as_error(self) -> UnreachableError:
        """Return the error that a person is told."""
        return UnreachableError(f"AWS could not be reached: {self.words}", _SIGN_IN)


def not_aws(status: int | str) -> str:
    """Say that what answered is something else."""
    return f"something answered HTTP {status} that is not AWS's answer, such as a sign-in page of the network"


def in_utc(moment: datetime) -> datetime:
    """Return a moment of AWS's in UTC, which is meant where it names no zone."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def clock_skew(headers: Mapping[str, str], now: float) -> int | None:
    """Return how many seconds this machine's clock is ahead of the answer's `Date` (negative: behind).

    None where the answer has no date.
    """
    date = headers.get("date")
    if not date:
        return None
    try:
        return round(now - _seconds_of(date))
    except ValueError:
        return None


def _seconds_of(date: str) -> float:
    """Read a date as HTTP writes it; any other is for mail's reader, which takes long to load."""
    try:
        _day_of_week, day, month, year, clock, zone = date.split(" ")
        at = _MONTHS.index(month)
        if len(date) == len("Mon, 01 Jan 2026 00:00:00 GMT") and zone == "GMT" and at % 3 == 0:
            hour, minute, second = map(int, clock.split(":"))
            return datetime(int(year), at // 3 + 1, int(day), hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(date).timestamp()


def skew_words(seconds: int | None) -> str:
    """Say in words that the clock is off; '' where it is not, or is not known."""
    if seconds is None or abs(seconds) < _SKEW_WORTH_SAYING:
        return ""
    return f"this machine's clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} AWS's"


def refusal(refused: Refused, *, doing: str = "") -> AwsactivateError:
    """Return the error of ours that tells what a refusal means.

    `doing` names the operation and its object, such as `AssumeRole arn:…`.
    """
    code, message = refused.code, refused.message
    what = f"{doing}: " if doing else ""
    if code == "AccessDenied" and "invalid MFA one time pass code" in message:
        return MfaCodeRefusedError(f"{what}{message}")
    if code == "AccessDenied" and "MultiFactorAuthentication failed" in message:
        return MfaError(f"{what}{message}", "check mfa_serial, or name the device: --mfa-serial ARN")
    if code in ("AccessDenied", "AccessDeniedException"):
        hint = _REVOKED if _DENIED_SESSION.search(message) else None
        return AccessDeniedError(f"{what}{message} ({code})", hint, code=code)
    if code == "ValidationError" and "MaxSessionDuration" in message:
        return DurationError(f"{what}{message} ({code})", "ask for less: --duration 1h", code=code)
    if code in _SKEW_CODES and any(words in message for words in _SKEW_WORDS):
        skew = skew_words(clock_skew(refused.headers, datetime.now(UTC).timestamp()))
        said = skew or "this machine's clock differs from AWS's"
        return AwsError(f"{what}{said}, so AWS refuses its signatures ({code})", "set the clock", code=code)
    explained = _EXPLAINED.get(code)
    if explained is not None:
        return AwsError(f"{what}{explained[0]} ({code})", explained[1], code=code)
    # a redirection, or the page of what stands before AWS: not one of AWS's own codes
    if not code or (code == str(refused.status) and code[0] in "35"):
        return Unreadable(not_aws(refused.status)).as_error()
    return AwsError(f"{what}{message or 'refused'} ({code})", code=code)
