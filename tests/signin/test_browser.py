"""The browser gets the address as one word, and no secret of this process."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from awsactivate.signin import browser

URL = "https://example.com/authorize?a=1&b='$(touch evil)'; touch evil"


def program(folder: Path, text: str, name: str = "fake-browser") -> Path:
    """Write a program that takes down what it is started with."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def written(path: Path) -> str:
    """Wait until a program has written a whole file."""
    for _ in range(500):
        if path.exists():
            return path.read_text()
        time.sleep(0.01)
    raise AssertionError(f"{path} was not written")


@pytest.mark.parametrize("form", ["{}", "{} %s", "{} --new %s &", "no-such-program:{}"])
def test_the_person_s_browser_is_started_without_a_shell(form: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    fake = program(
        tmp_path,
        'for word; do last=$word; done; printf "%s|%s" "$last" "$AWS_SECRET_ACCESS_KEY"'
        f" >{out}.new; mv {out}.new {out}",
    )
    environ = {**os.environ, "BROWSER": form.format(fake), "AWS_SECRET_ACCESS_KEY": "secret"}
    assert browser.open_at(URL, environ)
    assert written(out) == f"{URL}|"
    assert not Path("evil").exists()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "--option", "javascript:alert(1)", ""])
def test_what_is_no_web_address_is_not_opened(url: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert not browser.open_at(url, {"BROWSER": str(program(tmp_path, f"touch {out}"))})
    assert not out.exists()


def test_a_browser_that_fails_at_once_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_OPENERS", ())
    monkeypatch.setattr("sys.platform", "linux")
    assert not browser.open_at(URL, {"BROWSER": str(program(tmp_path, "exit 3"))})
    assert not browser.open_at(URL, {"BROWSER": "'not closed"})
    assert not browser.open_at(URL, {})
