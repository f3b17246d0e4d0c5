"""The console script: argv to a command, errors to one line each, text to stdout in one piece.

Nothing heavy is imported here: a command's module, with all that it needs, is loaded when it runs.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from importlib import import_module

from awsactivate.errors import AwsactivateError, InterruptedByUser, UsageError
from awsactivate.running import core_files

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from types import ModuleType

    from awsactivate.commandline import Context, Parser

# name → (module in awsactivate.commands, what it does); names with `_` are for the wrappers in shell/
COMMANDS = {
    "init": ("init", "print the shell integration, to eval in a start-up file"),
    "install": ("install", "add the integration to a shell's start-up file, or take it out"),
    "activate": ("not_loaded", "start a session in this shell"),
    "deactivate": ("not_loaded", "end the session in this shell"),
    "login": ("login", "sign in by the browser: to IAM Identity Center, or as `aws login` does"),
    "logout": ("logout", "end such a sign-in at AWS, and forget it here"),
    "status": ("status", "tell what this shell holds"),
    "list": ("list", "list the profiles that can be activated"),
    "show": ("show", "show what activating would call, without calling it"),
    "exec": ("exec", "run one command with a session in its environment only"),
    "each": ("each", "run a command for each of many profiles, with a session of its own"),
    "export": ("export", "print credentials for other programs"),
    "console": ("console.command", "open the AWS console in the browser, signed in with a session"),
    "profiles": ("profiles.command", "write the profiles of all accounts that one may use by single sign-on"),
    "keys": ("keys.command", "keep long-term access keys in the system keyring"),
    "mfa": ("mfa.command", "enrol and keep MFA devices"),
    "bootstrap": ("bootstrap.command", "set up the secure account"),
    "verify": ("verify", "check the account, and try what it must refuse"),
    "log": ("log", "tell what was activated, handed out and revoked on this machine"),
    "revoke": (
        "revoke.command",
        "revoke sessions on the server, where every copy of them is worth nothing then",
    ),
    "guard": ("guard", "answer in a second terminal what a guarded command asks"),
    "scope": ("scope", "show what a session can be narrowed to, and check a policy for it"),
    "secrets": ("secrets.command", "keep secrets in Parameter Store, and give them to terraform"),
    "doctor": ("doctor.command", "find what is wrong on this machine, and say how to mend it"),
    "demo": ("demo", "open a shell on an embedded AWS, to try all of it with no account"),
    "_activate": ("activate", ""),
    "_revoke": ("revoke.held", ""),
    "_demo-code": ("demo_code", ""),
}

# These wait for nobody: what takes long to load is spared there.
SOON_DONE = ("init", "install", "list", "show", "status")

# What a wrapper in shell/ gives this one process: the MFA session that its shell keeps.
MFA_SESSION = "_AWSACTIVATE_MFA_SESSION"


def main(argv: list[str] | None = None) -> int:
    """Run one command line (default: this process's own) and return its exit status."""
    if argv is None:
        # a process that ends soon need not look for garbage as often: a third of the time of `list`
        gc.set_threshold(100_000, 50, 50)
        # who waits for the network goes on as soon as it answers, while others still load
        sys.setswitchinterval(0.0005)
    core_files.allow_none()
    _fill_streams()
    stdout = _take_stdout()
    try:
        words, debug = _without_debug(sys.argv[1:] if argv is None else argv)
        plain = _fast_answer(words)
        status = _run(words, stdout, debug=debug) if plain is None else _finish(stdout, *plain)
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
    if argv is None:
        _leave(status)
    return status


def _fast_answer(words: list[str]) -> tuple[str, int] | None:
    if words[:1] not in (["init"], ["status"], ["--version"]):
        return None
    from awsactivate import fast_answers

    return fast_answers.answer(words, _own_path(), os.environ, time.time())


def _mfa_session() -> str:
    if MFA_SESSION not in os.environ:
        return ""
    from awsactivate import own_environment

    return own_environment.take(MFA_SESSION)


def _leave(status: int) -> None:
    """End this process as it is: for Python to take botocore apart lasts longer than the call to AWS.

    Nothing waits for that: what was written is written, and what was opened is closed where it was opened.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, AttributeError, ValueError):
            continue  # it is closed
    os._exit(status)


def _with_names_as_typed(environ: dict[str, str]) -> dict[str, str]:
    from awsactivate.profiles import chosen, encodings

    for name in chosen.NAMES:
        if not (value := environ.get(name, "")).isascii():
            environ[name] = encodings.as_typed(value, sys.getfilesystemencoding())
    return environ


def _run(argv: list[str], stdout: int, *, debug: bool) -> int:
    from awsactivate import own_environment
    from awsactivate.commandline import Context, HelpRequested

    # A wrapper evaluates stdout, so whatever the person asked to read goes to stderr there.
    for_wrapper = argv[:1] == ["_activate"]
    if not (argv and argv[0] in SOON_DONE):
        core_files.hide_memory()
    mfa_session = _mfa_session()
    context = Context(
        environ=_with_names_as_typed(own_environment.keep_back()),
        clock=time.time,
        program=_own_path(),
        release_stdout=lambda: _release(stdout),
        is_on_terminal=lambda: all(map(os.isatty, (0, stdout, 2))),
        mfa_session=mfa_session,
    )
    try:
        status = _dispatch(argv, context)
        return _finish(stdout, "".join(context.output), status)
    except HelpRequested as request:
        if not for_wrapper:
            return _finish(stdout, request.text)
        _say(request.text.rstrip("\n"))
        from awsactivate.shells.dialects import nothing_text

        return _finish(stdout, nothing_text(argv[1] if len(argv) > 1 else ""))
    except AwsactivateError as error:
        return _fail(error, trace=error if debug else None)
    except KeyboardInterrupt:
        return _fail(InterruptedByUser("interrupted"))
    except BrokenPipeError:
        return 1
    except Exception as error:
        return _fail(_unexpected(error), trace=error if debug else None)


def _without_debug(argv: list[str]) -> tuple[list[str], bool]:
    """Take `--debug` out of our own words (not of those of a command of the person's that follows)."""
    if "--debug" not in argv:
        return argv, False
    at = argv.index("--debug")
    if at >= _own_words(argv):
        return argv, False
    return [*argv[:at], *argv[at + 1 :]], True


def _own_words(argv: list[str]) -> int:
    """Count the words before a command of the person's, or before `--`, where there is one."""
    named = next((at for at, word in enumerate(argv) if word != "--debug"), len(argv))
    if argv[named : named + 1] and argv[named] in COMMANDS:
        parser, _ = _load(argv[named])
        before = parser.own_words(argv[named + 1 :])
        if before is not None:
            return named + 1 + before
    return argv.index("--") if "--" in argv else len(argv)


def _load(name: str) -> tuple[Parser, ModuleType]:
    """Load the command `name`, and make its parser."""
    from awsactivate.commandline import Parser

    module_name, summary = COMMANDS[name]
    command = import_module(f"awsactivate.commands.{module_name}")
    spoken = "activate" if name == "_activate" else f"awsactivate {name}"
    parser = Parser(prog=spoken, description=command.__doc__ or summary)
    command.add_arguments(parser)
    return parser, command


def _dispatch(argv: list[str], context: Context) -> int:
    from awsactivate.commandline import HelpRequested

    if not argv or argv[0] in ("-h", "--help"):
        raise HelpRequested(_overview())
    if argv[0] not in COMMANDS:
        raise UsageError(f"there is no command {argv[0]!r}", hint="awsactivate --help")
    _refuse_below_guard(argv[0], context)
    parser, command = _load(argv[0])
    result: int = command.run(parser.parse(argv[1:]), context)
    return result


def _refuse_below_guard(name: str, context: Context) -> None:
    if name in SOON_DONE:
        return  # they hold nothing
    from awsactivate.running.guarded import below

    below.check(name, context.environ)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items() if summary]
    return (
        "usage: awsactivate COMMAND [options]\n\n"
        "Turn a shell into a short-lived, MFA-protected AWS session, and turn it back.\n\n"
        "commands:\n" + "\n".join(lines) + "\n\noptions:\n"
        "  -h, --help     show this help, or a command's own\n"
        "  --version      show the version\n"
        "  --debug        with an error, tell its way through the code (never a value)\n"
        "\nExit status: 0 done, 1 unexpected or `no`, 2 usage, 3 profile or configuration, 4 keyring,\n"
        "5 MFA, 6 AWS said no, 7 AWS could not be reached, 130 interrupted.\n"
    )


def _fail(error: AwsactivateError, trace: BaseException | None = None) -> int:
    from awsactivate.person.printable import one_line

    if trace is not None:
        _say_trace(trace)
    _say(f"awsactivate: error: {one_line(error.message)}")
    if error.hint:
        _say(f"awsactivate: hint: {one_line(error.hint)}")
    return error.exit_code


def _say_trace(error: BaseException | None) -> None:
    """Tell the way of an error through the code, by places and kinds: messages and values may be secret."""
    while error is not None:
        frame = error.__traceback__
        while frame is not None:
            code = frame.tb_frame.f_code
            _say(f"awsactivate: debug: {os.path.basename(code.co_filename)}:{frame.tb_lineno} {code.co_name}")
            frame = frame.tb_next
        _say(f"awsactivate: debug: {type(error).__name__}")
        error = error.__cause__


def _unexpected(error: Exception) -> AwsactivateError:
    """Tell where a bug showed itself; its message stays out, since it might quote a secret."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else ""
    return AwsactivateError(f"unexpected {type(error).__name__}{place}: this is a bug, please report it")


def _say(line: str) -> None:
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, AttributeError, ValueError):
        pass  # stderr is closed: there is nobody left to tell


def _fill_streams() -> None:
    """Open what came closed of the three streams, so that nothing else gets its number.

    Otherwise the copy of stdout could become the new stderr, and what a library says there be evaluated.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one


def _take_stdout() -> int:
    """Keep stdout for ourselves: whatever a library or a child prints goes to stderr, never to `eval`."""
    stdout = os.dup(1)
    os.set_inheritable(stdout, False)
    os.dup2(2, 1)
    return stdout


def _release(stdout: int) -> None:
    os.dup2(stdout, 1)


def _finish(stdout: int, text: str, status: int = 0) -> int:
    try:
        _write(stdout, text)
    except BrokenPipeError:
        return 1
    except OSError as error:
        return _fail(AwsactivateError(f"stdout can't be written: {error.strerror}"))
    return status


def _write(stdout: int, text: str) -> None:
    data = text.encode("utf-8", "surrogateescape")
    while data:
        data = data[os.write(stdout, data) :]


def _own_path() -> str:
    """Find the absolute path by which a wrapper can start this program again."""
    name = sys.argv[0]
    beside = os.path.join(os.path.dirname(sys.executable), "awsactivate")
    for path in (name, beside):
        if os.path.basename(path) == "awsactivate" and os.access(path, os.X_OK):
            return _absolute(path)  # links stay: they may outlive the version that they point to
    import shutil

    return shutil.which("awsactivate") or "awsactivate"


def _absolute(path: str) -> str:
    try:
        return os.path.abspath(path)
    except FileNotFoundError:  # the present folder was deleted
        return path
