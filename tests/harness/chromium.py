"""A Chromium without a window that a test drives by DevTools, in the place of a person."""

from __future__ import annotations

import base64
import json
import os
import shlex
import signal
import socket
import struct
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_SECONDS = 60
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0")
_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class Chromium:
    """What `command` starts, once, at the address that it is given; it is ended with the `with`."""

    def __init__(self, program: str, folder: Path) -> None:
        self._folder = folder / "chromium"
        self.command = folder / "browser"
        self._pid = folder / "browser.pid"
        words = [program, *_QUIET, f"--user-data-dir={self._folder}", "--remote-allow-origins=*"]
        self.command.write_text(f'#!/bin/sh\necho $$ >{self._pid}\nexec {shlex.join(words)} "$1"\n')
        self.command.chmod(0o700)
        self._page: _Page | None = None

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        if self._page is not None:
            self._page.close()
        if self._pid.exists():
            with suppress(ProcessLookupError):
                os.killpg(int(self._pid.read_text()), signal.SIGKILL)

    def run(self, script: str) -> Any:
        """Let a script run in the page, and return what it comes to."""
        if self._page is None:
            self._page = _Page(wait_for(self._find_address))
        return self._page.run(script)

    def wait_for_text(self, words: str) -> str:
        """Wait until the page shows some words, and return all that it shows."""

        def find() -> str:
            text = str(self.run("document.body ? document.body.innerText : ''"))
            return text if words in text else ""

        return wait_for(find, words)

    def _find_address(self) -> str:
        with suppress(OSError, IndexError, StopIteration):
            port = (self._folder / "DevToolsActivePort").read_text().split()[0]
            with _OPEN(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                pages = json.load(answer)
            return str(next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"))
        return ""


def wait_for(find: Callable[[], str], what: str = "Chromium") -> str:
    """Return what `find` returns, when it is something."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        if found := find():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come")


class _Page:
    """One page's DevTools, over as much of a web socket (RFC 6455) as that takes."""

    def __init__(self, address: str) -> None:
        host, _, path = address.removeprefix("ws://").partition("/")
        name, _, port = host.partition(":")
        self._socket = socket.create_connection((name, int(port)), _SECONDS)
        self._number = 0
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._reader = self._socket.makefile("rb")
        while self._reader.readline().strip():
            pass

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self._socket.close()

    def run(self, script: str) -> Any:
        """Evaluate a script."""
        self._number += 1
        asked = {"id": self._number, "method": "Runtime.evaluate", "params": {"expression": script}}
        data = json.dumps(asked).encode()
        short = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        self._socket.sendall(b"\x81" + short + bytes(4) + data)  # masked by noughts
        while True:
            answer = json.loads(self._read())
            if answer.get("id") == self._number:
                return answer.get("result", {}).get("result", {}).get("value")

    def _read(self) -> bytes:
        length = self._reader.read(2)[1] & 127
        if length >= 126:
            form, size = (">H", 2) if length == 126 else (">Q", 8)
            (length,) = struct.unpack(form, self._reader.read(size))
        return self._reader.read(length)
