"""Every link of the pages leads somewhere, and every command line in them is one that the parsers know."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from awsactivate.cli import COMMANDS
from awsactivate.commandline import HelpRequested, Parser
from awsactivate.errors import UsageError

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

FENCED = re.compile(r"^ *```(?P<language>[a-z]*)[^\n]*\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
IN_A_SHELL = {"sh", "bash", "zsh", "fish", "nu"}
WITH_PROMPTS = {"console", ""}
PROMPT = re.compile(r"^(?:\([^)]*\) )?(?:\S+ )?[$%>] (?P<line>.*)$")
IN_A_CONFIG = re.compile(r"^\w+ = (?P<line>awsactivate .*)$")
OURS = ("awsactivate", "activate", "deactivate", "awsdeactivate")
NAMES_OURS = re.compile(r"(?<![\w.-])(?:aws)?(?:de)?activate(?![\w.-])")
IN_PROSE = re.compile(r"`((?:aws)?(?:de)?activate [^`\n]*)`")
BEFORE_A_COMMAND = {"sudo", "source", "command", "exec", "time"}

# The script that lists the parsers' words for completion; those of `deactivate` are the shell files' own.
WORDS = runpy.run_path(str(ROOT / "scripts/completion-words"))
KNOWN = {(command, word) for command, word, *_ in WORDS["lines"]()}


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Tell the language and the text of every fenced block."""
    for block in FENCED.finditer(text):
        yield block["language"], block["text"]


def typed_lines(text: str) -> Iterator[str]:
    """Tell every line of the page that a person types, or a configuration runs."""
    for language, block in blocks(text):
        joined = block.replace("\\\n", " ")
        for line in map(str.strip, joined.splitlines()):
            if language in IN_A_SHELL:
                yield line
            elif language in WITH_PROMPTS and (prompted := PROMPT.match(line)):
                yield prompted["line"]
            elif configured := IN_A_CONFIG.match(line):
                yield configured["line"]


def commands(line: str) -> Iterator[list[str]]:
    """Tell the words of each command of ours in a line, those in `$(…)` too."""
    if not NAMES_OURS.search(line):
        return
    for inner in re.findall(r"\$\(([^()]*)\)", line):
        yield from commands(inner)
    line = re.sub(r"=\([^()]*\)", "=", line)  # a list, not a command
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
    lexer.wordchars += "$%^@!,:=[]{}+…"
    lexer.commenters = "#"
    words: list[str] = []
    for token in [*lexer, ";"]:
        if not set(token) <= set("|&;<>()"):
            words.append(token)
            continue
        while words and (words[0] in BEFORE_A_COMMAND or re.fullmatch(r"\w+=.*", words[0])):
            del words[0]
        if words and (name := words[0].removeprefix("~/.local/bin/")) in OURS:
            yield [name, *words[1:]]
        words = []


def parse(words: list[str]) -> None:
    """Give a command line to the parser that would read it; UsageError where it is refused."""
    first, *rest = words
    if first == "awsactivate":
        if rest[:1] == ["--version"] or rest[:1] == ["--help"]:
            return
        if not rest or rest[0] not in COMMANDS:
            raise UsageError(f"there is no command {rest[:1]}")
        first, *rest = rest
    if first in ("deactivate", "awsdeactivate"):
        for word in rest:
            if word not in of_deactivate():
                raise UsageError(f"unrecognized arguments: {word}")
        return
    module = COMMANDS["_activate"][0] if first == "activate" else COMMANDS[first][0]
    parser = Parser(prog=first)
    import_module(f"awsactivate.commands.{module}").add_arguments(parser)
    parser.parse(["bash", *rest] if first == "activate" else rest)


def of_deactivate() -> set[str]:
    """Return the options of `deactivate`, which has no parser but those of the shell files."""
    return {word for command, word in KNOWN if command == "deactivate"}


def unknown_options(text: str) -> list[str]:
    """Return the options that stand behind a command in prose, as in `activate --renew`, and are none."""
    found = []
    for span in IN_PROSE.findall(FENCED.sub("", text)):
        words = span.split(" -- ")[0].removeprefix("awsactivate ").removeprefix("aws").split()
        keys = {"awsactivate", *(" ".join(words[:count]) for count in (1, 2, 3))}
        for option in re.findall(r"(?<!\S)\[?(--[a-z][a-z-]*)", " ".join(words)):
            if not any((key, option) in KNOWN for key in keys):
                found.append(f"{span}: {option}")
    return found


