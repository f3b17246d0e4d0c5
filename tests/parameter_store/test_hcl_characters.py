"""The characters of terraform's language, as the real terraform was seen to take them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from awsactivate.parameter_store import imports, tfvars
from awsactivate.parameter_store.literals import FileRefusedError

ONE = Decimal(1)
TAKEN: list[tuple[str, dict[str, Any]]] = [
    ("x = <<E\na\nE\u00a0\ny = 1\n", {"x": "a\n", "y": ONE}),
    ("x = <<E\na\n\u3000E\v\ny = 1\n", {"x": "a\n", "y": ONE}),
    ("x = <<E\na\nE\x1c\nE\ny = 1\n", {"x": "a\nE\x1c\n", "y": ONE}),
    ("x = <<E\na\r\nb\nE\r\n", {"x": "a\r\nb\n"}),
    ("x = <<-E\n\u00a0 a\n  b\n E\n", {"x": "a\nb\n"}),
    ("x = <<-E\n\x1c a\n\x1cb\n E\n", {"x": "\x1c a\n\x1cb\n"}),
    ("x = { a = 1, for = 1 }\n", {"x": {"a": ONE, "for": ONE}}),
    ('x = { "for" = 1 }\n', {"x": {"for": ONE}}),
    ("x = { e\u0301 = 1 }\n", {"x": {"\u00e9": ONE}}),
    ("x = { a\u00b7b = 1 }\n", {"x": {"a\u00b7b": ONE}}),
    ("x = { \u2118 = 1 }\n", {"x": {"\u2118": ONE}}),
    ("x = { a\u1369 = 1 }\n", {"x": {"a\u1369": ONE}}),
    ("# a\rb\nx = 1\n", {"x": ONE}),
]
REFUSED = [
    "x = \u0663\n",
    "x = 1\u0660\n",
    "x = <<E\na\rb\nE\n",
    "x = { for = 1 }\n",
    "x = {\n\n for = 1 }\n",
    "x = { a\u200cb = 1 }\n",
    "x = { a\u30fb = 1 }\n",
    "x = { \u2e2f = 1 }\n",
    "x = { \u0663 = 1 }\n",
    "x = [1,\r 2]\n",
]


@pytest.mark.parametrize(("text", "values"), TAKEN)
def test_what_terraform_takes_is_taken_as_it_takes_it(text: str, values: dict[str, Any]) -> None:
    assert {found.name: found.value for found in tfvars.read(text)} == values


@pytest.mark.parametrize("text", REFUSED)
def test_what_terraform_refuses_is_refused(text: str) -> None:
    with pytest.raises(FileRefusedError):
        tfvars.read(text)


@pytest.mark.parametrize("name", ["e\u0301", "a\u00b7b", "\u2118"])
def test_a_variable_of_such_a_name_has_no_key(name: str) -> None:
    with pytest.raises(FileRefusedError, match="is no key"):
        imports.secrets(f"{name} = 1\n".encode(), "tfvars")


def test_any_number_of_comments_stand_in_json_at_the_top_alone() -> None:
    (found,) = imports.secrets(b'{"//": "a", "x": "1", "//": {"//": 2}}', "tfvars.json")
    assert (found.key, found.value) == ("x", "1")
    for text in ('{"x": {"//": 1, "//": 2}}', '{"x": [{"//": 1, "//": 2}]}', '{"x": 1, "x": 2}'):
        with pytest.raises(FileRefusedError, match="stands twice in one object"):
            imports.secrets(text.encode(), "tfvars.json")
    with pytest.raises(FileRefusedError, match="stands twice in one object"):
        imports.secrets(b'{"//": 1, "//": 2}', "json")
