"""How the program speaks with the person: questions on /dev/tty, all else on stderr.

A line on stderr begins with `awsactivate: `. Nothing is ever asked on stdin, which may be a pipeline's, or
shown on stdout, which is for the shell.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable

from awsactivate.errors import AwsactivateError, MfaError, UsageError
from awsactivate.person.printable import printable

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.person.line_editor import Rules

_NO_CODE_HINT = "give the code with --mfa-code or AWSACTIVATE_MFA_CODE, or set mfa_process in the profile"


def ask_code(serial: str) -> str:
    """Ask for the code that the MFA device `serial` shows now, and return the digits typed, six or not."""
    from awsactivate.person.line_editor import Rules

    code = _ask(
        f"MFA code for {printable(serial)}: ",
        Rules(
            accepts=lambda character: character.isascii() and character.isdigit(),
            mark=_hidden(),
            dropped=" \t",
        ),
        lambda message: MfaError(message, _NO_CODE_HINT),
    )
    if code is None:
        raise MfaError("no MFA code was given")
    return code


def ask_secret(prompt: str) -> str:
    """Ask for something that nobody else may see; `prompt` stands as it is, with its own colon and space."""
    from awsactivate.person.line_editor import Rules

    secret = _ask(
        printable(prompt),
        Rules(accepts=lambda character: character >= " ", mark=_hidden()),
        lambda message: UsageError(message, "give it on stdin"),
    )
    if secret is None:
        raise UsageError("nothing was given")
    return secret


def confirm(question: str) -> bool:
    """Ask a question that only `y` or `yes` says yes to; UsageError where there is nobody to ask."""
    from awsactivate.person.line_editor import Rules

    answer = _ask(
        f"{printable(question)} [y/N] ",
        Rules(accepts=str.isprintable, mark=lambda character: character),
        lambda message: UsageError(f"{message}: this needs a terminal or --yes", "add --yes"),
    )
    return answer is not None and answer.strip().casefold() in ("y", "yes")


def ask_name(prompt: str) -> str | None:
    """Ask for a name, shown as it is typed; None where none was. UsageError where there is nobody to ask."""
    from awsactivate.person.line_editor import Rules

    return _ask(
        printable(prompt),
        Rules(accepts=str.isprintable, mark=lambda character: character),
        lambda message: UsageError(f"{message}: this needs a terminal or --yes", "add --yes"),
    )


def say(text: str) -> None:
    """Tell the person `text`, one line."""
    _write(f"awsactivate: {printable(text)}\n")


_untold_of_state = [True]  # popped by who tells of it: two threads may meet it at one time


def say_of_state(text: str) -> None:
    """Tell, once, that the state folder can't be used: all that would be noted there meets the same."""
    try:
        _untold_of_state.pop()
    except IndexError:
        return
    say(f"{text}; if the folder can't be written, set XDG_STATE_HOME to one that can")


def countdown(
    seconds: float, text: str, *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Wait while saying `text` and how many seconds are left.

    On a terminal it is one line, written anew each second, that is gone in the end.
    """
    end = clock() + seconds
    live = is_terminal(2)
    if not live:
        say(f"{text} {math.ceil(seconds)} s")
    width = 0
    try:
        while (left := end - clock()) > 0:
            if live:
                line = f"awsactivate: {printable(text)} {math.ceil(left)} s"[: _columns() - 1]
                _write("\r" + line.ljust(width))
                width = max(width, len(line))
            sleep(min(left, 1.0))
    finally:
        if width:
            _write("\r" + " " * width + "\r")


def wait_unheard(
    seconds: float, text: str, *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Wait as `countdown` does, and say nothing: the terminal is the command's."""
    del text, clock
    sleep(seconds)


def can_ask() -> bool:
    """Tell whether there is a terminal on which this process may ask now."""
    from awsactivate.person import typed_line

    try:
        fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return typed_line.is_in_foreground(fd)
    except OSError:
        return False
    finally:
        os.close(fd)


def is_terminal(fd: int) -> bool:
    """Tell whether `fd` is open on a terminal."""
    return os.isatty(fd)


def _ask(prompt: str, rules: Rules, failure: Callable[[str], AwsactivateError]) -> str | None:
    from awsactivate.person import typed_line  # whoever asks nothing need not wait for it
    from awsactivate.person.turns import Turn

    try:
        fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise failure("there is no terminal to ask on") from error
    try:
        typed_line.require_foreground(fd, failure)  # nobody waits for a turn that is not to be had
        with Turn(tell_waiting) as turn:
            return typed_line.read(fd, prompt, rules, failure, turn)
    finally:
        os.close(fd)


def tell_waiting() -> None:
    """Say why nothing is asked yet."""
    say("another awsactivate asks on this terminal: waiting until it has its answer")


def _hidden() -> Callable[[str], str]:
    from awsactivate.person import typed_line

    is_utf8 = typed_line.encoding().lower().replace("-", "") == "utf8"
    mark = "•" if is_utf8 else "*"
    return lambda _character: mark


def _columns() -> int:
    try:
        return os.get_terminal_size(2).columns or 80  # 0 is a terminal that does not say
    except OSError:
        return 80


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, AttributeError, ValueError):
        pass  # stderr is closed: there is nobody left to tell
