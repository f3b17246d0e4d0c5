"""A proxy is the one that Python, and with it botocore, finds in the environment."""

from __future__ import annotations

import os
import urllib.request
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.aws.direct.proxies import Proxy, UnknownProxyError, proxy_for

NAMES = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "Https_Proxy",
    "REQUEST_METHOD",
]
VALUES = [
    "",
    "http://p.test:3128",
    "q.test:8080",
    "*",
    ".test",
    "aws.test,other",
    "AWS.test:8443",
    " aws.test , x",
    "st",
]
URLS = ["https://aws.test", "https://aws.test:8443/x", "http://aws.test", "http://127.0.0.1:5000"]


@pytest.mark.skipif(
    os.name != "posix" or os.uname().sysname == "Darwin", reason="the system's own settings count"
)
@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=4), st.sampled_from(URLS))
def test_a_proxy_is_the_one_that_botocore_takes(environ: dict[str, str], url: str) -> None:
    found: Proxy | str | None
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patched.delenv(name)
        for name, value in environ.items():
            patched.setenv(name, value)
        address = urlsplit(url)
        bypassed = urllib.request.proxy_bypass(address.netloc)
        named = None if bypassed else urllib.request.getproxies().get(address.scheme)
        try:
            found = proxy_for(url, environ)
        except UnknownProxyError:
            found = "unknown"
    if isinstance(found, str):
        assert named in ("*", ".test", "aws.test,other", " aws.test , x")
        return
    expected = urlsplit(named if named and "//" in named else f"http://{named}") if named else None
    assert (found and (found.host.lower(), found.port)) == (
        expected and (expected.hostname, expected.port or 80)
    )


def test_who_a_proxy_lets_in_is_told_in_its_own_header() -> None:
    found = proxy_for("https://aws.test", {"HTTPS_PROXY": "http://al%40x:p%3A%20w@p.test:1/"})
    assert found == Proxy("p.test", 1, "Basic YWxAeDpwOiB3")
    assert "YWxA" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        *("https://p.test", "socks5://p.test:1080", "http://[::1]:1", "http://a:b@c@d", "http://é:b@c"),
        # what other readers of addresses take for another host's name, or for none
        *("http://a:b#c@d:1", "http://a:b?c@d:1", "http://a:b[c@d:1", "http://a:b\\c@d:1"),
        *("http://p.test:65536", "http://p.test:0", "http://p..test", "http://-p.test", "http://p.test:١"),
    ],
)
def test_other_kinds_of_proxies_are_left_to_botocore(text: str) -> None:
    with pytest.raises(UnknownProxyError):
        proxy_for("https://aws.test", {"https_proxy": text})
