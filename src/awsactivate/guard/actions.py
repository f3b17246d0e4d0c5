"""Which of IAM's actions each operation needs, on what: the table that scripts/guard-actions makes, as values."""

from __future__ import annotations

from awsactivate.frozen import dataclass, field


@dataclass(frozen=True)
class Actions:
    """The table, of which a service's part is read when it is asked for."""

    text: str = field(repr=False)
