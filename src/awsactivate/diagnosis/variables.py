"""Variables of the environment that contradict each other, or were left behind."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Collection, Iterator, Mapping

from awsactivate.diagnosis.finding import Finding
from awsactivate.errors import ProfileError
from awsactivate.sessions import names, partitions, usable
from awsactivate.sessions.credentials import Credentials

_OURS = ("AWSACTIVATE_PROFILE", "AWSACTIVATE_ROLE_ARN", "AWSACTIVATE_VARS", "AWSACTIVATE_EXPIRATION")
_LONGEST_DIFF = 1_000_000  # bytes, packed and not


def of_variables(
    environ: Mapping[str, str], names: Collection[str], *, is_before: bool, now: float
) -> list[Finding]:
    """Find what is wrong in `environ`; `names` are the profiles'.

    `is_before` tells that it is the environment as it was before this shell's session, whose own names
    AWSACTIVATE_* are still in it.
    """
    found = [
        *_keys(environ, is_before=is_before),
        *_profile(environ, names),
        *_regions(environ),
        *_left_behind(environ, is_before=is_before, now=now),
    ]
    return found or [Finding("variables", "ok", "no variable contradicts another")]


def of_hook(missing: str) -> list[Finding]:
    """Judge what keeps a shell from running our hook before each prompt; '' where nothing does."""
    place = "put $(awsactivate_prompt_info) into the prompt yourself"
    kind, _, name = missing.partition(" ")
    if kind in ("readonly", "unfit"):
        why = (
            "is readonly in this shell"
            if kind == "readonly"
            else "can hold no hook (see declare -p PROMPT_COMMAND)"
        )
        message = f"{name or 'PROMPT_COMMAND'} {why}, so the prompt may not show a session"
        return [Finding("integration", "warning", message, place)]
    if missing:
        message = f"{missing} was set anew without awsactivate's hook: the prompt may not follow the session"
        return [Finding("integration", "warning", message, f"activate --renew puts it back; or {place}")]
    return []


def _keys(environ: Mapping[str, str], *, is_before: bool) -> Iterator[Finding]:
    key_id, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    token = environ.get("AWS_SESSION_TOKEN") or environ.get("AWS_SECURITY_TOKEN")
    unset = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN"
    if bool(key_id) != bool(secret):
        there, missing = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")[:: 1 if key_id else -1]
        yield Finding("variables", "error", f"{there} is set, and {missing} is not", unset)
    elif key_id and secret and (fault := usable.fault(Credentials(key_id, secret, token or None))):
        yield Finding(
            "variables", "error", f"the access key in this environment can't be used: {fault}", unset
        )
    elif key_id and not token:
        message = f"a long-term access key ({key_id}) is in this environment, and in all that it starts"
        yield Finding("variables", "warning", message, "awsactivate keys add PROFILE, then " + unset)
    elif not key_id and token:
        yield Finding("variables", "error", "a session token is set without an access key", unset)
    is_ours = not is_before and "AWS_ACCESS_KEY_ID" in environ.get("AWSACTIVATE_VARS", "").split()
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if key_id and secret and environ.get(name) and not is_ours:
            message = f"{name}={environ[name]} has no effect: AWS_ACCESS_KEY_ID is set too, and wins"
            yield Finding("variables", "error", message, f"{unset}, or unset {name}")


def _profile(environ: Mapping[str, str], names: Collection[str]) -> Iterator[Finding]:
    chosen, other = environ.get("AWS_PROFILE"), environ.get("AWS_DEFAULT_PROFILE")
    for name, value in (("AWS_PROFILE", chosen), ("AWS_DEFAULT_PROFILE", other)):
        if value and value not in names:
            message = f"{name} names the profile {value!r}, which does not exist"
            yield Finding("variables", "error", message, f"unset {name}")
    if chosen and other and chosen != other:
        message = f"AWS_PROFILE={chosen} and AWS_DEFAULT_PROFILE={other} differ"
        yield Finding("variables", "warning", message, "unset AWS_DEFAULT_PROFILE")


def _regions(environ: Mapping[str, str]) -> Iterator[Finding]:
    region, default = environ.get("AWS_REGION"), environ.get("AWS_DEFAULT_REGION")
    for name in names.REGIONS:
        try:
            partitions.checked(name, environ.get(name) or partitions.home_of(None))
        except ProfileError as error:
            yield Finding("variables", "error", error.message, error.hint)
    if region and default and region != default:
        message = f"AWS_REGION={region} and AWS_DEFAULT_REGION={default} differ: each tool takes its own"
        yield Finding("variables", "warning", message, "unset AWS_DEFAULT_REGION")


def _left_behind(environ: Mapping[str, str], *, is_before: bool, now: float) -> Iterator[Finding]:
    ours = [name for name in _OURS if environ.get(name)]
    is_served = bool(environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    if ours and not is_before and not is_served and not environ.get("AWS_ACCESS_KEY_ID"):
        message = f"{' and '.join(ours)} of a session are left, without its credentials"
        yield Finding("variables", "error", message, f"unset {' '.join(ours)}")
    expires = environ.get("AWSACTIVATE_EXPIRATION", "")
    if expires.isascii() and expires.isdigit() and int(expires) <= now:
        message = f"the session of {environ.get('AWSACTIVATE_PROFILE', '?')} in this shell has expired"
        yield Finding("variables", "warning", message, "activate, to renew it, or deactivate")
    if environ.get("AWSACTIVATE_MFA_CODE"):
        message = "AWSACTIVATE_MFA_CODE is set for good: a code is good once"
        yield Finding("variables", "warning", message, "unset AWSACTIVATE_MFA_CODE")
    if environ.get("AWSACTIVATE_ALLOW_INSECURE_KEYRING") == "1":
        message = "AWSACTIVATE_ALLOW_INSECURE_KEYRING lets keys into a keyring that does not hide them"
        yield Finding("variables", "warning", message, "unset AWSACTIVATE_ALLOW_INSECURE_KEYRING")
    if _direnv_holds_session(environ.get("DIRENV_DIFF", "")):
        message = "direnv's memory of this folder ($DIRENV_DIFF) has a copy of a session's credentials"
        yield Finding("variables", "warning", message, "deactivate, leave the folder, and enter it again")


def _direnv_holds_session(diff: str) -> bool:
    """Tell whether what direnv would put back (base64 of zlib of JSON) has a session token."""
    if not 0 < len(diff) <= _LONGEST_DIFF:
        return False
    try:
        packed = base64.urlsafe_b64decode(diff + "=" * (-len(diff) % 4))
        sides = json.loads(zlib.decompressobj().decompress(packed, _LONGEST_DIFF))
        return any(bool((sides.get(side) or {}).get("AWS_SESSION_TOKEN")) for side in ("p", "n"))
    except (binascii.Error, zlib.error, ValueError, AttributeError):
        return False
