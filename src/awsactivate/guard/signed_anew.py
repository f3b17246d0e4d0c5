"""A request signed anew: all that the child sent, but for whose signature it bears."""

from __future__ import annotations

from awsactivate.frozen import dataclass, field
from awsactivate.guard.call import Head
from awsactivate.guard.proof import Proved
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.sigv4 import Scope


@dataclass(frozen=True)
class Signed:
    """A request as it goes to AWS, and what signs the chunks of its body."""

    head: Head
    scope: Scope
    signature: str
    key: bytes = field(repr=False)


def signed_anew(
    head: Head,
    proved: Proved,
    credentials: Credentials,
    *,
    host: str = "",
    prefix: str = "",
    region: str = "",
    service: str = "",
) -> Signed:
    """Sign a request with `credentials`, at the time at which it was signed before.

    `host` (as its Host header has it) and `prefix` (of the path) are for one that goes elsewhere than the child meant;
    `region` and `service` for a door where the child could not know them.
    """
    raise NotImplementedError
