"""A call to AWS as the guard sees it: how it came in, whose it claims to be, and what it would do."""

from __future__ import annotations

from awsactivate.frozen import dataclass

Headers = tuple[tuple[str, str], ...]
"""Names and values as they were sent, in their order; each a text of Latin-1, as HTTP/1.1 has them."""


@dataclass(frozen=True)
class Head:
    """A request but for its body."""

    method: str
    host: str
    """Whom it is for: lower case, and with a port where that is not 443."""
    target: str
    """Path and query exactly as they were sent."""
    headers: Headers

    def get(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case; None where it is not there."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def path(self) -> str:
        """The path exactly as it was sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query exactly as it was sent, without its question mark."""
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class Asked:
    """One thing that a call would do, in IAM's words."""

    action: str
    """Such as `s3:DeleteBucket`"""
    resource: str = "*"
    """Its ARN; `*` where there is none, or none is known."""
    writes: bool = True
    """Not only reads, or nobody knows what it does."""
    reads_secret: bool = False
    """Its answer is a secret's value."""
    vague: bool = False
    """In `resource`, `*` and `?` stand for what is not known."""
    guessed: bool = False
    """`action` is the operation's name: which action of its service IAM wants is not known."""


@dataclass(frozen=True)
class Named:
    """What a call is."""

    service: str
    """The prefix of its actions: `s3`"""
    operation: str
    """As the service's API calls it, or as the request does where no model knows it."""
    protocol: str
    """In which a refusal is told: query, ec2, json, rest-json, rest-xml or smithy-rpc-v2-cbor."""
    asked: tuple[Asked, ...]
    """What it would do: for a batch, each item."""
    hands_out: bool = False
    """Its answer holds credentials, or may: where no model knows it, and its service hands some out."""
    known: bool = True
    """A model has the operation."""
    model: str = ""
    """The service as botocore names it: `s3control`"""
    service_id: str = ""
    """The service as its endpoint is named by the user: `s3_control` of `AWS_ENDPOINT_URL_S3_CONTROL`"""


@dataclass(frozen=True)
class Answer:
    """What the guard itself answers."""

    status: int
    headers: Headers
    body: bytes
