"""AWS's time, as the nearest STS tells it to anybody who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from awsactivate.aws.clients import client
from awsactivate.aws.http import request
from awsactivate.errors import UnreachableError
from awsactivate.sessions.credentials import Credentials

# To make a client is how botocore tells its endpoint; nothing is signed.
_NOBODY = Credentials("unsigned", "unsigned")


def endpoint(region: str | None) -> str:
    """Return the URL of STS in `region`, with what the user has configured of it."""
    return str(client("sts", _NOBODY, profile=None, region=region).meta.endpoint_url)


def measure_skew(url: str, environ: Mapping[str, str], clock: Callable[[], float], seconds: float) -> int:
    """Return how many seconds this machine's clock is ahead of the `Date` that `url` answers with."""
    before = clock()
    answer = request("GET", f"{url.rstrip('/')}/", environ=environ, seconds=(seconds, seconds))
    after = clock()
    try:
        date = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except ValueError as error:
        raise UnreachableError(f"{urlsplit(url).hostname} answers without the time") from error
    # the date is cut to its second, and was written half-way between question and answer
    return round((before + after) / 2 - (date + 0.5))
