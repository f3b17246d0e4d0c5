"""Print an MFA code that the demo's AWS takes now, waiting for the next window where this one is used up."""

from __future__ import annotations

import argparse
import time
import urllib.error
import urllib.request

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UnreachableError, UsageError


def add_arguments(parser: Parser) -> None:
    """Take nothing."""
    del parser


def run(_arguments: argparse.Namespace, context: Context) -> int:
    """Ask the demo, which knows the seed and what was used."""
    url = context.environ.get("AWSACTIVATE_DEMO_CODE_URL")
    if not url:
        raise UsageError("this works inside `awsactivate demo` only", hint="awsactivate demo")
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  (the demo's own URL)
                context.write(answer.read().decode() + "\n")
                return 0
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise UnreachableError(f"the demo answered {error.code}") from error
            time.sleep(1)  # every code that AWS would take now has been given out
        except OSError as error:
            raise UnreachableError("the demo has ended") from error
