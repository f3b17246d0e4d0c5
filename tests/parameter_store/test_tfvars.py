"""Files of terraform's values, read against what terraform itself was recorded to read of them.

`corpus/readings.json` holds terraform's readings; `test_terraform.py` proves that terraform still reads so.
Files named `ok` are taken, `evaluated` have an expression that only terraform can evaluate, and `wrong` are
refused by terraform too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from awsactivate.errors import UsageError
from awsactivate.parameter_store import imports, tfvars
from awsactivate.parameter_store.literals import FileRefusedError, json_text
from parameter_store.terraform import exactly

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.glob("*.tfvars"))
READINGS: dict[str, Any] = exactly((CORPUS / "readings.json").read_text())


def values(file: Path) -> Any:
    """Return what our reader makes of a file."""
    found = tfvars.read(file.read_bytes().decode())
    return exactly(json_text({one.name: one.value for one in found}))


def test_the_corpus_is_recorded_whole() -> None:
    assert sorted(READINGS) == [file.name for file in FILES]
    assert len(FILES) >= 80


@pytest.mark.parametrize("file", [file for file in FILES if file.name.startswith("ok")], ids=lambda f: f.stem)
def test_literal_values_are_what_terraform_reads(file: Path) -> None:
    assert values(file) == READINGS[file.name]


@pytest.mark.parametrize(
    "file", [file for file in FILES if not file.name.startswith("ok")], ids=lambda f: f.stem
)
def test_what_is_no_literal_value_is_refused_with_its_line_and_reason(file: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        imports.secrets(file.read_bytes(), "tfvars")
    assert str(refused.value) == READINGS[file.name]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\nx = null\n", "line 2: x: null can't be kept: no text stands for it"),
        ('x = ""\n', "line 1: x: Parameter Store keeps no empty value (to leave them out: --except x)"),
        ('x = "\\u0000"\n', "line 1: x: a value with a NUL byte, which no environment can hold"),
        (f'x = "{"a" * 8193}"\n', "line 1: x: a value of 8193 bytes, and a parameter holds at most 8192"),
        ("x = " + "9" * 151, "line 1: a number of more than 150 digits, which terraform rounds"),
        ("x = 1e5000", "line 1: a number of more digits than a parameter takes"),
        ("x = " + "[" * 101, "line 1: more than 100 lists and objects inside one another"),
        ("é = 1\n", "line 1: 'é' is no key: letters, digits, `_`, `.` and `-`"),
        (
            "dbPassword = 1\n",
            "line 1: the variable 'dbPassword' would come back to terraform as 'dbpassword'"
            " (--normalize-keys takes it all the same)",
        ),
        (
            "a-b = 1\n",
            "line 1: the variable 'a-b' would come back to terraform as 'a_b'"
            " (--normalize-keys takes it all the same)",
        ),
    ],
)
def test_a_value_that_could_not_come_back_is_refused(text: str, said: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        imports.secrets(text.encode(), "tfvars")
    assert str(refused.value) == said


def test_two_names_that_become_one_key_are_both_named() -> None:
    with pytest.raises(FileRefusedError, match=r"line 2: 'A' and 'a' become the same key, a"):
        imports.secrets(b"A = 1\na = 2\n", "tfvars", normalize_keys=True)


def test_lists_and_objects_are_kept_as_json_that_terraform_reads_too() -> None:
    """A `$` before a brace by its number: plain in JSON, and no template to terraform."""
    text = 'x = { list = ["$${a}", "%%{b}", 4.50, true], "k" = { z = null } }\n'
    (found,) = imports.secrets(text.encode(), "tfvars")
    assert found.value == '{"k":{"z":null},"list":["\\u0024{a}","\\u0025{b}",4.5,true]}'
    assert json.loads(found.value) == {"k": {"z": None}, "list": ["${a}", "%{b}", 4.5, True]}


def test_the_same_object_in_another_order_is_the_same_text() -> None:
    first, second = (
        imports.secrets(text, "tfvars")[0].value for text in (b"x = { b = 1, a = 2 }", b"x = {a=2,b=1}")
    )
    assert first == second == '{"a":2,"b":1}'


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("prod.tfvars", "tfvars"),
        ("PROD.TFVARS", "tfvars"),
        ("prod.auto.tfvars.json", "tfvars.json"),
        ("a.json", "json"),
        ("a.yml", "yaml"),
        ("a.yaml", "yaml"),
        (".env", "dotenv"),
        ("prod.env", "dotenv"),
        (".env.local", "dotenv"),
    ],
)
def test_a_files_name_tells_its_format(name: str, form: str) -> None:
    assert imports.format_of(name) == form


def test_a_name_that_tells_nothing_is_asked_about() -> None:
    with pytest.raises(UsageError, match=r"secrets\.txt: the format does not show in the name"):
        imports.format_of("secrets.txt")
