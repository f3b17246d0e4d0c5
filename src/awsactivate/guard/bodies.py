"""A request's body as AWS may read it: unpacked, and in the one encoding that everybody takes it for."""

from __future__ import annotations

import re

from awsactivate.guard.call import Head
from awsactivate.guard.unzipping import GZIP, unzipped

_MOST = 16 * 1024 * 1024  # bytes of a body that is unpacked; AWS takes less
_UTF_8 = r"(?:\s*;\s*charset\s*=\s*\"?utf-?8\"?)?\s*"
_FORM = re.compile(rf"application/x-www-form-urlencoded{_UTF_8}", re.IGNORECASE)
_DOCUMENT = re.compile(
    rf"application/(?:json|cbor|x-amz-json-1\.[01]|x-amz-cbor-1\.1){_UTF_8}", re.IGNORECASE
)
_CHARSET = re.compile(r"charset\s*=\s*\"?(?P<name>[^\s;\"]*)", re.IGNORECASE)
_DECLARED = re.compile(r"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"'](?P<name>[^\"']*)", re.IGNORECASE)
_DECLARES = re.compile(r"<!(?!--|\[CDATA\[)")
_KNOWN = ("utf-8", "utf8", "us-ascii")


class UnclearError(ValueError):
    """A request can't be read, or in more than one way."""


def unpacked(head: Head, body: bytes) -> bytes:
    """Return a body without its Content-Encoding; UnclearError where that is none that AWS's SDKs use."""
    coding = ",".join(value for name, value in head.headers if name.lower() == "content-encoding")
    if not body or coding.strip().lower() in ("", "identity"):
        return body
    if coding.strip().lower() != "gzip":
        raise UnclearError("its encoding is none that is read here")
    try:
        return unzipped(body, _MOST, GZIP)
    except ValueError as error:
        raise UnclearError(str(error)) from error


def text(head: Head, body: bytes) -> str:
    """Return the text of a body; UnclearError where AWS may take it for another one."""
    charset = _CHARSET.search(head.get("content-type") or "")
    if charset and charset["name"].lower() not in _KNOWN:
        raise UnclearError("its characters may be taken for others")
    return _plain(unpacked(head, body))


def xml(head: Head, body: bytes) -> str:
    """Return the text of a body in XML, which declares nothing, neither another encoding."""
    told = text(head, body)
    declared = _DECLARED.match(told)
    if _DECLARES.search(told) or (declared and declared["name"].lower() not in _KNOWN):
        raise UnclearError("it declares something")
    return told


def form(head: Head, body: bytes) -> str:
    """Return the text of a body that nobody takes for anything but a form."""
    kind = head.get("content-type")
    if body and kind is not None and not _FORM.fullmatch(kind.strip()):
        raise UnclearError("it is called something else than a form")
    return text(head, body)


def is_document(head: Head) -> bool:
    """Tell whether a body is called JSON or CBOR, and nothing besides."""
    return _DOCUMENT.fullmatch((head.get("content-type") or "").strip()) is not None


def _plain(body: bytes) -> str:
    try:
        told = body.decode()
    except UnicodeDecodeError as error:
        raise UnclearError("it is not in UTF-8") from error
    if "\0" in told:
        raise UnclearError("its characters may be taken for others")
    return told
