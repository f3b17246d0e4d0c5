"""The AWS configuration: what in it no session can come of, or is not what it looks like."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache

from awsactivate.diagnosis.finding import Finding, Status
from awsactivate.errors import AwsactivateError
from awsactivate.frozen import dataclass
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.profiles import ini_edits
from awsactivate.profiles.model import KEYS, Profiles, name_in
from awsactivate.profiles.unread import has_comment, is_quoted, near_key
from awsactivate.sessions import arns
from awsactivate.sessions.plan import Plan, make_plan
from awsactivate.sessions.regions import without_regions
from awsactivate.sessions.steps import Options

# Keys that AWS's SDKs and CLI read, and this program leaves to botocore.
_KEYS_OF_AWS = frozenset(
    """
    account_id account_id_endpoint_mode api_versions auth_scheme_preference aws_access_key_id
    aws_account_id aws_secret_access_key aws_security_token aws_session_token cli_auto_prompt
    cli_binary_format cli_follow_urlparam cli_help_output cli_history cli_pager cli_timestamp_format
    defaults_mode disable_request_compression ec2_metadata_service_endpoint
    ec2_metadata_service_endpoint_mode ec2_metadata_v1_disabled endpoint_discovery_enabled
    max_attempts metadata_service_num_attempts metadata_service_timeout
    output parameter_validation request_checksum_calculation request_min_compression_size_bytes
    response_checksum_validation retry_mode s3 s3_disable_express_session_auth
    s3_disable_multiregion_access_points s3_us_east_1_regional_endpoint s3_use_arn_region sdk_ua_app_id
    sigv4a_signing_region_set sso_registration_scopes tcp_keepalive
    """.split()  # noqa: SIM905  (a list of words is read as such)
)
_KEYS = _KEYS_OF_AWS | KEYS.keys()
# Keys of other tools, which look like misspelt ones.
_OTHERS = frozenset({"sso_account_name", "sso_role", "include_profile", "parent_profile", "role_duration"})
# What may hold a # or quotes on purpose.
_FREE_TEXT = frozenset({"credential_process", "mfa_process", "guard_notify", "awsactivate_prompt"})
# Whom AWS Sign-In tells as the one who signed in.
_IDENTITY = re.compile(
    r"arn:aws(?:-[a-z0-9]+)*:(?:iam::[0-9]{12}:(?:root|user/[!-~]+)"
    r"|sts::[0-9]{12}:(?:assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+))",
    re.ASCII,
)
_PLACEHOLDERS = {"AWS_ACCESS_KEY_ID": "placeholder", "AWS_SECRET_ACCESS_KEY": "placeholder"}


@dataclass(frozen=True)
class File:
    """A configuration file's path and text."""

    path: str
    text: str


def of_config(
    config: File,
    credentials: File,
    profiles: Profiles,
    *,
    index: Mapping[str, IndexEntry],
    environ: Mapping[str, str],
) -> list[Finding]:
    """Find what is wrong in both files, which `profiles` were read from."""
    places = _Places(config, credentials)
    found = [*_sections(profiles), *_misspelt(config, credentials), *_decorated(config, credentials)]
    # what the environment has of keys and regions changes by the hour, and is no matter of the files
    around = without_regions(environ)
    found += _login_sessions(profiles, places)
    told = {(finding.file, finding.line) for finding in found if finding.status == "error"}
    planned = _plans(profiles, places, index=index, environ={**_PLACEHOLDERS, **around})
    found += [one for one in planned if one.line is None or (one.file, one.line) not in told]
    if not found:
        return [Finding("config", "ok", _summary(profiles), file=config.path)]
    return sorted(found, key=lambda finding: (finding.file or "", finding.line or 0))


class _Places:
    """Where each key of each profile stands."""

    def __init__(self, config: File, credentials: File) -> None:
        self._places: dict[tuple[str, str], tuple[str, int]] = {}
        for (header, key), line in ini_edits.line_numbers(config.text).items():
            name = header if header == "default" else name_in(header)
            if name is not None and (header == "default" or header.startswith("profile")):
                self._places.setdefault((name, key), (config.path, line))
        for (header, key), line in ini_edits.line_numbers(credentials.text).items():
            self._places.setdefault((header, key), (credentials.path, line))

    def finding(self, status: Status, profile: str, message: str, hint: str | None) -> Finding:
        """Say something of a profile, at the line of the first of its keys that `message` names."""
        words = re.findall(r"[a-z][a-z0-9_]*", re.sub(r"^profile '[^']*'", "", message))
        keys = [word for word in words if (profile, word) in self._places]
        path, line = self._places.get((profile, keys[0] if keys else ""), (None, None))
        if hint is None and path is not None:
            hint = f"${{EDITOR:-vi}} +{line} {shlex.quote(path)}"
        return Finding("config", status, message, hint, path, line)


