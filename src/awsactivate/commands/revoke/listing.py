"""`revoke --list`: what is denied on a role at present, and until when."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from awsactivate.commandline import Context
from awsactivate.commands.revoke import roles, signers
from awsactivate.errors import AccessDeniedError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import dataclass
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal, wall_clock
from awsactivate.person.printable import json_text
from awsactivate.person.tables import table
from awsactivate.revocation import rule, tag
from awsactivate.revocation.known_sessions import KnownSessionsFile
from awsactivate.revocation.tag import GRACE_SECONDS
from awsactivate.sessions import arn_parts, arns, limits
from awsactivate.sessions.credentials import rfc3339

ALL = rule.ALL  # before a user's name: the entry that denies all sessions of that user


@dataclass(frozen=True)
class Entry:
    """One denial."""

    name: str
    """What `--lift` takes; of a tag that is not of our form, its whole value."""
    who: str
    """Whose sessions are denied."""
    since: int | None
    """Seconds since the epoch."""
    until: int | None
    """Seconds since the epoch; None is unknown."""
    where: str
    """The tag or the policy that it stands in."""
    exempt: tuple[str, ...] = ()
    """The sessions that it does not hit."""
    ours: bool = True
    """False of a tag that is not of our form."""


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write one row a denial, those that cannot hit anything any more left out."""
    role = roles.find_the_one(arguments.role_arn, context)
    choice = signers.choice_of(context.environ, arguments.profile, arguments.mfa_code)
    refused: AccessDeniedError | None = None
    for signer in signers.open_signers(choice, role.text, context):
        try:
            of_a_kind = roles.list_of_a_kind_or_alone(role, signer)
            found = [(one, entry) for one in of_a_kind for entry in read_entries(one, signer, context)]
        except AccessDeniedError as error:
            refused = error
            continue
        several = len(of_a_kind) > 1
        context.write(
            _json(found) if arguments.json else _table(found, role, context.clock(), several=several)
        )
        return 0
    raise refused or AccessDeniedError(f"nobody at hand may read the tags of {role}")


def read_entries(role: arns.RoleArn, signer: Signer, context: Context) -> list[Entry]:
    """Read the lists of all users, and the policies of administrators where the signer may."""
    from awsactivate.aws import revocation, role_denials

    iam, now = signer.iam(role.partition), int(signer.now(context))
    tags = revocation.read(iam, role.name, time.sleep)
    longest = revocation.read_max_session_seconds(iam, role.name, time.sleep) or limits.LONGEST_ROLE_SESSION
    ends = KnownSessionsFile(state_folder(context.environ), warn=terminal.say_of_state).read().ends()
    found: list[Entry] = []
    for user in tags.users():
        value = tags.value_of(user) or ""
        where = f"tag {tags.key_of(user)}"
        found += _of_tag(value, user, where, now, longest, ends)
    try:
        denied = role_denials.read(iam, role.name, time.sleep)
    except AccessDeniedError:
        terminal.say(f"{signer.words} may not read the policies by which administrators deny sessions")
        return found
    for name, denial in denied.items():
        if denial is None or denial.is_over(now, longest):
            continue
        until = denial.before + longest + GRACE_SECONDS
        found.append(Entry(name, denial.who, denial.before, until, f"policy {name}"))
    return found


def _of_tag(value: str, user: str, where: str, now: int, longest: int, ends: dict[str, int]) -> list[Entry]:
    """Tell what a tag does by the role's policy, of which its form tells only until when."""
    from awsactivate.aws import revocation

    does, current = rule.effect(value, user), revocation.parse(value)
    if current is None:
        return [_tell_not_ours(value, does, user, where)]
    found = []
    if does.all_denied:
        since = current.all_since
        ended = since is None or now - since > longest + GRACE_SECONDS
        until = None if since is None or ended else since + longest + GRACE_SECONDS
        found.append(Entry(f"{ALL}{user}", user, since, until, where, does.exempt))
    alive = tag.without_expired(current, now, longest, ends).revoked
    for id_ in does.denied:
        if id_ not in alive:
            continue  # it has ended by itself, or is denied with all
        written = current.at.get(id_)
        age = tag.age_seconds(id_, now) if written is None else now - written
        until_latest = ends.get(id_, None if age is None else now - age + longest)
        begun = None if age is None else now - age
        found.append(Entry(id_, arn_parts.session_of(id_), begun, until_latest, where))
    for id_ in does.idle:
        if f"-{id_}/" in value:
            terminal.say(f"{where}: {id_.partition(':')[2]} is not denied: the same tag exempts it")
    return found


def _tell_not_ours(value: str, does: rule.Effect, user: str, where: str) -> Entry:
    denied = ([f"every session of {user}"] if does.all_denied else []) + [_named(id_) for id_ in does.denied]
    but = f" but {', '.join(map(_named, does.exempt))}" if does.exempt else ""
    words = f"denies {', '.join(denied)}{but}" if denied else "denies nothing"
    terminal.say(f"{where} is not of awsactivate's form, and {words}")
    return Entry(
        value, user if does.all_denied or does.denied else "-", None, None, where, does.exempt, False
    )


def _named(assumed_role_id: str) -> str:
    return arn_parts.session_of(assumed_role_id)


def _json(found: Iterable[tuple[arns.RoleArn, Entry]]) -> str:
    rows: list[dict[str, Any]] = [
        {
            "entry": entry.name,
            "role_arn": role.text,
            "who": entry.who,
            "since": _rfc3339(entry.since),
            "until": _rfc3339(entry.until),
            "where": entry.where,
            "exempt": list(entry.exempt),
            "ours": entry.ours,
        }
        for role, entry in found
    ]
    return json_text(rows)


def _table(found: list[tuple[arns.RoleArn, Entry]], asked: arns.RoleArn, now: float, *, several: bool) -> str:
    if not found:
        of_its_kind = ", or of the roles of its kind," if several else ""
        return f"no session of {asked}{of_its_kind} is denied\n"
    rows = [("ENTRY", "WHO", "SINCE", "UNTIL", "BUT", "WHERE")]
    for role, entry in found:
        since, until = ("-" if at is None else wall_clock.clock(at, now) for at in (entry.since, entry.until))
        but = ", ".join(arn_parts.session_of(id_) for id_ in entry.exempt) or "-"
        where = f"{entry.where} of {role.name}" if several else entry.where
        rows.append((entry.name, entry.who, since, until, but, where))
    return table(rows)


def _rfc3339(moment: int | None) -> str | None:
    return None if moment is None else rfc3339(datetime.fromtimestamp(moment, UTC))