def refused(text: str) -> list[str]:
    """Return the command lines of a page that no parser takes, with what it says."""
    found = []
    for line in typed_lines(text):
        for words in commands(line):
            try:
                parse(words)
            except UsageError as error:
                found.append(f"{shlex.join(words)}: {error.message}")
            except HelpRequested:
                continue
    return found


def to_be_filled(text: str) -> list[str]:
    """Return the cells of a page's tables in which a word in capitals alone stands for what comes later."""
    rows = [
        line.strip().strip("|").split("|") for line in FENCED.sub("", text).splitlines() if line[:1] == "|"
    ]
    return [cell.strip() for row in rows for cell in row if re.fullmatch(r" *[A-Z_]{6,} *", cell)]


def anchors(page: Path) -> set[str]:
    """Return the fragments by which the headings of a page can be linked to."""
    text = FENCED.sub("", page.read_text("utf-8"))
    names: dict[str, int] = {}
    found = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        times = names[name] = names.get(name, -1) + 1
        found.add(f"{name}-{times}" if times else name)
    return found


def broken_links(page: Path, text: str) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    prose = re.sub(r"`[^`\n]*`", "", FENCED.sub("", text))
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file_and_a_heading(name: str) -> None:
    page = ROOT / name
    assert broken_links(page, page.read_text("utf-8")) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_line_is_one_that_its_parser_takes(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert refused(text) + unknown_options(text) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_of_a_table_is_filled(name: str) -> None:
    assert to_be_filled((ROOT / name).read_text("utf-8")) == []


def test_a_cell_that_is_to_be_filled_is_found() -> None:
    assert to_be_filled("| a SDK | IAM | SDKDOOR | `AWS_REGION` | SDKTRIED |\n") == ["SDKDOOR", "SDKTRIED"]


def test_the_index_names_every_page_once() -> None:
    index = (ROOT / "docs/README.md").read_text("utf-8")
    linked = re.findall(r"^(?:- |\| )\[[^\]]*\]\((\w[\w-]*\.md)\)", index, re.MULTILINE)
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert sorted(linked) == sorted(pages)


def test_a_link_that_leads_nowhere_and_an_option_that_is_none_are_found() -> None:
    text = """
[one](docs/keys.md#rotation), [two](docs/keys.md#nothing), [three](docs/none.md), [four](https://a.example/b),
`activate --renewed`, `awsactivate bootstrap user remove bob --delete`, `awsactivate keys add [--fil F]`

```console
~/infra $ activate prod --quite
no prompt stands before: activate --nothing
(prod 60m) ~/infra $ X=1 awsactivate secrets exec app --nope -- terraform plan --any
```
```sh
eval "$(awsactivate init bash --sorts)" && deactivate --every   # awsactivate nothing
awsactivate list | awsactivate lists
```
```ini
credential_process = awsactivate export alice --format procession
```
"""
    assert broken_links(ROOT / "README.md", text) == ["docs/keys.md#nothing", "docs/none.md"]
    assert unknown_options(text) == [
        "activate --renewed: --renewed",
        "awsactivate keys add [--fil F]: --fil",
    ]
    assert refused(text) == [
        "activate prod --quite: unrecognized arguments: --quite",
        "awsactivate secrets exec app --nope -- terraform plan --any: unrecognized arguments: --nope",
        "awsactivate init bash --sorts: unrecognized arguments: --sorts",
        "deactivate --every: unrecognized arguments: --every",
        "awsactivate lists: there is no command ['lists']",
        "awsactivate export alice --format procession: argument --format: invalid choice: 'procession'"
        " (choose from 'shell', 'json', 'dotenv', 'process', 'terragrunt')",
    ]


def test_the_pages_full_of_commands_are_seen_to_be() -> None:
    # lest a page pass because nothing of it was read
    seen = dict.fromkeys(("README", "docs/first-hour", "docs/daily-use", "docs/terraform", "docs/teams"), 0)
    for name in seen:
        for line in typed_lines((ROOT / f"{name}.md").read_text("utf-8")):
            seen[name] += len(list(commands(line)))
    assert {name: count for name, count in seen.items() if count < 3} == {}
