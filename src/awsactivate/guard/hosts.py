"""Which hosts are AWS's, in every partition."""

from __future__ import annotations


def is_of_aws(host: str) -> bool:
    """Tell whether calls to AWS are made to a host; those that AWS gives to its customers are not meant."""
    raise NotImplementedError
