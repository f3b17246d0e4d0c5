"""Sections that somebody wrote for a profile, and that AWS's tools, and so we, do not read as one."""

from __future__ import annotations

import re
from collections.abc import Collection

from awsactivate.frozen import dataclass

# What tells that a section is meant as a profile, whatever its header says.
_OF_PROFILE = frozenset(
    """
    role_arn source_profile region aws_access_key_id credential_process sso_session sso_account_id mfa_serial
    sso_start_url credential_source web_identity_token_file
    """.split()  # noqa: SIM905  (a list of words is read as such)
)
_KIND = re.compile(r"\s*(profile|sso[-_ ]session|services)\b[\s:]*(.*?)\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Unread:
    """A section that is not read."""

    kind: str
    """What it was meant as: `profile` or `sso-session`."""
    name: str
    header: str
    """As it is written."""
    spelling: str
    """How it must be written."""
    path: str
    line: int

    @property
    def words(self) -> str:
        """Say it in one line."""
        place = f"{self.path}, line {self.line}"
        return f"{place}: [{self.header}] is not read: AWS's tools want [{self.spelling}]"

    @property
    def hint(self) -> str:
        """Say what to write."""
        return f"write [{self.spelling}] in line {self.line} of {self.path}"


def in_config(header: str, keys: Collection[str], path: str, line: int) -> Unread | None:
    """Tell what a section of the config that is not read was meant as; None where it is another tool's."""
    if header.strip().lower() == "default":
        return Unread("profile", "default", header, "default", path, line)
    match = _KIND.fullmatch(header)
    if match and not match[1].lower().startswith("services"):
        kind = "profile" if match[1].lower() == "profile" else "sso-session"
        name = _bare(match[2])
        return Unread(kind, name, header, f"{kind} {_spelt(name)}", path, line)
    if match or not _OF_PROFILE.intersection(keys):
        return None
    name = _bare(header)
    return Unread("profile", name, header, f"profile {_spelt(name)}", path, line)


def in_credentials(header: str, path: str, line: int) -> Unread | None:
    """Tell which profile a section of the credentials file was meant as that says `profile` as in the config.

    There it is read, under the whole header as its name.
    """
    match = re.fullmatch(r"\s*profile\s+(.+?)\s*", header, re.IGNORECASE)
    return Unread("profile", _bare(match[1]), header, _bare(match[1]), path, line) if match else None


def has_comment(text: str) -> bool:
    """Tell whether a value seems to end in a comment."""
    return re.search(r"\s[#;]", text) is not None


def _bare(text: str) -> str:
    return re.sub(r"""^["']|["']$""", "", text.strip())


def _spelt(name: str) -> str:
    if name and re.fullmatch(r"[^\s'\"\\]+", name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if name else "NAME"
