"""Run a command for each of many profiles, some at a time, each with a session of its own.

PATTERN is matched with the names of all profiles: * is any text, ? any character, [ab] one of these. Quote
it, or the shell takes it for files. All sessions are opened before the first command starts, with one code
for each MFA device. COMMAND is started without a shell, finds nothing on stdin (/dev/null), and knows its
profile by $AWSACTIVATE_PROFILE; its lines come with the profile's name before them.

Exit status: 0 all were done, 1 one was not, 3 no profile matches. A PATTERN that none matches is named; those
of the others run.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from math import inf

from awsactivate.commandline import Context, Parser, number
from awsactivate.errors import MfaError, ProfileError, UsageError
from awsactivate.journal.entry import RAN
from awsactivate.keychain import index
from awsactivate.opening import many, noting, options
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.plan_for import as_narrow_as_said, plan_of
from awsactivate.person import terminal
from awsactivate.person.printable import json_text, printable
from awsactivate.profiles.model import Profiles, near_hint
from awsactivate.profiles.read import read_profiles
from awsactivate.running.become import find_program
from awsactivate.running.side_by_side import Done, Job, SideBySide
from awsactivate.sessions import environment, sizes
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import Options

_USAGE = "awsactivate each PATTERN ... -- COMMAND"
_AT_ONCE = range(1, 200 + 1)
_DEFAULT_AT_ONCE = 8
_LEAST_LEFT = 300  # seconds: a session with less is opened anew when its turn comes
_COLOURS = (36, 33, 32, 35, 34, 31)


def add_arguments(parser: Parser) -> None:
    """Take the patterns and the options, then `--`, then the command as it is."""
    parser.command_follows = True
    parser.usage = "awsactivate each PATTERN [PATTERN ...] [options] -- COMMAND [ARGUMENT ...]"
    parser.add_argument("patterns", metavar="PATTERN", nargs="+", help="names of profiles, such as 'prod-*'")
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=number,
        default=_DEFAULT_AT_ONCE,
        help="how many run at a time (%(default)s)",
    )
    parser.add_argument(
        "--fail-fast", action="store_true", help="at the first failure end those that run, and start no more"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print what came of each as a JSON array; the lines of COMMAND go to stderr",
    )
    parser.add_argument(
        "--yes", action="store_true", help="don't ask for the names of profiles that have `confirm = true`"
    )
    options.add_mfa_arguments(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open all sessions, run COMMAND with each, and tell what came of it."""
    if not arguments.command:
        raise UsageError("there is no command to run", _USAGE)
    program = find_program(arguments.command, context, usage=_USAGE)
    if arguments.jobs not in _AT_ONCE:
        raise UsageError(f"--jobs must be {_AT_ONCE.start} to {_AT_ONCE.stop - 1}")
    profiles = read_profiles(context.environ)
    names = _find_matching(arguments.patterns, profiles, context)
    plans, failures = _plan_all(names, profiles, arguments, context)
    for plan in plans:
        confirm(plan, arguments, context)
    opening = many.Opening(profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    opened: dict[str, many.Outcome] = {**failures, **opening.open_all(plans)}
    began = time.monotonic()
    done, is_whole = _run_all(program, {name: opened[name] for name in names}, arguments, context)
    _tell(done, time.monotonic() - began)
    if arguments.json:
        context.write(json_text([_row(one) for one in done]))
    return 0 if is_whole and all(one.status == 0 for one in done) else 1


def _find_matching(patterns: list[str], profiles: Profiles, context: Context) -> list[str]:
    """Name the profiles that match, in the files' order; ProfileError where no pattern has any."""
    kept = (name for name, entry in index.read(context.environ).items() if entry.has_keys)
    known = list(dict.fromkeys((*profiles.names, *kept)))
    names = [name for name in known if any(fnmatchcase(name, pattern) for pattern in patterns)]
    unmatched = [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in known)]
    if unmatched:
        text = f"no profile matches {' or '.join(map(repr, dict.fromkeys(unmatched)))}"
        if not names:
            literally = "".join(character for character in unmatched[0] if character not in "*?[]")
            raise ProfileError(text, near_hint(literally, known))
        terminal.say(f"note: {text}")
    return names


def _plan_all(
    names: list[str], profiles: Profiles, arguments: argparse.Namespace, context: Context
) -> tuple[list[Plan], dict[str, ProfileError]]:
    """Plan a session of each profile; what can't be planned is a failure of that one alone."""
    wanted = Options(mfa_serial=arguments.mfa_serial, no_mfa=arguments.no_mfa)
    plans: list[Plan] = []
    failures: dict[str, ProfileError] = {}
    for name in names:
        try:
            plans.append(as_narrow_as_said(plan_of(name, profiles, context, wanted), wanted, profiles))
        except ProfileError as error:
            failures[name] = error
    return plans, failures


