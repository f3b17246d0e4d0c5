"""A call to AWS, written anew for an endpoint that the user has in AWS's place."""

from __future__ import annotations

from awsactivate.guard.call import Head


def to_endpoint(head: Head, url: str) -> Head:
    """Return what SDKs send to `endpoint_url = url`: its host and path, a bucket in the path.

    To be done before it is signed anew, and after it is named.
    """
    raise NotImplementedError
