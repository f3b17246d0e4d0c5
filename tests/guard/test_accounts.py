"""Whose a call's resources are."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.guard import accounts

OWN, OTHER, THIRD = "111122223333", "444455556666", "777788889999"


@pytest.mark.parametrize(
    ("values", "parameters", "wanted"),
    [
        ([], {}, OWN),
        (["f"], {"registryId": OWN}, OWN),
        ([f"https://sqs.eu-west-1.amazonaws.com/{OTHER}/jobs"], {}, OTHER),
        ([f"/{OTHER}/jobs"], {}, OTHER),
        ([f"https://sqs.eu-west-1.amazonaws.com/{OTHER}//jobs"], {}, accounts.ANY),
        ([f"{OTHER}/jobs"], {}, accounts.ANY),
        ([f"{OTHER}:function:f"], {}, OTHER),
        ([f"eu-west-1:{OTHER}:function:f"], {}, OTHER),
        ([f"arn:aws:kms:eu-west-1:{OTHER}:alias/a"], {}, OTHER),
        ([f"logs-of-{OTHER}"], {}, OWN),
        (["app"], {"registryId": OTHER}, OTHER),
        (["app"], {"Entry": {"Table": {"CatalogId": f"{OTHER}:other"}}}, OTHER),
        (["app"], {"Entries": [{"CatalogId": OTHER}]}, OTHER),
        (["app"], {"registryId": "of-agents"}, OWN),
        (["app"], {"registryId": OTHER, "CatalogId": THIRD}, accounts.ANY),
        (["app"], {"registryId": OTHER, "CatalogId": OWN}, accounts.ANY),
        (["app"], {"AccountId": OTHER}, accounts.ANY),
        (["app"], {"AccountId": OWN}, OWN),
        (["app"], {"EventDataStoreOwnerAccountId": OTHER}, accounts.ANY),
        (["app"], {"SourceAccount": OTHER}, OWN),
    ],
)
def test_an_account_that_parameters_name_owns_what_they_name(
    values: list[str], parameters: dict[str, Any], wanted: str
) -> None:
    assert accounts.of(values, parameters, OWN) == wanted
