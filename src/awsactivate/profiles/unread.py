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
_MEANT = 0.8  # how near the first word of a header must be to "profile"
_WITHIN = re.compile(r"\[(default|profile\s[^]]+|sso-session\s[^]]+)]", re.DOTALL)
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
    why: str = ""
    """Why it is not read, where that is not how it is spelt."""

    @property
    def fault(self) -> str:
        """Say what is wrong, without the place."""
        why = self.why or f"AWS's tools want [{self.spelling}]"
        return f"[{self.header}] is not read: {why}"

    @property
    def words(self) -> str:
        """Say it in one line."""
        return f"{self.path}, line {self.line}: {self.fault}"

    @property
    def hint(self) -> str:
        """Say what to write."""
        if self.header == self.spelling:
            return f"begin a line with [{self.spelling}] in place of line {self.line} of {self.path}"
        if self.why:
            return f"join it with the other, in {self.path}"
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
    name = _named_profile(header) or _bare(header)
    return Unread("profile", name, header, f"profile {_spelt(name)}", path, line)


def within(text: str, path: str, line: int) -> Unread | None:
    """Tell which section stands in a value's text: behind it in its line, or indented in its own."""
    match = _WITHIN.search(text)
    if match is None:
        return None
    kind = "sso-session" if match[1].startswith("sso-session") else "profile"
    name = _bare(match[1].removeprefix(kind)) or "default"
    why = "it does not begin its line, and is part of the value before it"
    return Unread(kind, name, match[1], match[1], path, line, why)


def twice(name: str, header: str, line: int, later: tuple[str, int], path: str) -> Unread:
    """Tell of a profile whose section is not read, since another one, `later`, has the same name."""
    why = f"[{later[0]}] in line {later[1]} has the same name"
    return Unread("profile", name, header, later[0], path, line, why)


def in_credentials(header: str, path: str, line: int) -> Unread | None:
    """Tell which profile a section of the credentials file was meant as that says `profile` as in the config.

    There it is read, under the whole header as its name.
    """
    match = re.fullmatch(r"\s*profile\s+(.+?)\s*", header, re.IGNORECASE)
    return Unread("profile", _bare(match[1]), header, _bare(match[1]), path, line) if match else None


def has_comment(text: str) -> bool:
    """Tell whether a value seems to end in a comment."""
    return re.search(r"\s[#;]", text) is not None


def _named_profile(header: str) -> str | None:
    """Return the name in a header that begins with a misspelt `profile`."""
    import difflib

    first, _, name = header.strip().partition(" ")
    is_meant = difflib.SequenceMatcher(None, first.lower(), "profile").ratio() >= _MEANT
    return _bare(name) if name and is_meant else None


def _bare(text: str) -> str:
    return re.sub(r"""^["']|["']$""", "", text.strip())


def _spelt(name: str) -> str:
    if name and re.fullmatch(r"[^\s'\"\\]+", name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if name else "NAME"
