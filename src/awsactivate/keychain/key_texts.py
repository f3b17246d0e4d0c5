"""Access keys as people have them: in the console's CSV, in the CLI's JSON, or on two lines."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from typing import Any

from awsactivate.errors import UsageError
from awsactivate.keychain.item import AccessKey

_ID = re.compile(r"AKIA[A-Z0-9]{12,124}")
_SECRET = re.compile(r"[!-~]{16,128}")  # AWS makes forty characters of Base64 today, and promises none of it
_ID_COLUMN, _SECRET_COLUMN = "access key id", "secret access key"


def access_key(key_id: str, secret: str, created: str | None = None) -> AccessKey:
    """Check the two parts of an access key; UsageError tells what is wrong, without the secret."""
    key_id, secret = key_id.strip(), secret.strip()
    if key_id.startswith("ASIA"):
        raise UsageError(
            f"{key_id} is temporary, and only an IAM user's own key is kept",
            "give the access key of an IAM user, which begins with AKIA",
        )
    if not _ID.fullmatch(key_id):
        raise UsageError("the access key id must be AKIA and at least 12 capital letters and digits")
    if not _SECRET.fullmatch(secret):
        raise UsageError("the secret access key must be at least 16 characters without a space")
    return AccessKey(key_id, secret, created)


def read(text: str) -> AccessKey:
    """Read the one access key in `text`: CSV, JSON, or the id and the secret on a line each."""
    text = text.removeprefix("\ufeff").strip()
    if text.startswith("{"):
        return _from_json(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and _ID_COLUMN in lines[0].lower():
        return _from_csv(lines)
    if len(lines) == 2:
        return access_key(lines[0], lines[1])
    raise UsageError(
        "no access key could be read",
        "give the console's CSV, the JSON of `aws iam create-access-key`, or id and secret on a line each",
    )


def _from_json(text: str) -> AccessKey:
    try:
        parts: Any = json.loads(text)
        parts = parts.get("AccessKey", parts)
        key_id, secret = parts["AccessKeyId"], parts["SecretAccessKey"]
        is_key = isinstance(key_id, str) and isinstance(secret, str)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_key = False
    if not is_key:
        # raised out here, where no cause that quotes the text goes with it
        raise UsageError("the JSON must hold AccessKeyId and SecretAccessKey")
    if parts.get("SessionToken"):
        raise UsageError("the JSON holds a session token: temporary credentials are not kept")
    return access_key(key_id, secret, _created(parts))


def _created(parts: Mapping[str, Any]) -> str | None:
    found = re.fullmatch(
        r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)", str(parts.get("CreateDate"))
    )
    return f"{found[1]}Z" if found else None


def _from_csv(lines: list[str]) -> AccessKey:
    rows = list(csv.reader(lines))
    columns = [column.strip().lower() for column in rows[0]]
    if _ID_COLUMN not in columns or _SECRET_COLUMN not in columns:
        raise UsageError("the CSV must have the columns Access key ID and Secret access key")
    if len(rows) != 2 or len(rows[1]) < len(columns):
        raise UsageError(f"the CSV must hold one access key, not {len(rows) - 1}")
    return access_key(rows[1][columns.index(_ID_COLUMN)], rows[1][columns.index(_SECRET_COLUMN)])
