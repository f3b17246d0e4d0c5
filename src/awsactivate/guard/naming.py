"""What a call to AWS is: from a request as it was sent to operations, actions and resources."""

from __future__ import annotations

from collections.abc import Callable

from awsactivate.frozen import dataclass
from awsactivate.guard.actions import Actions
from awsactivate.guard.call import Head, Named
from awsactivate.guard.models import Model


@dataclass(frozen=True)
class Signed:
    """For what a request is signed, and whose session stands behind it."""

    signing_name: str
    region: str
    account_id: str = ""
    """The session's; '' where it isn't known"""


@dataclass(frozen=True)
class Knowledge:
    """What is known of AWS: `aws.models` and `guard.table_file` have it."""

    models: Callable[[str], tuple[Model, ...]]
    """The models of a signing name"""
    actions: Actions


def needs_body(head: Head, signing_name: str) -> bool:
    """Tell whether a request can only be named by its body: not where that is an object of S3's."""
    raise NotImplementedError


def name(head: Head, body: bytes, signed: Signed, knowledge: Knowledge) -> Named:
    """Name it; what no model knows is a write, called as the request calls it."""
    raise NotImplementedError
