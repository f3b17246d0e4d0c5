"""The condition keys of a call that the guard knows: all others it can't evaluate."""

from __future__ import annotations

from datetime import UTC, datetime

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.account.conditions import Context


def of_call(*, now: float, region: str, caller: str, account_id: str) -> Context:
    """Gather them; `caller` is the session's ARN, '' where it isn't known, as `account_id` may be."""
    known = {
        "aws:currenttime": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(now)),
        "aws:requestedregion": region,
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
    }
    if account_id:
        known["aws:principalaccount"] = account_id
    if ":user/" in caller:  # a role's own ARN may have a path, which its session's has not
        known["aws:principalarn"] = caller
    return known
