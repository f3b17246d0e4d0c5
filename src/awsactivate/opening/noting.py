"""Sessions noted in the journal as they are begun and handed out."""

from __future__ import annotations

import os
from pathlib import PurePath

from awsactivate.commandline import Context
from awsactivate.journal import file
from awsactivate.journal.entry import ASKED, NARROWED, REVOKED, SERVED, Entry, fitting
from awsactivate.opening.narrowing import Narrowing
from awsactivate.person import terminal
from awsactivate.sessions.credentials import Session


def note_narrowed(
    session: Session, whole: Session, wanted: Narrowing, context: Context, command: list[str]
) -> None:
    """Note that `command`, which this process becomes, gets a part of a session."""
    under = whole.credentials.access_key_id
    note(NARROWED, session, context, under=under, purpose=wanted.purpose, command=command)


def note_served(
    session: Session, whole: Session, wanted: Narrowing | None, context: Context, command: list[str]
) -> None:
    """Note that `command`, which this process runs, is served a session, or a part of one."""
    under = whole.credentials.access_key_id if wanted else ""
    purpose = wanted.purpose if wanted else None
    note(SERVED, session, context, under=under, purpose=purpose, command=command)


def note_revoked(assumed_role_id: str, role_arn: str, profile: str, context: Context) -> None:
    """Note that a session, with all that was narrowed from it, was revoked."""
    entry = Entry(int(context.clock()), REVOKED, profile, role_arn, assumed_role_id)
    file.add(entry, context.environ, terminal.say_of_state)


def note_asked(
    session: Session, context: Context, command: list[str], action: str, resource: str, answer: str
) -> None:
    """Note what a guarded `command` wanted to do with a session, and what the person said to that."""
    entry = Entry(
        time=int(context.clock()),
        event=ASKED,
        profile=session.profile,
        role_arn=session.role_arn or "",
        assumed_role_id=session.assumed_role_id or "",
        key_id=session.credentials.access_key_id,
        command=PurePath(command[0]).name[:255],
        action=fitting(action),
        resource=fitting(resource),
        answer=answer,
    )
    file.add(entry, context.environ, terminal.say_of_state)


def note_sign_in_revoked(arn: str, principal: str, context: Context) -> None:
    """Note that a sign-in was revoked, and whose."""
    entry = Entry(int(context.clock()), REVOKED, role_arn=principal, purpose=f"sign-in {arn}")
    file.add(entry, context.environ, terminal.say_of_state)


def note(
    event: str,
    session: Session,
    context: Context,
    *,
    under: str = "",
    purpose: str | None = None,
    command: list[str] | None = None,
    process: int | None = None,
) -> None:
    """Note what happened to `session`.

    `under` is the access key's id of what it was narrowed from, `command` what gets it: of that the name
    alone is written. `process` is the command's, by itself the one that this process becomes.
    """
    ends = session.credentials.expiration
    entry = Entry(
        time=int(context.clock()),
        event=event,
        profile=session.profile,
        role_arn=session.role_arn or "",
        assumed_role_id=session.assumed_role_id or "",
        key_id=session.credentials.access_key_id,
        under=under,
        scope=session.scope,
        purpose=purpose or "",
        command=PurePath(command[0]).name[:255] if command else "",
        process=(process or os.getpid()) if command else process,
        ends=int(ends.timestamp()) if ends else None,
    )
    file.add(entry, context.environ, terminal.say_of_state)
