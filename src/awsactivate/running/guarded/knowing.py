"""What is known of AWS, put together from where it lies."""

from __future__ import annotations

from awsactivate.aws import models
from awsactivate.guard import table_file
from awsactivate.guard.naming import Knowledge


def knowledge() -> Knowledge:
    """Return it; a service's model is read when its first call comes."""
    return Knowledge(models.of_signing_name, table_file.actions())
