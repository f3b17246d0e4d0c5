"""Where the person is asked: on the terminal that attached, else on COMMAND's own, while that is free."""

from __future__ import annotations

from awsactivate.running.guarded import own_terminal
from awsactivate.running.guarded.channel import Channel
from awsactivate.running.guarded.notifying import Notifier
from awsactivate.running.guarded.own_terminal import OwnTerminal
from awsactivate.running.guarded.second_terminal import SecondTerminal


class Places:
    """The two terminals, and the program that is told where neither can be asked on at once."""

    def __init__(self, own: OwnTerminal, second: SecondTerminal, notifier: Notifier) -> None:
        self._own = own
        self._second = second
        self._notifier = notifier

    def free(self) -> Channel | None:
        """Return the one on which can be asked now."""
        if attached := self._second.place():
            return attached
        return self._own.place() if own_terminal.is_free() else None

    def can_come(self) -> bool:
        """Tell whether one may get free while a question waits: without any terminal nobody is there."""
        return own_terminal.is_there()

    def tell(self, text: str) -> None:
        """Tell the program that a question waits for a second terminal."""
        self._notifier.tell(text)
