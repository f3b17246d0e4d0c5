"""A `credential_process` that is this program, and asks for the very profile that it is to serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import Profile

_ASKING = ("export", "exec")
# Options before TARGET that stand alone; behind any other is its value. What chooses a source can end a ring.
_ALONE = ("--no-mfa", "--json", "--debug", "--serve", "--yes")
_OTHER_SOURCE = ("--source-profile", "--chain")


def refuse_ring(
    profile: Profile, profiles: Mapping[str, Profile], rest_of: Callable[[Profile], str | None]
) -> None:
    """Fail where the credential_process of `profile` leads back to it.

    `rest_of` names the profile whose credential_process another profile rests on, None where it rests on
    none.
    """
    way = [profile.name]
    at: Profile = profile
    while True:
        asked = asked_by(at.credential_process or "")
        if asked is None or asked not in profiles:
            return
        name = rest_of(profiles[asked])
        if name is None:
            return
        way += [asked] if asked == name else [asked, name]
        if name in way[:-1]:
            ring = " -> ".join(way[way.index(name) :])
            raise ProfileError(
                f"profile {name!r}: credential_process asks for itself in a ring: {ring}",
                "let its command ask for another profile, or be another program",
            )
        at = profiles[name]


def asked_by(command: str) -> str | None:
    """Return the profile that `command` asks this program for, as far as its words tell; else None."""
    import shlex

    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if len(words) < 3 or words[0].rpartition("/")[2] != "awsactivate" or words[1] not in _ASKING:
        return None
    rest = iter(words[2:])
    target = None
    for word in rest:
        if word == "--":
            break
        if word.startswith(_OTHER_SOURCE):
            return None
        if word.startswith("-"):
            if "=" not in word and word not in _ALONE:
                next(rest, None)
        elif target is None:
            target = word
    return target
