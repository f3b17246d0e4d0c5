"""The real terraform reads what we store, export and recorded as it should."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsactivate.parameter_store import exports, imports, tfvars
from awsactivate.parameter_store.literals import (
    FileRefusedError,
    hcl_text,
    json_text,
    normalised,
    stored_text,
)
from awsactivate.parameter_store.names import terraform_variable
from parameter_store import hcl_cases
from parameter_store.terraform import RefusedByTerraformError, exactly, reading
from parameter_store.test_hcl_characters import REFUSED, TAKEN
from parameter_store.test_tfvars import FILES, READINGS, values

pytestmark = pytest.mark.terraform


def names_in(file: Path) -> list[str]:
    """List what looks like a variable in a file."""
    return re.findall(r"^\s*(\w+) *=", file.read_bytes().decode(errors="replace"), re.MULTILINE) or ["x"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_terraform_reads_the_corpus_as_recorded(file: Path, tmp_path: Path) -> None:
    """Equal for `ok`, refused for `wrong`, and evaluated (which we leave to it) for `evaluated`."""
    if file.name.startswith("ok"):
        found = reading(tmp_path, dict.fromkeys(READINGS[file.name], ""), file=str(file))
        assert found == READINGS[file.name] == values(file)
    elif file.name.startswith("evaluated"):
        assert "x" in reading(tmp_path, dict.fromkeys(names_in(file), ""), file=str(file))
    else:
        with pytest.raises(RefusedByTerraformError):
            reading(tmp_path, dict.fromkeys(set(names_in(file)), ""), file=str(file))


# No surrogates, which are no characters, and no NUL, which no environment can hold; often what is special.
_texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from("$%{}`\"'\\\n\r\t!#"),
    ),
    max_size=30,
)
_numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=9)
_scalars = _texts | _numbers | st.booleans()
_values = st.recursive(
    _scalars | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
_collections = st.lists(_values, max_size=4) | st.dictionaries(_texts, _values, max_size=4)


def as_terraform_sees(value: Any) -> Any:
    """Compose the characters of every string, and make every number comparable."""
    if isinstance(value, str):
        return normalised(value)
    if isinstance(value, list):
        return [as_terraform_sees(item) for item in value]
    if isinstance(value, dict):
        return {normalised(name): as_terraform_sees(item) for name, item in value.items()}
    return value


def many(values: list[Any]) -> dict[str, Any]:
    """Name values, so that one run of terraform reads many."""
    return {f"v{index}": value for index, value in enumerate(values)}


def numbers_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with the composed strings, as their JSON says them."""
    return {name: as_terraform_sees(value) for name, value in values.items()}


def kind_of(value: Any) -> str:
    """Return the type that a variable of this value would be declared with."""
    kinds = {str: "string", bool: "bool", Decimal: "number"}
    return kinds.get(type(value), "any")


@settings(max_examples=15)
@given(st.lists(_texts.filter(bool), min_size=20, max_size=40))
def test_texts_reach_string_and_untyped_variables_as_they_are(texts: list[str]) -> None:
    values = many(texts)
    environ = {terraform_variable(name): stored_text(value) for name, value in values.items()}
    for kind in ("string", ""):
        with tempfile.TemporaryDirectory() as folder:
            assert reading(Path(folder), dict.fromkeys(values, kind), environ=environ) == numbers_in(values)


@settings(max_examples=15)
@given(st.lists(_collections, min_size=10, max_size=20), st.lists(_numbers, min_size=5), st.booleans())
def test_lists_objects_numbers_and_booleans_reach_variables_of_their_type(
    collections: list[Any], numbers: list[Decimal], boolean: bool
) -> None:
    values = many([*collections, *numbers, boolean])
    kinds = {name: kind_of(value) for name, value in values.items()}
    environ = {terraform_variable(name): stored_text(value) for name, value in values.items()}
    with tempfile.TemporaryDirectory() as folder:
        assert reading(Path(folder), kinds, environ=environ) == numbers_in(values)


@settings(max_examples=15)
@given(
    st.lists(_texts.filter(bool), min_size=10, max_size=20), st.lists(_collections, min_size=10, max_size=20)
)
def test_exported_tfvars_are_read_back_equal(texts: list[str], collections: list[Any]) -> None:
    """By terraform and by our own import: strings as strings, kept lists and objects as such."""
    values = many([*texts, *collections])
    stored = {name: stored_text(value) for name, value in values.items()}
    strings = [name for name, value in values.items() if isinstance(value, str)]
    text = exports.text(stored, "tfvars", strings=strings)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "f.tfvars").write_bytes(text.encode())
        found = reading(Path(folder), dict.fromkeys(values, ""), file="f.tfvars")
    assert found == numbers_in(values)
    again = {secret.key: secret.value for secret in imports.secrets(text.encode(), "tfvars")}
    assert again == {name: stored_text(value) for name, value in numbers_in(values).items()}


@settings(max_examples=10)
@given(st.lists(_values, min_size=10, max_size=20))
def test_both_ways_to_write_a_value_are_one_expression_to_terraform(values: list[Any]) -> None:
    text = "".join(f"j{i} = {json_text(v)}\nh{i} = {hcl_text(v)}\n" for i, v in enumerate(values))
    names = [f"{form}{index}" for index in range(len(values)) for form in "jh"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "f.tfvars").write_bytes(text.encode())
        found = reading(Path(folder), dict.fromkeys(names, ""), file="f.tfvars")
    assert found == {name: as_terraform_sees(values[int(name[1:])]) for name in names}


