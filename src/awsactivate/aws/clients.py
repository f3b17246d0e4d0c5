"""botocore clients made from a profile's own settings and explicit credentials.

The profile brings what botocore knows of it (endpoint, regional STS, FIPS, dual stack, CA bundle, proxies
from the environment); the credentials are always given, so that no credential chain is ever walked. boto3
would be a sixth more to import, for nothing that is used here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserFactory

from awsactivate.aws import unusable_settings
from awsactivate.aws.answers import not_aws
from awsactivate.errors import ProfileError
from awsactivate.profiles import chosen
from awsactivate.profiles.read import config_path, credentials_path
from awsactivate.sessions import partitions, usable
from awsactivate.sessions.credentials import Credentials

# An unreachable AWS must be said while the person still looks; botocore's own 60 s is for servers.
_TIMEOUTS = {"connect_timeout": 10, "read_timeout": 30, "max_pool_connections": 16}


def settings(profile: str | None) -> botocore.session.Session:
    """Load botocore's view of `profile` (None: of `AWS_PROFILE`, or of no profile)."""
    session = botocore.session.Session(profile=profile)
    # the same files as are read here, also where a variable is empty
    session.set_config_variable("config_file", str(config_path(os.environ)))
    session.set_config_variable("credentials_file", str(credentials_path(os.environ)))
    if profile is None and chosen.profile_in(os.environ) is None:
        session.session_var_map["profile"] = (None, None, None, None)  # for an empty name is none
    session.register_component("response_parser_factory", _Parsers())
    return session


class NoAnswerOfAwsError(HTTPClientError):  # type: ignore[misc]  # botocore has no types
    """What came back can't be read as AWS's answer: a sign-in page, a proxy's own words, or half of it."""

    fmt = not_aws("{status}")


class _Parsers(ResponseParserFactory):  # type: ignore[misc]
    """botocore's parsers, which raise whatever comes of an odd answer: here it is an error of botocore's."""

    def create_parser(self, protocol_name: str) -> Any:
        parser = super().create_parser(protocol_name)
        parse = parser.parse

        def parse_or_refuse(response: dict[str, Any], shape: Any) -> Any:
            try:
                parsed = parse(response, shape)
                hash(parsed.get("Error", {}).get("Code"))  # by which botocore looks for the error's own class
            except Exception as error:
                raise NoAnswerOfAwsError(status=response.get("status_code")) from error
            return parsed

        parser.parse = parse_or_refuse
        return parser


class _OneService(Loader):  # type: ignore[misc]  # botocore has no types
    """botocore's data, of which only one service will be asked for.

    To know its name, botocore would look into the folders of all four hundred.
    """

    def __init__(self, service: str, data_path: str | None) -> None:
        folders = [str(Path(text).expanduser()) for text in (data_path or "").split(os.pathsep) if text]
        super().__init__(extra_search_paths=folders)
        self._service = service

    def list_available_services(self, type_name: str) -> list[str]:
        """Name the service, which is there: its name is ours."""
        return [self._service]


def client(
    service: str,
    credentials: Credentials | None,
    *,
    profile: str | None,
    region: str | None = None,
    partition: str | None = None,
    retries: bool | Mapping[str, Any] = True,
    regional: bool = False,
) -> Any:
    """Make a client of `service` that signs with `credentials`, or with none at all.

    `region` None means the environment's or the profile's, or else the one that serves `partition`; one
    of another partition than that is never called. Without `retries` (which may be botocore's
    settings of them) a request goes out once: what must never be sent twice is the caller's to try
    again. `regional` is for the calls that STS's global endpoint does not have, whatever the profile
    prefers.
    """
    if credentials and (fault := usable.fault(credentials)):
        raise ProfileError(f"these credentials can't be used: {fault}", "awsactivate doctor")
    named = partitions.named_in(os.environ) if region is None else None
    session = settings(profile)
    try:
        region = region or _region(session, named, partition)
        if regional:
            session.set_config_variable("sts_regional_endpoints", "regional")
            region = "us-east-1" if region == "aws-global" else region
        tries = retries or {"total_max_attempts": 1}
        options = Config(**_TIMEOUTS) if tries is True else Config(**_TIMEOUTS, retries=tries)
        if credentials is None:
            options = options.merge(Config(signature_version=UNSIGNED))
        loader = _OneService(service, session.get_config_variable("data_path"))
        session.register_component("data_loader", loader)
        made = session.create_client(
            service,
            region_name=region,
            aws_access_key_id=credentials.access_key_id if credentials else None,
            aws_secret_access_key=credentials.secret_access_key if credentials else None,
            aws_session_token=credentials.session_token if credentials else None,
            config=options,
        )
        _refuse_no_port(made.meta.endpoint_url)
    except Exception as error:  # all that happens here is botocore looking into the user's settings
        raise unusable_settings.explained(error, session, profile) from error
    return made


def _refuse_no_port(url: str) -> None:
    """Raise what botocore raises for an address that is none, of which it looks at the port with a call."""
    try:
        urlsplit(url).port  # noqa: B018  (to ask for it is to check it)
    except ValueError as error:
        raise ValueError(f"{unusable_settings.INVALID_ENDPOINT}{url}") from error


def _region(session: botocore.session.Session, named: str | None, partition: str | None) -> str:
    """Return the first region of `partition` that the environment or the profile names, else its home."""
    of_profile = session.get_scoped_config().get("region")
    for region in (named, of_profile):
        if region and partitions.is_of(region, partition):
            return str(region)
    return partitions.home_of(partition)
