"""From a plan to a session: the calls made in order, with the MFA code where one is needed.

What needs no person (imports, the source's credentials, the connection to STS, whose key it is) happens
in the background while the person types the code.
"""

from __future__ import annotations

import itertools

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.errors import (
    AccessDeniedError,
    AwsError,
    DurationError,
    MfaCodeRefusedError,
    ProfileError,
)
from awsactivate.frozen import replace
from awsactivate.keychain import index
from awsactivate.opening import known_callers, user_devices
from awsactivate.opening.asking import Asking, open_user_session, refuse_to_ask, skew_words, source_may_ask
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.narrowing import narrow_as_planned
from awsactivate.opening.start import Start, begin, kept_mfa_session, load_source
from awsactivate.opening.suspects import with_suspects
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.revoking import exemption
from awsactivate.sessions import arns, limits, partitions, usable
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.plan import Plan, with_user
from awsactivate.sessions.steps import Step

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.aws.sts import Answer, CallerIdentity, Sts
    from awsactivate.mfa import codes as mfa_codes
    from awsactivate.sessions.mfa_session import MfaSession


def open_session(
    plan: Plan,
    profiles: Profiles,
    context: Context,
    *,
    mfa_code: str | None = None,
    no_mfa: bool = False,
    may_ask: bool = True,
    with_ticket: bool = False,
    countdown: mfa_codes.Countdown = terminal.countdown,
    begun_with: Credentials | None = None,
) -> Session:
    """Make the calls of `plan` and return the session that they end in.

    `mfa_code` is what `--mfa-code` gave; with `no_mfa` no device is looked for. Without either, the MFA
    session that the shell keeps serves in place of a code, where it is the same user's. Unless `may_ask`,
    MfaError stands for a question; `countdown` waits for a code's window. `with_ticket` buys what can revoke
    the session, with the same code. `begun_with` are the source's credentials, where they are at hand. Raises
    the error that tells what went wrong; nothing is kept then but the memory that AWS has seen a code.
    """
    for note in (*plan.notes, *plan.aside_notes):
        terminal.say(note)
    kept = KeyringItems(context.environ, index.read(context.environ))
    parent = None if no_mfa or mfa_code is not None else kept_mfa_session(plan, context)
    own = parent.credentials if parent else begun_with
    loading = Background(lambda: own or load_source(plan, profiles, context, kept))
    background = Background(lambda: begin(plan, profiles, context, loading, has_mfa=parent is not None))
    asking = Asking(plan, context, mfa_code, kept, terminal.ask_code if may_ask else refuse_to_ask, countdown)
    if plan.steps and plan.steps[0].mfa_serial and not parent:
        if source_may_ask(plan, kept):
            loading.result()  # a terminal answers one question at a time
        asking.begin(plan.steps[0].mfa_serial)  # the person types while the background works
    start = _wait_for(background, parent)
    if not plan.steps:
        if not start.credentials.is_long_term:
            session = _make_session(plan, start.as_answer(), start.identity, context)
            return narrow_as_planned(session, plan, context)
        plan = _traded_in(plan)
    if start.identity.user_name:
        plan = with_user(plan, start.identity.user_name)
    first = plan.steps[0]
    ordered, user = None, start.identity.user_name
    if with_ticket and user and len(plan.steps) == 1 and first.operation == "AssumeRole":
        start = _open_user_session(first, start, asking, plan.called_region)
        if start.has_mfa:
            from awsactivate.opening import ticketing

            first = asking.named_now(first)
            ordered = ticketing.order(first, user, start.sts, context)
    try:
        answer = _run_first(
            first, start, asking, context, look_for_device=not no_mfa, is_named=ordered is not None
        )
    except AwsError as error:
        if parent and parent.has_ended(error):  # whose it is may be known, and then STS was not asked
            raise parent.ended(error) from error
        raise
    ticket = ordered.buy(answer) if ordered else None

    strong = exemption.Strong(
        start.credentials if start.has_mfa else None, lambda why: _run_with_mfa(first, start, asking, why)
    )
    start = start.with_skew(answer.skew_seconds)
    exemption.ensure(start.lookup, start.identity, answer, first.profile, context, strong)
    for step in plan.steps[1:]:
        answer = _run_chained(step, answer, plan.called_region)
    session = replace(
        _make_session(plan, answer, start.identity, context),
        mfa_serial=asking.serial,
        ticket=ticket.credentials if ticket else None,
    )
    exemption.record(session, context)
    return narrow_as_planned(session, plan, context)


def _wait_for(background: Background[Start], parent: MfaSession | None) -> Start:
    try:
        return background.result()
    except AwsError as error:
        if parent is None:
            raise
        raise parent.ended(error) from error


