"""One code a device for several profiles: where it is asked for, and what it is used for.

AWS takes no code twice. So where several sessions want one, it makes the user's own session, and the roles
are assumed from that.
"""

from __future__ import annotations

from collections.abc import Iterable

from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError, AwsactivateError
from awsactivate.frozen import dataclass, replace
from awsactivate.keychain import index
from awsactivate.mfa.codes import Countdown
from awsactivate.opening import mfa_sessions, user_devices
from awsactivate.opening.after_sign_in import open_after_sign_in
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.start import load_source
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import mfa_session
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.mfa_session import MfaSession
from awsactivate.sessions.plan import Plan


@dataclass(frozen=True)
class Traded:
    """What a code was traded for."""

    own: Session
    """The user's own session."""
    begun: MfaSession
    """The same, as what a plan can begin with."""


class DeviceCodes:
    """Asks for the devices' codes; `mfa_code`, or the environment's code, is for the first that is asked."""

    def __init__(self, profiles: Profiles, context: Context, *, mfa_code: str | None) -> None:
        self._profiles = profiles
        self._mfa_code = mfa_code
        self.context = context

    @property
    def has_given(self) -> bool:
        """Whether a code came with the command, and was not used yet."""
        return self._mfa_code is not None or bool(self.context.environ.get("AWSACTIVATE_MFA_CODE"))

    def forget_given(self) -> None:
        """Have what came with the command serve nothing more: it was one device's, and AWS has seen it."""
        self._mfa_code, self.context = None, without_given_code(self.context)

    def context_with(self, begun: MfaSession) -> Context:
        """Return the context in which a plan that `begun` serves needs no code."""
        return self.context.with_mfa_session(mfa_session.written(begun))

    def open_alone(self, plan: Plan, *, no_mfa: bool = False) -> Session:
        """Open a session that shares the code, if it needs one, with no other."""
        try:
            session = open_after_sign_in(
                plan, self._profiles, self.context, mfa_code=self._mfa_code, no_mfa=no_mfa
            )
        except AwsactivateError:
            self.forget_given()  # AWS may have seen it
            raise
        if session.mfa_serial:
            self.forget_given()
        return session

    def trade(
        self,
        plan: Plan,
        sharing: Iterable[Plan],
        *,
        may_ask: bool = True,
        countdown: Countdown = terminal.countdown,
    ) -> Traded:
        """Trade a code of the device that `plan` names for the own session of the user whose keys it names.

        What of `sharing` asks for just that session says how long it may last.
        """
        serial = plan.steps[0].mfa_serial if plan.steps else None
        if serial is None:
            raise ValueError(f"no device is known for {plan.target}")
        own = [one.steps[0] for one in sharing if not assumes(one)]
        try:
            shared = mfa_sessions.open_for_user(
                plan,
                serial,
                self._profiles,
                self.context,
                seconds=min((step.duration_seconds for step in own), default=mfa_session.DEFAULT_SECONDS),
                mfa_code=self._mfa_code,
                may_ask=may_ask,
                countdown=countdown,
            )
        finally:
            self.forget_given()
        return Traded(shared, MfaSession(plan.source, serial, shared.credentials))

    def find_device(self, plan: Plan, error: AccessDeniedError) -> str | None:
        """Return the user's one device, where the role of `plan` refused, by `error`, without a code."""
        kept = KeyringItems(self.context.environ, index.read(self.context.environ))
        credentials = load_source(plan, self._profiles, self.context, kept)
        return user_devices.find(error, credentials, plan.steps[0])


def assumes(plan: Plan) -> bool:
    """Tell whether `plan` begins with a role: another is the user's own session, or what is there already."""
    return bool(plan.steps) and plan.steps[0].operation == "AssumeRole"


def with_device(plan: Plan, serial: str) -> Plan:
    """Return `plan` with a code of the device `serial`."""
    first, *others = plan.steps
    return replace(plan, steps=(replace(first, mfa_serial=serial), *others))


def without_given_code(context: Context) -> Context:
    """Return `context` without the environment's code."""
    environ = {name: value for name, value in context.environ.items() if name != "AWSACTIVATE_MFA_CODE"}
    return context.with_environ(environ)
