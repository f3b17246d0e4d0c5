"""Botocore's models of the services, by the name that signatures have."""

from __future__ import annotations

from awsactivate.guard.models import Model


def of_signing_name(name: str) -> tuple[Model, ...]:
    """Load the models of all services that sign with `name`; none where botocore knows none."""
    raise NotImplementedError
