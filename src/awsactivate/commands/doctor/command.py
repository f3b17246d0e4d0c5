"""Find what is wrong on this machine, and say how to mend it; exit 1 where something must be mended.

Looked at are the shell's integration, the clock, the keyring, the configuration, access keys in files,
variables, the way to AWS, programs that keep a copy of a session, and versions. Nothing is changed,
nothing is asked of you, and no credential is sent.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from awsactivate.commandline import Context, Parser
from awsactivate.commands.doctor import copies, files, integration, keyring, network, sign_ins, versions
from awsactivate.diagnosis.finding import Finding, Status
from awsactivate.frozen import asdict
from awsactivate.person import terminal
from awsactivate.person.printable import json_text, printable

_MARKS: dict[Status, tuple[str, int]] = {"ok": ("✓", 32), "warning": ("!", 33), "error": ("✗", 31)}


def add_arguments(parser: Parser) -> None:
    """Take the form of the answer."""
    parser.add_argument("--json", action="store_true", help="print a JSON array of what was found")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Look at everything, and write a line for each thing found."""
    skew = network.begin_clock(context)  # it waits for a network while the rest is looked at
    found = [
        *integration.check_integration(context),
        *files.check_all_files(context),
        *keyring.check_keyring(context),
        *sign_ins.check_sign_ins(context),
        *network.check_network(context),
        *copies.find_copies(context),
        *versions.read_versions(context),
        network.end_clock(skew),
    ]
    if arguments.json:
        context.write(json_text([asdict(finding) for finding in found]))
    else:
        context.release_stdout()  # which is known as a terminal, or not, from here on
        context.write(_text(found, context.environ))
    return 1 if any(finding.status == "error" for finding in found) else 0


def _text(found: list[Finding], environ: Mapping[str, str]) -> str:
    """Write words for a file, marks for a terminal, with their colours where it has any."""
    has_marks = terminal.is_terminal(1)
    has_colours = has_marks and environ.get("TERM", "dumb") != "dumb" and not environ.get("NO_COLOR")
    return "".join(
        _line(finding, _head(finding.status, has_marks=has_marks, has_colours=has_colours))
        for finding in found
    )


def _head(status: Status, *, has_marks: bool, has_colours: bool) -> str:
    if not has_marks:
        return f"{status:<8}"
    mark, colour = _MARKS[status]
    return f"\033[{colour}m{mark}\033[0m" if has_colours else mark


def _line(finding: Finding, head: str) -> str:
    line = f":{finding.line}" if finding.line else ""
    where = f"{finding.file}{line}: " if finding.file else ""
    text = printable(f"{finding.check}: {where}{finding.message}")
    hint = f"         → {printable(finding.hint)}\n" if finding.hint else ""
    return f"{head} {text}\n{hint}"
