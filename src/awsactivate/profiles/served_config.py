"""The configuration of a command that is served several profiles: all that they say but their credentials.

Whatever names no source and no credential goes over as it stands; each one's credentials come from a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from awsactivate.frozen import dataclass
from awsactivate.profiles.ini import Values
from awsactivate.profiles.model import Profile, Profiles

# Whose credentials they are, and how they are come by.
_SOURCES = frozenset(
    {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"}
    | {"role_arn", "source_profile", "credential_source", "credential_process", "mfa_serial", "mfa_process"}
    | {"external_id", "duration_seconds", "role_session_name", "web_identity_token_file", "login_session"}
    | {"source_identity", "session_tags", "transitive_session_tags", "policy_arns", "session_policy"}
    | {"revocable", "services", "region"}  # these two are written by themselves
)
_SOURCES_BEGIN = ("sso_",)
# What other tools keep beside AWS's own keys.
_MAY_BE_SECRET = re.compile(r"secret|token|passw|passphrase|credential|assertion|private|_key\b|\bpin\b")
# Of the file that is there for secrets, only what SDKs know as a setting goes over.
_SETTINGS = frozenset(
    {"output", "endpoint_url", "ignore_configured_endpoint_urls", "ca_bundle", "s3", "s3api"}
    | {"use_fips_endpoint", "use_dualstack_endpoint", "sts_regional_endpoints", "defaults_mode"}
    | {"max_attempts", "retry_mode", "tcp_keepalive", "parameter_validation", "api_versions"}
    | {"sdk_ua_app_id", "account_id_endpoint_mode", "sigv4a_signing_region_set", "user_agent_appid"}
    | {"request_checksum_calculation", "response_checksum_validation", "disable_request_compression"}
    | {"request_min_compression_size_bytes", "expected_account_id", "awsactivate_prompt", "confirm"}
    | {"cli_timestamp_format", "cli_follow_urlparam", "cli_pager", "cli_binary_format", "cli_history"}
    | {"cli_auto_prompt", "cli_help_output", "cli_error_format", "metadata_service_timeout"}
    | {"metadata_service_num_attempts", "s3_us_east_1_regional_endpoint", "s3_use_arn_region"}
    | {
        "s3_disable_multiregion_access_points",
        "s3_disable_express_session_auth",
        "endpoint_discovery_enabled",
    }
)
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
            sections[f"services {_quoted(services)}"] = _without_secrets(profiles.services[services])
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


def _kept(profile: Profile) -> dict[str, str | Mapping[str, str]]:
    """Return what of a profile names no source and no credential."""
    of_config = {
        key: value
        for key, value in profile.config_values.items()
        if key not in _SOURCES and not key.startswith(_SOURCES_BEGIN)
    }
    of_credentials = {key: value for key, value in profile.credentials_values.items() if key in _SETTINGS}
    return _without_secrets({**of_config, **of_credentials})


def _without_secrets(values: Values) -> dict[str, str | Mapping[str, str]]:
    kept: dict[str, str | Mapping[str, str]] = {}
    for key, value in values.items():
        if not _MAY_BE_SECRET.search(key):
            kept[key] = value if isinstance(value, str) else _plain(value)
    return kept


def _plain(nested: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in nested.items() if not _MAY_BE_SECRET.search(key)}


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
