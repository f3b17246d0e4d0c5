"""The sessions of several profiles, for which each MFA device gives one code."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from awsactivate.commandline import Context
from awsactivate.credentials import Session
from awsactivate.errors import AccessDeniedError
from awsactivate.frozen import replace
from awsactivate.keychain import index
from awsactivate.mfa.codes import Countdown
from awsactivate.opening import mfa_sessions, user_devices
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.open_session import kept_mfa_session, open_session, source_credentials
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import mfa_session
from awsactivate.sessions.mfa_session import MfaSession
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.sources import Source


class OneCode:
    """Opens sessions of `plans`, one after the other, and trades a device's code for an MFA session.

    `mfa_code`, or the environment's code, is for the first device that is asked; the others ask for their
    own. With `no_mfa` none is. To open a session anew asks nobody.
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
        self._plans = list(plans)
        self._profiles = profiles
        self._context = context
        self._mfa_code = mfa_code
        self._no_mfa = no_mfa
        self._begun: list[tuple[MfaSession, Session]] = []
        self._lock = threading.Lock()

    def open(self, plan: Plan) -> tuple[Plan, Session]:
        """Open a session, asking for a code where its device has given none yet; return what renews it too.

        The plan that is returned has nothing left to say, and names the device that was found out.
        """
        later = replace(plan, notes=(), aside_notes=())
        if self._no_mfa or not plan.steps:
            return later, self._open_alone(plan)
        if plan.steps[0].operation != "AssumeRole":
            return later, self._open_own(plan)
        if self._context_of(plan) is None and plan.steps[0].mfa_serial is None:
            try:
                return later, open_after_sign_in(plan, self._profiles, self._context, no_mfa=True)
            except AccessDeniedError as error:
                plan = later = self._with_device(later, error)
        context = self._context_of(plan)
        if context is None and (self._is_shared(plan) or not mfa_sessions.opens_unasked(plan, self._context)):
            self._begin(plan)
            context = self._context_of(plan)
        if context is None:
            return later, self._open_alone(plan)
        return later, open_session(plan, self._profiles, context)

    def open_again(self, plan: Plan, countdown: Countdown) -> Session:
        """Open a session anew, where that can be without asking; MfaError where it can't."""
        with self._lock:
            context = self._context_of(plan)
            is_due = context is None and not self._no_mfa and self._is_shared(plan)
            if is_due and mfa_sessions.opens_unasked(plan, self._context):
                self._trade(plan, may_ask=False, countdown=countdown)
                context = self._context_of(plan)
        if shared := self._own_of(plan):
            return mfa_sessions.as_asked_by(plan, shared, self._context)
        return open_session(
            plan,
            self._profiles,
            context or self._context,
            no_mfa=self._no_mfa,
            may_ask=False,
            countdown=countdown,
        )

    def _open_alone(self, plan: Plan) -> Session:
        session = open_after_sign_in(
            plan, self._profiles, self._context, mfa_code=self._mfa_code, no_mfa=self._no_mfa
        )
        if session.mfa_serial:
            self._forget_code()
        return session

    def _open_own(self, plan: Plan) -> Session:
        """Open the user's own session: the one of the other plans, where they want its device's code too."""
        if not mfa_sessions.opens_unasked(plan, self._context):
            terminal.say(f"note: {plan.target} has no role, and needs a code each time: it is not renewed")
        if not self._is_shared(plan):
            return self._open_alone(plan)
        return mfa_sessions.as_asked_by(plan, self._own_of(plan) or self._begin(plan), self._context)

    def _begin(self, plan: Plan) -> Session:
        """Trade a code for an MFA session; say whose sessions it renews, unless other codes come unasked."""
        begun, shared = self._trade(plan, mfa_code=self._mfa_code)
        self._forget_code()
        now = self._context.clock()
        names = ", ".join(one.target for one in self._plans if begun.serves(one, now))
        minutes = round((begun.ends - now) / 60)
        lasting = f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
        if names and not mfa_sessions.opens_unasked(plan, self._context):
            terminal.say(f"renewed for {lasting} with this code, while the command runs: {names}")
        return shared

    def _trade(
        self,
        plan: Plan,
        *,
        mfa_code: str | None = None,
        may_ask: bool = True,
        countdown: Countdown = terminal.countdown,
    ) -> tuple[MfaSession, Session]:
        """Get the user's own session by a code of the plan's device.

        A profile that asks for just that says how long it may last.
        """
        wanted = _device(plan)
        if wanted is None:
            raise ValueError(f"no device is known for {plan.target}")
        own = [one.steps[0] for one in self._plans if _device(one) == wanted and not _assumes(one)]
        shared = mfa_sessions.of_user(
            plan,
            wanted[1],
            self._profiles,
            self._context,
            seconds=min((step.duration_seconds for step in own), default=mfa_session.DEFAULT_SECONDS),
            mfa_code=mfa_code,
            may_ask=may_ask,
            countdown=countdown,
        )
        begun = MfaSession(*wanted, shared.credentials)
        self._begun.append((begun, shared))
        return begun, shared

    def _forget_code(self) -> None:
        """Have what came with the command serve no other device: it was one device's, and was used."""
        self._mfa_code = None
        environ = {k: v for k, v in self._context.environ.items() if k != "AWSACTIVATE_MFA_CODE"}
        self._context = self._context.with_environ(environ)

    def _context_of(self, plan: Plan) -> Context | None:
        """Return the context in which `plan` needs no code, as far as one has been given; None for none."""
        now = self._context.clock()
        for begun, _shared in self._begun:
            if begun.serves(plan, now):
                return self._context.with_mfa_session(mfa_session.written(begun))
        return self._context if kept_mfa_session(plan, self._context) else None

    def _own_of(self, plan: Plan) -> Session | None:
        """Return the user's own session that was made last, for a plan that asks for just that."""
        if _assumes(plan):
            return None
        now, wanted = self._context.clock(), _device(plan)
        for begun, shared in reversed(self._begun):
            if (begun.source, begun.serial) == wanted and begun.ends > now:
                return shared
        return None

    def _is_shared(self, plan: Plan) -> bool:
        """Tell whether another plan wants a code of the same device, for the same key."""
        wanted = _device(plan)
        return wanted is not None and sum(_device(other) == wanted for other in self._plans) > 1

    def _with_device(self, plan: Plan, error: AccessDeniedError) -> Plan:
        """Return `plan` with the user's one device, where the role refused without a code."""
        kept = KeyringItems(self._context.environ, index.read(self._context.environ))
        credentials = source_credentials(plan, self._profiles, self._context, kept)
        first, *others = plan.steps
        serial = user_devices.to_try(error, credentials, first)
        if serial is None:
            raise error
        found = replace(plan, steps=(replace(first, mfa_serial=serial), *others))
        self._plans = [found if other.target == plan.target else other for other in self._plans]
        return found


def _assumes(plan: Plan) -> bool:
    return bool(plan.steps) and plan.steps[0].operation == "AssumeRole"


def _device(plan: Plan) -> tuple[Source, str] | None:
    """Name the key and the device whose code `plan` begins with; None where it needs none."""
    serial = plan.steps[0].mfa_serial if plan.steps else None
    return (plan.source, serial) if serial else None
