"""Store one access key: typed on the terminal, or as the console or the AWS CLI gave it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from awsactivate.commandline import Context, Parser
from awsactivate.commands.keys import storing
from awsactivate.errors import UsageError
from awsactivate.keychain import key_texts
from awsactivate.keychain.index import locked
from awsactivate.keychain.item import AccessKey
from awsactivate.person import terminal
from awsactivate.profiles import chosen

_LARGEST = 65_536  # bytes; a text of one key is far below


def add_arguments(parser: Parser) -> None:
    """Take the profile's name, and where the key is read from."""
    parser.add_argument("name", metavar="PROFILE", nargs="?", help="default: $AWS_PROFILE, else `default`")
    parser.add_argument("--file", metavar="FILE", help="the console's CSV, or JSON (`-`: stdin)")
    parser.add_argument("--yes", action="store_true", help="replace a key that is stored already")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Read the key, keep it, and say whose it is."""
    name = arguments.name or chosen.profile_in(context.environ) or "default"
    key = _read_key(arguments.file)
    if not storing.may_replace(name, key, context, yes=arguments.yes):
        terminal.say("nothing was changed")
        return 1
    with locked(context.environ):
        arn = storing.store_checked(name, key, context)
    terminal.say(f"{key.id} of {arn} is in the keyring as {name!r}")
    if arguments.file not in (None, "-"):
        terminal.say(f"{arguments.file} still holds the key in plain text: delete it")
    return 0


def _read_key(file: str | None) -> AccessKey:
    if file is None and terminal.is_terminal(0):
        key_id = terminal.ask_secret("Access key ID: ")
        return key_texts.access_key(key_id, terminal.ask_secret("Secret access key: "))
    if file in (None, "-"):
        return key_texts.read(_decoded(sys.stdin.buffer.read(_LARGEST), "stdin"))
    path = Path(str(file))
    try:
        with path.open("rb") as opened:
            return key_texts.read(_decoded(opened.read(_LARGEST), str(path)))
    except OSError as error:
        raise UsageError(f"{path} can't be read: {os.strerror(error.errno or 0)}") from error


def _decoded(data: bytes, name: str) -> str:
    # Windows saves text as UTF-16, and says so by its first two bytes
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not text") from None
