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
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.open_session import kept_mfa_session, open_session, source_credentials
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import mfa_session
from awsactivate.sessions.mfa_session import MfaSession
from awsactivate.sessions.plan import Plan


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
        self._begun: list[MfaSession] = []
        self._lock = threading.Lock()

    def open(self, plan: Plan) -> tuple[Plan, Session]:
        """Open a session, asking for a code where its device has given none yet; return what renews it too.

        The plan that is returned has nothing left to say, and names the device that was found out.
        """
        later = replace(plan, notes=(), aside_notes=())
        if not _assumes(plan) or self._no_mfa:
            return later, self._open_alone(plan)
        if self._context_of(plan) is None and plan.steps[0].mfa_serial is None:
            try:
                return later, open_session(plan, self._profiles, self._context, no_mfa=True)
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
            is_due = context is None and _assumes(plan) and not self._no_mfa and self._is_shared(plan)
            if is_due and mfa_sessions.opens_unasked(plan, self._context):
                begun = mfa_sessions.begin(
                    plan,
                    self._profiles,
                    self._context,
                    seconds=mfa_session.DEFAULT_SECONDS,
                    mfa_code=None,
                    may_ask=False,
                    countdown=countdown,
                )
                self._begun.append(begun)
                context = self._context_of(plan)
        return open_session(
            plan,
            self._profiles,
            context or self._context,
            no_mfa=self._no_mfa,
            may_ask=False,
            countdown=countdown,
        )

    def _open_alone(self, plan: Plan) -> Session:
        session = open_session(
            plan, self._profiles, self._context, mfa_code=self._mfa_code, no_mfa=self._no_mfa
        )
        if session.mfa_serial:
            self._forget_code()
        return session

    def _begin(self, plan: Plan) -> None:
        """Trade a code for an MFA session, and say whose sessions are renewed by it."""
        seconds = mfa_session.DEFAULT_SECONDS
        begun = mfa_sessions.begin(
            plan, self._profiles, self._context, seconds=seconds, mfa_code=self._mfa_code
        )
        self._begun.append(begun)
        self._forget_code()
        names = ", ".join(one.target for one in self._plans if begun.serves(one, self._context.clock()))
        terminal.say(f"renewed for {seconds // 3600} h with this code, while the command runs: {names}")

    def _forget_code(self) -> None:
        """Have what came with the command serve no other device: it was one device's, and was used."""
        self._mfa_code = None
        environ = {k: v for k, v in self._context.environ.items() if k != "AWSACTIVATE_MFA_CODE"}
        self._context = self._context.with_environ(environ)

    def _context_of(self, plan: Plan) -> Context | None:
        """Return the context in which `plan` needs no code, as far as one has been given; None for none."""
        now = self._context.clock()
        for begun in self._begun:
            if begun.serves(plan, now):
                return self._context.with_mfa_session(mfa_session.written(begun))
        return self._context if kept_mfa_session(plan, self._context) else None

    def _is_shared(self, plan: Plan) -> bool:
        """Tell whether another plan wants a code of the same device, for the same key."""
        wanted = _device(plan)
        return sum(_device(other) == wanted for other in self._plans) > 1

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


def _device(plan: Plan) -> object:
    serial = plan.steps[0].mfa_serial if plan.steps else None
    return (plan.source, serial) if serial and _assumes(plan) else object()
