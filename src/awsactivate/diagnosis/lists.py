"""Profiles whose role keeps lists of revoked sessions, and that do not say so."""

from __future__ import annotations

from collections.abc import Callable

from awsactivate.diagnosis.finding import Finding
from awsactivate.profiles import ini_edits
from awsactivate.profiles.model import Profiles, name_in

_LINE = "revocable = true"


def of_lists(
    config_text: str, config_path: str, profiles: Profiles, keeps_lists: Callable[[str], bool]
) -> list[Finding]:
    """Find the profiles of the config that lack the mark of such a role; `keeps_lists` tells which those are.

    Until they have it, only this machine knows that IAM is to be asked before a session is used.
    """
    headers = {
        header if header == "default" else name_in(header): line
        for (header, key), line in ini_edits.line_numbers(config_text).items()
        if key == "role_arn" and header.startswith(("profile", "default"))
    }
    marked = {
        profile.role_arn for profile in profiles.values() if (profile.revocable or "").lower() == "true"
    }
    return [
        Finding(
            "config",
            "warning",
            f"profile {profile.name!r}: its role keeps lists of revoked sessions, and no {_LINE!r} says so",
            f"add the line `{_LINE}` to the profile",
            config_path,
            headers[profile.name],
        )
        for profile in profiles.values()
        if profile.name in headers and profile.role_arn not in marked and keeps_lists(profile.role_arn or "")
    ]