def _open_user_session(step: Step, start: Start, asking: Asking, region: str) -> Start:
    """Spend the code on the user's own session with MFA, from which the role and the ticket both come.

    Where no device is known the role may need none: then there is no ticket.
    """
    if start.has_mfa:
        return replace(start, sts=_regional_sts(step, start.credentials, region))
    if step.mfa_serial is None or not start.credentials.is_long_term:
        return start
    from awsactivate.revocation.ticket import MARGIN_SECONDS

    codes, code = asking.begin(step.mfa_serial)
    longest = min(step.duration_seconds, start.maximum or step.duration_seconds) + MARGIN_SECONDS
    to_try = itertools.chain([code], codes)
    credentials = open_user_session(start.sts, step, step.mfa_serial, longest, to_try, codes, start.identity)
    signer = replace(start.signer, credentials=credentials)
    return replace(start, signer=signer, sts=_regional_sts(step, credentials, region), has_mfa=True)


def _regional_sts(step: Step, credentials: Credentials, region: str) -> Sts:
    from awsactivate.aws.sts import Sts

    return Sts(credentials, step.profile, region=region, regional=True)


def _run_first(
    step: Step,
    start: Start,
    asking: Asking,
    context: Context,
    *,
    look_for_device: bool,
    is_named: bool = False,
) -> Answer:
    codes = code = None
    if step.mfa_serial and not start.has_mfa:
        codes, code = asking.begin(step.mfa_serial)
    if start.maximum and step.duration_seconds > start.maximum:
        step = _shorten(step, start.maximum, f"its maximum is {start.maximum // 60} min")
    while True:  # ends with an answer, or by an error when there is nothing left to try
        try:
            named = step if is_named else asking.named_now(step)
            answer = start.sts.run(named, code.value if code else None)
        except DurationError:
            if step.duration_seconds <= limits.SHORTEST_MAXIMUM:
                raise
            step = _shorten(step, limits.SHORTEST_MAXIMUM, "asking for 60 min, which every role allows")
        except MfaCodeRefusedError:
            if codes is None or code is None:
                raise
            codes.note_refused(code, skew_words(start.sts.skew_seconds))
            code = next(codes)
        except AccessDeniedError as error:
            if codes and code:
                codes.note_accepted(code)  # AWS looked at it, and takes it no second time
            if start.remembered:
                known_callers.refuse_old_name(start.sts, start.remembered, start.identity, error, context)
            serial = (
                user_devices.find(error, start.credentials, step) if look_for_device and not code else None
            )
            if serial is None:
                raise with_suspects(error, step) from error
            step = replace(step, mfa_serial=serial)
            codes, code = asking.begin(serial)
        else:
            if codes and code:
                codes.note_accepted(code)
            return answer


def _run_with_mfa(step: Step, start: Start, asking: Asking, why: str) -> Credentials:
    """Get the user's own session with a code, the next one where one was used already."""
    terminal.say(f"{why}: for this one to be exempt takes another code")
    serial = asking.serial or step.mfa_serial or user_devices.find_only(start.credentials, step)
    codes = asking.once_more(serial)
    shortest = limits.GET_SESSION_TOKEN_SECONDS.start
    return open_user_session(start.sts, step, serial, shortest, codes, codes, start.identity)


def _shorten(step: Step, seconds: int, reason: str) -> Step:
    terminal.say(f"{step.role_arn} allows no session of {step.duration_seconds // 60} min: {reason}")
    return replace(step, duration_seconds=seconds)


def _run_chained(step: Step, before: Answer, region: str) -> Answer:
    from awsactivate.aws.sts import Sts

    try:
        return Sts(before.credentials, step.profile, region=region).run(step)
    except AccessDeniedError as error:
        raise with_suspects(error, step) from error


def _traded_in(plan: Plan) -> Plan:
    """Plan a session for a source that turned out to be a user's own key, as a process may print one."""
    if plan.if_long_term is None:
        raise ProfileError(f"{plan.source.kind} {plan.source.name} gave a long-term key, which no shell gets")
    return replace(plan, steps=(plan.if_long_term,))


def _make_session(plan: Plan, answer: Answer, identity: CallerIdentity, context: Context) -> Session:
    if fault := usable.expiry_fault(answer.credentials, context.clock() - (identity.skew_seconds or 0)):
        raise AwsError(
            f"the credentials of {plan.target} have ended already: {fault}",
            "check the endpoint, and the clock: awsactivate doctor",
            code="ExpiredAnswer",
        )
    arn = answer.arn or identity.arn
    partition, account = arns.partition_of(arn), arns.account_of(arn)
    if plan.expected_account_id and account != plan.expected_account_id:
        raise AwsError(
            f"the credentials are of account {account}, and {plan.target} expects {plan.expected_account_id}",
            hint=f"awsactivate show {plan.target}",
            code="UnexpectedAccount",
        )
    # what the plan could not know yet is said now
    put_aside = partitions.aside(plan.region, without_session(context.environ), partition)
    for name in put_aside.keys() - plan.put_aside.keys():
        terminal.say(partitions.aside_note(name, put_aside[name], partition))
    long_term = plan.source.kind in ("profile", "keyring")
    return Session(
        profile=plan.target,
        credentials=answer.credentials,
        source_profile=plan.source.name if long_term else "",
        region=plan.region,
        role_arn=plan.steps[-1].role_arn if plan.steps else None,
        assumed_role_id=answer.assumed_role_id,
        arn=arn,
        settings={setting.name: setting.value for setting in plan.settings},
        put_aside=tuple(put_aside),
        scope=plan.scope.name if plan.scope else "",
    )
