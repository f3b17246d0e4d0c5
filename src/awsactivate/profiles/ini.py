"""The ini dialect of AWS's configuration files, as botocore understands it.

botocore reads with Python's configparser. This follows the same rules line by line (a test compares the two
on random texts), in a third of the time, without that import, and without errors that quote whole lines:
a line may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from awsactivate.errors import ProfileError

Values = Mapping[str, str | Mapping[str, str]]


class Section(dict[str, str | Mapping[str, str]]):
    """A section's values, which nobody changes, and the line on which each begins ('': the header's)."""

    __slots__ = ("lines",)

    def __init__(self, values: Values, lines: Mapping[str, int]) -> None:
        super().__init__(values)
        self.lines = lines


class Sections(dict[str, Values]):
    """A file's sections by the text between their brackets, and what looks like one within a value."""

    __slots__ = ("within",)

    def __init__(self) -> None:
        super().__init__()
        self.within: list[tuple[str, int]] = []


_DEFAULTS = "DEFAULT"
_MARGIN = 0


def read(text: str, path: str, *, names_alone: bool = False) -> Sections:
    """Read a file's sections, by the text between their brackets, in the file's order.

    `path` is only named in errors; that headers are `names_alone`, without a word before them, matters to
    these too. Keys are in lower case. A value that begins on the line after its key and is indented is
    nested: a mapping of its own.
    """
    found = Sections()
    sections: dict[str, dict[str, list[str]]] = {}
    first_lines: dict[str, dict[str, int]] = {}
    defaults: dict[str, list[str]] = {}
    header = ""
    section: dict[str, list[str]] | None = None
    value: list[str] | None = None
    indent_of_key = _MARGIN
    if text.startswith("\ufeff"):
        raise ProfileError(
            f"{path}, line 1: the file begins with a byte order mark, which AWS's tools don't understand",
            "save it as UTF-8 without one (BOM)",
        )
    for number, line in enumerate(_lines(text), start=1):
        words = line.strip()
        if not words:
            if value is not None:
                value.append("")
            continue
        if words[0] in "#;":
            continue
        indent = len(line) - len(line.lstrip())
        if value is not None and indent > indent_of_key:
            value.append(words)
            if words[-1] == "]":
                found.within.append((words, number))
            continue
        indent_of_key = indent
        if words[0] == "[" and (end := words.rfind("]")) > 1:
            header, value = words[1:end], None
            if header in sections:
                raise ProfileError(f"{path}, line {number}: the section [{header}] is there twice")
            # Every section has what stands in the one called DEFAULT, which may itself stand twice.
            section = defaults if header == _DEFAULTS else sections.setdefault(header, {})
            first_lines.setdefault(header, {"": number})
            continue
        if words[0] == "[" and "]" not in words:
            raise ProfileError(f"{path}, line {number}: a [section] must end in ]")
        if section is None:
            raise ProfileError(f"{path}, line {number}: the file must begin with a [section]")
        key, given = _key_and_value(words)
        if not key:
            raise ProfileError(f"{path}, line {number}: must be a [section] or read 'key = value'")
        if key in section:
            twice = f"{path}, line {number}: {key} is there twice in [{header}]"
            raise _twice(twice, found.within, path, names_alone=names_alone)
        first_lines[header][key] = number
        value = section[key] = [given]
        if given[-1:] == "]":
            found.within.append((given, number))
    for header, own in sections.items():
        lines = {**first_lines.get(_DEFAULTS, {}), **first_lines[header]}
        found[header] = _joined({**defaults, **own}, lines, path)
    return found


def _twice(message: str, within: list[tuple[str, int]], path: str, *, names_alone: bool) -> ProfileError:
    from awsactivate.profiles import unread

    for text, line in reversed(within):  # the key may be meant for a section that is none
        if section := unread.within(text, line, path, names_alone=names_alone):
            return ProfileError(f"{message}: in line {line} {section.fault}", section.hint)
    return ProfileError(message)


def _lines(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _key_and_value(words: str) -> tuple[str, str]:
    equals, colon = words.find("="), words.find(":")
    at = equals if colon < 0 or -1 < equals < colon else colon
    return ("", "") if at < 0 else (words[:at].rstrip().lower(), words[at + 1 :].strip())


def _joined(section: dict[str, list[str]], first_lines: Mapping[str, int], path: str) -> Values:
    joined: dict[str, str | Mapping[str, str]] = {}
    for key, lines in section.items():
        text = lines[0] if len(lines) == 1 else "\n".join(lines).rstrip()
        joined[key] = _nested(text, f"{path}, line {first_lines[key]}", key) if text[:1] == "\n" else text
    return Section(joined, first_lines)


def _nested(text: str, place: str, key: str) -> Mapping[str, str]:
    nested: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        inner, equals, value = line.partition("=")
        if not equals:
            raise ProfileError(f"{place}: what is nested in {key} must read 'key = value'")
        nested[inner.strip()] = value.strip()
    return MappingProxyType(nested)
