"""Many sessions at once: whatever asks a person comes first, one after the other, with one code a device."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError, AwsactivateError, InterruptedByUser, UsageError
from awsactivate.frozen import dataclass, replace
from awsactivate.keychain import index
from awsactivate.opening import mfa_sessions
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.asking import source_may_ask
from awsactivate.opening.device_codes import DeviceCodes, assumes, with_device, without_given_code
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.open_session import open_session
from awsactivate.opening.start import kept_mfa_session
from awsactivate.person import terminal
from awsactivate.person.progress import Progress
from awsactivate.profiles.model import Profiles
from awsactivate.sessions.credentials import Session
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
        self._codes = DeviceCodes(profiles, context, mfa_code=mfa_code)
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
        if len(of_devices) > 1 and self._codes.has_given:
            raise UsageError(
                f"one MFA code can't be of {len(of_devices)} devices: {', '.join(of_devices)}",
                "leave the code out: each device is asked for its own",
            )
        outcomes = self._open_without_code(others)
        of_sources = {plan.source: serial for serial, group in of_devices.items() for plan in group}
        for serial, plan in self._find_denied(others, outcomes, of_sources):
            of_devices.setdefault(serial, []).append(plan)
        for group in of_devices.values():
            outcomes |= self._open_with_code(group)
        return outcomes

    def _device(self, plan: Plan) -> str | None:
        """Name the device of which `plan` is known to need a code."""
        serial = plan.steps[0].mfa_serial if plan.steps else None
        return None if serial is None or self._keeps(plan) else serial

    def _keeps(self, plan: Plan) -> bool:
        return not self._no_mfa and kept_mfa_session(plan, self._codes.context) is not None

    def _open_without_code(self, plans: list[Plan]) -> _Outcomes:
        """Open those that need no code, as far as one knows: first what may ask a person, one by one."""
        environ = self._codes.context.environ
        kept = KeyringItems(environ, index.read(environ))
        in_turn: list[Plan] = []
        rest: list[Plan] = []
        begun: set[str] = set()
        for plan in plans:
            sign_in = _sign_in(plan, self._profiles)
            # the first one renews a sign-in for all that have it
            may_ask = source_may_ask(plan, kept) if sign_in is None else sign_in not in begun
            (in_turn if may_ask else rest).append(plan)
            begun.add(sign_in or "")
        outcomes = {plan.target: self._opener(plan).try_to_open(may_ask=True) for plan in in_turn}
        return outcomes | self._open_side_by_side(self._opener(plan) for plan in rest)

    def _opener(self, plan: Plan) -> _Opener:
        # a device that nobody names is only looked for where the role refuses, once for all that need it
        looks = self._keeps(plan) or not plan.steps
        return _Opener(plan, self._profiles, self._codes.context, no_mfa=self._no_mfa or not looks)

    def _find_denied(
        self, plans: list[Plan], outcomes: _Outcomes, of_sources: Mapping[Source, str]
    ) -> Iterable[tuple[str, Plan]]:
        """Tell those that were refused without a code, and the device whose code may help.

        That is the one which another profile names for the same keys, or else the one that IAM names.
        """
        devices: dict[Source, str | AwsactivateError | None] = {**of_sources}
        for plan in plans:
            error = outcomes[plan.target]
            if self._no_mfa or not assumes(plan) or not isinstance(error, AccessDeniedError):
                continue
            if plan.source not in devices:
                devices[plan.source] = self._find_device(plan, error)
            device = devices[plan.source]
            if isinstance(device, AwsactivateError):
                outcomes[plan.target] = device
            elif device is not None:
                yield device, replace(with_device(plan, device), notes=(), aside_notes=())

    def _find_device(self, plan: Plan, error: AccessDeniedError) -> str | AwsactivateError | None:
        try:
            return self._codes.find_device(plan, error)
        except AwsactivateError as other:
            return other

    def _open_with_code(self, group: list[Plan]) -> _Outcomes:
        """Open those that need a code of one device, all with the same."""
        first = group[0]
        if len(group) == 1:
            again = _Opener(first, self._profiles, self._codes.context).again
            return {first.target: _try_to_open(lambda: self._codes.open_alone(first), again)}
        try:
            traded = self._codes.trade(first, group)
        except InterruptedByUser:
            raise
        except AwsactivateError as error:
            return {plan.target: error for plan in group}
        context = self._codes.context_with(traded.begun)
        own = [plan for plan in group if not assumes(plan)]
        roles = [plan for plan in group if assumes(plan)]
        # one device is one user's, whichever of the user's keys a profile names
        openers = [_Opener(replace(plan, source=first.source), self._profiles, context) for plan in roles]
        outcomes = {plan.target: _try_to_open_own(plan, traded.own, context) for plan in own}
        if openers:  # by the first it is learnt, for all, whose session it is
            outcomes[openers[0].plan.target] = openers[0].try_to_open(may_ask=True)
        return outcomes | self._open_side_by_side(openers[1:])

    def _open_side_by_side(self, openers: Iterable[_Opener]) -> _Outcomes:
        gate = threading.BoundedSemaphore(_AT_ONCE)

        def one(opener: _Opener) -> Outcome:
            with gate:
                return opener.try_to_open(may_ask=False)

        running = {opener.plan.target: _begin(one, opener) for opener in openers}
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
    no_mfa: bool = False

    def __call__(self, *, may_ask: bool) -> Session:
        """Open the session; who may be asked may have to sign in for it."""
        if may_ask:
            return open_after_sign_in(self.plan, self.profiles, self.context, no_mfa=self.no_mfa)
        return open_session(self.plan, self.profiles, self.context, no_mfa=self.no_mfa, may_ask=False)

    def try_to_open(self, *, may_ask: bool) -> Outcome:
        """Open the session, or tell why that can't be."""
        return _try_to_open(lambda: self(may_ask=may_ask), self.again)

    def again(self) -> Session:
        """Open the next one; MfaError where somebody would have to be asked."""
        return open_session(
            replace(self.plan, notes=(), aside_notes=()),
            self.profiles,
            without_given_code(self.context),
            no_mfa=self.no_mfa,
            may_ask=False,
            countdown=terminal.wait_unheard,
        )


def _begin(function: Callable[[_Opener], Outcome], opener: _Opener) -> Background[Outcome]:
    return Background(lambda: function(opener))


def _try_to_open(opened: Callable[[], Session], again: Callable[[], Session]) -> Outcome:
    try:
        return Opened(opened(), again)
    except InterruptedByUser:
        raise
    except AwsactivateError as error:
        return error


def _try_to_open_own(plan: Plan, shared: Session, context: Context) -> Outcome:
    try:
        session = mfa_sessions.fit_own_session(plan, shared, context)
    except AwsactivateError as error:
        return error
    return Opened(session, lambda: session)


def _sign_in(plan: Plan, profiles: Profiles) -> str | None:
    """Name what a person signs in to for `plan`, None where that is nothing."""
    profile = profiles.get(plan.source.name)
    if plan.source.kind not in ("sso", "login") or profile is None:
        return None
    return str(profile.values.get("sso_session") or profile.values.get("sso_start_url") or profile.name)