# Names that terraform keeps to itself: https://developer.hashicorp.com/terraform/language/values/variables
_RESERVED = ("_", "source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals")
_names = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True).filter(lambda name: name not in _RESERVED)


@settings(max_examples=10)
@given(st.dictionaries(_names, _values, min_size=5))
def test_a_json_file_of_values_is_imported_as_terraform_reads_it(values: dict[str, Any]) -> None:
    """There `${` is text, and no template."""
    wanted = {name: value for name, value in values.items() if value not in (None, "")}
    text = json_text(wanted).replace("\\u0024", "$").replace("\\u0025", "%")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "f.tfvars.json").write_bytes(text.encode())
        found = reading(Path(folder), dict.fromkeys(wanted, ""), file="f.tfvars.json")
    ours = imports.secrets(text.encode(), "tfvars.json", normalize_keys=True)
    assert {secret.key: secret.value for secret in ours} == {
        name: stored_text(value) for name, value in found.items()
    }


@pytest.mark.parametrize(
    "file",
    [file for file in FILES if file.name.startswith("ok") and "" not in READINGS[file.name].values()],
    ids=lambda file: file.stem,
)
def test_what_a_file_said_reaches_terraform_through_the_environment(file: Path, tmp_path: Path) -> None:
    """The whole way of a value: imported, stored as text, given as TF_VAR_…"""
    secrets = imports.secrets(file.read_bytes(), "tfvars")
    kinds = {secret.key: kind_of(READINGS[file.name][secret.key]) for secret in secrets}
    environ = {terraform_variable(secret.key): secret.value for secret in secrets}
    assert reading(tmp_path, kinds, environ=environ) == READINGS[file.name]


def test_a_variable_in_upper_case_is_not_what_terraform_looks_for(tmp_path: Path) -> None:
    """Why the names after TF_VAR_ are lower case."""
    with pytest.raises(RefusedByTerraformError):
        reading(tmp_path, {"db_password": "string"}, environ={"TF_VAR_DB_PASSWORD": "v"})
    assert exactly('{"db_password":"v"}') == reading(
        tmp_path, {"db_password": "string"}, environ={terraform_variable("db-password"): "v"}
    )


_signs = st.sampled_from(
    "\t \u00a0\u3000\v\f\x1c\u0085\u2028\raeb1_-\u00e9\u0301\u00b7\u2118\u0387\u1369\u212e\u309b\u0660"
    "\u2160\u203f\u093e\u4e00\U0001d7ce\u037e\u2e2f\u200c\u30fb\u1885\u19da\u2054\u00aa\u16ee"
)
_some = st.text(_signs, max_size=3)
_files = st.one_of(
    st.builds(
        "x = <<{}E{}\n{}a{}\n{}E{}\n".format, st.sampled_from(["", "-"]), _some, _some, _some, _some, _some
    ),
    st.builds("x = <<{0}\na\n{0}\n".format, _some),
    st.builds("x = {{ {} = 1 }}\n".format, _some),
    st.builds(
        "x = {{ a = 1,{}{} = 2 }}\n".format,
        st.sampled_from([" ", "\n"]),
        _some | st.sampled_from(["for", "if"]),
    ),
    st.builds("x = {}\n".format, st.text(st.sampled_from("0123.eE\u0663\u0967"), min_size=1, max_size=4)),
)


@given(_files)
@settings(max_examples=40, deadline=None)
def test_random_signs_are_taken_and_refused_as_terraform_does(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.tfvars"
        file.write_bytes(text.encode())
        try:
            theirs = reading(Path(folder), {"x": "any"}, file=str(file))
        except RefusedByTerraformError:
            theirs = None
    try:
        ours = {found.name: found.value for found in tfvars.read(text)}
    except FileRefusedError:
        ours = None
    assert ours == theirs


def test_terraform_reads_the_literals_of_its_suites_as_recorded(tmp_path: Path) -> None:
    file = tmp_path / "a.tfvars"
    values = {f"v{at}": value for at, (_, value) in enumerate(hcl_cases.LITERALS)}
    texts = [text for text, _ in hcl_cases.LITERALS]
    file.write_bytes("".join(f"v{at} = {text}\n" for at, text in enumerate(texts)).encode())
    assert reading(tmp_path, dict.fromkeys(values, "any"), file=str(file)) == values


@pytest.mark.parametrize("expression", hcl_cases.REFUSED)
def test_terraform_refuses_what_its_suites_refuse(expression: str, tmp_path: Path) -> None:
    file = tmp_path / "a.tfvars"
    file.write_bytes(f"x = {expression}".encode())
    with pytest.raises(RefusedByTerraformError):
        reading(tmp_path, {"x": "any"}, file=str(file))


@pytest.mark.parametrize("text", [text for text, _ in TAKEN] + REFUSED)
def test_terraform_takes_and_refuses_what_was_recorded(text: str, tmp_path: Path) -> None:
    file = tmp_path / "a.tfvars"
    file.write_bytes(text.encode())
    wanted = dict(TAKEN).get(text)
    if wanted is None:
        with pytest.raises(RefusedByTerraformError):
            reading(tmp_path, {"x": "any"}, file=str(file))
    else:
        assert reading(tmp_path, dict.fromkeys(wanted, "any"), file=str(file)) == wanted
