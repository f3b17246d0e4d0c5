"""What AWS quotes of the real key in a bad answer does not come back."""

from __future__ import annotations

import gzip
import html
import json
from urllib.parse import quote

import pytest

from awsactivate.guard import quoted_back
from awsactivate.guard.unsupported import UnacceptableError
from guard.keys import REAL, STAND_IN

TOKEN = REAL.session_token or ""
TEXT = f"x-amz-security-token:{TOKEN}\nCredential={REAL.access_key_id}/20260504"


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        (TEXT, TOKEN),
        (quote(TEXT, safe=""), quote(TOKEN, safe="")),
        (quote(TEXT, safe="").replace("%2F", "%2f").replace("%3D", "%3d"), "%2f%2ftoken"),
        (quote(quote(TEXT, safe=""), safe=""), quote(quote(TOKEN, safe=""), safe="")),
        (json.dumps(TEXT).replace("/", "\\/"), TOKEN.replace("/", "\\/")),
        (json.dumps(TEXT).replace("=", "\\u003d").replace("+", "\\u002B"), "token\\u002B\\u003d"),
        (html.escape(TEXT).replace("/", "&#x2F;").replace("+", "&#43;"), "&#x2F;&#x2F;token"),
        (TEXT.encode().hex(" "), TOKEN.encode().hex(" ")),
        (TEXT.encode().hex(" ").upper(), TOKEN.encode().hex(" ").upper()),
    ],
)
def test_the_key_is_hidden_in_every_form_in_which_it_is_quoted(told: str, hidden: str) -> None:
    assert hidden in told
    for zipped in (False, True):
        headers = (("Content-Length", "1"), ("Content-Encoding", "gzip" if zipped else "identity"))
        body = gzip.compress(told.encode()) if zipped else told.encode()
        kept, anew = quoted_back.cleaned(headers, body, REAL, STAND_IN)
        assert kept == ()
        assert hidden.encode() not in anew
        assert REAL.access_key_id.encode() not in anew
        assert REAL.access_key_id.encode().hex(" ") not in anew.decode().lower()


def test_an_answer_that_quotes_nothing_stays_as_it_is() -> None:
    for body in (b"<Error/>", gzip.compress(b"<Error/>"), b""):
        headers = (("Content-Length", "1"), ("Content-Encoding", "gzip" if body[:1] == b"\x1f" else ""))
        assert quoted_back.cleaned(headers, body, REAL, STAND_IN) == (headers, body)


def test_a_redirect_does_not_lead_to_the_key() -> None:
    url = f"https://b.s3.amazonaws.com/k?X-Amz-Security-Token={quote(TOKEN, safe='')}"
    ((_, location),), _ = quoted_back.cleaned((("Location", url),), b"", REAL, STAND_IN)
    assert location == "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=hidden-by-awsactivate"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"x"),
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"x" * 9, mtime=0)[:-9]),
        ("gzip", gzip.compress(b"<Error/>", mtime=0) + gzip.compress(TEXT.encode(), mtime=0)),
        ("gzip, gzip", b"x"),
    ],
)
def test_what_cannot_be_looked_through_is_kept(coding: str, body: bytes) -> None:
    with pytest.raises(UnacceptableError):
        quoted_back.cleaned((("content-encoding", coding),), body, REAL, STAND_IN)


def test_a_small_file_does_not_become_a_great_one() -> None:
    body = gzip.compress(bytes(quoted_back.LONGEST + 1))
    with pytest.raises(UnacceptableError):
        quoted_back.cleaned((("content-encoding", "gzip"),), body, REAL, STAND_IN)
