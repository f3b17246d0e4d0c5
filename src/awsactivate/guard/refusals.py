"""How AWS says no, in each of its protocols."""

from __future__ import annotations

from awsactivate.guard.call import Answer, Head, Named


def denied(head: Head, named: Named, message: str, request_id: str) -> Answer:
    """Say AccessDenied in the protocol of the call, so that its SDK reports `message`."""
    raise NotImplementedError


def sentence(named: Named, who: str, reason: str) -> str:
    """Write `User: WHO is not authorized to perform: ACTION on resource: ARN REASON`."""
    raise NotImplementedError
