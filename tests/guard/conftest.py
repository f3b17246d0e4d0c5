"""What the tests of the guard's decisions share."""

from __future__ import annotations

import pytest

from guard.keys import stop_botocore_clock


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have botocore sign at MOMENT."""
    stop_botocore_clock(monkeypatch)
