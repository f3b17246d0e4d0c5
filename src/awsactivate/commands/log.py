"""Tell what was activated, handed out and revoked on this machine, and how to find it in CloudTrail.

AWSACTIVATE_JOURNAL=off has nothing written down. No secret is, and no argument of a command.
"""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UsageError
from awsactivate.frozen import asdict
from awsactivate.journal import file
from awsactivate.journal.entry import Entry
from awsactivate.person import terminal
from awsactivate.person.printable import escaped, json_text, printable
from awsactivate.sessions import arn_parts
from awsactivate.sessions.credentials import rfc3339
from awsactivate.sessions.durations import seconds

_TIMES = ("time", "ends")
_NOT_ANSWERED = {
    "": "",
    "no answer": "not answered",
    "no terminal": "not asked: no terminal",
    "interrupted": "interrupted",
}


def add_arguments(parser: Parser) -> None:
    """Take how far back to look, and the form of the answer."""
    parser.add_argument(
        "--since", metavar="WHEN", help="how far back: 30m, 8h, 7d, or a time such as 2026-11-23T10:15Z"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON array")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write the entries, the oldest first."""
    since = 0.0 if arguments.since is None else _since(arguments.since, context.clock())
    entries = [entry for entry in file.read(context.environ) if entry.time >= since]
    if arguments.json:
        context.write(json_text([_document(entry) for entry in entries]))
        return 0
    if not entries:
        why = f"{file.SWITCH}=off has nothing noted" if file.is_off(context.environ) else "nothing is noted"
        terminal.say(f"{why} in {file.path(context.environ)}")
    context.write("".join(_text(entry) for entry in entries))
    return 0


def _since(text: str, now: float) -> float:
    if days := re.fullmatch(r"([0-9]{1,5})d", text):
        return now - int(days[1]) * 86_400
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return now - seconds("--since", text)
        except UsageError as error:
            hint = "awsactivate log --since 8h, or --since 2026-11-23"
            raise UsageError(f"--since {text}: it is neither a duration nor a time", hint) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _moment(time: int) -> str:
    try:
        return rfc3339(datetime.fromtimestamp(time, UTC))
    except (ValueError, OverflowError, OSError):
        return str(time)  # a file may say anything


def _document(entry: Entry) -> dict[str, object]:
    said = {name: value for name, value in asdict(entry).items() if value not in ("", None)}
    said |= {name: _moment(value) for name in _TIMES if isinstance(value := said.get(name), int)}
    return {**said, **({"cloudtrail": entry.query} if entry.query else {})}


def _for(entry: Entry) -> str:
    process = f", process {entry.process}" if entry.process is not None else ""
    return f"for {entry.command}{process}" if entry.command else ""


def _answered(answer: str) -> str:
    return _NOT_ANSWERED.get(answer, f"answered {answer}")


def _text(entry: Entry) -> str:
    role = arn_parts.principal_of(entry.role_arn)
    words = [
        f"{entry.event} {entry.profile}".strip(),
        f"{entry.session_name} of {role}" if entry.session_name and role else entry.session_name,
        f"narrowed to {entry.scope}" if entry.scope else "",
        _answered(entry.answer),
        _for(entry),
        f"“{entry.purpose}”" if entry.purpose else "",
        f"until {_moment(entry.ends)}" if entry.ends else "",
    ]
    # which is no address, whatever it looks like: nothing is left out of it
    asked = escaped(f"{entry.action} on {entry.resource}" if entry.resource else entry.action)
    said = [printable(word) for word in words]
    line = f"{_moment(entry.time)}  " + ", ".join(word for word in (*said[:3], asked, *said[3:]) if word)
    return f"{line}\n" + (printable(f"    {entry.query}") + "\n" if entry.query else "")
