"""The loopback takes the one answer of the browser in which the sign-in began, and tells others so."""

from __future__ import annotations

import http.client
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from awsactivate.signin.judgement import judge
from awsactivate.signin.listener import Listener
from needs import needs_program

PATH, STATE = "/oauth/callback", "the-state"
GOOD = f"{PATH}?state={STATE}&code=c"
HOST = {"host": "127.0.0.1:80"}


@pytest.mark.parametrize(
    ("target", "headers", "more", "status", "words"),
    [
        (GOOD, HOST, {}, 200, "You have signed in"),
        (GOOD, {**HOST, "sec-fetch-dest": "document"}, {}, 200, "You have signed in"),
        (f"{PATH}?state={STATE}&error=access_denied", HOST, {}, 200, "AWS has refused"),
        (GOOD, HOST, {"is_answered": True}, 409, "answered already"),
        (GOOD, HOST, {"is_own": False}, 403, "another user, or from outside"),
        (GOOD, HOST, {"method": "POST"}, 405, "not the answer"),
        (GOOD, {"host": "evil.example:80"}, {}, 403, "another host"),
        (GOOD, {"host": "127.0.0.1:81"}, {}, 403, "another host"),
        (GOOD, {}, {}, 403, "another host"),
        (GOOD, {**HOST, "origin": "https://evil.example"}, {}, 403, "somebody else"),
        (GOOD, {**HOST, "origin": "null"}, {}, 403, "somebody else"),
        (GOOD, {**HOST, "sec-fetch-dest": "image"}, {}, 403, "somebody else"),
        (GOOD, {**HOST, "sec-fetch-dest": "iframe"}, {}, 403, "somebody else"),
        (f"{PATH}?state=other&code=c", HOST, {}, 403, "state is wrong"),
        (f"{PATH}?code=c", HOST, {}, 403, "state is wrong"),
        (f"{PATH}?state={STATE}&state=x&code=c", HOST, {}, 403, "state is wrong"),
        (f"{PATH}?state=%C3%A9&code=c", HOST, {}, 403, "state is wrong"),
        (f"{PATH}?state={STATE}", HOST, {}, 403, "no code"),
        (f"{PATH}?state={STATE}&code=", HOST, {}, 403, "no code"),
        (PATH, HOST, {}, 403, "state is wrong"),
        ("/favicon.ico", HOST, {}, 404, "nothing here"),
        ("//evil.example/x", HOST, {}, 404, "nothing here"),
    ],
)
def test_only_the_windows_own_answer_is_taken(
    target: str, headers: dict[str, str], more: dict[str, object], status: int, words: str
) -> None:
    given: dict[str, object] = {"method": "GET", "is_own": True, "is_answered": False, **more}
    method = str(given.pop("method"))
    found = judge(
        method,
        target,
        headers,
        path=PATH,
        port=80,
        state=STATE,
        is_own=bool(given["is_own"]),
        is_answered=bool(given["is_answered"]),
    )
    assert (found.status, words in found.words) == (status, True), found
    assert found.is_answer is (status == 200)
    assert found.is_suspect is (status == 403)


def test_a_code_is_not_shown_by_what_holds_it() -> None:
    found = judge("GET", GOOD, HOST, path=PATH, port=80, state=STATE, is_own=True, is_answered=False)
    assert found.code == "c"
    assert "code='c'" not in repr(found)


def ask(listener: Listener, target: str, **headers: str) -> tuple[int, str]:
    """Send one request as a browser does."""
    port = int(listener.redirect_uri.rpartition(":")[2].partition("/")[0])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status, text


@contextmanager
def listening(said: list[str] | None = None) -> Iterator[Listener]:
    """Run a listener as the flow does."""
    with Listener(PATH, STATE, (said if said is not None else []).append) as listener:
        yield listener


def test_a_forged_answer_ends_nothing_and_a_second_one_is_told_so() -> None:
    said: list[str] = []
    with listening(said) as listener:
        assert ask(listener, f"{PATH}?state=<script>&code=forged")[0] == 403
        assert listener.wait(0) is None
        status, text = ask(listener, GOOD)
        assert (status, "You have signed in" in text) == (200, True)
        status, text = ask(listener, f"{PATH}?state={STATE}&code=second")
        assert (status, "answered already" in text) == (409, True)
        found = listener.wait(5)
    assert found is not None
    assert found.code == "c"
    assert said == [
        "an answer of a browser was refused: This is the answer of another sign-in: its state is wrong."
    ]


def test_each_reason_for_a_refusal_is_told_once() -> None:
    """Who else asks the port must not fill the person's terminal."""
    said: list[str] = []
    with listening(said) as listener:
        for _ in range(3):
            assert ask(listener, f"{PATH}?state=wrong&code=forged")[0] == 403
            assert ask(listener, GOOD, Origin="https://evil.example")[0] == 403
    assert [line.rpartition(": ")[0] for line in said] == [
        "an answer of a browser was refused: This is the answer of another sign-in",
        "an answer of a browser was refused",
    ]


def test_of_many_answers_at_once_one_is_taken() -> None:
    with listening() as listener:
        statuses: list[int] = []
        threads = [threading.Thread(target=lambda: statuses.append(ask(listener, GOOD)[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(statuses) == [200, *[409] * 7]


def test_nothing_listens_after_the_end_however_it_came() -> None:
    with suppress(KeyboardInterrupt), listening() as listener:
        uri = listener.redirect_uri
        hanging = socket.create_connection(("127.0.0.1", int(uri.split(":")[2].partition("/")[0])))
        raise KeyboardInterrupt
    hanging.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(uri.split(":")[2].partition("/")[0]))).close()


def test_a_browser_that_breaks_off_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_words: str) -> bytes:
        raise BrokenPipeError

    monkeypatch.setattr("awsactivate.signin.page.page", broken)
    with listening() as listener:
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            ask(listener, GOOD)
        found = listener.wait(0.5)
        assert listener._answered.is_set(), "else whoever waits does so to the end of its time"
    assert found is not None
    assert found.code == "c"


@pytest.mark.long
def test_a_real_browser_is_told_what_became_of_its_answer(tmp_path: Path) -> None:
    """What Chromium itself says of a request: a page's picture is refused, a window taken once."""
    chromium, said = needs_program("chromium"), list[str]()

    def shown(url: str) -> str:
        quiet = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'chromium'}")
        done = subprocess.run(
            [chromium, *quiet, "--virtual-time-budget=10000", "--dump-dom", url],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    with Listener(PATH, STATE, said.append) as listener:
        page = tmp_path / "page.html"
        page.write_text(f'<!doctype html><img src="{listener.redirect_uri}?state={STATE}&amp;code=forged">')
        shown(page.as_uri())
        assert [line.rpartition(": ")[2] for line in said] == [
            "This request comes from a page of somebody else's."
        ]
        assert "its state is wrong" in shown(f"{listener.redirect_uri}?state=other&code=forged")
        assert listener.wait(0) is None
        assert "You have signed in" in shown(f"{listener.redirect_uri}?state={STATE}&code=right")
        assert "answered already" in shown(f"{listener.redirect_uri}?state={STATE}&code=second")
        answer = listener.wait(0)
    assert answer is not None
    assert answer.code == "right"
    assert len(said) == 2
