"""A Parameter Store of one's own for each test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parameter_store.stores import Store, environment

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws


@pytest.fixture
def store(embedded_aws: EmbeddedAws, account: str, tmp_path: Path) -> Store:
    """The Parameter Store of an account that no other test uses, as its administrator."""
    admin = embedded_aws.account(account)
    return Store(
        environment(embedded_aws.endpoint_url, admin, tmp_path), embedded_aws.client("ssm", admin), tmp_path
    )
