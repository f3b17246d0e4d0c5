"""Moments as a person reads them off a clock on the wall."""

from __future__ import annotations

from datetime import datetime


def clock(moment: float, now: float) -> str:
    """Write the local time of day, with the day where that is not today."""
    local, today = (datetime.fromtimestamp(at).astimezone() for at in (moment, now))
    return local.strftime("%H:%M" if local.date() == today.date() else "%Y-%m-%d %H:%M")
