"""The person's browser, opened at an address: without a shell, and without this process's secrets."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

from awsactivate.sessions.environment import of_helper

# What opens an address on a desktop; the first that is there is taken.
_OPENERS = (("xdg-open",), ("wslview",), ("gio", "open"), ("x-www-browser",), ("firefox",), ("chromium",))
_SOON = 1.0  # seconds in which a program that can't open anything says so


def open_at(url: str, environ: Mapping[str, str]) -> bool:
    """Open the browser at `url`; False where none could be started.

    $BROWSER is taken first: commands between colons, `%s` standing for the address. What it prints is not
    shown, and Ctrl-C at this terminal does not end it. What is no web address, which a server may have made
    up, is not opened: it might be a file, or an option.
    """
    if not url.startswith(("https://", "http://")):
        return False
    return any(_has_started(command, environ) for command in _commands(url, environ))


def _commands(url: str, environ: Mapping[str, str]) -> Iterator[list[str]]:
    for text in environ.get("BROWSER", "").split(os.pathsep):
        try:
            words = shlex.split(text.removesuffix("&"))
        except ValueError:
            continue  # a quote that is not closed: no command
        if words:
            filled = [word.replace("%s", url) for word in words]
            yield filled if filled != words else [*words, url]
    if sys.platform == "darwin":
        yield ["/usr/bin/open", url]
        return
    for opener in _OPENERS:
        yield [*opener, url]


def _has_started(command: list[str], environ: Mapping[str, str]) -> bool:
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=of_helper(environ),
            start_new_session=True,
        )
    except OSError:  # it is not there, or may not be run
        return False
    end = time.monotonic() + _SOON
    while time.monotonic() < end:
        if (status := process.poll()) is not None:
            return status == 0
        time.sleep(0.02)
    return True
