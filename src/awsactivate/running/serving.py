"""COMMAND beside what it fetches its credentials from: the endpoint, the socket, and their renewal."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from awsactivate.commandline import Context
from awsactivate.frozen import dataclass
from awsactivate.person import terminal
from awsactivate.running import child, port_keeper
from awsactivate.running.answering import Answers
from awsactivate.running.endpoint import ADDRESS, Endpoint
from awsactivate.running.renewed import Renewed
from awsactivate.running.socket_door import SocketDoor
from awsactivate.sessions import environment, limits
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.sessions.documents import process_document

Leftover = tuple[str, int]
"""A path that goes with the command, and the number of its inode."""


@dataclass(frozen=True)
class Served:
    """A session that is served, and what begins the one after it."""

    name: str
    """By which the socket knows it."""
    session: Session
    begin: Callable[[], Session]
    whose: str = "the session of the command"
    """What to call it where it can't be renewed."""


class Serving:
    """The sessions that a command fetches, each renewed by itself, from the beginning to `close`.

    `answers` says what the endpoint gives; `uri`, which ends in `path`, is what the command's environment is
    to name. `leftovers` go when this process has ended, however it does.
    """

    def __init__(
        self,
        served: Sequence[Served],
        answers: Callable[[Mapping[str, Renewed]], Answers],
        context: Context,
        door: SocketDoor | None,
        *,
        path: str,
        leftovers: Sequence[Leftover] = (),
    ) -> None:
        self._door = door
        self._renewed = {one.name: self._renewal(one, context) for one in served}
        self._endpoint = Endpoint(answers(self._renewed))
        self.uri, self.token = self._endpoint.address + path, self._endpoint.token
        left = [*leftovers, *([door.bind()] if door else [])]
        self._keeper = _Keeper(self._endpoint, self.uri, left, context.environ)
        for one in served:
            self._keeper.tell_end(one.session.credentials)
        for renewed in self._renewed.values():
            threading.Thread(target=renewed.keep, daemon=True).start()
        if door:
            door.open(by_name(self._renewed))

    def _renewal(self, one: Served, context: Context) -> Renewed:
        def next_one() -> Credentials:
            credentials = one.begin().credentials
            self._keeper.tell_end(credentials)
            return credentials

        return Renewed(
            one.session.credentials, next_one, clock=context.clock, say=terminal.say, whose=one.whose
        )

    def run(
        self, program: str, command: list[str], environ: Mapping[str, str], context: Context
    ) -> child.Ended:
        """Run the command to its end, which is the end of what is served."""
        context.release_stdout()
        try:
            return child.run(program, command, environ)
        finally:
            self.close()

    def close(self) -> None:
        """Give nothing any more."""
        if self._door:
            self._door.close()
        for renewed in self._renewed.values():
            renewed.end()
        self._endpoint.close()


def by_name(renewed: Mapping[str, Renewed]) -> Answers:
    """Give each session at its name, as `credential_process` prints it."""
    return {f"/{name}": partial(_document, one) for name, one in renewed.items()}


def _document(renewed: Renewed) -> dict[str, str | int]:
    return process_document(renewed.current())


class _Keeper:
    """The process that holds the endpoint's port when this one has ended, however it ends."""

    def __init__(
        self, endpoint: Endpoint, uri: str, leftovers: Sequence[Leftover], environ: Mapping[str, str]
    ) -> None:
        self._lock = threading.Lock()
        self._end = 0.0
        self._process = subprocess.Popen(
            # isolated, and without site: nothing of the person's is looked for in the present folder
            [
                *(sys.executable, "-I", "-S", port_keeper.__file__, str(endpoint.fileno()), uri),
                str(limits.LONGEST_ROLE_SESSION),
                *(word for path, inode in leftovers for word in (path, str(inode))),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment.of_helper(environ),
            pass_fds=[endpoint.fileno()],
            start_new_session=True,
        )

    def tell_end(self, credentials: Credentials) -> None:
        """Tell when the last of the sessions that are served now will have ended."""
        pipe = self._process.stdin
        if credentials.expiration is None or pipe is None:
            return
        with self._lock, suppress(BrokenPipeError):  # somebody ended it: the port is free when this one ends
            self._end = max(self._end, credentials.expiration.timestamp())
            pipe.write(f"{self._end}\n".encode())
            pipe.flush()


def past_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Keep a proxy from the request for the session, and its token; each spelling has its readers."""
    if not any(environ.get(name) or environ.get(name.upper()) for name in ("http_proxy", "all_proxy")):
        return {}
    lower, upper = environ.get("no_proxy", ""), environ.get("NO_PROXY", "")
    return {
        name: before if before == "*" else ",".join(filter(None, [before, ADDRESS]))
        for name, before in (("no_proxy", lower or upper), ("NO_PROXY", upper or lower))
    }
