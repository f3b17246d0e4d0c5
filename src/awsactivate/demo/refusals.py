"""The errors that AWS answers with, in its own codes and words.

The same refusal has another code with each family of services: the query protocol (IAM, STS), the JSON
protocols (SSM, KMS, DynamoDB), and S3.
"""

from __future__ import annotations

from awsactivate.demo.clock import basic_iso8601

_QUERY = ("iam", "sts")

SKEW_ALLOWED = {"s3": 15 * 60}
_SKEW_ALLOWED_ELSEWHERE = 5 * 60


class Refusal(Exception):  # noqa: N818  (an answer of AWS's, not an error of this program's)
    """AWS says no: an error code, its message, and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def access_denied(service: str, message: str) -> Refusal:
    """Refuse for want of permission."""
    if service in _QUERY or service == "s3":
        return Refusal("AccessDenied", message, 403)
    return Refusal("AccessDeniedException", message, 400)


def not_authorized(service: str, arn: str, action: str, resource: str, reason: str) -> Refusal:
    """Refuse an action in the sentence that AWS has for it."""
    quoted = f'"{resource}"' if service == "s3" else resource
    sentence = f"User: {arn} is not authorized to perform: {action} on resource: {quoted}"
    return access_denied(service, f"{sentence} {reason}".rstrip())


def unknown_key(service: str) -> Refusal:
    """Refuse an access key that does not exist or is inactive."""
    if service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return Refusal("InvalidAccessKeyId", message, 403)
    return wrong_token(service)


def wrong_token(service: str) -> Refusal:
    """Refuse a session token that is missing or not the key's."""
    if service == "s3":
        return Refusal("InvalidToken", "The provided token is malformed or otherwise invalid.", 400)
    message = "The security token included in the request is invalid."
    if service in _QUERY:
        return Refusal("InvalidClientTokenId", message, 403)
    return Refusal("UnrecognizedClientException", message, 400)


def expired_token(service: str) -> Refusal:
    """Refuse temporary credentials whose time is over."""
    if service == "s3":
        return Refusal("ExpiredToken", "The provided token has expired.", 400)
    message = "The security token included in the request is expired"
    if service in _QUERY:
        return Refusal("ExpiredToken", message, 403)
    return Refusal("ExpiredTokenException", message, 400)


def unsigned(service: str) -> Refusal:
    """Refuse a request that nobody signed."""
    if service == "s3":
        return Refusal("AccessDenied", "Access Denied", 403)
    if service in _QUERY:
        return Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    return Refusal("MissingAuthenticationTokenException", "Missing Authentication Token", 400)


def wrong_signature(service: str, detail: str | None = None) -> Refusal:
    """Refuse a signature that the key's secret does not make."""
    message = detail or (
        "The request signature we calculated does not match the signature you provided. Check your "
        + ("key and signing method." if service == "s3" else "AWS Secret Access Key and signing method. ")
        + ("" if service == "s3" else "Consult the service documentation for details.")
    )
    if service in _QUERY or service == "s3":
        return Refusal("SignatureDoesNotMatch", message, 403)
    return Refusal("InvalidSignatureException", message, 400)


def skewed(service: str, signed_at: float, now: float) -> Refusal | None:
    """Refuse a signature of another time, or None where the time is near enough."""
    allowed = SKEW_ALLOWED.get(service, _SKEW_ALLOWED_ELSEWHERE)
    if abs(now - signed_at) <= allowed:
        return None
    if service == "s3":
        message = "The difference between the request time and the current time is too large."
        return Refusal("RequestTimeTooSkewed", message, 403)
    date, here = basic_iso8601(signed_at), basic_iso8601(now)
    if signed_at < now:
        limit = basic_iso8601(now - allowed)
        return wrong_signature(
            service, f"Signature expired: {date} is now earlier than {limit} ({here} - 5 min.)"
        )
    limit = basic_iso8601(now + allowed)
    return wrong_signature(
        service, f"Signature not yet current: {date} is still later than {limit} ({here} + 5 min.)"
    )


def validation_error(message: str) -> Refusal:
    """Refuse a parameter that no policy could make right."""
    return Refusal("ValidationError", message, 400)
