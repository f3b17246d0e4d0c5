"""Move access keys out of the user's files: into the keyring first, and only then out of the file."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from awsactivate.commandline import Context, Parser
from awsactivate.commands.keys import storing
from awsactivate.errors import AwsactivateError, ProfileError, UsageError
from awsactivate.keychain import index as keyring_index
from awsactivate.keychain import key_texts
from awsactivate.keychain.item import AccessKey
from awsactivate.person import terminal
from awsactivate.profiles import profile_edits
from awsactivate.profiles.model import Profile
from awsactivate.profiles.read import read_profiles


def add_arguments(parser: Parser) -> None:
    """Take the profiles, and what becomes of the file."""
    parser.add_argument("names", metavar="PROFILE", nargs="*", help="whose keys")
    parser.add_argument("--all", action="store_true", help="every profile that has a long-term key")
    fate = parser.add_mutually_exclusive_group()
    fate.add_argument("--keep", action="store_true", help="leave the file as it is")
    fate.add_argument(
        "--credential-process",
        action="store_true",
        help="put a credential_process in the key's place, for programs that read profiles themselves",
    )
    parser.add_argument("--yes", action="store_true", help="replace a key that is stored already")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Import one profile after the other; each is either done whole or as it was."""
    if bool(arguments.names) == arguments.all:
        raise UsageError("name the profiles, or say --all", hint="awsactivate keys import --help")
    names = _list_names(context) if arguments.all else dict.fromkeys(arguments.names)
    for name in names:
        key = _find_key_in_files(name, context)
        if key is None:
            _say_imported(name, arguments, context)
        elif storing.may_replace(name, key, context, yes=arguments.yes):
            _import(name, arguments, context)
        else:
            terminal.say(f"{name!r} was left as it is")
    return 0


def _import(name: str, arguments: argparse.Namespace, context: Context) -> None:
    with keyring_index.locked(context.environ):
        key = _find_key_in_files(name, context)  # read again: another may have been at work until now
        if key is None:
            _say_imported(name, arguments, context)
            return
        process = _process(name) if arguments.credential_process else None
        if not arguments.keep:
            _try_files(name, key.id, process, context)
        arn = storing.store_checked(name, key, context)
        files = () if arguments.keep else _take_out(name, key.id, process, context)
    left = f", and out of {' and '.join(map(str, files))}" if files else ""
    terminal.say(f"{key.id} of {arn} is in the keyring as {name!r}{left}")
    if files:
        terminal.say(f"backups may still hold it: awsactivate keys rotate {name} makes them worthless")


def _try_files(name: str, key_id: str, process: str | None, context: Context) -> None:
    try:
        profile_edits.try_to_take_out_key(name, key_id, context.environ, process)
    except AwsactivateError as error:
        raise AwsactivateError(
            error.message,
            "nothing was changed; to have the key in the keyring as well: awsactivate keys import"
            f" {name} --keep",
        ) from error


def _take_out(name: str, key_id: str, process: str | None, context: Context) -> tuple[Path, ...]:
    try:
        return profile_edits.take_out_key(name, key_id, context.environ, process)
    except AwsactivateError as error:
        raise AwsactivateError(
            f"{key_id} is in the keyring as {name!r}, and stands in the file still: {error.message}",
            "mend that and run this again, or take out its two lines, aws_access_key_id and"
            " aws_secret_access_key, by hand",
        ) from error


def _say_imported(name: str, arguments: argparse.Namespace, context: Context) -> None:
    terminal.say(f"the key of {name!r} is in the keyring already")
    if arguments.credential_process:
        path = profile_edits.set_value(name, "credential_process", _process(name), context.environ)
        terminal.say(f"its credential_process stands in {path}")


def _process(name: str) -> str:
    return f"awsactivate export {shlex.quote(name)} --format process"


def _list_names(context: Context) -> list[str]:
    names = []
    for profile in read_profiles(context.environ).values():
        keys = profile.credentials_file_keys or profile.config_file_keys
        if keys is not None and keys.is_long_term:
            names.append(profile.name)
        elif keys is not None:
            terminal.say(f"the key of {profile.name!r} is temporary, and was left")
    if not names:
        terminal.say("no profile has a long-term access key in a file")
    return names


def _find_key_in_files(name: str, context: Context) -> AccessKey | None:
    """Return the key that a profile has in a file; None where it is in the keyring alone."""
    profiles = read_profiles(context.environ)
    profile = profiles.get(name, Profile(name))
    keys = profile.credentials_file_keys or profile.config_file_keys
    if keys is not None:
        if not keys.is_long_term:
            raise ProfileError(
                f"the access key of profile {name!r} is temporary, and only long-term keys are kept"
            )
        return key_texts.access_key(keys.access_key_id, keys.secret_access_key)
    index = keyring_index.read(context.environ)
    if name in index and index[name].has_keys:
        return None
    if name not in profiles:
        raise profiles.absent(name, f"the profile {name!r} does not exist")
    raise ProfileError(
        f"profile {name!r} has no access key in {profiles.credentials_path} or {profiles.config_path}",
        f"awsactivate keys add {name}",
    )
