"""Single sign-on's credentials on the short way: a token that lasts is traded in, as botocore would.

https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.aws.ways import short_way
from awsactivate.credentials import Credentials
from awsactivate.profiles.model import Profiles
from awsactivate.sessions.sources import Source

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

_REFRESHED_BEFORE = timedelta(minutes=15)  # with less left, botocore has a session's token renewed


def given(source: Source, profiles: Profiles) -> Credentials | None:
    """Return the credentials of `source`; None where botocore has to fetch them, or to complain."""
    profile = profiles.get(source.name)
    if source.kind != "sso" or profile is None:
        return None
    session = profiles.sso_sessions.get(profile.sso_session or "", {})
    named = {key: profile.values.get(key) or session.get(key) for key in ("sso_region", "sso_start_url")}
    region, kept_under = named["sso_region"], profile.sso_session or named["sso_start_url"]
    role, account = profile.sso_role_name, profile.sso_account_id
    if not (isinstance(region, str) and isinstance(kept_under, str) and role and account):
        return None
    least = _REFRESHED_BEFORE if profile.sso_session else timedelta(0)
    token = _lasting_token(kept_under, least)
    client = short_way("sso", None, profile=source.name, region=region) if token else None
    if client is None:
        return None
    asked = {"roleName": role, "accountId": account, "accessToken": token}
    try:
        values, _ = client.call(client.operation("GetRoleCredentials"), asked)
    except (Refused, NoAnswer):
        return None
    return _credentials(values["roleCredentials"])


def _lasting_token(kept_under: str, least: timedelta) -> str | None:
    """Find the token that `aws sso login` left, if it lasts for longer than `least`."""
    # by which the SDKs name a file of their cache: no secret is hashed
    name = hashlib.sha1(kept_under.encode(), usedforsecurity=False).hexdigest()
    try:
        kept = json.loads(Path(f"~/.aws/sso/cache/{name}.json").expanduser().read_bytes())
        token, ends = kept["accessToken"], datetime.fromisoformat(kept["expiresAt"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if ends.tzinfo is None or ends - datetime.fromtimestamp(time.time(), UTC) <= least:
        return None
    is_plain = isinstance(token, str) and token.isascii() and token.isprintable()
    return token.strip() or None if is_plain else None


def _credentials(found: Mapping[str, Any]) -> Credentials | None:
    texts = [found.get(name) for name in ("accessKeyId", "secretAccessKey", "sessionToken")]
    milliseconds = found.get("expiration")
    if not isinstance(milliseconds, int) or not all(isinstance(text, str) and text for text in texts):
        return None
    try:
        ends = datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    key_id, secret, token = (str(text) for text in texts)
    return Credentials(key_id, secret, token, ends)
