"""Whose signature a request says that it bears, as Signature Version 4 has it in a header or in a link.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from awsactivate.frozen import dataclass, field
from awsactivate.guard.call import Head
from awsactivate.sessions.sigv4 import Scope


class UnacceptableError(Exception):
    """A request that is refused before anybody looks at what it asks for.

    `code` is AWS's for such a case, `message` says in words what is wrong; neither holds a secret.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Claim:
    """What a request says of its own signature."""

    access_key_id: str
    scope: Scope
    signed_headers: tuple[str, ...]
    """Lower case, in the order in which the request names them."""
    signature: str
    session_token: str | None = field(repr=False)
    payload: str
    """What stands for the body in the signature: its hash or a word; '' where the body's hash must be made."""
    lasts: int | None = None
    """For how many seconds a presigned link is good; None where the signature is in a header."""

    @property
    def signed_at(self) -> float:
        """The time of signing, in seconds since the epoch."""
        raise NotImplementedError

    @property
    def until(self) -> float:
        """When the signature is taken no longer."""
        raise NotImplementedError

    @property
    def needs_body(self) -> bool:
        """Whether nothing is proved without the whole body."""
        return not self.payload

    @property
    def has_signed_chunks(self) -> bool:
        """Whether the body comes in chunks that are signed each: `chunks.signed_anew` is for it."""
        return self.payload.startswith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")


def read(head: Head) -> Claim:
    """Read the claim of a request; an UnacceptableError where there is none, or of a kind that the guard refuses."""
    raise NotImplementedError
