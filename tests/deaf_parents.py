"""What `nohup make test &` and some runners of CI ignore, the programs under test must not ignore."""

from __future__ import annotations

import signal


def give_children_default_signals() -> None:
    """Catch, to no end, each signal that this process was started to ignore.

    What is ignored stays so in every program started from here; what is caught is not. This process goes on
    as if it ignored them, as whoever started it wished.
    """
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:  # subprocess sees to these two
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: None)