def _run_all(
    program: str, opened: Mapping[str, many.Outcome], arguments: argparse.Namespace, context: Context
) -> tuple[list[Done], bool]:
    """Run COMMAND with each session, and tell whether all that it printed was written.

    What came of those sessions that could not be opened stands among the rest.
    """
    failed = {name: Done(name, one.exit_code) for name, one in opened.items() if isinstance(one, Exception)}
    _tell_failures(opened)
    ready = {name: one for name, one in opened.items() if isinstance(one, many.Opened)}
    if failed and arguments.fail_fast:
        return [failed.get(name, Done(name, None)) for name in opened], True
    if not arguments.json:
        context.release_stdout()
    outputs = (2, 2) if arguments.json else (1, 2)
    labels = _labels(opened, outputs, context)
    before = environment.without_session(context.environ)

    def began(name: str, process: int) -> None:
        noting.note(RAN, sessions[name], context, command=arguments.command, process=process)

    def job(name: str, one: many.Opened) -> Job:
        def environ() -> Mapping[str, str]:
            sessions[name] = _renew_if_late(one, context)
            changed = environment.of_command(environment.activation(sessions[name]), before)
            sizes.refuse_too_much(changed, os.sysconf("SC_ARG_MAX"), words=arguments.command)
            return changed

        return Job(name, labels[name], environ)

    sessions: dict[str, Session] = {}
    jobs = [job(name, one) for name, one in ready.items()]
    runner = SideBySide(program, arguments.command, outputs=outputs, began=began)
    done = {one.name: one for one in runner.run(jobs, arguments.jobs, fail_fast=arguments.fail_fast)}
    return [failed.get(name) or done[name] for name in opened], not runner.has_lost_lines


def _renew_if_late(one: many.Opened, context: Context) -> Session:
    """Return the session, or another where its turn came so late that it is about to end.

    MfaError where it has ended, and there can be no other without a code: no command starts with that.
    """
    if _left(one.session, context) > _LEAST_LEFT:
        return one.session
    session = one.again()
    if _left(session, context) <= 0:
        raise MfaError("the session ended before this turn came, and another one needs an MFA code")
    return session


def _left(session: Session, context: Context) -> float:
    """Say how many seconds it lives."""
    ends = session.credentials.expiration
    return inf if ends is None else ends.timestamp() - context.clock()


def _labels(
    names: Iterable[str], outputs: tuple[int, int], context: Context
) -> dict[str, tuple[bytes, bytes]]:
    """Write what stands before the lines of each profile: on a terminal in columns, and in colours."""
    environ = context.environ
    may_colour = (
        terminal.is_terminal(outputs[0])
        and environ.get("TERM", "dumb") != "dumb"
        and not environ.get("NO_COLOR")
    )
    shown = {name: printable(name) for name in names}
    width = max(map(len, shown.values()), default=0)

    def label(at: int, text: str, output: int) -> bytes:
        if terminal.is_terminal(output):
            text = text.ljust(width)
            if may_colour:
                return f"\x1b[{_COLOURS[at % len(_COLOURS)]}m{text} |\x1b[0m ".encode()
        return f"{text} | ".encode()

    return {
        name: (label(at, text, outputs[0]), label(at, text, outputs[1]))
        for at, (name, text) in enumerate(shown.items())
    }


def _tell_failures(opened: Mapping[str, many.Outcome]) -> None:
    """Say why each session is not there, and once what mends it."""
    hints: dict[str, None] = {}
    for name, one in opened.items():
        if isinstance(one, Exception):
            terminal.say(f"error: {name}: {one.message}")
            hints[one.hint or ""] = None
    for hint in filter(None, hints):
        terminal.say(f"hint: {hint}")


def _tell(done: list[Done], seconds: float) -> None:
    """Say in a line how it went, and name those that failed or were not started."""
    failed = [f"{one.name} (status {one.status})" for one in done if one.status]
    missing = [one.name for one in done if one.status is None]
    profiles = f"{len(done)} profile{'s' if len(done) > 1 else ''}"
    if failed:
        terminal.say(f"{len(failed)} of {profiles} failed, in {seconds:.1f} s: {', '.join(failed)}")
    else:
        terminal.say(f"{profiles} done in {seconds:.1f} s")
    if missing:
        terminal.say(f"not started: {', '.join(missing)}")


def _row(one: Done) -> dict[str, object]:
    return {"profile": one.name, "status": one.status, "seconds": round(one.seconds, 3)}
