"""What the modules of this room call AWS with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from awsactivate.account.resources import MANAGED_BY
from awsactivate.account.settings import Settings
from awsactivate.aws.answers import THROTTLED_CODES
from awsactivate.aws.refusals import code_of
from awsactivate.frozen import dataclass, field

# AWS says these of something that was made a moment ago, until all of its servers know of it.
_NOT_YET = {
    "NoSuchEntity",
    "NoSuchBucket",
    "NotFoundException",
    "ResourceNotFoundException",
    "MalformedPolicy",
    "MalformedPolicyDocument",
    "MalformedPolicyDocumentException",
}
_BUSY = {
    *THROTTLED_CODES,
    "ConcurrentModification",
    "EntityTemporarilyUnmodifiable",
    "OperationAborted",
    "ResourceInUseException",
    "ServiceUnavailable",
    "SlowDown",
}
_PAUSES = (0.5, 1, 2, 4, 4, 4, 4)  # seconds; AWS asks for "a few" after an entity of IAM was made


@dataclass(frozen=True)
class Access:
    """The clients of one account, and what the account is to have."""

    settings: Settings
    make_client: Callable[[str], Any]
    """Makes the client of a service, once."""
    pause: Callable[[float], None] = time.sleep
    """How one waits, for so many seconds."""
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _written: list[None] = field(default_factory=list, repr=False, compare=False)
    """One element for each change that AWS has taken."""

    def client(self, service: str) -> Any:
        """Return the client of `service`."""
        if service not in self._clients:
            self._clients[service] = self.make_client(service)
        return self._clients[service]

    @property
    def writes(self) -> int:
        """How many changes went through so far."""
        return len(self._written)

    def call_until_settled(self, call: Callable[..., Any], **arguments: Any) -> Any:
        """Change something by a call, which is tried patiently."""
        answer = self.patiently(call, **arguments)
        self._written.append(None)
        return answer

    def patiently(self, call: Callable[..., Any], **arguments: Any) -> Any:
        """Call, and again for a while where AWS is busy or does not know yet what was just made."""
        for pause in _PAUSES:
            try:
                return call(**arguments)
            except ClientError as error:
                if code_of(error) not in _NOT_YET | _BUSY:
                    raise
                self.pause(pause)
        return call(**arguments)

    def pauses(self) -> Iterator[None]:
        """Yield at once, then after each wait that is worth it until what was written can be read."""
        yield
        for pause in _PAUSES:
            self.pause(pause)
            yield


def unless_missing(call: Callable[..., Any], *codes: str, **arguments: Any) -> Any:
    """Call; None where AWS answers one of `codes`, each of which means that there is no such thing."""
    try:
        return call(**arguments)
    except ClientError as error:
        if code_of(error) in codes:
            return None
        raise


def all_pages(client: Any, operation: str, member: str, **arguments: Any) -> list[Any]:
    """Gather `member` of every page."""
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page[member]]


def tag_list(*, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Return the tag that says who made a resource, as the service spells tags."""
    return [{key: MANAGED_BY[0], value: MANAGED_BY[1]}]


def is_ours(tags: Mapping[str, str]) -> bool:
    """Tell from a resource's tags whether this tool made it."""
    return tags.get(MANAGED_BY[0]) == MANAGED_BY[1]
