"""Stand-in keys: what COMMAND signs with, each good for nothing but to be mapped to real credentials here."""

from __future__ import annotations

import base64
from collections.abc import Callable

from awsactivate.frozen import dataclass, field, replace
from awsactivate.sessions.credentials import Credentials

RANDOMNESS = 10 + 30 + 96
"""How many random bytes a stand-in key is made of."""


@dataclass(frozen=True)
class StandIn:
    """A key that nobody but this run of the guard knows; `repr` shows no secret."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    """None for COMMAND's own; what was handed out has one, as the real ones have."""
    arn: str = ""
    """Whose calls AWS takes its calls for; '' is the session's own"""


def made(randomness: bytes, *, temporary: bool = False) -> StandIn:
    """Make a stand-in key of RANDOMNESS random bytes, in the form of a real one."""
    if len(randomness) < RANDOMNESS:
        raise ValueError(f"a stand-in key is made of {RANDOMNESS} random bytes")
    key_id = base64.b32encode(randomness[:10]).decode()
    secret = base64.b64encode(randomness[10:40]).decode()
    token = base64.b64encode(randomness[40:RANDOMNESS]).decode()
    return StandIn(("ASIA" if temporary else "AKIA") + key_id, secret, token if temporary else None)


class StandIns:
    """The stand-in keys of one run, and the credentials that each is mapped to.

    `own` is COMMAND's, mapped to what `session` returns at the time of a call: it is renewed meanwhile.
    """

    def __init__(self, own: StandIn, session: Callable[[], Credentials]) -> None:
        self.own = own
        self._session = session
        self._handed_out: dict[str, tuple[StandIn, Credentials]] = {}

    def find(self, access_key_id: str) -> StandIn | None:
        """Return the key of that id; None where it is none of this run's."""
        if access_key_id == self.own.access_key_id:
            return self.own
        found = self._handed_out.get(access_key_id)
        return found[0] if found else None

    def credentials(self, stand_in: StandIn) -> Credentials:
        """Return the real credentials; those that have ended too, for AWS says so best."""
        if stand_in.access_key_id == self.own.access_key_id:
            return self._session()
        return self._handed_out[stand_in.access_key_id][1]

    def hand_out(self, randomness: bytes, real: Credentials, arn: str = "") -> StandIn:
        """Make a stand-in key for credentials that AWS has just answered, which are those of `arn`."""
        stand_in = replace(made(randomness, temporary=True), arn=arn)
        self._handed_out[stand_in.access_key_id] = (stand_in, real)
        return stand_in
