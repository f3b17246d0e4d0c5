"""What the tests of the guard's decisions share."""

from __future__ import annotations

import pytest

from guard.keys import MOMENT


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have botocore sign at MOMENT."""
    for module in ("botocore.auth", "botocore.signers"):
        monkeypatch.setattr(f"{module}.get_current_datetime", lambda *_: MOMENT.replace(tzinfo=None))
