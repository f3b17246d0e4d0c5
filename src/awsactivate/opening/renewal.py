"""`activate --renew`: the words of the activation that this shell's session came from, said again."""

from __future__ import annotations

import argparse
import shlex

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError, UsageError
from awsactivate.opening import options
from awsactivate.scopes.scope import READ_ONLY
from awsactivate.sessions.environment import AGAIN, SCOPE


def words(arguments: argparse.Namespace, target: str) -> str:
    """Write as one line what a renewal of this activation is to say; no code, and no secret, is in it."""
    return shlex.join([*options.words(arguments), "--", target])


def said_again(arguments: argparse.Namespace, context: Context) -> list[str]:
    """Return the words to parse in place of `--renew`'s own; what it says besides goes over the old ones.

    ProfileError where this shell holds no session, UsageError where a TARGET was named.
    """
    if arguments.target is not None:
        raise UsageError("--renew takes no TARGET: it renews the session of this shell", "activate --renew")
    held = context.environ.get("AWSACTIVATE_PROFILE")
    if not held:
        raise ProfileError("no session is active in this shell, so there is none to renew", "activate TARGET")
    before = shlex.split(context.environ.get(AGAIN, "")) or _as_inherited(held, context)
    at = before.index("--") if "--" in before else len(before)
    return [*before[:at], *options.words(arguments), *before[at:]]


def _as_inherited(held: str, context: Context) -> list[str]:
    scope = context.environ.get(SCOPE, "")
    if scope not in ("", READ_ONLY):
        raise ProfileError(
            f"this shell inherited a session that is narrowed to {scope}, and can't renew it as narrow",
            "activate it anew, with --read-only or --policy FILE",
        )
    before = ["--read-only"] if scope else []
    source = context.environ.get("AWSACTIVATE_SOURCE_PROFILE")
    if source and held.startswith("arn:"):
        before.append(f"--source-profile={source}")
    return [*before, "--", held]
