"""Which of IAM's actions each operation needs, on what: the table of scripts/guard-actions, as values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from awsactivate.frozen import dataclass, field


@dataclass(frozen=True)
class Need:
    """An action that an operation needs."""

    action: str
    """With its service's prefix"""
    level: str
    """R: it reads; S: it reads a secret; W: it writes"""
    only_with: tuple[str, ...] = ()
    """Parameters that must be there"""
    only_without: tuple[str, ...] = ()
    """Parameters that must not"""
    resources: tuple[str, ...] = ()
    """Forms of ARNs; one that ends in `?` counts where the parameters name it; `*`: which one isn't known"""


@dataclass(frozen=True)
class Service:
    """A service's part of the table."""

    name: str
    """As botocore calls it"""
    prefix: str
    """Its actions'"""
    needs: Mapping[str, tuple[Need, ...]] = field(repr=False)
    """By operation"""


@dataclass(frozen=True)
class Actions:
    """The table, of which a service's part is read when it is asked for."""

    parts: Mapping[str, str] = field(repr=False)
    """By botocore's name of the service"""
    by_signing_name: Mapping[str, tuple[str, ...]]
    """Botocore's names of the services that sign so"""

    def service(self, name: str, signing_name: str) -> Service:
        """Return a service's part; one that is not in the table has an empty one."""
        part = self.parts.get(name)
        return Service(name, signing_name, {}) if part is None else _service(part)


def parse(text: str) -> Actions:
    """Read the table; see its head for the form."""
    parts: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for part in text.split("\n= ")[1:]:
        name, _, *signing = part.partition("\n")[0].split()
        parts[name] = part
        for one in signing:
            names.setdefault(one, []).append(name)
    return Actions(parts, {name: tuple(services) for name, services in names.items()})


@lru_cache(maxsize=64)
def _service(part: str) -> Service:
    head, *lines = part.splitlines()
    name, prefix, *_ = head.split()
    forms: dict[str, str] = {}
    needs: dict[str, list[Need]] = {}
    for line in lines:
        kind, *words = line.split()
        if kind == ":":
            forms[words[0]] = words[1]
            continue
        operation, _, action = words[0].partition("=")
        action = action or operation
        needs.setdefault(operation, []).append(
            Need(
                action if ":" in action else f"{prefix}:{action}",
                kind,
                tuple(word[1:] for word in words[1:] if word[0] == "+"),
                tuple(word[1:] for word in words[1:] if word[0] == "-"),
                tuple(_form(word, forms) for word in words[1:] if word[0] not in "+-"),
            )
        )
    return Service(name, prefix, {operation: tuple(told) for operation, told in needs.items()})


def _form(word: str, forms: Mapping[str, str]) -> str:
    kind = word.removesuffix("?")
    return forms.get(kind, kind) + word[len(kind) :]
