"""The options by which a person says which session is meant: the same for every command that opens one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from awsactivate.commandline import Context, Parser
from awsactivate.errors import NoneNamedError, UsageError
from awsactivate.files import user_folders
from awsactivate.keychain import index
from awsactivate.opening import scoping
from awsactivate.person import terminal
from awsactivate.profiles import chosen, encodings
from awsactivate.profiles.model import Profiles, choose
from awsactivate.sessions.durations import seconds
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.steps import Options

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.profiles.folder_file import FolderFile
    from awsactivate.scopes.scope import Scope


def add_arguments(
    parser: Parser, *, target_required: bool = False, region: str = "AWS_REGION while the session is active"
) -> None:
    """Add TARGET and every option of `activate` that shapes the plan or gives the code.

    `region` is what the help says of `--region`.
    """
    parser.add_argument(
        "target",
        metavar="TARGET",
        nargs=None if target_required else "?",
        help="a profile's name, or a role ARN; `-` shows a list to choose from",
    )
    plan = parser.add_argument_group("what to assume")
    plan.add_argument("--source-profile", metavar="P", help="begin with this profile's keys")
    plan.add_argument("--duration", metavar="D", help="how long: 45m, 1h or seconds")
    plan.add_argument("--role-session-name", metavar="N", help="a fixed name in place of USER=…")
    plan.add_argument("--source-identity", metavar="N", help="sent only if given or configured")
    plan.add_argument("--external-id", metavar="X", help="what the role's owner asked for")
    plan.add_argument("--tag", metavar="K=V", action="append", default=[], help="a session tag (repeatable)")
    plan.add_argument(
        "--transitive", metavar="K", action="append", default=[], help="a tag that chains on (repeatable)"
    )
    plan.add_argument(
        "--policy-arn", metavar="ARN", action="append", default=[], help="a session policy (repeatable)"
    )
    plan.add_argument(
        "--read-only", action="store_true", help="narrow the session to what reads, but no secret's value"
    )
    plan.add_argument(
        "--policy", metavar="FILE", help="narrow the session by the policy in FILE; `-` reads it from stdin"
    )
    plan.add_argument("--region", metavar="R", help=region)
    plan.add_argument(
        "--chain", metavar="ROLE_ARN", action="append", default=[], help="assume this one next (repeatable)"
    )
    plan.add_argument(
        "--yes", action="store_true", help="don't ask for the name of a profile that has `confirm = true`"
    )
    plan.add_argument(
        "--device-code",
        action="store_true",
        help="where a sign-in is needed, show a code to give in a browser anywhere, and open none here",
    )
    add_mfa_arguments(parser)


def add_mfa_arguments(parser: Parser) -> None:
    """Add the options that say which MFA device is meant, and give its code."""
    mfa = parser.add_argument_group("MFA")
    mfa.add_argument("--mfa-serial", metavar="ARN", help="the MFA device to use")
    mfa.add_argument(
        "--mfa-code", metavar="CODE", help="its code now; `-` reads a line of stdin (a shell keeps history!)"
    )
    mfa.add_argument("--no-mfa", action="store_true", help="send no code, even if a device is configured")


def read_options(arguments: argparse.Namespace) -> Options:
    """Read the plan's options out of parsed arguments; UsageError names the one that is malformed."""
    return Options(
        source_profile=arguments.source_profile
        and encodings.as_typed(arguments.source_profile, sys.getfilesystemencoding()),
        mfa_serial=arguments.mfa_serial,
        duration=None if arguments.duration is None else seconds("--duration", arguments.duration),
        role_session_name=arguments.role_session_name,
        source_identity=arguments.source_identity,
        external_id=arguments.external_id,
        tags=dict(_read_tag(text) for text in arguments.tag),
        transitive_tag_keys=tuple(arguments.transitive),
        policy_arns=tuple(arguments.policy_arn),
        scope=_read_scope(arguments),
        region=arguments.region,
        chain=tuple(arguments.chain),
        no_mfa=arguments.no_mfa,
    )


def _read_scope(arguments: argparse.Namespace) -> Scope | None:
    """Return what the options narrow the session to; the file's path is made absolute, for a renewal."""
    file = arguments.policy
    if arguments.read_only:
        if file is not None or arguments.policy_arn:
            other = "--policy" if file is not None else "--policy-arn"
            raise UsageError(f"--read-only and {other} exclude each other", "awsactivate scope list")
        return scoping.read_word("read-only", flag="--read-only")
    if file is None:
        return None
    if file == "-" and (arguments.mfa_code == "-" or getattr(arguments, "scope", None) == "-"):
        raise UsageError("only one option of a line can read stdin", "put the policy into a file")
    if file != "-":
        arguments.policy = scoping.absolute(file)
    return scoping.read_file(file, flag="--policy")


def find_target(
    arguments: argparse.Namespace, profiles: Profiles, context: Context
) -> tuple[str, FolderFile | None]:
    """Return the target named, or the one that this folder, shell, environment or config stands for.

    With it comes the file that names it, where it was one.
    """
    if arguments.target == "-":
        return _pick(context), None
    if arguments.target is not None:
        return encodings.as_typed(arguments.target, sys.getfilesystemencoding()), None
    environ = without_session(context.environ)
    found = _read_folder_file(environ)
    try:
        name = choose(
            None,
            dotfile=found.text if found else None,
            dotfile_path=found.path if found else "",
            active=environ.get("AWSACTIVATE_PROFILE"),
            environ_profile=_find_profile(environ),
            profiles=profiles,
            kept=[name for name, entry in index.read(environ).items() if entry.has_keys],
        )
    except NoneNamedError:
        from awsactivate.person import picker

        if not picker.is_possible(context.environ):
            raise
        return _pick(context), None
    return name, found


def _find_profile(environ: Mapping[str, str]) -> str | None:
    if note := chosen.note_in(environ):
        terminal.say(note)
    return chosen.profile_in(environ)


def _read_folder_file(environ: Mapping[str, str]) -> FolderFile | None:
    from awsactivate.profiles import folder_file

    try:
        folder = Path.cwd()
    except FileNotFoundError:  # it was deleted
        return None
    home = user_folders.home(environ).resolve()
    return folder_file.find_nearest(folder, home, folder_file.trusted_users(environ), terminal.say)


def _pick(context: Context) -> str:
    from awsactivate.opening import picking

    return picking.pick(context)


def words(arguments: argparse.Namespace) -> list[str]:
    """Write the options that shape the plan as words of a command line, such as to ask for the same again."""
    given: list[str] = []
    for name, value in vars(arguments).items():
        if name in _SHAPING and value:
            flag = "--" + name.replace("_", "-")
            values = value if isinstance(value, list) else [value]
            given += [flag if value is True else f"{flag}={each}" for each in values]
    return given


_SHAPING = frozenset(
    """
    source_profile duration role_session_name source_identity external_id tag transitive policy_arn region
    read_only policy
    chain mfa_serial no_mfa secrets revoke_on_exit revocable
    """.split()  # noqa: SIM905  (a list of words is read as such)
)


def _read_tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"--tag {text}: a tag is written KEY=VALUE")
    return key, value
