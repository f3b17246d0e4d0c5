"""An address for a browser's arguments sends one window of this user on, and nobody else."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from awsactivate.signin.door import Door

URL = "https://example.com/authorize?state=s"


def ask(port: int, path: str, **headers: str) -> tuple[int, str | None]:
    """Ask as a browser does; return the status, and where the window is sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    connection.close()
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status, answer.headers["Location"]


def test_the_door_sends_one_window_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with Door(URL) as door:
        parts = urlsplit(door.address)
        port = parts.port or 0
        assert "state" not in door.address
        assert ask(port, parts.path, Host="evil.example") == (404, None)
        with monkeypatch.context() as other:
            other.setattr("awsactivate.signin.peers.is_own", lambda *_: False)
            assert ask(port, parts.path) == (404, None)
        assert not door.wait(0)
        assert [ask(port, parts.path) for _ in range(2)] == [(303, URL), (404, None)]
        assert door.wait(5)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "javascript:alert(1)", "", "https://a/\r\nSet-Cookie: b", "https://a/é"]
)
def test_the_door_leads_to_no_other_place_than_a_web_page(address: str) -> None:
    with Door(address) as door:
        assert door.address == ""
        assert ask(door.port, door._path) == (404, None)
