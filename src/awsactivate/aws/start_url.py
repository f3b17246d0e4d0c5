"""A start URL of an organisation's own, followed to the one that IAM Identity Center knows."""

from __future__ import annotations

import os

from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.frozen import replace
from awsactivate.signin import start_urls
from awsactivate.signin.sso_settings import SsoSettings

_NO_HEAD = (405, 501)


def follow(settings: SsoSettings) -> SsoSettings:
    """Return the settings with AWS's own start URL, and with the region that it names.

    AWS knows no other. What leads nowhere is left to AWS to refuse.
    """
    if start_urls.is_of_aws(settings.start_url) or not settings.start_url.startswith("https://"):
        return settings
    from awsactivate.aws import http

    if http.configured_endpoint("sso-oidc", settings.profile):
        return settings  # somebody's own service, which knows its addresses

    said = f"{settings.whose}: sso_start_url {settings.start_url}"

    def asked(method: str) -> http.HttpAnswer:
        try:
            return http.request(method, settings.start_url, environ=os.environ, profile=settings.profile)
        except AwsactivateError as error:
            error.message = f"{said}: {error.message}"
            raise

    answer = asked("HEAD")
    if answer.status in _NO_HEAD:
        answer = asked("GET")
    try:
        target = start_urls.led_to(settings.start_url, answer.status, answer.headers.get("location"))
    except ValueError as error:
        raise ProfileError(f"{said}: {error}") from None
    if target is None:
        return settings
    return replace(settings, start_url=target, region=start_urls.region_of(target) or settings.region)
