"""`revoke --sign-ins`: the sign-ins of `aws login` and of agents, listed and ended on the server."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError, AwsError, UsageError
from awsactivate.frozen import dataclass
from awsactivate.opening import noting
from awsactivate.opening.caller import find_caller
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal, wall_clock
from awsactivate.person.printable import json_text
from awsactivate.person.tables import table
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arn_parts, arns, partitions
from awsactivate.sessions.credentials import rfc3339

if TYPE_CHECKING:
    from awsactivate.aws.sign_in_sessions import SignInSession

_NAME = re.compile(r"[\w+=,.@/-]{1,512}", re.ASCII)
_WHAT = "these are sign-ins of `aws login` and of agents (MCP): no browser windows, and no Identity Center"
_LEFT = "credentials that they gave already live on for at most 15 minutes"


@dataclass(frozen=True)
class _Found:
    """What the regions answered: the sign-ins, each once, and the refusals by region."""

    sessions: list[SignInSession]
    refusals: dict[str, AwsactivateError]


def run(arguments: argparse.Namespace, context: Context) -> int:
    """List them, or say which will end, ask where one's own is among them, and end them."""
    signer = find_caller(argparse.Namespace(**vars(arguments), region=None), context)
    owner = _owner(arguments, signer)
    found = _find(signer, owner, _list_regions(signer, context))
    if arguments.list:
        context.write(_json(found.sessions) if arguments.json else _table(found.sessions, context))
        terminal.say(_WHAT)
        return AwsError.exit_code if found.refusals else 0  # which were told
    if not found.sessions and not found.refusals:
        context.write(f"nobody is signed in: {_whose(owner, signer)} has no sign-in that is in force\n")
        return 0
    present = _find_present(found.sessions, context)
    others = [one for one in found.sessions if one not in present]
    last = _agree(others, present, owner, signer, yes=arguments.yes)
    refused = list(found.refusals.values())
    # one's own come last, whatever their region: by them the others are ended
    done = sum([_revoke(some, refused, owner, signer, context) for some in (others, last)])
    terminal.say(_WHAT)
    if refused:
        first = refused[0]
        message = f"revoked {done}, but not all: {first.message}"
        raise AwsError(message, first.hint, code=getattr(first, "code", ""))
    context.write(f"revoked {done} sign-in{'' if done == 1 else 's'} of {_whose(owner, signer)}; {_LEFT}\n")
    return 0


def _owner(arguments: argparse.Namespace, signer: Signer) -> str | None:
    """Return the ARN that AWS knows an identity by, which has no path; None is the caller."""
    account = signer.identity.account_id
    if arguments.everyone:
        return f"arn:aws:iam::{account}:*"
    for kind, named in (("user", arguments.user), ("role", arguments.role)):
        if named is None:
            continue
        name = str(named).removeprefix(f"arn:aws:iam::{account}:{kind}/")
        if not _NAME.fullmatch(name) or name.startswith("arn:"):
            raise UsageError(f"--{kind} must be the name of a {kind} of account {account}, not {named!r}")
        return f"arn:aws:iam::{account}:{kind}/{name.rpartition('/')[2]}"
    return None


def _whose(owner: str | None, signer: Signer) -> str:
    return signer.identity.arn if owner is None else owner


def _list_regions(signer: Signer, context: Context) -> list[str]:
    """List the regions that profiles and environment name, of the caller's partition."""
    partition = arns.partition_of(signer.identity.arn)
    if partition != "aws":
        raise AwsError(f"AWS Sign-In keeps such lists in the partition aws alone, not in {partition}")
    named = [signer.region, partitions.named_in(context.environ)]
    named += [profile.region for profile in read_profiles(context.environ).values()]
    known = [region for region in named if region and partitions.is_of(region, partition)]
    return list(dict.fromkeys(known)) or [partitions.home_of(partition)]


