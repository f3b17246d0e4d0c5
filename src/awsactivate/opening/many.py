"""Many sessions at once: whatever asks a person comes first, one after the other, with one code a device.

Where several sessions need a code of one device, the code makes the user's own session, and the roles are
assumed from that: AWS takes no code twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.credentials import Session
from awsactivate.errors import AccessDeniedError, AwsactivateError, InterruptedByUser, UsageError
from awsactivate.frozen import dataclass, replace
from awsactivate.keychain import index
from awsactivate.opening import mfa_sessions, user_devices
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.asking import source_may_ask
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.open_session import kept_mfa_session, open_session, source_credentials
from awsactivate.person.progress import Progress
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import mfa_session
from awsactivate.sessions.mfa_session import MfaSession
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.sources import Source

_AT_ONCE = 10


@dataclass(frozen=True)
class Opened:
    """A session, and how it is opened once more, which asks nobody."""

    session: Session
    again: Callable[[], Session]


Outcome = Opened | AwsactivateError
_Outcomes = dict[str, Outcome]


class Opening:
    """What all of it needs: the configuration, and the MFA options of the command line."""

    def __init__(self, profiles: Profiles, context: Context, *, mfa_code: str | None, no_mfa: bool) -> None:
        self._profiles = profiles
        self._context = context
        self._mfa_code = mfa_code
        self._no_mfa = no_mfa

    def open_all(self, plans: Iterable[Plan]) -> Mapping[str, Outcome]:
        """Return what came of each plan, by its target; UsageError for one code and several devices."""
        plans = tuple(plans)
        of_devices: dict[str, list[Plan]] = {}
        others: list[Plan] = []
        for plan in plans:
            serial = self._device(plan)
            if serial is None:
                others.append(plan)
            else:
                of_devices.setdefault(serial, []).append(plan)
        if len(of_devices) > 1 and self._has_code:
            raise UsageError(
                f"one MFA code can't be of {len(of_devices)} devices: {', '.join(of_devices)}",
                "leave the code out: each device is asked for its own",
            )
        outcomes = self._without_code(others)
        of_sources = {plan.source: serial for serial, group in of_devices.items() for plan in group}
        for serial, plan in self._denied(others, outcomes, of_sources):
            of_devices.setdefault(serial, []).append(plan)
        for serial, group in of_devices.items():
            outcomes |= self._with_code(serial, group)
            self._mfa_code, self._context = None, _without_given_code(self._context)
        return outcomes

    @property
    def _has_code(self) -> bool:
        return self._mfa_code is not None or bool(self._context.environ.get("AWSACTIVATE_MFA_CODE"))

    def _device(self, plan: Plan) -> str | None:
        """Name the device of which `plan` is known to need a code."""
        serial = plan.steps[0].mfa_serial if plan.steps else None
        return None if serial is None or self._keeps(plan) else serial

    def _keeps(self, plan: Plan) -> bool:
        return not self._no_mfa and kept_mfa_session(plan, self._context) is not None

    def _without_code(self, plans: list[Plan]) -> _Outcomes:
        """Open those that need no code, as far as one knows: first what may ask a person, one by one."""
        kept = KeyringItems(self._context.environ, index.read(self._context.environ))
        in_turn: list[Plan] = []
        rest: list[Plan] = []
        begun: set[str] = set()
        for plan in plans:
            sign_in = _sign_in(plan, self._profiles)
            # the first one renews a sign-in for all that have it
            may_ask = source_may_ask(plan, kept) if sign_in is None else sign_in not in begun
            (in_turn if may_ask else rest).append(plan)
            begun.add(sign_in or "")
        outcomes = {plan.target: self._outcome(self._opener(plan), may_ask=True) for plan in in_turn}
        return outcomes | self._side_by_side(self._opener(plan) for plan in rest)

    def _opener(self, plan: Plan) -> _Opener:
        # a device that nobody names is only looked for where the role refuses, once for all that need it
        looks = self._keeps(plan) or not plan.steps
        return _Opener(plan, self._profiles, self._context, no_mfa=self._no_mfa or not looks)

    def _denied(
        self, plans: list[Plan], outcomes: _Outcomes, of_sources: Mapping[Source, str]
    ) -> Iterable[tuple[str, Plan]]:
        """Tell those that were refused without a code, and the device whose code may help.

        That is the one which another profile names for the same keys, or else the one that IAM names.
        """
        devices: dict[Source, str | AwsactivateError | None] = {**of_sources}
        for plan in plans:
            error = outcomes[plan.target]
            is_role = bool(plan.steps) and plan.steps[0].operation == "AssumeRole"
            if self._no_mfa or not is_role or not isinstance(error, AccessDeniedError):
                continue
            if plan.source not in devices:
                devices[plan.source] = self._device_to_try(plan, error)
            device = devices[plan.source]
            if isinstance(device, AwsactivateError):
                outcomes[plan.target] = device
            elif device is not None:
                first, *others = plan.steps
                yield device, replace(plan, steps=(replace(first, mfa_serial=device), *others), notes=())

    def _device_to_try(self, plan: Plan, error: AccessDeniedError) -> str | AwsactivateError | None:
        kept = KeyringItems(self._context.environ, index.read(self._context.environ))
        try:
            credentials = source_credentials(plan, self._profiles, self._context, kept)
            return user_devices.to_try(error, credentials, plan.steps[0])
        except AwsactivateError as other:
            return other

    def _with_code(self, serial: str, group: list[Plan]) -> _Outcomes:
        """Open those that need a code of one device, all with the same."""
        if len(group) == 1:
            opener = _Opener(group[0], self._profiles, self._context, mfa_code=self._mfa_code)
            return {opener.plan.target: self._outcome(opener, may_ask=True)}
        own = [plan for plan in group if plan.steps[0].operation == "GetSessionToken"]
        roles = [plan for plan in group if plan not in own]
        longest = min((plan.steps[0].duration_seconds for plan in own), default=mfa_session.DEFAULT_SECONDS)
        first = group[0]
        try:
            shared = mfa_sessions.of_user(
                first, serial, self._profiles, self._context, seconds=longest, mfa_code=self._mfa_code
            )
        except InterruptedByUser:
            raise
        except AwsactivateError as error:
            return {plan.target: error for plan in group}
        begun = MfaSession(first.source, serial, shared.credentials)
        context = self._context.with_mfa_session(mfa_session.written(begun))
        # one device is one user's, whichever of the user's keys a profile names
        openers = [_Opener(replace(plan, source=first.source), self._profiles, context) for plan in roles]
        outcomes = {plan.target: _outcome_of_own(plan, shared, context) for plan in own}
        if openers:  # by the first it is learnt, for all, whose session it is
            outcomes[openers[0].plan.target] = self._outcome(openers[0], may_ask=True)
        return outcomes | self._side_by_side(openers[1:])

    def _outcome(self, opener: _Opener, *, may_ask: bool) -> Outcome:
        try:
            return Opened(opener(may_ask=may_ask), opener.again)
        except InterruptedByUser:
            raise
        except AwsactivateError as error:
            return error

    def _side_by_side(self, openers: Iterable[_Opener]) -> _Outcomes:
        gate = threading.BoundedSemaphore(_AT_ONCE)

        def one(opener: _Opener) -> Outcome:
            with gate:
                return self._outcome(opener, may_ask=False)

        running = {opener.plan.target: _begun(one, opener) for opener in openers}
        outcomes: _Outcomes = {}
        with Progress("sessions opened:") as progress:
            for count, (target, outcome) in enumerate(running.items(), 1):
                outcomes[target] = outcome.result()
                progress(count)
        return outcomes


@dataclass(frozen=True)
class _Opener:
    plan: Plan
    profiles: Profiles
    context: Context
    mfa_code: str | None = None
    no_mfa: bool = False

    def __call__(self, *, may_ask: bool) -> Session:
        """Open the session; who may be asked may have to sign in for it."""
        if may_ask:
            return open_after_sign_in(
                self.plan, self.profiles, self.context, mfa_code=self.mfa_code, no_mfa=self.no_mfa
            )
        return open_session(self.plan, self.profiles, self.context, no_mfa=self.no_mfa, may_ask=False)

    def again(self) -> Session:
        """Open the next one; MfaError where somebody would have to be asked."""
        return open_session(
            replace(self.plan, notes=(), aside_notes=()),
            self.profiles,
            _without_given_code(self.context),
            no_mfa=self.no_mfa,
            may_ask=False,
            countdown=_wait_unheard,
        )


def _begun(function: Callable[[_Opener], Outcome], opener: _Opener) -> Background[Outcome]:
    return Background(lambda: function(opener))


def _outcome_of_own(plan: Plan, shared: Session, context: Context) -> Outcome:
    try:
        session = mfa_sessions.as_asked_by(plan, shared, context)
    except AwsactivateError as error:
        return error
    return Opened(session, lambda: session)


def _sign_in(plan: Plan, profiles: Profiles) -> str | None:
    """Name what a person signs in to for `plan`, None where that is nothing."""
    profile = profiles.get(plan.source.name)
    if plan.source.kind not in ("sso", "login") or profile is None:
        return None
    return str(profile.values.get("sso_session") or profile.values.get("sso_start_url") or profile.name)


def _without_given_code(context: Context) -> Context:
    environ = {name: value for name, value in context.environ.items() if name != "AWSACTIVATE_MFA_CODE"}
    return context.with_environ(environ)


def _wait_unheard(
    seconds: float, text: str, *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Wait for the next window of codes, and say nothing: the screen is the commands' now."""
    del text, clock, sleep
    time.sleep(seconds)
