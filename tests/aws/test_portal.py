"""Single sign-on on the short way: what is not plain is botocore's to fetch, or to complain of."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from awsactivate.aws import portal
from awsactivate.profiles.model import parse
from awsactivate.sessions.sources import Source

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

WITH_SESSION = "[profile sso]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = Admin\n"
SESSION = "[sso-session corp]\nsso_start_url = https://corp\nsso_region = us-east-1\n"
OF_OLD = (
    "[profile sso]\nsso_start_url = corp\nsso_region = us-east-1\nsso_account_id = {account}\n"
    "sso_role_name = Admin\n"
)


def told(minutes: int) -> str:
    """Write a time as `aws sso login` does."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("config", "changed", "is_short"),
    [
        (WITH_SESSION + SESSION, {}, True),
        (OF_OLD, {}, True),
        (OF_OLD, {"expiresAt": told(5)}, True),
        (WITH_SESSION + SESSION, {"expiresAt": told(5)}, False),  # which botocore has renewed
        (OF_OLD, {"expiresAt": told(-5)}, False),
        (OF_OLD, {"expiresAt": "2099-01-01T00:00:00UTC"}, False),
        (OF_OLD, {"expiresAt": "2099-01-01T00:00:00"}, False),
        (OF_OLD, {"expiresAt": 17}, False),
        (OF_OLD, {"accessToken": "unknown"}, False),
        (OF_OLD, {"accessToken": "with\nbreak"}, False),
        (OF_OLD, {"accessToken": None}, False),
        (OF_OLD.replace("Admin", "Other"), {}, False),
        (WITH_SESSION, {}, False),
        ("[profile sso]\nregion = us-east-1\n", {}, False),
    ],
)
def test_a_token_that_lasts_is_traded_in(
    embedded_aws: EmbeddedAws,
    account: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    config: str,
    changed: dict[str, Any],
    is_short: bool,
) -> None:
    role = embedded_aws.role("sso", account=account)
    kept = {"accessToken": embedded_aws.portal_token("Admin", role, account), "expiresAt": told(60)}
    file = tmp_path / ".aws/sso/cache" / f"{hashlib.sha1(b'corp').hexdigest()}.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({**kept, **changed}))
    text = config.format(account=account)
    (tmp_path / ".aws/config").write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded_aws.endpoint_url)
    for name in ("AWS_CONFIG_FILE", "AWS_PROFILE", "AWS_DATA_PATH"):
        monkeypatch.delenv(name, raising=False)
    found = portal.given(Source("sso", "sso"), parse(text, ""))
    assert (found is not None) is is_short
    assert found is None or (found.access_key_id[:4], found.is_long_term) == ("ASIA", False)
    assert found is None or found.expiration is not None
