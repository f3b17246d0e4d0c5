"""Run one command with a session in its environment only; its signals and exit status are its own.

Without COMMAND, on a terminal, it is your shell ($SHELL) that gets the session.
"""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UsageError
from awsactivate.opening import connecting, options
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.plan_for import plan_for
from awsactivate.running.become import become, find_program
from awsactivate.sessions import environment

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.opening.narrowing import Narrowing
    from awsactivate.running.guarded.settings import Settings

_USAGE = "awsactivate exec TARGET -- COMMAND"
_USAGE_OF_SEVERAL = "awsactivate exec --serve=A,B -- COMMAND"


def add_arguments(parser: Parser) -> None:
    """Take the session's options, then `--`, then the command as it is."""
    parser.command_follows = True
    parser.command_option = "--scope"
    parser.values_after_equals = frozenset({"--serve", "--guard"})
    parser.usage = (
        "awsactivate exec TARGET [options] [-- COMMAND [ARGUMENT ...]]\n"
        "       awsactivate exec --serve=PROFILE,... [options] [-- COMMAND [ARGUMENT ...]]\n"
        "       awsactivate exec --scope SCOPE [--for D] [--why TEXT] [--] COMMAND [ARGUMENT ...]\n"
        "       awsactivate exec --guard[=read-only|ask|learn] [TARGET] [options] [-- COMMAND [ARGUMENT ...]]"
    )
    options.add_arguments(parser)
    parser.add_argument(
        "--serve",
        action="store_true",
        help="give COMMAND an address to fetch credentials from, which are renewed as long as it runs;"
        " --serve=A,B,... in place of TARGET has it see these profiles by name, and no others",
    )
    parser.add_argument(
        "--socket",
        metavar="PATH",
        help="with --serve, serve on a Unix socket too, for containers and other machines",
    )

    scope = parser.add_argument_group("what COMMAND gets of it")
    scope.add_argument(
        "--scope",
        metavar="SCOPE",
        help="give COMMAND a part of the session, without TARGET of this shell's, and no other credentials:"
        " read-only, read-only:SERVICE,... , terraform-plan, FILE.json (awsactivate scope list)",
    )
    scope.add_argument("--for", metavar="D", dest="for_", help="how long that part lasts: 15m, 1h or seconds")
    scope.add_argument("--why", metavar="TEXT", help="what it is for: it stands in CloudTrail then")

    guard = parser.add_argument_group("the guard: COMMAND works on AWS without ever holding a key")
    guard.add_argument(
        "--guard",
        action="store_true",
        help="make COMMAND's calls for it, with TARGET or this shell's session: reads pass, but"
        " not of secrets' values, and you are asked about all else; --guard=read-only refuses that,"
        " --guard=learn lets all pass",
    )
    guard.add_argument(
        "--door",
        metavar="DOOR",
        help="how COMMAND's calls come here: proxy (by itself), or endpoint, for SDKs that know no proxy",
    )
    guard.add_argument(
        "--allow",
        metavar="FILE",
        action="append",
        default=[],
        help="let pass what this policy allows (repeatable)",
    )
    guard.add_argument(
        "--deny",
        metavar="FILE",
        action="append",
        default=[],
        help="refuse what this policy denies (repeatable)",
    )
    guard.add_argument(
        "--policy-out",
        metavar="FILE",
        help="with --guard=learn: the file for the smallest policy that would have let COMMAND pass",
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Open the session, then become COMMAND, or serve it."""
    wanted = _read_narrowing(arguments)
    guarding = _read_guard(arguments)
    usage = guarding.usage if guarding else _USAGE
    names = arguments.serve if isinstance(arguments.serve, str) else None
    if names is not None and arguments.target is not None:
        raise UsageError("--serve= with names, and TARGET, exclude each other", _USAGE_OF_SEVERAL)
    needs_no_target = wanted is not None or guarding is not None
    if names is None and arguments.target is None and not needs_no_target:
        raise UsageError("there is no TARGET", _USAGE)
    if arguments.socket is not None and arguments.serve is False:
        raise UsageError(
            "--socket goes with --serve", "awsactivate exec --serve TARGET --socket PATH -- COMMAND"
        )
    if names is None and arguments.target is None:
        context = context.with_environ(environment.as_handed_over(context.environ))
    if not arguments.command:
        from awsactivate.running import own_shell

        whose = names or arguments.target
        gets = f"a session of {whose}" if whose else "a part of this session" if wanted else "this session"
        gets = f"the guard of {gets}" if guarding else gets
        arguments.command = own_shell.instead_of_command(gets, context, usage)
    # before any code is typed: a misspelt command should cost nothing
    program = find_program(arguments.command, context, usage=usage)
    if guarding:
        return _guard(program, arguments, guarding, wanted, context)
    if arguments.serve is not False:
        return _serve(program, arguments, wanted, context)
    if wanted:
        from awsactivate.running import scoped

        return scoped.run(program, arguments, wanted, context)
    plan, profiles = plan_for(arguments, context)
    confirm(plan, arguments, context)
    connecting.begin(plan)
    # loaded while that goes on
    from awsactivate.journal.entry import RAN
    from awsactivate.opening import noting
    from awsactivate.opening.after_sign_in import open_as_asked

    session = open_as_asked(plan, profiles, arguments, context)
    noting.note(RAN, session, context, command=arguments.command)
    before = environment.without_session(context.environ)
    environ = environment.of_command(environment.activation(session), before)
    return become(program, arguments.command, environ, context)


def _read_narrowing(arguments: argparse.Namespace) -> Narrowing | None:
    if arguments.scope is None and arguments.for_ is None and arguments.why is None:
        return None  # as most say
    from awsactivate.opening import narrowing

    return narrowing.read_asked(arguments)


def _read_guard(arguments: argparse.Namespace) -> Settings | None:
    given = (arguments.door, arguments.allow, arguments.deny, arguments.policy_out)
    if arguments.guard is False and not any(given):
        return None  # as most say
    from awsactivate.running.guarded import settings

    return settings.read_asked(arguments)


def _guard(
    program: str,
    arguments: argparse.Namespace,
    guarding: Settings,
    wanted: Narrowing | None,
    context: Context,
) -> int:
    from awsactivate.running import child
    from awsactivate.running.guarded import run as guarded

    return child.end_as(guarded.run(program, arguments, guarding, wanted, context))


def _serve(program: str, arguments: argparse.Namespace, wanted: Narrowing | None, context: Context) -> int:
    from awsactivate.running import child, serve, serve_several, socket_door

    # all that goes with COMMAND has gone when this process ends as COMMAND did, which may be by a signal
    with socket_door.at(arguments.socket) as opened:
        if isinstance(arguments.serve, str):
            ended = serve_several.run(program, arguments, context, wanted, opened)
        elif arguments.target is None and wanted is not None:
            ended = serve.run_part(program, arguments, wanted, context, opened)
        else:
            plan, profiles = plan_for(arguments, context)
            confirm(plan, arguments, context)
            ended = serve.run(program, arguments, plan, profiles, context, wanted, opened)
    return child.end_as(ended)
