"""Whose an access key is, remembered: STS has told it once, and a key never changes hands.

The file in the state folder holds key ids and the users' ARNs and ids, nothing that opens anything. What
can't be read or written is only asked again.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError, AwsactivateError
from awsactivate.files import folders, private_files
from awsactivate.files.user_folders import state_folder
from awsactivate.sessions import usable

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.aws.sts import CallerIdentity, Sts

_MOST = 32  # the last to be learnt; the key of an MFA session is a new one each time


def no_user() -> CallerIdentity:
    """Return who calls with a role's session: nothing depends on who that is, so that STS is not asked."""
    from awsactivate.aws.sts import CallerIdentity

    return CallerIdentity("", "", "", None)


def ask_whose(sts: Sts, access_key_id: str, context: Context) -> tuple[CallerIdentity, bool]:
    """Return whose a key is, and whether that was known: then STS is not asked."""
    if (known := _look_up(access_key_id, context)) is not None:
        return known, True
    identity = sts.get_caller_identity()
    _keep(access_key_id, identity, context)
    return identity, False


def refuse_old_name(
    sts: Sts, access_key_id: str, known: CallerIdentity, error: AccessDeniedError, context: Context
) -> None:
    """Raise, where the user was renamed since, what AWS refused, which may have been the name of before."""
    identity = sts.get_caller_identity()
    if identity.user_name != known.user_name:
        _keep(access_key_id, identity, context)
        hint = f"the user is called {identity.user_name} now: run this again"
        raise AccessDeniedError(error.message, hint, code=error.code) from error


def _look_up(access_key_id: str, context: Context) -> CallerIdentity | None:
    from awsactivate.aws.sts import CallerIdentity

    known = _read(_path(context)).get(access_key_id)
    if not isinstance(known, dict):
        return None
    arn, account_id, user_id = (known.get(name) for name in ("arn", "account_id", "user_id"))
    if not (usable.is_arn(arn) and usable.is_name(account_id) and usable.is_name(user_id)):
        return None
    found = CallerIdentity(str(arn), str(account_id), str(user_id), None)
    return found if found.user_name else None


def _keep(access_key_id: str, identity: CallerIdentity, context: Context) -> None:
    if identity.user_name is None:
        return  # a role's session, which may be another one's the next time
    known = _read(_path(context))
    known.pop(access_key_id, None)
    told = {"arn": identity.arn, "account_id": identity.account_id, "user_id": identity.user_id}
    _write([*known.items(), (access_key_id, told)], context)


def _path(context: Context) -> Path:
    return state_folder(context.environ) / "callers.json"


def _read(path: Path) -> dict[str, object]:
    try:
        known = json.loads(private_files.read(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(known: list[tuple[str, object]], context: Context) -> None:
    with suppress(OSError, AwsactivateError):  # STS is asked again, which is all that there is to say
        folders.make(_path(context).parent)
        private_files.write(_path(context), json.dumps(dict(known[-_MOST:])) + "\n")
