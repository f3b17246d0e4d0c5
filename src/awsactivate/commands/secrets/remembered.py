"""The services that were named last, written down for TAB: their names, never a key or a value."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError
from awsactivate.files import folders, private_files, user_folders

_MOST = 50


def remember(arguments: argparse.Namespace, context: Context) -> None:
    """Put the services of this command line before those that are remembered already."""
    named = getattr(arguments, "services", None) or [getattr(arguments, "service", None)]
    named = [name for name in named if name and name.isprintable()]
    file = user_folders.state_folder(context.environ) / "services"
    try:
        before = private_files.read(file).decode().splitlines() if file.exists() else []
        names = list(dict.fromkeys((*named, *before)))[:_MOST]
        if names != before:
            folders.make(file.parent)
            private_files.write(file, "".join(f"{name}\n" for name in names))
    except (OSError, UnicodeDecodeError, AwsactivateError):
        return  # it is a convenience, and must not spoil what the command has done
