"""`revoke --session ID`: one session, named by its AssumedRoleId."""

from __future__ import annotations

import argparse
import re
import time

from awsactivate.account import policies
from awsactivate.commandline import Context
from awsactivate.commands.revoke import calls, one_session, roles, signers
from awsactivate.commands.revoke.held import PREFIX
from awsactivate.commands.revoke.target import Target, instant_for, refuse_what_cannot_be
from awsactivate.errors import AccessDeniedError, UsageError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import replace
from awsactivate.person import terminal, wall_clock
from awsactivate.revocation import inline_policy, ticket
from awsactivate.revocation.known_sessions import KnownSessionsFile
from awsactivate.revoking import own_list
from awsactivate.sessions import session_names
from awsactivate.sessions.credentials import session_in_environ

_ID = re.compile(r"AROA[A-Z0-9]{4,124}:[\w+=,.@-]{2,64}", re.ASCII)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Revoke it, and say what is denied to whom until when."""
    target = _target(arguments, context)
    choice = signers.choice_of(context.environ, arguments.profile, arguments.mfa_code)
    if not arguments.profile:
        # of the shell's own session, as the integrations of bash, zsh and fish give it
        given = ticket.parsed(context.environ.get(f"{PREFIX}TICKET", ""))
        choice = replace(choice, ticket=given)
    if arguments.dry_run:
        context.write(_preview(target, choice, context))
        return 0
    result = one_session.revoke(target, choice, context, wait=not arguments.no_wait)
    context.write(result.line + "\n")
    if result.is_denied:
        now = context.clock()
        ends = wall_clock.clock(target.ends_at_the_latest(now), now)
        context.write(
            f"denied: everything, to {target.name} of {target.role}, until {ends} when it has ended\n"
        )
    return 0


def _target(arguments: argparse.Namespace, context: Context) -> Target:
    id_ = arguments.session
    if not _ID.fullmatch(id_):
        raise UsageError(f"--session must be an AssumedRoleId (AROA…:NAME), not {id_!r}")
    environ = context.environ
    is_active = environ.get("AWSACTIVATE_ASSUMED_ROLE_ID") == id_
    known = KnownSessionsFile(state_folder(environ), warn=terminal.say_of_state).read().sessions.get(id_)
    text = arguments.role_arn or (environ.get("AWSACTIVATE_ROLE_ARN") if is_active else None)
    text = text or (known.role_arn if known else None)
    if text is None:
        raise UsageError(f"nothing is known here of the session {id_}", "add --role-arn ARN")
    if known and known.role_arn != text:
        raise UsageError(f"{id_} is a session of {known.role_arn}, not of {text}")
    return Target(
        id_,
        roles.read_option(text),
        label=environ.get("AWSACTIVATE_PROFILE", "") if is_active else "",
        ends=known.ends if known else None,
        credentials=session_in_environ(environ) if is_active else None,
    )


def _preview(target: Target, choice: signers.Choice, context: Context) -> str:
    from awsactivate.aws import revocation

    refuse_what_cannot_be(target.role)
    signer = next(signers.open_signers(choice, target.role.text, context))
    user = signer.identity.user_name
    if user is not None and user.casefold() == session_names.user_of(target.name).casefold():
        iam = signer.iam(target.role.partition)
        try:
            tags = revocation.read(iam, target.role.name, time.sleep)
        except AccessDeniedError:
            tags = revocation.RoleTags(target.role.name, {})
        if key := tags.key_of(user):
            own = own_list.open_own_list(iam, target.role, user, tags, signer.now(context), context)
            value = own.preview(tags.value_of(user) or "", [target.id])
            return calls.show_tag_role(signer, target.role, key, value)
    denial = inline_policy.of_session(target.id, instant_for(target, signer.now(context)))
    name = f"{policies.REVOKED_PREFIX}{target.name}"
    return calls.show_put_role_policy(signer, target.role, name, inline_policy.document(denial))
