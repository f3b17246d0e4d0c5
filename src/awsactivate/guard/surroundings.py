"""The environment of a guarded COMMAND: keys that are good for nothing else, and the way to the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from awsactivate.frozen import dataclass
from awsactivate.guard.stand_ins import StandIn
from awsactivate.sessions import environment, names

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Literal

    DoorKind = Literal["proxy", "endpoint"]

MARK = "AWSACTIVATE_GUARD"
"""Holds the guard's number; our own commands open no session below it."""
_PROXIES = ("HTTPS_PROXY", "https_proxy")
_BYPASSES = ("NO_PROXY", "no_proxy")
# Who reads which file of authorities: the AWS CLI with botocore, OpenSSL and Go, requests, curl, Node.
_BUNDLES = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
# Where more of AWS's endpoints and identities could be named, beside those that each session hides.
_HIDDEN = (
    *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
    *("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_BEARER_TOKEN_BEDROCK", "AWS_SIGV4A_SIGNING_REGION_SET"),
)
_SHAPING = (names.FIPS, names.DUALSTACK)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Entrance:
    """How COMMAND comes to the guard."""

    door: DoorKind
    """By a proxy, or by an endpoint in the place of AWS's."""
    url: str
    """Of the proxy, or of the endpoint."""
    bundle: str = ""
    """The file of authorities that COMMAND trusts, the run's own among them."""


def of_command(
    environ: Mapping[str, str],
    *,
    entrance: Entrance,
    keys: StandIn,
    region: str | None,
    settings: Mapping[str, str],
    number: int,
    aws: Iterable[str],
) -> dict[str, str]:
    """Return the environment of COMMAND, of one without a session.

    `settings` is what the session's profile says, of which COMMAND gets what shapes an endpoint's name. `aws`
    are the suffixes of AWS's hosts: what would lead past the door to them is left out.
    """
    kept = {name: value for name, value in environ.items() if not _is_hidden(name)}
    told = {**{name: settings[name] for name in _SHAPING if name in settings}, **kept}
    if (
        entrance.door == "endpoint"
    ):  # beside an endpoint several SDKs refuse them; the guard heeds them itself
        told = {name: value for name, value in told.items() if name not in _SHAPING}
    set_here = {
        **(dict.fromkeys(names.REGIONS, region) if region else {}),
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        MARK: str(number),
    }
    before = environment.alone({**told, **set_here}, {})
    return {
        **before,
        **(_by_proxy(before, entrance, aws) if entrance.door == "proxy" else _by_endpoint(before, entrance)),
    }


def _is_hidden(name: str) -> bool:
    hidden = (*names.CREDENTIALS, "AWS_CREDENTIAL_EXPIRATION", *names.HIDDEN, *_HIDDEN)
    return name in hidden or name.startswith((names.ENDPOINT, "AWSACTIVATE_", environment.PRIVATE_PREFIX))


def _by_proxy(environ: Mapping[str, str], entrance: Entrance, aws: Iterable[str]) -> dict[str, str]:
    return {
        **dict.fromkeys(_PROXIES, entrance.url),
        **dict.fromkeys(_BUNDLES, entrance.bundle),
        "NODE_USE_ENV_PROXY": "1",
        **_not_past(environ, tuple(aws)),
    }


def _by_endpoint(environ: Mapping[str, str], entrance: Entrance) -> dict[str, str]:
    # a proxy for HTTP would be asked for what is on this machine
    return {names.ENDPOINT: entrance.url, **_not_past(environ, ())}


def _not_past(environ: Mapping[str, str], aws: tuple[str, ...]) -> dict[str, str]:
    """Say what may go past the proxy still: what the user says, but for AWS's hosts and everything."""
    lower, upper = (environ.get(name, "") for name in reversed(_BYPASSES))
    listed = dict.fromkeys(entry.strip() for entry in f"{upper or lower},{lower or upper}".split(","))
    kept = [entry for entry in listed if entry and not _leads_past(entry, aws)]
    return dict.fromkeys(_BYPASSES, ",".join(dict.fromkeys([*kept, *_LOOPBACK])))


def _leads_past(entry: str, aws: tuple[str, ...]) -> bool:
    if entry.count(":") > 1:
        return False  # an IPv6 address
    host = entry.lower().partition(":")[0].lstrip("*").strip(".")
    return any(
        suffix == host or host.endswith(f".{suffix}") or suffix.endswith(f".{host}") or not host
        for suffix in aws
    )
