"""Which actions of each service read: the table that scripts/read-actions makes, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from awsactivate.frozen import dataclass


@dataclass(frozen=True)
class Reading:
    """A service's actions that read."""

    patterns: tuple[str, ...]
    """What reads, such as `Get*`"""
    others: tuple[str, ...]
    """What begins like these and does not read"""
    secrets: tuple[str, ...]
    """What reads, and answers with a secret's value"""


def parse(text: str) -> dict[str, Reading]:
    """Read the table; see its head for the form."""
    table: dict[str, Reading] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        service, *words = line.split()
        table[service] = Reading(
            tuple(word for word in words if word[0] not in "-!"),
            tuple(word[1:] for word in words if word[0] == "-"),
            tuple(word[1:] for word in words if word[0] == "!"),
        )
    return table


def allowed(table: Mapping[str, Reading], services: Iterable[str]) -> list[str]:
    """Name the actions by which `services` are read, as a policy allows them."""
    return [f"{service}:{action}" for service in services for action in table[service].patterns]


def denied(table: Mapping[str, Reading], services: Iterable[str], *, secrets: bool) -> list[str]:
    """Name what a policy must deny beside `allowed`; what reads secrets' values stays out with `secrets`."""
    return [
        f"{service}:{action}"
        for service in services
        for action in _merged((*table[service].others, *(() if secrets else table[service].secrets)))
    ]


def of_secrets(table: Mapping[str, Reading]) -> list[str]:
    """Name what reads secrets' values, in all services."""
    return [
        f"{service}:{action}" for service, reading in table.items() for action in _merged(reading.secrets)
    ]


def _merged(denied: Iterable[str]) -> list[str]:
    """Name by one pattern what begins like a shorter one of `denied`: denying more does no harm."""
    merged: list[str] = []
    for name in sorted(denied):
        if merged and name.startswith(merged[-1].rstrip("*")):
            merged[-1] = merged[-1].rstrip("*") + "*"
        else:
            merged.append(name)
    return merged
