"""Plain requests to AWS, made as botocore makes its own: the same proxies, CA bundle and endpoints."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.awsrequest import AWSRequest
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import ensure_boolean, get_environ_proxies

from awsactivate.aws import unusable_settings
from awsactivate.aws.clients import settings
from awsactivate.aws.refusals import translated
from awsactivate.frozen import dataclass, field


@dataclass(frozen=True)
class HttpAnswer:
    """What a server answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def request(
    method: str,
    url: str,
    *,
    environ: Mapping[str, str],
    profile: str | None = None,
    form: bytes | None = None,
    seconds: tuple[float, float] = (10, 30),
) -> HttpAnswer:
    """Send one request and return the answer, whatever its status; no redirect is followed.

    `form` is a body of fields. `seconds` may pass until there is a connection, and until there is an answer.
    """
    headers = {"User-Agent": "awsactivate", "Accept": "application/json"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    prepared = AWSRequest(method=method, url=url, headers=headers, data=form).prepare()
    try:
        bundle = settings(profile).get_config_variable("ca_bundle") or environ.get("REQUESTS_CA_BUNDLE")
        session = URLLib3Session(
            verify=bundle or True, proxies=get_environ_proxies(url), timeout=seconds, max_pool_connections=1
        )
        answered = session.send(prepared)
    except BotoCoreError as error:
        raise translated(error) from error
    named = {str(name).lower(): str(value) for name, value in answered.headers.items()}
    return HttpAnswer(answered.status_code, named, answered.content)


def configured_endpoint(service: str, profile: str | None) -> str | None:
    """Return the endpoint that the user has set for a service as for every SDK, None where none is set.

    That is `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or `endpoint_url` in the profile.
    """
    session = settings(profile)
    try:
        if ensure_boolean(session.get_config_variable("ignore_configured_endpoint_urls")):
            return None
        found = ConfiguredEndpointProvider(
            full_config=session.full_config,
            scoped_config=session.get_scoped_config(),
            client_name=service,
        ).provide()
    except Exception as error:  # all that happens here is botocore looking into the user's settings
        raise unusable_settings.explained(error, session, profile) from error
    return str(found) if found else None
