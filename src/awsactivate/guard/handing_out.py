"""Calls whose answers hold credentials: those that the guard makes, and those that it refuses by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from awsactivate.guard.call import Headers
from awsactivate.guard.stand_ins import StandIn
from awsactivate.sessions.credentials import Credentials

MADE_HERE = {"sts": ("AssumeRole", "GetFederationToken", "GetScopedCredentials", "GetSessionToken")}
"""By signing name: what is made with the real keys, and answered with stand-ins."""


def is_made_here(signing_name: str, operation: str) -> bool:
    """Tell whether the guard makes this call and answers with stand-ins."""
    return operation in MADE_HERE.get(signing_name, ())


def parse(text: str) -> dict[str, tuple[str, ...]]:
    """Read the table of what hands out credentials: signing name → operations; see its head for the form."""
    return {
        signing_name: tuple(operations)
        for signing_name, *operations in map(str.split, text.splitlines())
        if not signing_name.startswith("#")
    }


def hands_out(table: Mapping[str, tuple[str, ...]], signing_name: str, operation: str) -> bool:
    """Tell whether an operation's answer holds credentials: `Named.hands_out`."""
    return operation in table.get(signing_name, ())


def answered(
    headers: Headers, body: bytes, stand_in_for: Callable[[Credentials], StandIn]
) -> tuple[Headers, bytes]:
    """Return AWS's good answer of a call that is made here, with a stand-in where the credentials were.

    `stand_in_for` makes and keeps one. An UnacceptableError where no credentials can be read in it: it must not go
    on then.
    """
    raise NotImplementedError
