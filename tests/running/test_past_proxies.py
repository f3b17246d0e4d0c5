"""Which proxies a served command is told to spare."""

from __future__ import annotations

import pytest

from awsactivate.running.serving import past_proxies


@pytest.mark.parametrize(
    ("environ", "given"),
    [
        ({}, {}),
        ({"https_proxy": "http://p"}, {}),
        ({"http_proxy": "http://p"}, {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}),
        ({"ALL_PROXY": "http://p"}, {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}),
        (
            {"HTTP_PROXY": "http://p", "NO_PROXY": "a.example"},
            {"no_proxy": "a.example,127.0.0.1", "NO_PROXY": "a.example,127.0.0.1"},
        ),
        (
            {"http_proxy": "http://p", "no_proxy": "a", "NO_PROXY": "b"},
            {"no_proxy": "a,127.0.0.1", "NO_PROXY": "b,127.0.0.1"},
        ),
        ({"http_proxy": "http://p", "no_proxy": "*"}, {"no_proxy": "*", "NO_PROXY": "*"}),
    ],
)
def test_this_machine_is_added_in_both_spellings(environ: dict[str, str], given: dict[str, str]) -> None:
    assert past_proxies(environ) == given
