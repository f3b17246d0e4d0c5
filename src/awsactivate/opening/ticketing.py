"""The ticket that an activation buys with its one code, beside the session that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awsactivate.account import policies
from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError
from awsactivate.files.user_folders import state_folder
from awsactivate.frozen import dataclass, replace
from awsactivate.person import terminal
from awsactivate.revocation import ticket
from awsactivate.revocation.known_sessions import KnownSessionsFile
from awsactivate.revocation.ticket import Ticket
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.steps import Step

if TYPE_CHECKING:
    from awsactivate.aws.sts import Answer, Sts


@dataclass(frozen=True)
class Ordered:
    """A ticket on its way."""

    sts: Sts
    step: Step
    user: str
    expected: str | None = None
    early: Background[Credentials] | None = None
    """Asked for while the role is being assumed, for the id that is expected; None: none is known yet."""

    def buy(self, answer: Answer) -> Ticket | None:
        """Return the ticket for the session of `answer`; None where AWS gives none, which is said."""
        id_ = answer.assumed_role_id
        if id_ is None:
            return None
        try:
            if self.early is not None and id_ == self.expected:
                credentials = self.early.result()
            else:
                credentials = _narrow(self.sts, self.step, self.user, id_)
        except AwsactivateError as error:
            terminal.say(f"revoking this session will take a code: {error.message}")
            return None
        return Ticket(id_, self.step.profile, credentials)


def order(step: Step, user: str, sts: Sts, context: Context) -> Ordered:
    """Begin to get a ticket for the session that `step` is about to begin; `sts` signs with MFA behind it."""
    ordered = Ordered(sts, step, user)
    known = KnownSessionsFile(state_folder(context.environ), warn=terminal.say_of_state).read()
    role_id = known.role_ids.get(step.role_arn or "")
    if role_id is None:
        return ordered
    expected = f"{role_id}:{step.role_session_name}"
    return replace(ordered, expected=expected, early=Background(lambda: _narrow(sts, step, user, expected)))


def _narrow(sts: Sts, step: Step, user: str, assumed_role_id: str) -> Credentials:
    document = ticket.policy(step.role_arn or "", user, assumed_role_id)
    return sts.narrow(policies.compact(document), f"ticket to revoke {assumed_role_id.partition(':')[2]}")
