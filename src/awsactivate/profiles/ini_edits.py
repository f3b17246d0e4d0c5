"""Changes of one key in an ini text of AWS's, which leave every other byte as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from awsactivate.frozen import dataclass

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


@dataclass(frozen=True)
class _Place:
    """A header, or a key with its value."""

    header: str
    key: str
    """'' for the header itself."""
    lines: tuple[int, ...]
    """The numbers of the lines that it takes."""


def without(text: str, is_section: Callable[[str], bool], keys: Collection[str]) -> str:
    """Take `keys` (in lower case), with their values, out of the sections whose header `is_section`."""
    lines = LINE.findall(text)
    gone = {
        number
        for place in _places(lines)
        if place.key in keys and is_section(place.header)
        for number in place.lines
    }
    return "".join(line for number, line in enumerate(lines) if number not in gone)


def with_value(text: str, is_section: Callable[[str], bool], header: str, key: str, value: str) -> str:
    """Let `key` of a section be `value`: where it stands, else after the section's last key.

    Where there is no such section, `header` begins one at the end.
    """
    lines = LINE.findall(text)
    newline = _newline(lines)
    of_section = [place for place in _places(lines) if is_section(place.header)]
    standing = [place for place in of_section if place.key == key]
    if standing:
        first, *more = standing[-1].lines
        lines[first] = _with_other_value(lines[first], value, newline)
        return "".join(line for number, line in enumerate(lines) if number not in more)
    if lines and not lines[-1].endswith(("\r", "\n")):
        lines[-1] += newline
    if of_section:
        last = of_section[-1].lines[-1]
        lines.insert(last + 1, f"{_indent(of_section[-1], lines)}{key} = {value}{newline}")
        return "".join(lines)
    space = newline if lines and lines[-1].strip() else ""
    return "".join(lines) + f"{space}[{header}]{newline}{key} = {value}{newline}"


def line_numbers(text: str) -> dict[tuple[str, str], int]:
    """Tell on which line, from 1 on, each header (with '' for a key) and each key of a section stands."""
    numbers: dict[tuple[str, str], int] = {}
    for place in _places(LINE.findall(text)):
        numbers.setdefault((place.header, place.key), place.lines[0] + 1)
    return numbers


def _places(lines: Sequence[str]) -> Iterator[_Place]:
    """Tell what stands where, by the rules of `inifile.read`."""
    header, key = "", ""
    taken: list[int] = []
    indent_of_key = 0
    has_value = False
    for number, line in enumerate(lines):
        words = line.strip()
        if not words or words[0] in "#;":
            continue
        indent = len(line) - len(line.lstrip())
        if has_value and indent > indent_of_key:
            taken.append(number)
            continue
        if taken:
            yield _Place(header, key, tuple(taken))
        indent_of_key, taken = indent, [number]
        if words[0] == "[" and (end := words.rfind("]")) > 1:
            header, key, has_value = words[1:end], "", False
        else:
            key, has_value = re.split("[=:]", words, maxsplit=1)[0].rstrip().lower(), True
    if taken:
        yield _Place(header, key, tuple(taken))


def _with_other_value(line: str, value: str, newline: str) -> str:
    before = re.match(r"[^=:]*[=:][ \t]*", line)
    ending = line[len(line.rstrip("\r\n")) :] or newline
    return f"{before[0] if before else ''}{value}{ending}"


def _indent(place: _Place, lines: Sequence[str]) -> str:
    """Return the indentation of the section's keys; deeper, a key would be the end of another's value."""
    line = lines[place.lines[0]]
    return line[: len(line) - len(line.lstrip())] if place.key else ""


def _newline(lines: Sequence[str]) -> str:
    for line in lines:
        if line.endswith(("\r", "\n")):
            return line[len(line.rstrip("\r\n")) :]
    return "\n"
