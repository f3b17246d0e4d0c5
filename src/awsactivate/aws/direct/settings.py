"""What the environment and a profile say of calling a service, read as botocore reads it.

Pure: both come in as arguments. What is said that the short way does not know makes the whole answer None,
and the call botocore's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from awsactivate.aws.direct.endpoints import PARTITIONS, endpoint
from awsactivate.frozen import dataclass
from awsactivate.profiles.ini import Values
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import partitions

# How hosts begin, where that is not with the service's name.
_PREFIXES = {"sso": "portal.sso", "sso-oidc": "oidc"}

# What changes how botocore calls, in ways that are not known here: the config's key, the variable, and the
# values that change nothing.
_NOT_KNOWN: tuple[tuple[str | None, str | None, tuple[str, ...]], ...] = (
    ("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE", ("preferred", "disabled")),
    ("api_versions", None, ()),
    ("auth_scheme_preference", "AWS_AUTH_SCHEME_PREFERENCE", ()),
    ("csm_enabled", "AWS_CSM_ENABLED", ("false",)),
    ("data_path", "AWS_DATA_PATH", ()),
    ("defaults_mode", "AWS_DEFAULTS_MODE", ("legacy",)),
    ("parameter_validation", None, ()),
    ("request_checksum_calculation", "AWS_REQUEST_CHECKSUM_CALCULATION", ("when_supported", "when_required")),
    ("request_min_compression_size_bytes", "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", ()),
    ("response_checksum_validation", "AWS_RESPONSE_CHECKSUM_VALIDATION", ("when_supported", "when_required")),
    ("retry_mode", "AWS_RETRY_MODE", ("legacy", "standard")),
    ("s3_disable_express_session_auth", "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", ("true", "false")),
    ("sdk_ua_app_id", "AWS_SDK_UA_APP_ID", ()),
    ("sigv4a_signing_region_set", "AWS_SIGV4A_SIGNING_REGION_SET", ()),
    ("tcp_keepalive", "BOTOCORE_TCP_KEEPALIVE", ("false",)),
    (None, "BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER", ()),
    (None, "BOTOCORE_EXPERIMENTAL__PLUGINS", ("", "disabled")),
    (None, "SSLKEYLOGFILE", ("",)),
    (None, "_X_AMZN_TRACE_ID", ()),
)

# An address of which every reader makes the same: no IPv6, no user, no query, no path to be shortened.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_URL = re.compile(
    rf"https?://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[1-9][0-9]{{0,4}}))?(?:/[A-Za-z0-9_~-]+)*/?"
)
_LONGEST_HOST, _LAST_PORT = 255, 65_535


@dataclass(frozen=True)
class Target:
    """Where requests go, the region that they are signed for, and the file of authorities to trust there."""

    url: str
    signing_region: str
    ca_bundle: str | None


def target(
    service: str,
    *,
    profile: str | None,
    region: str | None,
    partition: str | None,
    environ: Mapping[str, str],
    profiles: Profiles,
) -> Target | None:
    """Find where `service` is called for `profile` (None: for `AWS_PROFILE`, or for no profile).

    `region` None means the environment's or the profile's, or else the one that serves `partition`; one of
    another partition than that is never called. None is answered where botocore has to find it, or is to say
    what is wrong.
    """
    values = _values(profile, environ, profiles)
    if values is None or any(not isinstance(value, str | Mapping) for value in values.values()):
        return None
    said = _Said(environ, values)
    try:
        if any(not said.is_harmless(*row) for row in _NOT_KNOWN) or not _reads_same_files(environ):
            return None
        return _target(service, said, region or said.region(partition), profiles)
    except _NotPlainError:
        return None


class _NotPlainError(Exception):
    """A value is none that this way knows."""


@dataclass(frozen=True)
class _Said:
    """What is said by the environment, and else by the profile; an empty variable is said too."""

    environ: Mapping[str, str]
    values: Values

    def text(self, key: str | None, variable: str | None) -> str | None:
        if variable is not None and variable in self.environ:
            return self.environ[variable]
        value = self.values.get(key) if key is not None else None
        if value is not None and not isinstance(value, str):
            raise _NotPlainError
        return value

    def flag(self, key: str, variable: str) -> bool:
        return (self.text(key, variable) or "").lower() == "true"

    def region(self, partition: str | None) -> str:
        """Return the first region of `partition` that is named, else its home."""
        for region in (partitions.named_in(self.environ), self.text("region", None)):
            if region and partitions.is_of(region, partition):
                return region
        return partitions.home_of(partition)

    def is_harmless(self, key: str | None, variable: str | None, values: tuple[str, ...]) -> bool:
        said = self.text(key, variable)
        return said is None or said.lower() in values


def _values(profile: str | None, environ: Mapping[str, str], profiles: Profiles) -> Values | None:
    name = profile
    if name is None:
        name = environ.get("AWS_DEFAULT_PROFILE", environ.get("AWS_PROFILE"))
    if name is None:
        return profiles["default"].values if "default" in profiles else {}
    return profiles[name].values if name in profiles else None


def _reads_same_files(environ: Mapping[str, str]) -> bool:
    paths = (environ.get("AWS_CONFIG_FILE"), environ.get("AWS_SHARED_CREDENTIALS_FILE"))
    return all(path is None or (path and "$" not in path) for path in paths)


def _target(service: str, said: _Said, region: str, profiles: Profiles) -> Target | None:
    fips = said.flag("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT")
    dual_stack = said.flag("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT")
    sts = said.text("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS") or "regional"
    bundle = said.text("ca_bundle", "AWS_CA_BUNDLE")
    if bundle is None:
        bundle = said.environ.get("REQUESTS_CA_BUNDLE")
    is_no_bundle = bundle is not None and not bundle.strip()
    prefix = _PREFIXES.get(service, service)
    if is_no_bundle or sts not in ("regional", "legacy") or not _is_signed_as_ever(prefix, said):
        return None
    found = endpoint(
        service,
        prefix,
        region,
        fips=fips,
        dual_stack=dual_stack,
        legacy_sts=sts == "legacy",
    )
    url = _configured_url(service, said, profiles)
    if not url:
        return Target(found.url, found.signing_region, bundle) if found else None
    is_region = any(one.has(region) for one in PARTITIONS) and not region.endswith("-global")
    if fips or dual_stack or not is_region or not _is_plain(url):
        return None
    return Target(url, region, bundle)


def _is_signed_as_ever(prefix: str, said: _Said) -> bool:
    """Tell whether no other signature is asked for, and nothing of S3 that stops every client."""
    own, s3 = said.values.get(prefix), said.values.get("s3")
    if isinstance(own, Mapping) and own.get("signature_version"):
        return False
    east = said.text("s3_us_east_1_regional_endpoint", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT")
    if east is None and isinstance(s3, Mapping):
        east = s3.get("us_east_1_regional_endpoint")
    style = s3.get("addressing_style") if isinstance(s3, Mapping) else None
    return east in (None, "legacy", "regional") and style in (None, "auto", "path", "virtual")


def _is_plain(url: str) -> bool:
    match = _PLAIN_URL.fullmatch(url)
    if match is None or len(match["host"]) > _LONGEST_HOST:
        return False
    return match["port"] is None or int(match["port"]) <= _LAST_PORT


def _configured_url(service: str, said: _Said, profiles: Profiles) -> str | None:
    """Return the endpoint that is configured, in the order that all of AWS's SDKs keep.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    if said.flag("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        return None
    name = service.replace("-", "_")
    for variable in (f"AWS_ENDPOINT_URL_{name.upper()}", "AWS_ENDPOINT_URL"):
        if url := said.environ.get(variable):
            return url
    if "services" in said.values:
        section = profiles.services.get(said.text("services", None) or "")
        own = section.get(name, {}) if section else ""
        if not isinstance(own, Mapping):  # or no such section, of which botocore complains
            raise _NotPlainError
        if own.get("endpoint_url"):
            return own["endpoint_url"]
    return said.text("endpoint_url", None)
