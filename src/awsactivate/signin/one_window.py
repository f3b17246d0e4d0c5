"""An address that sends one window of the browser on, so that the real one is in no process's arguments.

What the browser is started with, and everybody on this machine can read, is an address on the loopback with
a random path. The first request for it, by a process of this user, is sent on.
"""

from __future__ import annotations

import secrets
import threading

from awsactivate.signin import peers
from awsactivate.signin.loopback import Loopback, Page


class OneWindow(Loopback):
    """Sends the first window that asks on to `url`, from the beginning of a `with` to its end."""

    def __init__(self, url: str) -> None:
        is_plain = url.isascii() and url.isprintable() and " " not in url
        self._url = url if is_plain and url.startswith(("https://", "http://")) else ""
        self._path = f"/{secrets.token_urlsafe(32)}"
        self._is_used = threading.Lock()
        self._sent_on = threading.Event()
        super().__init__(self._page())

    @property
    def address(self) -> str:
        """The address to start a browser with.

        '' where the url, which a server may have made up, is no web address or can't stand in a header.
        """
        return f"http://127.0.0.1:{self.port}{self._path}" if self._url else ""

    def wait(self, seconds: float) -> bool:
        """Wait until a window was sent on; False where none came in `seconds`."""
        return self._sent_on.wait(seconds)

    def _opens_for(self, method: str, path: str, host: str | None, client: tuple[str, int]) -> bool:
        port = self.port
        return (
            bool(self._url)
            and method == "GET"
            and secrets.compare_digest(path.encode(), self._path.encode())
            and host == f"127.0.0.1:{port}"
            and peers.is_own(client, port)
            and self._is_used.acquire(blocking=False)
        )

    def _page(self) -> type[Page]:
        window = self

        class SentOn(Page):
            def answer(self) -> None:
                asked = (self.command, self.path, self.headers.get("Host"), self.client_address)
                if not window._opens_for(*asked):
                    self.tell(404, "There is nothing here.")
                    return
                try:
                    self.tell(303, "The page is elsewhere.", {"Location": window._url})
                finally:  # a browser that breaks off knows where to go all the same
                    window._sent_on.set()

        return SentOn
