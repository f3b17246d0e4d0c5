"""`profiles sync`: a profile for each account and role that one may use by single sign-on."""

from __future__ import annotations

import argparse
import re

from awsactivate.commandline import Context, Parser
from awsactivate.errors import UsageError
from awsactivate.keychain import index
from awsactivate.person import terminal
from awsactivate.person.printable import json_text, printable
from awsactivate.person.progress import Progress
from awsactivate.profiles import profile_edits, synced
from awsactivate.profiles.read import read_profiles
from awsactivate.profiles.synced import Sync, Wish

_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+)+")


def add_arguments(parser: Parser) -> None:
    """Take whose profiles, which of them, and what they are called."""
    parser.add_argument("session", metavar="SSO-SESSION", help="an [sso-session] of ~/.aws/config")
    parser.add_argument(
        "--name",
        metavar="TEMPLATE",
        default=synced.TEMPLATE,
        help="what they are called, of {account_name}, {account_id} and {role} (default:"
        " '{account_name}-{role}')",
    )
    parser.add_argument(
        "--account",
        metavar="A",
        action="append",
        default=[],
        help="only these accounts, by name or id; * and ? stand for others (repeatable)",
    )
    parser.add_argument(
        "--role", metavar="R", action="append", default=[], help="only these roles (repeatable)"
    )
    parser.add_argument("--region", metavar="R", help="the region that the profiles name")
    parser.add_argument(
        "--prune", action="store_true", help="take out what one may not use any more, which is named else"
    )
    parser.add_argument("--dry-run", action="store_true", help="tell what would change, and change nothing")
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Ask for all that one may use, write it, and tell what is new and what is gone."""
    if arguments.region is not None and not _REGION.fullmatch(arguments.region):
        raise UsageError(f"--region: {arguments.region!r} is no region's name")
    wish = Wish(
        arguments.session,
        arguments.name,
        tuple(arguments.account),
        tuple(arguments.role),
        arguments.region,
        arguments.prune,
    )
    synced.check_template(wish.template)
    profiles = read_profiles(context.environ)
    from awsactivate.opening import sso_accesses

    with Progress(f"{wish.session}: accounts asked for their roles:") as progress:
        accesses = sso_accesses.list_accesses(wish.session, profiles, context, progress)
    kept = index.read(context.environ)
    done = profile_edits.sync(wish, accesses, kept, context.environ, dry=arguments.dry_run)
    context.write(_json(done, wish) if arguments.json else _told(done, wish, is_dry=arguments.dry_run))
    if done.gone and not wish.prunes:
        terminal.say(f"{len(done.gone)} of these can't be used any more: --prune takes them out")
    if done.renamed and not wish.prunes:
        terminal.say(f"{len(done.renamed)} of these have another name now: --prune takes the old one out")
    return 0


def _json(done: Sync, wish: Wish) -> str:
    return json_text(
        {
            "session": wish.session,
            "profiles": [
                {
                    "profile": name,
                    "account_id": one.account_id,
                    "account_name": one.account_name,
                    "role": one.role,
                }
                for name, one in done.profiles.items()
            ],
            "added": list(done.added),
            "changed": list(done.changed),
            "gone": list(done.gone),
            "renamed": dict(done.renamed),
            "pruned": bool(wish.prunes and (done.gone or done.renamed)),
        }
    )


def _told(done: Sync, wish: Wish, *, is_dry: bool) -> str:
    gone = "would be taken out" if is_dry else "taken out"
    lines = [f"added {name}" for name in done.added]
    lines += [f"changed {name}" for name in done.changed]
    lines += [f"{gone if wish.prunes else 'gone'} {name}" for name in done.gone]
    lines += [
        f"{gone if wish.prunes else 'old name'} {old}, which is {new}" for old, new in done.renamed.items()
    ]
    would = " would be" if is_dry else ""
    lines.append(
        f"{wish.session}: {len(done.profiles)} profiles, {len(done.added)}{would} added,"
        f" {len(done.changed)} changed, {len(done.unchanged)} as they were, {len(done.gone)} gone"
        + (f", {len(done.renamed)} under another name" if done.renamed else "")
    )
    return "".join(f"{printable(line)}\n" for line in lines)
