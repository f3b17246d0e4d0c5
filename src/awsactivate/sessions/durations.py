"""Durations as people write them."""

from __future__ import annotations

import re

from awsactivate.errors import UsageError

_DURATION = re.compile(r"(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?\Z", re.ASCII)


def seconds(option: str, text: str) -> int:
    """Read `text`, the value of `option`, such as `45m`, `1h`, `1h30m` or `3600`, as seconds."""
    match = _DURATION.match(text)
    if not match:
        raise UsageError(f"{option} {text}: a duration is written 45m, 1h, 1h30m or 3600")
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest
