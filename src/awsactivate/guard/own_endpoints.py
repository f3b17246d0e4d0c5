"""The endpoints that the user has in place of AWS's, as every SDK looks for them.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.sessions.names import ENDPOINT

_IGNORED = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"


def of_service(service_id: str, environ: Mapping[str, str]) -> str | None:
    """Return the one for a service, which is called such as `s3_control`; None where there is none.

    `environ` is the user's, with what the session's profile says of it.
    """
    if environ.get(_IGNORED, "").lower() == "true":
        return None
    own = environ.get(f"{ENDPOINT}_{service_id.upper()}") if service_id else None
    return own or environ.get(ENDPOINT) or None
