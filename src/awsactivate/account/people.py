"""What a person writes into `~/.aws/config` to assume the role that is the person's own."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.account.settings import Settings

Profiles = Mapping[str, Mapping[str, str]]


def key_profile(user: str, role_profile: str, *, is_called_otherwise: bool = False) -> str:
    """Name the profile that has the user's key: like the user, unless that may be taken."""
    return f"{role_profile}-{user}" if is_called_otherwise or user == role_profile else user


def profiles(home: Settings, source: str, role_profile: str) -> Profiles:
    """Return the lines of two profiles: `source` has the key, `role_profile` is the one to activate.

    `home` describes the role alone that the user may assume.
    """
    return {
        source: {"region": home.region},
        role_profile: {
            "role_arn": home.role_arn,
            "source_profile": source,
            "region": home.region,
            "revocable": "true",
        },
    }


def text(user: str, home: Settings, found: Profiles) -> str:
    """Write the profiles as they stand in the file, under a comment that says whose they are."""
    sections = (
        f"[profile {name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        for name, values in found.items()
    )
    return f"# {user} assumes {home.role_arn}, by group {home.group_name}\n" + "\n".join(sections)
