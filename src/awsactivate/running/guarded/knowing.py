"""What is known of AWS, put together from where it lies."""

from __future__ import annotations

from awsactivate.aws import models
from awsactivate.guard import handing_out_table, table_file
from awsactivate.guard.naming import Knowledge


def load_knowledge() -> Knowledge:
    """Return it; a service's model is read when its first call comes."""
    return Knowledge(models.load, table_file.read_table(), handing_out_table.read_table())
