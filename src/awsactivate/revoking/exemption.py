"""A new session is exempted from the denial of all its user's sessions, where that is in force.

Whether it is can only be known by asking IAM, which answers from one region, however far that is: so it is
asked about marked roles alone, first, and beside everything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import dataclass, replace
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.revocation.known_sessions import KnownSessions, KnownSessionsFile
from awsactivate.sessions import arn_parts, arns
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.sessions.steps import Step

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.aws.revocation import RoleTags
    from awsactivate.aws.sts import Answer, CallerIdentity
    from awsactivate.aws.ways import Way
    from awsactivate.revoking import own_list

# where IAM can't be reached, STS alone must do: a network may let nothing else through
_SECONDS_TO_WAIT = 2.0


@dataclass(frozen=True)
class Lookup:
    """A question that is on its way: does the `role` keep lists of its users' revoked sessions?"""

    role: arns.RoleArn
    """The role that is asked about."""
    credentials: Credentials
    """Who asks."""
    profile: str | None
    """Whose settings the call takes."""
    answer: Background[RoleTags | None]
    """The role's tags; None where they can't be read."""


@dataclass(frozen=True)
class Strong:
    """The user's credentials with MFA behind them."""

    at_hand: Credentials | None
    """None where they would take a code."""
    asked_for: Callable[[str], Credentials]
    """Gets those that another code gives, where none are at hand; it is told what they are for."""


def is_marked(role_arn: str | None, profiles: Profiles) -> bool:
    """Tell whether a profile says that the role keeps lists of revoked sessions: `revocable = true`."""
    named = (profile for profile in profiles.values() if profile.values.get("role_arn") == role_arn)
    return any((profile.revocable or "").lower() == "true" for profile in named)


def look_up(step: Step, credentials: Credentials, context: Context, *, is_marked: bool) -> Lookup | None:
    """Begin to ask IAM; None for a role that nobody has marked, and that is not known here to keep lists."""
    if step.role_arn is None:
        return None
    role = arns.role_arn(step.role_arn)
    if not is_marked and not _known_file(context).read().keeps_lists(role.text):
        return None
    from awsactivate.aws.ways import Way

    iam = Way("iam", credentials, profile=step.profile, partition=role.partition)
    return Lookup(role, credentials, step.profile, Background(lambda: _read_tags(iam, role)))


def ensure(
    lookup: Lookup | None,
    caller: CallerIdentity,
    answer: Answer,
    profile: str | None,
    context: Context,
    strong: Strong,
) -> None:
    """Exempt the session of `answer` from what denies all, if that is in force; wait until it works.

    Writing may need `strong` credentials. Raises AwsError where the exemption can't be had, MfaError where
    there is no code.
    """
    if lookup is None or answer.assumed_role_id is None:
        return
    user = caller.user_name
    if user is None or lookup.role.account_id != caller.account_id:
        return
    tags = lookup.answer.result_within(_SECONDS_TO_WAIT)
    has_list = tags is not None and tags.key_of(user) is not None
    now, known_file = context.clock() - (caller.skew_seconds or 0), _known_file(context)
    known = known_file.read()
    if tags is not None and known.keeps_lists(lookup.role.text) is not has_list:
        known_file.update(lambda j: j.with_role(lookup.role.text, has_list, int(now)), int(now))
    if tags is None or not has_list or not _needs_writing(tags.value_of(user) or "", lookup, user, known):
        return
    from awsactivate.aws.clients import client
    from awsactivate.person import wall_clock
    from awsactivate.revocation.tag import TooLongError
    from awsactivate.revoking import own_list

    iam = client(
        "iam", lookup.credentials, profile=lookup.profile, partition=lookup.role.partition, retries=False
    )
    own = own_list.open_own_list(iam, lookup.role, user, tags, now, context)
    value = tags.value_of(user) or ""
    try:
        written = _exempt(own, answer.assumed_role_id, value, profile, now, strong)
    except TooLongError as error:
        raise _no_room(own, value, now) from error
    except AccessDeniedError as error:
        raise AwsError(
            f"all sessions of {user} were revoked, and this one can't be exempted: {error.message}",
            _lift_hint(own),
            code=error.code,
        ) from error
    since = None if written is None else written.revocations.all_since
    if since is not None:
        _wait(own, answer, profile)
        at = wall_clock.clock(since, now)
        terminal.say(f"all sessions of {user} were revoked at {at}: this one is exempt")