def _find(signer: Signer, owner: str | None, regions: Sequence[str]) -> _Found:
    from awsactivate.aws import sign_in_sessions

    sessions: dict[str, SignInSession] = {}
    refusals: dict[str, AwsactivateError] = {}
    for region in regions:
        try:
            for one in sign_in_sessions.list_active(sign_in_sessions.client(signer, region), owner):
                sessions.setdefault(one.arn, one)
        except AwsactivateError as error:
            refusals[region] = error
    if len(refusals) == len(regions):
        raise next(iter(refusals.values()))
    for region, refusal in refusals.items():
        terminal.say(f"{region}: {refusal.message}")
    return _Found(sorted(sessions.values(), key=lambda one: one.issued_at), refusals)


def _find_present(sessions: Sequence[SignInSession], context: Context) -> list[SignInSession]:
    """Choose those by which somebody is signed in on this machine at present, as its cache tells."""
    from awsactivate.signin.login_begun import list_begun

    here = list_begun(read_profiles(context.environ), context.environ)
    return [
        one
        for one in sessions
        if any(
            one.client_id == client_id and _is_of(one, identity) and abs(one.issued_at - at) <= 90
            for identity, client_id, at in here
        )
    ]


def _is_of(session: SignInSession, identity: str) -> bool:
    """Tell whether a session's owner is an identity, which may be a role's session."""
    is_same_account = arns.account_of(session.principal_arn) == arns.account_of(identity)
    return is_same_account and arn_parts.principal_of(session.principal_arn) == arn_parts.principal_of(
        identity
    )


def _agree(
    others: Sequence[SignInSession],
    present: Sequence[SignInSession],
    owner: str | None,
    signer: Signer,
    *,
    yes: bool,
) -> Sequence[SignInSession]:
    """Ask, and return those of one's own that are to end too."""
    if yes:
        return present
    if owner is not None and others:
        count = f"{len(others)} sign-in{'s' if len(others) > 1 else ''}"
        if not terminal.confirm(f"revoke {count} of {_whose(owner, signer)}?"):
            raise AwsactivateError("nothing was changed")
    if not present:
        return present
    if terminal.confirm("revoke the sign-in of this machine too, by which you are signed in now?"):
        return present
    if not others:
        raise AwsactivateError("nothing was changed")
    return ()


def _revoke(
    sessions: Sequence[SignInSession],
    refused: list[AwsactivateError],
    owner: str | None,
    signer: Signer,
    context: Context,
) -> int:
    """Revoke them, tell and put into `refused` what is not revoked, and return how many are."""
    from awsactivate.aws import sign_in_sessions

    done = 0
    for region in dict.fromkeys(one.region for one in sessions):
        own = [one for one in sessions if one.region == region]
        try:
            client = sign_in_sessions.client(signer, region)
        except AwsactivateError as error:
            refused.append(error)
            terminal.say(f"{region}: {error.message}")
            continue
        for outcome in sign_in_sessions.revoke(client, owner, own):
            if outcome.refusal:
                told = f"{outcome.session.arn}: {outcome.refusal}"
                refused.append(outcome.error or AwsError(told, code="NotRevoked"))
                terminal.say(told)
                continue
            done += 1
            noting.note_sign_in_revoked(outcome.session.arn, outcome.session.principal_arn, context)
    return done


def _json(sessions: Sequence[SignInSession]) -> str:
    return json_text(
        [
            {
                "session_arn": one.arn,
                "principal_arn": one.principal_arn,
                "client": one.client_type,
                "client_id": one.client_id,
                "since": rfc3339(datetime.fromtimestamp(one.issued_at, UTC)),
                "until": rfc3339(datetime.fromtimestamp(one.expires_at, UTC)),
                "region": one.region,
            }
            for one in sessions
        ]
    )


def _table(sessions: Sequence[SignInSession], context: Context) -> str:
    if not sessions:
        return "nobody is signed in\n"
    now = context.clock()
    rows = [("WHO", "CLIENT", "SINCE", "UNTIL", "REGION", "SESSION")]
    for one in sessions:
        since, until = (wall_clock.clock(at, now) for at in (one.issued_at, one.expires_at))
        who = arn_parts.resource_of(one.principal_arn) or one.principal_arn
        rows.append((who, one.client_type or "-", since, until, one.region, one.arn.rpartition("/")[2]))
    return table(rows)
