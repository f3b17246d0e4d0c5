"""A person at a browser, by the pages' own forms: who gives the right MFA code is sent on, others are not."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode, urljoin

_INPUT = re.compile(r'<input (?:type="hidden" )?name="([^"]+)"(?: value="([^"]*)")?')
_ACTION = re.compile(r'<form method="post" action="([^"]+)"')


def visit(url: str, user: str, code: Callable[[], str], action: str = "allow") -> tuple[int, str]:
    """Open a page, fill its form in, send it, and go where it sends the browser; return what is there."""
    _, page, url = _read(url)
    form = _ACTION.search(page)
    assert form is not None, page
    fields = {name: unescape(value) for name, value in _INPUT.findall(page)}
    fields |= {"user": user, "mfa_code": code(), "action": action}
    status, text, _ = _read(urljoin(url, form[1]), urlencode(fields).encode())
    return status, text


def _read(url: str, body: bytes | None = None) -> tuple[int, str, str]:
    """Read a page; give its address too, for others may have sent the window on."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, body, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.url
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), url
