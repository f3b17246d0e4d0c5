"""How a request's path and query are written for its signature: SDKs and services differ."""

from __future__ import annotations

from collections.abc import Callable

from awsactivate.frozen import dataclass


@dataclass(frozen=True)
class Form:
    """One way to write them."""

    path: Callable[[str], str]
    query: Callable[[str], str]


def forms(service: str) -> tuple[Form, ...]:
    """Name the ways that a signing name's requests may be written in, the likeliest first."""
    raise NotImplementedError