def _exempt(
    own: own_list.OwnList,
    assumed_role_id: str,
    value: str,
    profile: str | None,
    now: float,
    strong: Strong,
) -> own_list.Written | None:
    """Write the exemption, with MFA where it must be; None where nothing is in force that it must be for."""
    from awsactivate.aws import revocation
    from awsactivate.aws.clients import client

    def signed_with(credentials: Credentials) -> own_list.OwnList:
        return replace(own, iam=client("iam", credentials, profile=profile, partition=own.role.partition))

    try:
        return (signed_with(strong.at_hand) if strong.at_hand else own).exempt(assumed_role_id)
    except AccessDeniedError:
        if strong.at_hand:
            raise
    current = revocation.parse(value)
    if current is not None and current.all_since is None:
        # a revocation of before that did not get there is no reason to keep the person from working
        terminal.say("a revocation of before is not recorded yet, which takes a code: revoke it again")
        return None
    return signed_with(strong.asked_for(f"all sessions of {own.user} were revoked")).exempt(assumed_role_id)


def record(session: Session, context: Context) -> None:
    """Remember that the session lives, so that a revocation of others can spare it."""
    if session.role_arn is None or session.assumed_role_id is None or session.credentials.expiration is None:
        return
    id_, role_arn = session.assumed_role_id, session.role_arn
    ends = int(session.credentials.expiration.timestamp())
    _known_file(context).update(
        lambda j: j.with_session(id_, role_arn, ends).with_role_id(role_arn, id_), int(context.clock())
    )


def _known_file(context: Context) -> KnownSessionsFile:
    return KnownSessionsFile(state_folder(context.environ), warn=terminal.say_of_state)


def _read_tags(iam: Way, role: arns.RoleArn) -> RoleTags | None:
    from awsactivate.aws import revocation

    try:
        return revocation.read_beside(iam, role.name)
    except AwsactivateError:
        return None  # whoever may not even read a list of one's own has none


def _needs_writing(value: str, lookup: Lookup, user: str, known: KnownSessions) -> bool:
    """Tell whether all is denied, or something that was revoked here did not get there."""
    from awsactivate.aws import revocation

    current = revocation.parse(value)
    if current is None or current.all_since is not None:
        return True
    prefix = f"{user}="
    pending = (id_ for id_ in known.revoked(lookup.role.text) if arn_parts.session_of(id_).startswith(prefix))
    return any(id_ not in current.revoked for id_ in pending)


def _wait(own: own_list.OwnList, answer: Answer, profile: str | None) -> None:
    from awsactivate.aws import probe
    from awsactivate.aws.clients import client

    outcome = probe.wait_until(
        client("iam", answer.credentials, profile=profile, partition=own.role.partition),
        own.role.name,
        {probe.Found.ALLOWED},
        probe.Time(time.monotonic, time.sleep),
        since=time.monotonic(),
    )
    if outcome.found is not probe.Found.ALLOWED:
        raise AwsError(
            f"all sessions of {own.user} were revoked, and the exemption of this one had no effect within"
            f" {probe.SECONDS:.0f} s",
            "try again in a minute",
            code="NotConfirmed",
        )


def _no_room(own: own_list.OwnList, value: str, now: float) -> AwsError:
    from awsactivate.aws import revocation
    from awsactivate.person import wall_clock
    from awsactivate.revocation.tag import GRACE_SECONDS

    current = revocation.parse(value)
    since = now if current is None or current.all_since is None else current.all_since
    ends = since + own.longest + GRACE_SECONDS
    return AwsError(
        f"all sessions of {own.user} were revoked at {wall_clock.clock(since, now)}, and there is no room"
        f" to exempt another; that ends at {wall_clock.clock(ends, now)}",
        _lift_hint(own),
        code="TooLong",
    )


def _lift_hint(own: own_list.OwnList) -> str:
    return f"an administrator can lift it: awsactivate revoke --lift ALL/{own.user} --role-arn {own.role}"
