"""The sessions of several profiles, opened one after the other, and renewed without asking."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError
from awsactivate.frozen import replace
from awsactivate.mfa.codes import Countdown
from awsactivate.opening import mfa_sessions
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.device_codes import DeviceCodes, Traded, assumes, with_device
from awsactivate.opening.open_session import open_session
from awsactivate.opening.start import kept_mfa_session
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.sources import Source


class InTurn:
    """Opens sessions of `plans`, one after the other, and trades a device's code for an MFA session.

    `mfa_code`, or the environment's code, is for the first device that is asked; the others ask for their
    own. With `no_mfa` none is. To open a session anew asks nobody. Whatever fails is raised.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        profiles: Profiles,
        context: Context,
        *,
        mfa_code: str | None = None,
        no_mfa: bool = False,
    ) -> None:
        self._sources: dict[str, Source] = {}
        self._plans = [self._by_device(plan) for plan in plans]
        self._profiles = profiles
        self._codes = DeviceCodes(profiles, context, mfa_code=mfa_code)
        self._no_mfa = no_mfa
        self._traded: list[Traded] = []
        self._lock = threading.Lock()

    def open(self, plan: Plan) -> tuple[Plan, Session]:
        """Open a session, asking for a code where its device has given none yet; return what renews it too.

        The plan that is returned has nothing left to say, and names the device that was found out.
        """
        plan = self._by_device(plan)
        later = replace(plan, notes=(), aside_notes=())
        if self._no_mfa or not plan.steps:
            return later, self._codes.open_alone(plan, no_mfa=self._no_mfa)
        if not assumes(plan):
            return later, self._open_own(plan)
        if self._context_of(plan) is None and plan.steps[0].mfa_serial is None:
            try:
                return later, open_after_sign_in(plan, self._profiles, self._codes.context, no_mfa=True)
            except AccessDeniedError as error:
                plan = later = self._find_device(later, error)
        context = self._context_of(plan)
        if context is None and (self._is_shared(plan) or not self._opens_unasked(plan)):
            self._begin(plan)
            context = self._context_of(plan)
        if context is None:
            return later, self._codes.open_alone(plan)
        return later, open_session(plan, self._profiles, context)

    def open_again(self, plan: Plan, countdown: Countdown) -> Session:
        """Open a session anew, where that can be without asking; MfaError where it can't."""
        with self._lock:
            self._codes.forget_given()  # its time is over
            context = self._context_of(plan)
            is_due = context is None and not self._no_mfa and self._is_shared(plan)
            if is_due and self._opens_unasked(plan):
                self._trade(plan, may_ask=False, countdown=countdown)
                context = self._context_of(plan)
        if shared := self._own_of(plan):
            return mfa_sessions.fit_own_session(plan, shared, self._codes.context)
        return open_session(
            plan,
            self._profiles,
            context or self._codes.context,
            no_mfa=self._no_mfa,
            may_ask=False,
            countdown=countdown,
        )

    def _open_own(self, plan: Plan) -> Session:
        """Open the user's own session: the one of the other plans, where they want its device's code too."""
        if not self._opens_unasked(plan):
            terminal.say(f"note: {plan.target} has no role, and needs a code each time: it is not renewed")
        if not self._is_shared(plan):
            return self._codes.open_alone(plan)
        shared = self._own_of(plan) or self._begin(plan)
        return mfa_sessions.fit_own_session(plan, shared, self._codes.context)

    def _begin(self, plan: Plan) -> Session:
        """Trade a code for an MFA session; say whose sessions it renews, unless other codes come unasked."""
        traded = self._trade(plan)
        now = self._codes.context.clock()
        names = ", ".join(one.target for one in self._plans if traded.begun.serves(one, now))
        minutes = round((traded.begun.ends - now) / 60)
        lasting = f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
        if names and not self._opens_unasked(plan):
            terminal.say(f"renewed for {lasting} with this code, while the command runs: {names}")
        return traded.own

    def _trade(
        self, plan: Plan, *, may_ask: bool = True, countdown: Countdown = terminal.countdown
    ) -> Traded:
        """Get the user's own session by a code of the plan's device, for all that want it."""
        sharing = [one for one in self._plans if _device(one) == _device(plan)]
        traded = self._codes.trade(plan, sharing, may_ask=may_ask, countdown=countdown)
        self._traded.append(traded)
        return traded

    def _opens_unasked(self, plan: Plan) -> bool:
        return mfa_sessions.opens_unasked(plan, self._codes.context)

    def _context_of(self, plan: Plan) -> Context | None:
        """Return the context in which `plan` needs no code, as far as one has been given; None for none."""
        now = self._codes.context.clock()
        for traded in self._traded:
            if traded.begun.serves(plan, now):
                return self._codes.context_with(traded.begun)
        return self._codes.context if kept_mfa_session(plan, self._codes.context) else None

    def _own_of(self, plan: Plan) -> Session | None:
        """Return the user's own session that was made last, for a plan that asks for just that."""
        if assumes(plan):
            return None
        now, wanted = self._codes.context.clock(), _device(plan)
        for traded in reversed(self._traded):
            begun = traded.begun
            if (begun.source, begun.serial) == wanted and begun.ends > now:
                return traded.own
        return None

    def _is_shared(self, plan: Plan) -> bool:
        """Tell whether another plan wants a code of the same device, for the same key."""
        wanted = _device(plan)
        return wanted is not None and sum(_device(other) == wanted for other in self._plans) > 1

    def _by_device(self, plan: Plan) -> Plan:
        """Return `plan` with the keys that the first plan of its device has.

        One device is one user's, whichever of the user's keys a profile names.
        """
        serial = plan.steps[0].mfa_serial if plan.steps else None
        return replace(plan, source=self._sources.setdefault(serial, plan.source)) if serial else plan

    def _find_device(self, plan: Plan, error: AccessDeniedError) -> Plan:
        """Return `plan` with the user's one device, where the role refused without a code."""
        serial = self._codes.find_device(plan, error)
        if serial is None:
            raise error
        found = self._by_device(with_device(plan, serial))
        self._plans = [found if other.target == plan.target else other for other in self._plans]
        return found


def _device(plan: Plan) -> tuple[Source, str] | None:
    """Name the key and the device whose code `plan` begins with; None where it needs none."""
    serial = plan.steps[0].mfa_serial if plan.steps else None
    return (plan.source, serial) if serial else None
