"""The man page: what it tells is what the parsers, the shells and the errors know, and roff reads it."""

from __future__ import annotations

import argparse
import re
import runpy
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate import errors
from awsactivate.cli import COMMANDS, _overview
from awsactivate.commandline import Parser
from awsactivate.sessions import names
from needs import needs_program

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts/man-page"
FOLDER = ROOT / "docs/man"
MAN: dict[str, Any] = runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def page() -> str:
    return (FOLDER / "awsactivate.1").read_text("utf-8")


def plain(roff: str) -> str:
    """The words of roff's text without its fonts and escapes, on one line."""
    text = re.sub(r"\\f[BIR]|\\&", "", roff)
    for shown, written in MAN["_ESCAPES"].items():
        text = text.replace(written, shown)
    return " ".join(text.split())


def rendered(roff: str) -> str:
    """What a terminal shows of `roff`, in a line as long as it takes."""
    groff = [needs_program("groff"), "-man", "-Tutf8", "-P-cbou", "-rLL=10000n"]
    done = subprocess.run(groff, input=roff, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def section(page: str, title: str) -> str:
    """One section of the page, or one command's."""
    return re.split(r"(?m)^\.S[HS] ", page.split(f"{title}\n", 1)[1])[0]


def test_the_page_is_what_the_parsers_and_the_frame_make_of_it(page: str) -> None:
    """After a change of a command line, the frame or the version: `make man`."""
    assert page == MAN["page"]()
    assert {path.name: path.read_text("utf-8") for path in MAN["LINKS"]} == {
        "activate.1": ".so man1/awsactivate.1\n",
        "deactivate.1": ".so man1/awsactivate.1\n",
    }


def test_check_tells_which_page_is_stale_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main, names = MAN["main"], MAN["main"].__globals__
    copy = tmp_path / "awsactivate.1"
    monkeypatch.setitem(names, "ROOT", tmp_path)
    monkeypatch.setitem(names, "PAGE", copy)
    monkeypatch.setitem(names, "LINKS", {})
    monkeypatch.setitem(names, "page", lambda: "the page\n")
    said = "man-page: error: awsactivate.1 is not up to date: make man\n"
    assert (main(["--check"]), capsys.readouterr().err, copy.exists()) == (1, said, False)
    assert (main([]), copy.read_text("utf-8")) == (0, "the page\n")
    assert (main(["--check"]), capsys.readouterr().err) == (0, "")
    assert (main(["--chekc"]), capsys.readouterr().err) == (
        2,
        "man-page: error: usage: scripts/man-page [--check]\n",
    )


def test_mandoc_has_nothing_to_say_of_it() -> None:
    lint = [needs_program("mandoc"), "-T", "lint", FOLDER / "awsactivate.1"]
    assert subprocess.run(lint, capture_output=True, text=True).stdout == ""


@pytest.mark.parametrize("device", ["ascii", "utf8"])
def test_groff_warns_of_nothing_in_it(device: str) -> None:
    groff = [needs_program("groff"), "-man", "-ww", "-z", f"-T{device}", FOLDER / "awsactivate.1"]
    assert subprocess.run(groff, capture_output=True, text=True).stderr == ""


def test_every_command_has_its_section_and_those_of_the_wrappers_have_none(page: str) -> None:
    titles = [plain(title) for title in re.findall(r"^\.SS (.*)$", page, re.MULTILINE)]
    spoken = {title.removeprefix("awsactivate ").split(" ")[0] for title in titles[:-3]}
    assert spoken == {name for name in COMMANDS if not name.startswith("_")}
    assert titles[-3:] == ["What is read", "What a session sets", "What a session hides"]
    assert {"awsactivate mfa add-seed", "awsactivate bootstrap user add"} <= set(titles)


def test_the_section_of_a_command_names_every_option_of_its_help(page: str) -> None:
    for spoken, parser in leaves():
        helped = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", parser.format_help(), re.MULTILINE)
        told = plain(section(page, f".SS {MAN['escaped'](spoken)}"))
        left = {*helped} - {"--help", *re.findall(r"--[a-z-]+", told)}
        assert (spoken, left) == (spoken, set())


def leaves() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command and verb that does something, with its parser."""
    left = [(spoken, parser) for spoken, parser in MAN["commands"]() if parser is not None]
    while left:
        spoken, parser = left.pop()
        verbs = [(f"{spoken} {name}", own) for name, own in MAN["verbs"](parser).items()]
        left += verbs
        if not verbs:
            yield spoken, parser


def test_the_section_of_deactivate_says_what_the_shell_says(page: str) -> None:
    script = f". {shlex.quote(str(ROOT / 'shell/awsactivate.bash'))}; awsdeactivate --help"
    bash = [needs_program("bash"), "--norc", "-c", script]
    said = subprocess.run(bash, capture_output=True, text=True, check=True).stdout
    told = plain(section(page, ".SS deactivate").replace(".PP\n", ""))
    assert told == " ".join(said.replace("usage: awsdeactivate", "deactivate").split())


def test_nothing_that_the_help_hides_is_told(page: str) -> None:
    assert [word for word in ("--if-silent", "SUPPRESS", "{bash,") if word in plain(page)] == []


def test_the_frame_tells_the_options_and_statuses_that_every_command_has(page: str) -> None:
    options = plain(section(page, ".SH OPTIONS"))
    assert set(re.findall(r"--[a-z]+", options)) == set(re.findall(r"--[a-z]+", _overview()))
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    statuses = {str(kind.exit_code) for kind in kinds if issubclass(kind, errors.AwsactivateError)}
    assert set(re.findall(r"^\.B (\d+)$", section(page, ".SH EXIT STATUS"), re.M)) == statuses | {"0"}


def test_the_frame_tells_every_variable_of_a_session(page: str) -> None:
    hidden = re.findall(r"AWS_[A-Z_]+", section(page, ".SS What a session hides"))
    assert hidden == list(names.HIDDEN)
    told = section(page, ".SS What a session sets")
    assert [name for name in names.CREDENTIALS if name not in told] == []


def test_the_frame_writes_no_hyphen_and_no_quote_that_a_terminal_would_change() -> None:
    text = (FOLDER / "frame").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith((".TH ", '.\\"'))]
    assert [line for line in lines if re.search(r"(?<!\\)-|['`^~]|[^ -~]", line)] == []


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        (r"a\b", r"a\eb"),
        ("--json", r"\-\-json"),
        ("'quoted'", r"\(aqquoted\(aq"),
        ('"$(x)"', r"\(dq$(x)\(dq"),
        ("~/.aws ^ `x`", r"\(ti/.aws \(ha \(gax\(ga"),
        ("TF_VAR_… é", r"TF_VAR_... \[u00E9]"),
    ],
)
def test_what_roff_would_take_for_its_own_is_escaped(text: str, roff: str) -> None:
    assert MAN["escaped"](text) == roff


def test_a_line_cannot_end_inside_a_text() -> None:
    with pytest.raises(ValueError, match="a control character"):
        MAN["escaped"]("a\n.so /etc/passwd")


def test_a_paragraph_is_a_sentence_a_line_with_what_is_typed_in_bold() -> None:
    text = 'See `eval "$(x)"`, --role-arn and\n(-q, by default). .env is one. `-` is stdin; so-so. a. 2 of 3?'
    assert MAN["prose"](text).splitlines() == [
        r"See \fBeval \(dq$(x)\(dq\fR, \fB\-\-role\-arn\fR and (\fB\-q\fR, by default).",
        r"\&.env is one.",
        r"\fB\-\fR is stdin; so\-so. a.",
        "2 of 3?",
    ]


def test_a_line_that_is_broken_before_a_dot_is_still_text() -> None:
    assert MAN["prose"]("x" * 76 + " .so /etc/passwd") == "x" * 76 + "\n\\&.so /etc/passwd\n"


def test_a_usage_line_shows_what_is_typed_and_what_stands_for_something() -> None:
    assert MAN["marked"]("exec TARGET [--json | --tag K=V] [options] -- COMMAND [ARGUMENT ...]") == (
        r"\fBexec\fR \fITARGET\fR [\fB\-\-json\fR | \fB\-\-tag\fR \fIK=V\fR] [\fIoptions\fR]"
        r" \fB\-\-\fR \fICOMMAND\fR [\fIARGUMENT\fR ...]"
    )


def test_a_usage_names_what_must_be_given_and_what_excludes_what() -> None:
    parser = Parser("awsactivate tried")
    parser.add_argument("name", metavar="NAME", help="whose")
    parser.add_argument("files", nargs="*", help="which")
    parser.add_argument("--form", choices=("a", "b"), required=True, help="how")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="every one")
    which.add_argument("-o", "--one", metavar="N", nargs="?", help="this one")
    parser.add_argument("--hidden", help=argparse.SUPPRESS)
    begun = "awsactivate tried NAME [files ...] (--all | -o, --one [N]) --form a|b"
    assert MAN["usage"]("awsactivate tried", parser) == begun
    parser.add_argument("--quick", action="store_true", help="at once")
    assert MAN["usage"]("awsactivate tried", parser) == f"{begun} [--quick]"
    for name in ("--x", "--y", "--z"):
        parser.add_argument(name, help="a letter")
    assert MAN["usage"]("awsactivate tried", parser) == f"{begun} [options]"


def test_a_group_of_options_that_returns_is_told_once() -> None:
    def parser(*, changed: str) -> Parser:
        made = Parser("tried", description="Try it.")
        group = made.add_argument_group("what to try")
        group.add_argument("--first", metavar="F", default="x%y", help="as %(default)s")
        group.add_argument("--second", action="store_true", help=changed)
        return made

    told = MAN["Told"]()
    assert told.section("one", parser(changed="this")) == (
        ".SS one\n\\fBone\\fR [\\fB\\-\\-first\\fR \\fIF\\fR] [\\fB\\-\\-second\\fR]\n.PP\nTry it.\n"
        ".PP\nWhat to try:\n.TP\n\\fB\\-\\-first\\fR \\fIF\\fR\nas x%y\n.TP\n\\fB\\-\\-second\\fR\nthis\n"
    )
    assert told.section("two", parser(changed="this")).endswith(
        "Try it.\n.PP\nWhat to try, as under \\fBone\\fR: \\fB\\-\\-first\\fR, \\fB\\-\\-second\\fR.\n"
    )
    assert told.section("three", parser(changed="that")).endswith(
        "Try it.\n.PP\nWhat to try:\n.TP\n\\fB\\-\\-second\\fR\nthat\n"
        ".PP\nAs under \\fBone\\fR: \\fB\\-\\-first\\fR.\n"
    )


def test_an_option_without_a_help_text_is_refused() -> None:
    parser = Parser("tried")
    parser.add_argument("--bare")
    with pytest.raises(ValueError, match="tried --bare BARE: an option needs a help text"):
        MAN["Told"]().section("tried", parser)


LINES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1).filter(str.strip)


def test_a_terminal_shows_what_was_escaped() -> None:
    """All of ASCII, at the start of a line and within; one groff for all of them."""
    texts = [f"{character}so x{character}y" for character in map(chr, range(0x21, 0x7F))]
    texts += [r"\fBx\n(.x\*[y]", "...", "'br", '.\\" no comment', "\\"]
    lines = [MAN["guarded"](MAN["escaped"](text)) for text in texts]
    roff = "\n".join([".TH X 1 2026-11-23", ".SH NAME", ".nf", *lines, ""])
    shown = [line.strip() for line in rendered(roff).splitlines() if line.strip()]
    assert shown[2 : 2 + len(texts)] == texts


@given(LINES)
def test_no_text_becomes_a_request_or_is_longer_than_a_line(text: str) -> None:
    lines = MAN["prose"](text).splitlines()
    assert [line for line in lines if line.startswith((".", "'")) or not line.isascii()] == []
    assert plain("\n".join(lines)) == " ".join(re.sub(r"`([^`]+)`", r"\1", " ".join(text.split())).split())


def test_each_way_to_write_a_command_has_a_line_of_its_own(page: str) -> None:
    ways = [plain(part) for part in section(page, ".SH SYNOPSIS").split(".HP 4\n")[1:]]
    assert [way for way in ways if way.count("awsactivate ") > 1] == []
    assert sum(way.startswith("awsactivate exec ") for way in ways) == 4
