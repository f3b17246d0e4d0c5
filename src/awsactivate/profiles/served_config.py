"""The configuration of a command that is served several profiles: all that they say but their credentials.

What SDKs, the AWS CLI and this program know as a setting goes over as it is, and nothing else: others keep
what they like there, secrets too. Each one's credentials come from a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from awsactivate.frozen import dataclass
from awsactivate.profiles.ini import Values
from awsactivate.profiles.model import Profile, Profiles

_SETTINGS = frozenset(
    {"output", "endpoint_url", "ignore_configured_endpoint_urls", "ca_bundle", "data_path", "s3", "s3api"}
    | {"use_fips_endpoint", "use_dualstack_endpoint", "sts_regional_endpoints", "defaults_mode"}
    | {"max_attempts", "retry_mode", "tcp_keepalive", "parameter_validation", "api_versions"}
    | {"sdk_ua_app_id", "account_id_endpoint_mode", "sigv4a_signing_region_set", "user_agent_appid"}
    | {"auth_scheme_preference", "request_checksum_calculation", "response_checksum_validation"}
    | {"disable_request_compression", "request_min_compression_size_bytes"}
    | {"disable_host_prefix_injection", "endpoint_discovery_enabled"}
    | {"csm_enabled", "csm_host", "csm_port", "csm_client_id"}
    | {"metadata_service_timeout", "metadata_service_num_attempts", "imds_use_ipv6"}
    | {"ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode", "ec2_metadata_v1_disabled"}
    | {"cli_timestamp_format", "cli_follow_urlparam", "cli_pager", "cli_binary_format", "cli_history"}
    | {"cli_auto_prompt", "cli_help_output", "cli_error_format"}
    | {"s3_us_east_1_regional_endpoint", "s3_use_arn_region", "s3_disable_multiregion_access_points"}
    | {"s3_disable_express_session_auth"}
    | {"expected_account_id", "awsactivate_prompt", "confirm"}
)
# What stands indented under `s3`, `s3api` and the services of a `services` section.
_OF_A_SERVICE = _SETTINGS | {
    *("addressing_style", "use_accelerate_endpoint", "payload_signing_enabled", "use_arn_region"),
    *("us_east_1_regional_endpoint", "signature_version", "max_concurrent_requests", "max_queue_size"),
    *("multipart_threshold", "multipart_chunksize", "max_bandwidth", "io_chunksize", "fastio", "direct_io"),
    *("preferred_transfer_client", "target_bandwidth", "target_throughput", "should_stream"),
    *("disk_throughput", "max_in_memory_upload_chunks", "max_in_memory_download_chunks"),
}
_API_VERSION = re.compile(r"\d{4}-\d\d-\d\d")
_URL_WITH_USER = re.compile(r"//[^/?#\s]*@")
_PLAIN_NAME = re.compile(r"[^\s'\"\\\[\]#;]+")
_NEEDS_NO_ESCAPE = re.compile(r"[A-Za-z0-9_./+:@%=,-]|[^\x00-\x7f]")


@dataclass(frozen=True)
class ServedProfile:
    """A profile as a command is to see it."""

    name: str
    region: str | None
    """None where it has none of its own."""
    process: str
    """The command line that prints its credentials, as `command_line` writes it."""


def config_text(served: Iterable[ServedProfile], profiles: Profiles) -> str:
    """Write the configuration in which `served` are all there is; `profiles` are the person's own."""
    sections: dict[str, Values] = {}
    for one in served:
        profile = profiles.get(one.name) or Profile(one.name)
        values = _kept(profile)
        if one.region:
            values["region"] = one.region
        services = profile.text("services")
        if services is not None and services in profiles.services:
            values["services"] = services
            sections[f"services {_quoted(services)}"] = _of_services(profiles.services[services])
        sections[_header(one.name)] = {**values, "credential_process": one.process}
    return "\n".join(_section(header, values) for header, values in sections.items())


def command_line(words: Iterable[str]) -> str:
    r"""Write a command for `credential_process`, which some SDKs split and others give to `sh -c`.

    A backslash escapes in both. No blank stands before a `#` or `;`, where several SDKs see a comment begin,
    and no quote at both ends, which some take off.
    """
    return " ".join(
        "".join(letter if _NEEDS_NO_ESCAPE.match(letter) else f"\\{letter}" for letter in word)
        for word in words
    )


def urls_with_user(names: Iterable[str], profiles: Profiles) -> list[str]:
    """Name the settings that do not go over since their URL has a user in it, who has a password there."""
    found: list[str] = []
    for name in names:
        profile = profiles.get(name) or Profile(name)
        services = profile.text("services") or ""
        for values in (profile.values, profiles.services.get(services, {})):
            found += [
                f"{key} of {name}"
                for key, value in _leaves(values)
                if key in _OF_A_SERVICE and _URL_WITH_USER.search(value)
            ]
    return list(dict.fromkeys(found))


def _leaves(values: Values) -> Iterable[tuple[str, str]]:
    for key, value in values.items():
        yield from [(key, value)] if isinstance(value, str) else value.items()


def _kept(profile: Profile) -> dict[str, str | Mapping[str, str]]:
    """Return what of a profile is known as a setting."""
    values = {**profile.config_values, **profile.credentials_values}
    return _settings({key: value for key, value in values.items() if key in _SETTINGS})


def _of_services(values: Values) -> dict[str, str | Mapping[str, str]]:
    return _settings({key: value for key, value in values.items() if not isinstance(value, str)})


def _settings(values: Values) -> dict[str, str | Mapping[str, str]]:
    kept: dict[str, str | Mapping[str, str]] = {}
    for key, value in values.items():
        if not isinstance(value, str):
            kept[key] = _versions(value) if key == "api_versions" else _of_a_service(value)
        elif not _URL_WITH_USER.search(value):
            kept[key] = value
    return kept


def _versions(nested: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in nested.items() if _API_VERSION.fullmatch(value)}


def _of_a_service(nested: Mapping[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in nested.items()
        if key in _OF_A_SERVICE and not _URL_WITH_USER.search(value)
    }


def _section(header: str, values: Values) -> str:
    lines = [f"[{header}]"]
    for key, value in values.items():
        if isinstance(value, str):
            first, *others = value.split("\n")
            lines += [f"{key} = {first}", *(f"    {line}" if line else "" for line in others)]
        else:
            lines += [f"{key} =", *(f"    {inner} = {said}" for inner, said in value.items())]
    return "\n".join(lines) + "\n"


def _header(name: str) -> str:
    return name if name == "default" else f"profile {_quoted(name)}"


def _quoted(name: str) -> str:
    """Quote a name as it must stand in a header, which botocore splits as a shell does."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return "'" + name.replace("'", "'\\''") + "'"