def _sections(profiles: Profiles) -> Iterator[Finding]:
    for section in profiles.unread:
        if section.path == profiles.credentials_path and not section.why:
            message = f"the section [{section.header}] is read as a profile of that name: in this file it is"
            message += f" [{section.spelling}]"
        else:
            message = section.fault
        hint = section.hint if section.why else f"write [{section.spelling}]"
        yield Finding("config", "error", message, hint, section.path, section.line)


def _decorated(*files: File) -> Iterator[Finding]:
    """Find what is no part of a value of AWS's keys, and read as one: a comment behind it, quotes around it.

    But for what a program's words may be.
    """
    for file in files:
        lines = ini_edits.LINE.findall(file.text)
        for (header, key), line in ini_edits.line_numbers(file.text).items():
            if key not in _KEYS or key in _FREE_TEXT:
                continue
            value = re.split("[=:]", lines[line - 1], maxsplit=1)[-1].strip()
            if has_comment(value):
                message = f"[{header}] has a comment behind {key}, which is read as part of its value"
                hint = "put the comment on a line of its own"
                yield Finding("config", "warning", message, hint, file.path, line)
            elif is_quoted(value):
                message = f"[{header}] has {key} between quotes, which are read as part of its value"
                yield Finding("config", "error", message, "write it without quotes", file.path, line)


def _misspelt(*files: File) -> Iterator[Finding]:
    for file in files:
        for (header, key), line in ini_edits.line_numbers(file.text).items():
            if not key or key in _KEYS or key in _OTHERS or header.startswith(("services", "plugins")):
                continue
            near = _near(key)
            if near is not None:
                message = f"[{header}] has {key!r}, which nothing reads"
                yield Finding("config", "error", message, f"did you mean {near!r}?", file.path, line)


@cache  # a tool's own key may stand in each of a thousand profiles
def _near(key: str) -> str | None:
    return near_key(key, sorted(_KEYS))


def _plans(
    profiles: Profiles, places: _Places, *, index: Mapping[str, IndexEntry], environ: Mapping[str, str]
) -> Iterator[Finding]:
    said: set[str] = set()
    for name in profiles:
        try:
            plan = make_plan(
                name, profiles, Options(), environ=environ, login_name="", nonce="0" * 10, index=index
            )
        except AwsactivateError as error:
            owner = _owner(error.message, name)
            # settings alone are fine, until somebody takes them for a source
            is_plain = error.message.endswith("has no credentials and no role_arn") and owner == name
            # a ring is told once, from whichever of its profiles it is met first
            ring = error.message.partition(" in a ring: ")[2]
            what = " ".join(sorted({*ring.split(" -> ")})) if ring else error.message
            if not is_plain and what not in said:
                said.add(what)
                yield places.finding("error", owner, error.message, error.hint)
            continue
        for note in plan.notes:
            yield places.finding("warning", name, f"profile {name!r}: {note}", None)
        yield from _mismatches(name, plan, places)
        yield from _without_mfa(name, plan, places)


def _login_sessions(profiles: Profiles, places: _Places) -> Iterator[Finding]:
    """Find what names nobody who could sign in: who does must be that identity to the letter."""
    for name, profile in profiles.items():
        session = profile.login_session
        if session is not None and not _IDENTITY.fullmatch(session.strip()):
            message = f"profile {name!r}: login_session {session!r} names nobody who can sign in"
            hint = (
                "an IAM user, root or a role's session: arn:aws:iam::ACCOUNT:user/NAME, "
                "arn:aws:iam::ACCOUNT:root, arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME"
            )
            yield places.finding("error", name, message, hint)


def _mismatches(name: str, plan: Plan, places: _Places) -> Iterator[Finding]:
    roles = [step.role_arn for step in plan.steps if step.role_arn]
    if not roles:
        return
    partition = arns.partition_of(roles[-1])
    serial = plan.steps[0].mfa_serial or ""
    if serial.startswith("arn:") and arns.partition_of(serial) != partition:
        message = f"mfa_serial is in the partition {arns.partition_of(serial)}, and the role in {partition}"
        yield places.finding("error", name, f"profile {name!r}: {message}", "check mfa_serial and role_arn")


def _without_mfa(name: str, plan: Plan, places: _Places) -> Iterator[Finding]:
    first = plan.steps[0] if plan.steps else None
    if first and first.role_arn and not first.mfa_serial and plan.source.kind in ("profile", "keyring"):
        source = shlex.quote(plan.source.name)
        yield places.finding(
            "warning",
            name,
            f"profile {name!r}: role_arn is assumed without MFA: neither it nor its sources have mfa_serial",
            f"awsactivate mfa list --profile {source}, then mfa_serial = ARN",
        )


def _owner(message: str, target: str) -> str:
    match = re.match(r"profile '([^']*)'", message)
    return match[1] if match else target


def _summary(profiles: Profiles) -> str:
    with_role = sum("role_arn" in profile.values for profile in profiles.values())
    return f"{len(profiles)} profiles, {with_role} with a role, nothing wrong in them"
