"""Files of values, in any of the formats that people keep them in, as the secrets to store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from awsactivate.errors import UsageError
from awsactivate.frozen import dataclass, field
from awsactivate.parameter_store import chamber, dotenv, json_values, tfvars, yaml_values
from awsactivate.parameter_store.literals import FileRefusedError, Value, normalised, stored_text
from awsactivate.parameter_store.names import input_variable

_Value = tuple[str, Value, int]  # a name, what it is set to, and on which line

FORMATS = ("tfvars", "tfvars.json", "json", "yaml", "dotenv")


@dataclass(frozen=True)
class Secret:
    """A key and the text to store under it."""

    key: str
    value: str = field(repr=False)
    line: int = 0
    """Where the file has it (0: unknown)."""
    name: str = ""
    """What the file calls it."""


def format_of(name: str) -> str:
    """Tell a file's format by its name; UsageError where it does not show."""
    name = name.lower()
    for ending, form in (
        (".tfvars.json", "tfvars.json"),
        (".tfvars", "tfvars"),
        (".json", "json"),
        (".yaml", "yaml"),
        (".yml", "yaml"),
        (".env", "dotenv"),
    ):
        if name.endswith(ending):
            return form
    if name.startswith(".env."):
        return "dotenv"
    raise UsageError(f"{name}: the format does not show in the name", f"add --format {'|'.join(FORMATS)}")


def secrets(
    data: bytes,
    form: str,
    *,
    normalize_keys: bool = False,
    only: Collection[str] = (),
    leaving_out: Collection[str] = (),
) -> list[Secret]:
    """Read the secrets of a file of format `form`; FileRefusedError names the first line that is unclear.

    A terraform variable whose name would not come back from its key is refused, unless `normalize_keys`. With
    `only` nothing else is taken, and nothing of `leaving_out`; UsageError for a name that the file has not.
    """
    found: dict[str, Secret] = {}
    names: dict[str, str] = {}
    values = _chosen(list(_READERS[form](_decoded(data))), only, leaving_out)
    _refuse_empty(values)
    for name, value, line in values:
        key = _key(name, line)
        if key in found:
            raise FileRefusedError(f"{names[key]!r} and {name!r} become the same key, {key}", line)
        if form.startswith("tfvars") and not normalize_keys and input_variable(key) != name:
            raise FileRefusedError(
                f"the variable {name!r} would come back to terraform as {input_variable(key)!r}"
                " (--normalize-keys takes it all the same)",
                line,
            )
        found[key] = Secret(key, _text(name, value, line), line, name)
        names[key] = name
    return list(found.values())


def _chosen(values: list[_Value], only: Collection[str], leaving_out: Collection[str]) -> list[_Value]:
    there = {name for name, _, _ in values}
    unknown = [name for name in (*only, *leaving_out) if name not in there]
    if unknown:
        raise UsageError(f"the file has no {', '.join(map(repr, unknown))}; nothing was written")
    return [one for one in values if (not only or one[0] in only) and one[0] not in leaving_out]


def _refuse_empty(values: list[_Value]) -> None:
    """Name every value that is empty, so that one more run is enough."""
    empty = [(name, line) for name, value, line in values if value == ""]
    if empty:
        names = [name for name, _ in empty]
        left_out = " ".join(f"--except {name}" for name in names)
        raise FileRefusedError(
            f"{', '.join(names)}: Parameter Store keeps no empty value (to leave them out: {left_out})",
            empty[0][1],
        )


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FileRefusedError("this is not UTF-8", data.count(b"\n", 0, error.start) + 1) from None


def _key(name: str, line: int) -> str:
    try:
        return chamber.checked_key(name)
    except UsageError as error:
        raise FileRefusedError(error.message, line) from None


def _text(name: str, value: Value, line: int) -> str:
    try:
        text = stored_text(value)
        text.encode()
    except UnicodeEncodeError:
        raise FileRefusedError(f"the value of {name} holds half a character", line) from None
    except ValueError as error:
        raise FileRefusedError(f"{name}: {error}", line) from None
    reason = chamber.refusal_of(text)
    if reason:
        raise FileRefusedError(f"{name}: {reason}", line)
    return text


_Values = Iterable[_Value]


def _tfvars(text: str) -> _Values:
    return ((found.name, found.value, found.line) for found in tfvars.read(text))


def _tfvars_json(text: str) -> _Values:
    if text.startswith("\ufeff"):
        raise FileRefusedError("this begins with a byte order mark, which terraform refuses in JSON", 1)
    # terraform takes `//` for a comment, at the top only, and composes characters as everywhere
    found = json_values.read(text, with_comments=True)
    return ((name, _composed(value), 0) for name, value in found.items() if name != "//")


def _composed(value: Value) -> Value:
    if isinstance(value, str):
        return normalised(value)
    if isinstance(value, list):
        return [_composed(item) for item in value]
    if isinstance(value, dict):
        return {normalised(name): _composed(item) for name, item in value.items()}
    return value


def _json(text: str) -> _Values:
    return ((name, value, 0) for name, value in json_values.read(text).items())


def _yaml(text: str) -> _Values:
    return ((name, value, line) for name, (value, line) in yaml_values.read(text).items())


def _dotenv(text: str) -> _Values:
    return ((found.name, found.value, found.line) for found in dotenv.read(text))


_READERS: dict[str, Callable[[str], _Values]] = {
    "tfvars": _tfvars,
    "tfvars.json": _tfvars_json,
    "json": _json,
    "yaml": _yaml,
    "dotenv": _dotenv,
}
