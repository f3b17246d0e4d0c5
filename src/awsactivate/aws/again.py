"""A call that goes out again where that is worth it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from awsactivate.aws.answers import NoAnswer, Refused

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")


def call(
    once: Callable[[], T],
    pauses: Iterable[float],
    is_worth_it: Callable[[Refused | NoAnswer], bool],
) -> T:
    """Make the call `once`, and again after each of `pauses` as long as what it ended in `is_worth_it`."""
    waits = iter(pauses)
    while True:
        try:
            return once()
        except (Refused, NoAnswer) as error:
            pause = next(waits, None) if is_worth_it(error) else None
            if pause is None:
                raise
        time.sleep(pause)
