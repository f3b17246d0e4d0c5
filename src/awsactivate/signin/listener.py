"""The address on the loopback to which AWS sends the browser: one answer is taken, and then nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable

from awsactivate.signin import peers
from awsactivate.signin.judgement import Judgement, judge
from awsactivate.signin.loopback import Loopback, Page


class Listener(Loopback):
    """Listens on 127.0.0.1, at a port of its own, from the beginning of a `with` to its end.

    `say` is told of answers that were refused, since somebody else may have sent them. A refused answer ends
    nothing: who sends it would else end the sign-in. Each reason is told once, or
    another user of this machine could fill the person's terminal.
    """

    def __init__(self, path: str, state: str, say: Callable[[str], None]) -> None:
        self._path = path
        self._state = state
        self._say = say
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answer: Judgement | None = None
        super().__init__(self._page())

    @property
    def redirect_uri(self) -> str:
        """The address to which AWS is to send the browser."""
        return f"http://127.0.0.1:{self.port}{self._path}"

    def wait(self, seconds: float) -> Judgement | None:
        """Return the answer, a code or AWS's refusal; None where none has come in `seconds`."""
        self._answered.wait(seconds)
        return self._answer

    def _judge(self, method: str, target: str, headers: dict[str, str], client: tuple[str, int]) -> Judgement:
        port = self.port
        with self._lock:
            found = judge(
                method,
                target,
                headers,
                path=self._path,
                port=port,
                state=self._state,
                is_own=peers.is_own(client, port),
                is_answered=self._answer is not None,
            )
            if found.is_answer:
                self._answer = found
            is_news = found.is_suspect and found.words not in self._told
            self._told.add(found.words)
        if is_news:
            self._say(f"an answer of a browser was refused: {found.words}")
        return found

    def _page(self) -> type[Page]:
        listener = self

        class Answered(Page):
            def answer(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                found = listener._judge(self.command, self.path, headers, self.client_address)
                try:
                    self.tell(found.status, found.words)
                finally:  # a browser that breaks off has answered all the same
                    if found.is_answer:
                        listener._answered.set()  # not before the person can read so

        return Answered
