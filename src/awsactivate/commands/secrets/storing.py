"""One value written as chamber writes it: only if it is new, with the next of its numbers."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from awsactivate.commandline import Parser
from awsactivate.errors import UsageError
from awsactivate.frozen import dataclass, field
from awsactivate.parameter_store import chamber
from awsactivate.person import terminal
from awsactivate.sessions import limits

if TYPE_CHECKING:
    from awsactivate.aws.parameters import Description, Parameter, Ssm

_TIERS = {
    "standard": "Standard",
    "advanced": "Advanced",
    "intelligent-tiering": "Intelligent-Tiering",
}


def add_tags(parser: Parser) -> None:
    """Add the tags of what is new."""
    parser.add_argument(
        "--tag", metavar="K=V", action="append", default=[], help="a tag of the new secret (repeatable)"
    )


def add_tier(parser: Parser) -> None:
    """Add the tier of what is written."""
    parser.add_argument(
        "--tier",
        choices=tuple(_TIERS),
        help=f"SSM's tier of what is written: standard holds {limits.STANDARD_PARAMETER_BYTES} bytes,"
        f" advanced {limits.ADVANCED_PARAMETER_BYTES} at a price"
        " (default: the account's)",
    )


@dataclass(frozen=True)
class Store:
    """A Parameter Store to write to, and what chamber's settings say of writing."""

    ssm: Ssm
    key_alias: str
    tags: Mapping[str, str] = field(default_factory=dict)
    tier: str | None = None

    @cached_property
    def required_tags(self) -> tuple[str, ...]:
        """The tags that the store's own configuration wants on every new secret."""
        from awsactivate.aws import parameters

        found = parameters.find(self.ssm, chamber.STORE_CONFIG)
        return chamber.required_tags(found.value) if found else ()

    def check_new(self, key: str) -> None:
        """Raise where `key`, being new, would lack a tag."""
        chamber.check_tags(key, self.tags, self.required_tags)

    def put(
        self, name: str, value: str, latest: Parameter | None, described: Description | None
    ) -> int | None:
        """Write `value` over `latest`, and return SSM's new version; None where it is the value already.

        `described` is what SSM tells of `latest`.
        """
        from awsactivate.aws import parameter_writes

        if latest is not None and latest.value == value:
            return None
        if latest is None:
            self.check_new(chamber.key_of(name))
        number = chamber.version_of(described.description) + 1 if described else 1
        return parameter_writes.put(
            self.ssm,
            name,
            value,
            description=str(number),
            key_id=self.key_alias,
            tags=self.tags if latest is None else None,
            tier=self.tier,
        )

    def tell_price(self) -> None:
        """Say, before the first write, what the tier that was asked for costs."""
        if self.tier == _TIERS["advanced"]:
            terminal.say(
                "an advanced parameter costs 0.05 USD a month, and its calls 0.05 USD for 10,000; it can't"
                " become a standard one again"
            )

    def put_one(self, name: str, value: str) -> int | None:
        """Write `value`, as `put` does, over what is there now."""
        from awsactivate.aws import parameters

        latest = parameters.find(self.ssm, name)
        if latest is not None and self.tags:
            raise UsageError(
                f"{name} is there already, and tags are given to new secrets only; nothing was written",
                "leave --tag out, or: aws ssm add-tags-to-resource --resource-type Parameter"
                f" --resource-id {name}",
            )
        described = parameters.describe(self.ssm, name) if latest and latest.value != value else None
        if latest is None or latest.value != value:
            self.tell_price()
        return self.put(name, value, latest, described)


def store(arguments: argparse.Namespace, environ: Mapping[str, str], ssm: Ssm) -> Store:
    """Return the Store that a command's arguments and chamber's variables describe."""
    return Store(ssm, chamber.key_alias(environ), tags(arguments), _TIERS.get(arguments.tier or ""))


def tags(arguments: argparse.Namespace) -> dict[str, str]:
    """Read `--tag`; UsageError for one that is not written KEY=VALUE."""
    found = {}
    for text in getattr(arguments, "tag", []):
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"--tag {text}: a tag is written KEY=VALUE")
        found[key] = value
    return found
