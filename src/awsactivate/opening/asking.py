"""The MFA codes that opening a session takes, each used for one call to STS."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from awsactivate.commandline import Context
from awsactivate.errors import MfaCodeRefusedError, MfaError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import replace
from awsactivate.opening import process_rings
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.plan_for import fresh_nonce
from awsactivate.person import terminal
from awsactivate.sessions import session_names
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.environment import WAY
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.steps import Step

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.aws.sts import CallerIdentity, Sts
    from awsactivate.mfa import codes as mfa_codes


class Asking:
    """The codes for the plan's first call: asked for early, where it is known that one is needed."""

    def __init__(
        self,
        plan: Plan,
        context: Context,
        given: str | None,
        kept: KeyringItems,
        ask: Callable[[str], str],
        countdown: mfa_codes.Countdown,
    ) -> None:
        self._plan = plan
        self._context = context
        self._given = given
        self._kept = kept
        self._ask = ask
        self._countdown = countdown
        self.serial: str | None = None
        self.codes: mfa_codes.Codes | None = None
        self.code: mfa_codes.Code | None = None

    def begin(self, serial: str) -> tuple[mfa_codes.Codes, mfa_codes.Code]:
        """Return the device's codes and the first of them, asked for once."""
        if self.codes is None or self.code is None:
            self.serial = serial
            self.codes = self._codes(serial, given=self._given, environ=self._context.environ)
            self.code = next(self.codes)
        return self.codes, self.code

    def _codes(self, serial: str, *, given: str | None, environ: Mapping[str, str]) -> mfa_codes.Codes:
        from awsactivate.mfa import codes as mfa_codes
        from awsactivate.mfa.used_codes import UsedCodes

        if self._plan.mfa_process:
            environ = {
                **environ,
                WAY: process_rings.value_for(f"mfa_process of {self._plan.target!r}", environ),
            }
        return mfa_codes.Codes(
            serial,
            given=given,
            environ=environ,
            process=self._plan.mfa_process,
            profile=self._plan.target,
            used=UsedCodes(state_folder(self._context.environ), warn=terminal.say_of_state),
            clock=self._context.clock,
            sleep=time.sleep,
            seed=self._kept.seed,
            ask=self._ask,
            countdown=self._countdown,
        )

    def once_more(self, serial: str) -> mfa_codes.Codes:
        """Return codes of the device after one was used: what came with the command can't serve twice."""
        environ = {name: v for name, v in self._context.environ.items() if name != "AWSACTIVATE_MFA_CODE"}
        return self._codes(serial, given=None, environ=environ)

    def named_now(self, step: Step) -> Step:
        """Let a name that is ours tell the time of the call: the person may have typed for minutes."""
        name = step.role_session_name
        if name is None or not step.has_generated_name:
            return step
        return replace(step, role_session_name=session_names.renewed(name, fresh_nonce(self._context)))


def open_user_session(
    sts: Sts,
    step: Step,
    serial: str,
    seconds: int,
    to_try: Iterator[mfa_codes.Code],
    codes: mfa_codes.Codes,
    identity: CallerIdentity,
) -> Credentials:
    """Get the user's own session for the next code that AWS takes; MfaError where there is none.

    `codes` are told what AWS said to each.
    """
    wanted = Step("GetSessionToken", seconds, mfa_serial=serial, profile=step.profile)
    while True:
        code = next(to_try)
        try:
            answer = sts.run(wanted, code.value)
        except MfaCodeRefusedError:
            codes.note_refused(code, skew_words(identity.skew_seconds))
        else:
            codes.note_accepted(code)
            return answer.credentials


def skew_words(seconds: int | None) -> str:
    """Say how far this machine's clock is off, '' where it is not."""
    from awsactivate.aws import answers

    return answers.skew_words(seconds)


def refuse_to_ask(serial: str) -> str:
    """Take the place of a question where nobody is to be asked."""
    raise MfaError(f"this needs a code of {serial}, and nobody is to be asked now", "activate --renew")


def source_may_ask(plan: Plan, kept: KeyringItems) -> bool:
    """Tell whether to fetch the source's credentials may end in a question on the terminal."""
    if plan.source.kind == "keyring":
        return kept.may_ask()
    return plan.source.kind in ("process", "sso", "login")
