"""The literal values of a .tfvars file, read as terraform reads them.

What would have to be evaluated (a template, a reference, a function, an operator) is refused with its line:
only terraform can say what it is, and a guess would be kept as somebody's password.
"""

from __future__ import annotations

import re
from typing import NoReturn

from awsactivate.frozen import dataclass
from awsactivate.parameter_store.hcl_characters import DIGITS, SPACES, identifier_end, is_identifier
from awsactivate.parameter_store.literals import FileRefusedError, Value, normalised, number, number_text

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])")
_HEREDOC = re.compile(r"<<(-?)([^\r\n]+)\r?\n")
_KEYWORDS = {"true": True, "false": False, "null": None}
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt\"\\])")
_TEMPLATE = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_ONLY_LITERALS = "only literal values can be taken: strings, numbers, true, false, lists and objects"
_DEEPEST = 100


@dataclass(frozen=True)
class Assignment:
    """One variable of a file, and the line that its name is on."""

    name: str
    value: Value
    line: int


def read(text: str) -> list[Assignment]:
    """Return the assignments of a .tfvars file in its order; FileRefusedError names the line."""
    return _Reader(text.removeprefix("\ufeff")).assignments()


class _Reader:
    """The text and how far into it the reading is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def assignments(self) -> list[Assignment]:
        found: dict[str, Assignment] = {}
        while True:
            self.skip(lines=True)
            if self.at >= len(self.text):
                return list(found.values())
            line = self.line()
            name = self.identifier() or self.refuse("a variable's name is expected here")
            name = normalised(name)
            if name in found:
                self.refuse(f"{name} is set twice, first on line {found[name].line}")
            self.skip()
            if self.peek() in ("{", '"') or is_identifier(self.peek()):
                self.refuse(f"{name} begins a block, and a file of values has none")
            self.equals("=")
            found[name] = Assignment(name, self.value(), line)
            self.skip()
            if self.at < len(self.text) and self.peek() != "\n":
                self.refuse(f"more follows the value here, such as an operator ({_ONLY_LITERALS})")

    def value(self) -> Value:
        sign = self.peek()
        if sign == '"':
            return self.string()
        if self.text.startswith("<<", self.at):
            return self.heredoc()
        if sign in ("[", "{"):
            self.depth += 1
            if self.depth > _DEEPEST:
                self.refuse(f"more than {_DEEPEST} lists and objects inside one another")
            self.at += 1
            found = self.list_items() if sign == "[" else self.object_items()
            self.depth -= 1
            return found
        if sign == "-" or (sign and sign in DIGITS):
            return self.number()
        start = self.at
        word = self.identifier()
        if word in _KEYWORDS:
            return _KEYWORDS[word]
        self.at = start
        if word:  # which is not repeated: it may be a password without its quotes
            self.refuse(
                "a reference or a function, which only terraform evaluates (a text has quotes around it)"
            )
        return self.refuse(_ONLY_LITERALS)

    def number(self) -> Value:
        negative = self.peek() == "-"
        if negative:
            self.at += 1
            self.skip()
        text = self.match(_NUMBER) or self.refuse(_ONLY_LITERALS)
        try:
            value = number(text)
        except ValueError as error:
            self.refuse(str(error))
        return value.copy_negate() if negative else value  # unlike `-`, which rounds

    def list_items(self) -> list[Value]:
        items: list[Value] = []
        while True:
            self.skip(lines=True)
            if self.accept("]"):
                return items
            items.append(self.value())
            self.skip(lines=True)
            if not self.accept(",") and self.peek() != "]":
                self.refuse(f"`,` or `]` is expected here ({_ONLY_LITERALS})")

    def object_items(self) -> dict[str, Value]:
        items: dict[str, Value] = {}
        while True:
            self.skip(lines=True)
            if self.accept("}"):
                return items
            key = self.object_key(is_first=not items)
            self.skip()
            self.equals("=:")
            items[key] = self.value()
            self.skip()
            if not self.accept(",") and self.peek() not in ("\n", "}"):
                self.refuse(f"`,`, a new line or `}}` is expected here ({_ONLY_LITERALS})")

    def object_key(self, *, is_first: bool) -> str:
        if self.peek() == '"':
            return self.string()
        if self.peek() and self.peek() in DIGITS:
            return number_text(self.number())
        name = self.identifier() or self.refuse("a key is expected here: a name or a quoted text")
        if name == "for" and is_first:  # which begins an expression there, and only there
            self.refuse(_ONLY_LITERALS)
        return normalised(name)

    def string(self) -> str:
        end = self.at + 1
        while self.text[end : end + 1] != '"':
            if self.text[end : end + 1] in ("", "\n", "\r"):
                self.refuse("a quoted text must end on its line (a heredoc may have several)")
            end += 2 if self.text[end] == "\\" else 1
        raw = self.text[self.at + 1 : end]
        text = "".join(
            part if is_whole else self.without_escapes(part)
            for part, is_whole in self.templates(raw, self.line())
        )
        self.at = end + 1
        return normalised(text)

    def heredoc(self) -> str:
        opening = _HEREDOC.match(self.text, self.at) or self.refuse("a heredoc begins with <<NAME, alone")
        first, name = self.line(), opening.group(2)
        if not is_identifier(name):
            self.refuse("a heredoc begins with <<NAME, alone")
        lines: list[str] = []
        start = opening.end()
        while True:
            end = self.text.find("\n", start)
            if end < 0:  # terraform wants a new line even after the closing name
                self.refuse(f"the heredoc of line {first} needs {name} and a new line at its end")
            line = self.text[start : end + 1]
            if "\r" in line.removesuffix("\r\n"):
                raise FileRefusedError(
                    "a carriage return that ends no line, which terraform refuses",
                    first + 1 + len(lines),
                )
            if line.strip(SPACES) == name:
                break
            lines.append(line)
            start = end + 1
        if opening.group(1):
            lines = _unindented(lines)
        text = "".join(part for part, _ in self.templates("".join(lines), first + 1))
        self.at = end
        return normalised(text)

    def templates(self, raw: str, line: int) -> list[tuple[str, bool]]:
        """Split `raw`, that begins on `line`, at `$${` and `%%{`; these stand whole as what they mean."""
        parts, start = [], 0
        for found in _TEMPLATE.finditer(raw):
            sign = found.group()
            if len(sign) == 2:
                reason = (
                    f"{sign}…}} is a template, which only terraform can evaluate; as text: {sign[0]}{sign}"
                )
                raise FileRefusedError(reason, line + raw.count("\n", 0, found.start()))
            parts += [(raw[start : found.start()], False), (sign[1:], True)]
            start = found.end()
        return [*parts, (raw[start:], False)]

    def without_escapes(self, raw: str) -> str:
        out, start = [], 0
        while (at := raw.find("\\", start)) >= 0:
            found = _ESCAPE.match(raw, at + 1)
            if not found:
                self.refuse('an escape that is none of \\n \\r \\t \\" \\\\ \\uXXXX \\UXXXXXXXX')
            four, eight, sign = found.groups()
            out += [raw[start:at], _ESCAPED[sign] if sign else self.character(int(four or eight, 16))]
            start = found.end()
        return "".join(out) + raw[start:]

    def character(self, code: int) -> str:
        if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            self.refuse(f"\\u{code:04x} is half a character, or none; beyond \\uffff write \\U and 8 digits")
        return chr(code)

    def equals(self, signs: str) -> None:
        if not self.peek() or self.peek() not in signs or self.text.startswith("==", self.at):
            self.refuse(f"`=` is expected here ({_ONLY_LITERALS})")
        self.at += 1
        self.skip()

    def skip(self, *, lines: bool = False) -> None:
        """Pass blanks and comments; with `lines` also the ends of lines."""
        while True:
            two = self.text[self.at : self.at + 2]
            if two[:1] in (" ", "\t") or two == "\r\n" or (lines and two[:1] == "\n"):
                self.at += 1
            elif two[:1] == "#" or two == "//":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif two == "/*":
                end = self.text.find("*/", self.at + 2)
                if end < 0:
                    self.refuse("this comment has no end")
                self.at = end + 2
            else:
                return

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def accept(self, sign: str) -> bool:
        if self.peek() != sign:
            return False
        self.at += 1
        return True

    def match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if not found:
            return None
        self.at = found.end()
        return found.group()

    def identifier(self) -> str:
        """Take an identifier; "" where none is here."""
        start, self.at = self.at, identifier_end(self.text, self.at)
        return self.text[start : self.at]

    def line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def refuse(self, reason: str) -> NoReturn:
        raise FileRefusedError(reason, self.line())


def _unindented(lines: list[str]) -> list[str]:
    """Take from each line the blanks that all lines begin with; lines of nothing else do not count."""
    indents = [len(line) - len(line.lstrip(SPACES)) for line in lines if line.strip(SPACES)]
    least = min(indents, default=0)
    return [line[least:] if line.strip(SPACES) else line for line in lines]
