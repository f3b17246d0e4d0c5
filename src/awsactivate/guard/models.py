"""One of botocore's models as a value: its operations, and how a request says which of them it is."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.frozen import dataclass, field

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Model:
    """A service's model."""

    service: str
    """As botocore calls it: `s3control`"""
    document: Mapping[str, Any] = field(repr=False)
    """The model itself, as its file has it"""
