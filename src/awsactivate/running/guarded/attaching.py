"""This terminal as the second one of a guard, which asks here until its command has ended."""

from __future__ import annotations

import argparse
import os
import socket

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError, UsageError
from awsactivate.person import terminal
from awsactivate.running import socket_door
from awsactivate.running.guarded import asking, second_terminal

_HINT = "awsactivate guard attach NUMBER, in a terminal of your own: the guard said the number at its start"
_SECONDS = 5.0


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Attach to the guard of `arguments.number`, until it ends."""
    try:
        keys = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError("there is no terminal to ask on", _HINT) from error
    try:
        with _connect(arguments.number, context) as connection:
            terminal.say(f"guard {arguments.number} asks here until its command ends; Ctrl-C leaves it")
            asking.serve(keys, connection.fileno(), takes=False)
    finally:
        os.close(keys)
    terminal.say(f"guard {arguments.number} has ended")
    return 0


def _connect(number: int, context: Context) -> socket.socket:
    path = second_terminal.path_of(number, context.environ)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_SECONDS)
    try:
        connection.connect(str(path))
        if socket_door.user_of(connection) != os.getuid():
            raise AwsactivateError(f"{path} is another user's")
        said = connection.recv(len(second_terminal.WELCOME), socket.MSG_WAITALL)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        connection.close()
        raise UsageError(f"there is no guard {number}", _HINT) from error
    except OSError as error:
        connection.close()
        raise AwsactivateError(f"the guard {number} can't be reached: {error.strerror or error}") from error
    except AwsactivateError:
        connection.close()
        raise
    if said != second_terminal.WELCOME:
        connection.close()
        raise AwsactivateError("the guard lets no terminal attach that its command has", _HINT)
    connection.settimeout(None)
    return connection
