"""Sections that somebody wrote for a profile, and that AWS's tools, and so we, do not read as one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from awsactivate.frozen import dataclass, replace

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["profile", "sso-session", "services"]
else:
    Kind = str

# What tells that a section is meant as a profile, whatever its header says.
_OF_PROFILE = frozenset(
    """
    role_arn source_profile region aws_access_key_id credential_process sso_session sso_account_id mfa_serial
    sso_start_url credential_source web_identity_token_file login_session
    """.split()  # noqa: SIM905  (a list of words is read as such)
)
_OF_SESSION = "sso_registration_scopes"  # in no profile
_MEANT = 0.8  # how near the first word of a header must be to "profile"
_PERHAPS_MEANT = 0.7  # and where that very name is asked for
_GLUED = 0.9  # and stands right behind it
_WITHIN = re.compile(r"\[(default|profile\s[^]]+|sso-session\s[^]]+)]", re.DOTALL)
_NAME_WITHIN = re.compile(r"\[(?!\d+])([\w+=,.@:/ -]+)]\Z")
_BETWEEN = r"[\s:=./_-]+"  # what people write between the word and the name
_WORDS: dict[Kind, str] = {
    "profile": "profiles?",
    "sso-session": "sso[-_ ]?sessions?",
    "services": "services?",
}
_HEADS = {
    kind: re.compile(rf"\s*{word}(?:(?:{_BETWEEN}|(?=[\"']))(.*?))?\s*", re.IGNORECASE | re.DOTALL)
    for kind, word in _WORDS.items()
}


@dataclass(frozen=True)
class Unread:
    """A section that is not read."""

    kind: Kind
    """What it was meant as."""
    name: str
    header: str
    """As it is written."""
    spelling: str
    """How it must be written."""
    path: str
    line: int
    why: str = ""
    """Why it is not read, where that is not how it is spelt."""
    mend: str = ""
    """What mends it, where that is not another spelling."""

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
        return self.mend or f"write [{self.spelling}] in line {self.line} of {self.path}"

    def as_asked(self, kind: Kind, name: str) -> Unread | None:
        """Return it as the section that somebody asks for; None where it can't have been meant as that."""
        if (self.kind, self.name) == (kind, name):
            return self
        is_of_credentials = self.spelling == self.name
        if self.why or is_of_credentials or self.kind not in (kind, "profile"):
            return None
        if not _may_mean(self.header, kind, name):
            return None
        return replace(self, kind=kind, name=name, spelling=_spelling(kind, name))


def in_config(header: str, keys: Collection[str], path: str, line: int) -> Unread | None:
    """Tell what a section of the config that is not read was meant as; None where it is another tool's."""
    if header.strip().lower() == "default":
        return Unread("profile", "default", header, "default", path, line)
    for kind, head in _HEADS.items():
        match = head.fullmatch(header)
        if match and (match[1] or kind != "services"):
            return _misspelt(kind, _bare(match[1] or ""), header, path, line)
    if _OF_SESSION in keys:
        return _misspelt("sso-session", _bare(header), header, path, line)
    if not _OF_PROFILE.intersection(keys):
        return None
    return _misspelt("profile", _named_profile(header) or _bare(header), header, path, line)


def _misspelt(kind: Kind, name: str, header: str, path: str, line: int) -> Unread:
    return Unread(kind, name, header, _spelling(kind, name), path, line)


def within(text: str, line: int, path: str, *, names_alone: bool = False) -> Unread | None:
    """Tell which section stands in a value's text: behind it in its line, or indented in its own.

    `names_alone` tells that the file is the credentials, where a header is a name and nothing else.
    """
    match = (_NAME_WITHIN if names_alone else _WITHIN).search(text)
    if match is None:
        return None
    kind: Kind = "sso-session" if match[1].startswith("sso-session") else "profile"
    name = _bare(match[1]) if names_alone else _bare(match[1].removeprefix(kind)) or "default"
    why = "it does not begin its line, and is part of the value before it"
    mend = f"begin a line with [{match[1]}] in place of line {line} of {path}"
    return Unread(kind, name, match[1], match[1], path, line, why, mend)


def twice(name: str, header: str, line: int, later: tuple[str, int], path: str) -> Unread:
    """Tell of a profile whose section is not read, since another one, `later`, has the same name."""
    why = f"[{later[0]}] in line {later[1]} has the same name"
    return Unread("profile", name, header, later[0], path, line, why, f"join it with the other, in {path}")


def in_credentials(header: str, path: str, line: int, config_path: str) -> Unread | None:
    """Tell what a section of the credentials file was meant as that is written as in the config.

    There it is read as a profile, under the whole header as its name.
    """
    match = re.fullmatch(r"\s*(profile|sso-session|services)\s+(.+?)\s*", header, re.IGNORECASE)
    if match is None:
        return None
    name = _bare(match[2])
    if match[1].lower() == "profile":
        return Unread("profile", name, header, name, path, line)
    kind: Kind = "services" if match[1].lower() == "services" else "sso-session"
    why = "AWS's tools want it in the config file"
    return Unread(kind, name, header, _spelling(kind, name), path, line, why, f"move it to {config_path}")


def has_comment(text: str) -> bool:
    """Tell whether a value seems to end in a comment."""
    return re.search(r"\s[#;]", text) is not None


def is_quoted(text: str) -> bool:
    """Tell whether a value stands between quotes, which are part of it."""
    return len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]


def near_key(key: str, known: Iterable[str]) -> str | None:
    """Return the key that may have been meant by one that nothing reads, such as `accessKeyId`."""
    import difflib

    squeezed = {_squeezed(name): name for name in known}
    return next((squeezed[one] for one in difflib.get_close_matches(_squeezed(key), squeezed, 1, 0.8)), None)


def _squeezed(key: str) -> str:
    return re.sub(r"[-_.]", "", key).removeprefix("aws")


def _may_mean(header: str, kind: Kind, name: str) -> bool:
    """Tell whether a header can be somebody's way to write `kind` and `name`."""
    text = _bare(header)
    if not name or text.casefold() == name.casefold():
        return bool(name)
    if not text.endswith(name):
        return False
    before = text.removesuffix(name).rstrip("\"'")
    first = re.sub(rf"{_BETWEEN}\Z", "", before)
    least = _GLUED if first == before else _PERHAPS_MEANT
    return before[-1:].isspace() or _nearness(first, kind) >= least


def _named_profile(header: str) -> str | None:
    """Return the name in a header that begins with a misspelt `profile`."""
    first, _, name = header.strip().partition(" ")
    return _bare(name) if name and _nearness(first, "profile") >= _MEANT else None


def _nearness(word: str, kind: Kind) -> float:
    import difflib

    return difflib.SequenceMatcher(None, word.lower(), kind).ratio()


def _bare(text: str) -> str:
    return re.sub(r"""^["']|["']$""", "", text.strip())


def _spelling(kind: Kind, name: str) -> str:
    return "default" if (kind, name) == ("profile", "default") else f"{kind} {_spelt(name)}"


def _spelt(name: str) -> str:
    if name and re.fullmatch(r"[^\s'\"\\]+", name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if name else "NAME"
