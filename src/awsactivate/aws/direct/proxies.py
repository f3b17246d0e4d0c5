"""The proxy that the environment names for an address, as Python and with it botocore finds it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from awsactivate.frozen import dataclass, field

# An address of which every reader makes the same.
_WORD = r"[A-Za-z0-9._~%!$&'()*+,;=-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PROXY = re.compile(
    rf"(?:http://|//)?(?:(?P<user>{_WORD}):(?P<password>{_WORD})@)?"
    rf"(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[1-9][0-9]{{0,4}}))?/?"
)
_LAST_PORT = 65_535


class UnknownProxyError(Exception):
    """A proxy of a kind that is not known here."""


@dataclass(frozen=True)
class Proxy:
    """A proxy that is spoken to in plain HTTP, and what lets us in there."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What is sent to the proxy itself."""
        return {"Proxy-Authorization": self.authorization} if self.authorization else {}


def proxy_for(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy for `url`; UnknownProxyError where it is none that is known here."""
    address = urlsplit(url)
    if sys.platform in ("darwin", "win32"):
        from urllib import request  # the system's own settings count there

        proxies: Mapping[str, str] = {} if request.proxy_bypass(address.netloc) else request.getproxies()
    else:
        proxies = _named(environ)
        if _is_bypassed(address.netloc, proxies):
            return None
    named = proxies.get(address.scheme)
    return _parsed(named) if named else None


def _named(environ: Mapping[str, str]) -> dict[str, str]:
    """Gather the variables by what stands before `_proxy`; one in lower case wins, also by being empty."""
    variables = {name: value for name, value in environ.items() if name[-6:].lower() == "_proxy"}
    found = {name[:-6].lower(): value for name, value in variables.items() if value}
    if "REQUEST_METHOD" in environ:
        found.pop("http", None)  # a CGI program, for which HTTP_PROXY is a header of whoever asks it
    for name, value in variables.items():
        if name.endswith("_proxy"):
            if value:
                found[name[:-6].lower()] = value
            else:
                found.pop(name[:-6].lower(), None)
    return found


def _is_bypassed(host: str, proxies: Mapping[str, str]) -> bool:
    listed = proxies.get("no", "")
    if listed == "*":
        return True
    host = host.lower()
    hosts = (host, host.partition(":")[0])
    names = (name.strip().lstrip(".").lower() for name in listed.split(",") if name.strip())
    return any(one == name or one.endswith(f".{name}") for name in names for one in hosts)


def _parsed(text: str) -> Proxy:
    match = _PROXY.fullmatch(text)
    if match is None or int(match["port"] or 0) > _LAST_PORT:
        raise UnknownProxyError
    authorization = None
    if match["user"]:
        pair = f"{unquote(match['user'])}:{unquote(match['password'])}"
        if not pair.isascii():
            raise UnknownProxyError
        from base64 import b64encode

        authorization = f"Basic {b64encode(pair.encode('ascii')).decode('ascii')}"
    return Proxy(match["host"], int(match["port"] or 80), authorization)
