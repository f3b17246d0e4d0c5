"""What AWS allows in the values that shape a session.

Each function takes what a person wrote and returns it as a value, or raises a ValueError whose text goes on
after the name of the option or key: "must be …, not …".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from awsactivate.sessions import arns, limits

_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.A)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.A)
_PURPOSE = re.compile(r"[\t\n\r\x20-\x7e\xa1-\xff]{2,256}")
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
# An availability zone, a local one (-lax-1a) or one at an edge (-wl1-bos-wlz-1) begins with its region.
_ZONE = re.compile(r"([a-z]{2,4}(?:-[a-z]+)+-\d+)(?:[a-z]|-[a-z0-9-]+-\d+[a-z]?)")
_START_URL = re.compile(r"https?://[!#-&(-\[\]-~]+")  # no blank, quote or backslash
_REGION = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def seconds(text: str) -> int:
    """Read a whole number of seconds, as AWS's own key `duration_seconds` is written."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"must be a whole number of seconds, not {text!r}")
    return int(text)


def truth(text: str) -> bool:
    """Read `true` or `false`, as AWS's own keys such as `use_fips_endpoint` are written."""
    if text.casefold() not in ("true", "false"):
        raise ValueError(f"must be true or false, not {text!r}")
    return text.casefold() == "true"


def seconds_within(given: int, allowed: range) -> int:
    """Return `given` if AWS allows that many seconds."""
    if given not in allowed:
        raise ValueError(f"must be {allowed.start} to {allowed.stop - 1} seconds, not {given}")
    return given


def name(text: str) -> str:
    """Check a role session's name or a source identity, which share one alphabet."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"must be 2 to 64 of letters, digits and _+=,.@-, not {text!r}")
    return text


def external_id(text: str) -> str:
    """Check an external ID."""
    if not _EXTERNAL_ID.fullmatch(text):
        raise ValueError(f"must be 2 to 1224 of letters, digits and _+=,.@:/-, not {text!r}")
    return text


def purpose(text: str) -> str:
    """Check what is said of why a session is narrowed, which goes into CloudTrail."""
    if not _PURPOSE.fullmatch(text):
        raise ValueError(f"must be 2 to 256 characters, none beyond U+00FF and no control, not {text!r}")
    return text


def account_id(text: str) -> str:
    """Check an account's number."""
    if not _ACCOUNT_ID.fullmatch(text):
        raise ValueError(f"must be an account's 12 digits, not {text!r}")
    return text


def region(text: str) -> str:
    """Check a region's name for what can be a part of a host's name; which regions exist changes."""
    if not _REGION.fullmatch(text):
        raise ValueError(f"must be a region's name such as eu-west-1, not {text!r}")
    if zone := _ZONE.fullmatch(text):
        raise ValueError(f"must be a region's name: {text} is a zone of {zone[1]}")
    return text


def start_url(text: str) -> str:
    """Check the address of a portal of IAM Identity Center, which a browser is to open."""
    if not _START_URL.fullmatch(text):
        raise ValueError(f"must be an address such as https://NAME.awsapps.com/start, not {text!r}")
    return text


def words(text: str) -> tuple[str, ...]:
    """Split a list that is written with commas; an empty text is an empty list."""
    return tuple(word.strip() for word in text.split(",")) if text.strip() else ()


def policy_arns(given: Iterable[str]) -> tuple[str, ...]:
    """Check the managed policies that limit a session."""
    checked = tuple(arns.policy_arn(arn) for arn in given)
    if len(checked) > limits.MOST_SESSION_POLICIES:
        raise ValueError(f"must be at most {limits.MOST_SESSION_POLICIES} policies, not {len(checked)}")
    return checked


def tag(text: str) -> tuple[str, str]:
    """Read `K=V`: a key has no equals sign here, a value may."""
    key, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"must be K=V, not {text!r}")
    return key.strip(), value.strip()


def tags_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Gather pairs into session tags, whose keys AWS tells apart without regard to case."""
    gathered: dict[str, str] = {}
    spellings: dict[str, str] = {}
    for key, value in pairs:
        first = spellings.setdefault(key.casefold(), key)
        if key in gathered or first != key:
            raise ValueError(f"must name each tag once, not both {first!r} and {key!r}")
        gathered[key] = value
    return tags(gathered)


def tags(given: Mapping[str, str]) -> dict[str, str]:
    """Check session tags against AWS's lengths, alphabet, and count."""
    if len(given) > limits.MOST_SESSION_TAGS:
        raise ValueError(f"must be at most {limits.MOST_SESSION_TAGS} tags, not {len(given)}")
    for key, value in given.items():
        if not 1 <= len(key) <= limits.LONGEST_TAG_KEY or not _is_tag_text(key):
            raise ValueError(f"must have keys of 1 to 128 letters, digits, blanks and _.:/=+-@, not {key!r}")
        if key.casefold().startswith("aws:"):
            raise ValueError(f"must not have keys that begin with aws:, such as {key!r}")
        if len(value) > limits.LONGEST_TAG_VALUE or not _is_tag_text(value):
            allowed = "at most 256 letters, digits, blanks and _.:/=+-@"
            raise ValueError(f"must have values of {allowed}, unlike that of {key!r}")
    return dict(given)


def transitive_keys(given: Iterable[str], allowed: Mapping[str, str]) -> tuple[str, ...]:
    """Check that each key that goes on along a chain is one of the tags; each is named once."""
    keys = tuple(dict.fromkeys(given))
    for key in keys:
        if key not in allowed:
            known = ", ".join(map(repr, allowed)) or "none are given"
            raise ValueError(f"must be keys of the session tags ({known}), not {key!r}")
    return keys


def _is_tag_text(text: str) -> bool:
    return all(character in "_.:/=+-@" or unicodedata.category(character)[0] in "LZN" for character in text)
