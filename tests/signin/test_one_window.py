"""An address for a browser's arguments sends one window of this user on, and nobody else."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from awsactivate.signin.one_window import OneWindow

URL = "https://example.com/authorize?state=s"


def ask(port: int, path: str, **headers: str) -> tuple[int, str | None]:
    """Ask as a browser does; return the status, and where the window is sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    connection.close()
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status, answer.headers["Location"]


def test_one_window_is_sent_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with OneWindow(URL) as window:
        parts = urlsplit(window.address)
        port = parts.port or 0
        assert "state" not in window.address
        assert ask(port, parts.path, Host="evil.example") == (404, None)
        with monkeypatch.context() as other:
            other.setattr("awsactivate.signin.peers.is_own", lambda *_: False)
            assert ask(port, parts.path) == (404, None)
        assert not window.wait(0)
        assert [ask(port, parts.path) for _ in range(2)] == [(303, URL), (404, None)]
        assert window.wait(5)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "javascript:alert(1)", "", "https://a/\r\nSet-Cookie: b", "https://a/é"]
)
def test_it_leads_to_no_other_place_than_a_web_page(address: str) -> None:
    with OneWindow(address) as window:
        assert window.address == ""
        assert ask(window.port, window._path) == (404, None)
