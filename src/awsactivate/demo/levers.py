"""What tests move in the embedded AWS: faults, delays and the transport, none of which the demo has."""

from __future__ import annotations

from awsactivate.demo.refusals import Refusal
from awsactivate.demo.sign_on_state import SignOn
from awsactivate.demo.state import Fault, State


class Levers:
    """The levers of one embedded AWS, by its state."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def session_descriptions(self) -> list[str | None]:
        """What GetScopedCredentials was told of each session that it narrowed, which CloudTrail shows."""
        return self._state.descriptions

    @property
    def secure_transport(self) -> bool:
        """What aws:SecureTransport is: the loopback stands for TLS unless one says otherwise."""
        return self._state.secure_transport

    @secure_transport.setter
    def secure_transport(self, secure: bool) -> None:
        self._state.secure_transport = secure

    def restore_defaults(self) -> None:
        """Undo what disturbs later users of the same AWS: moved time, faults, plain transport, sign-ins."""
        self._state.clock.reset()
        self._state.faults.clear()
        self._state.requests.clear()
        self._state.secure_transport = True
        self._state.portal.clear()
        self._state.sign_on = SignOn()

    def fail_next(
        self, operation: str, code: str, message: str, status: int = 400, *, times: int = 1, delay: float = 0
    ) -> None:
        """Answer the next calls of an operation with an error, after `delay` seconds."""
        self._state.faults.append(Fault(operation, Refusal(code, message, status), delay, times))

    def delay_next(self, operation: str, seconds: float, *, times: int = 1) -> None:
        """Answer the next calls of an operation late, by `seconds`."""
        self._state.faults.append(Fault(operation, None, seconds, times))
