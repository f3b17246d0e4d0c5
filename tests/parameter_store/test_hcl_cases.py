"""The cases that terraform's language is tested with, read as it reads them."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.parameter_store import tfvars
from awsactivate.parameter_store.literals import FileRefusedError
from parameter_store.hcl_cases import LITERALS, REFUSED


@pytest.mark.parametrize(("expression", "value"), LITERALS)
def test_a_literal_is_what_terraform_says(expression: str, value: Any) -> None:
    (first, last) = tfvars.read(f"x = {expression}\ny = 1\n")
    assert (first.name, first.value, last.name) == ("x", value, "y")


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_no_value_is_refused(expression: str) -> None:
    with pytest.raises(FileRefusedError):
        tfvars.read(f"x = {expression}")
