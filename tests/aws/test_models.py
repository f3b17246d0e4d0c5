"""Botocore's models, as values of ours."""

from __future__ import annotations

import pytest

from awsactivate.aws import models


def test_a_model_is_botocores_own() -> None:
    model = models.load("dynamodb")
    assert model is not None
    assert (model.protocols, model.metadata["targetPrefix"]) == (("json",), "DynamoDB_20120810")
    assert "GetItem" in model.operations
    assert models.load("dynamodb") is model


@pytest.mark.parametrize("name", ["", ".", "../dynamodb", "nobody", "dynamodb/2012-08-10"])
def test_a_name_that_is_no_services_has_none_and_opens_nothing(name: str) -> None:
    assert models.load(name) is None
