"""How a command meets the command line: its parser, and what it is given to run with."""

from __future__ import annotations

import argparse
import re
from functools import partial

from awsactivate.errors import UsageError

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn


class HelpRequested(Exception):  # noqa: N818  (a way out, not an error)
    """The user asked for help; `text` is it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Make what argparse needs even where no help is asked for.

    To find out how wide the terminal is, it would load shutil with three compressors.
    """
    return argparse.RawDescriptionHelpFormatter(prog, width=80)


def number(text: str) -> int:
    """Read an argument that is a number, so as to give it to argparse as its `type`."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}")
    return int(text)


class Parser(argparse.ArgumentParser):
    """argparse with errors and help raised instead of printed, so that only `cli` speaks and exits."""

    def __init__(self, prog: str, description: str | None = None, *, color: object = None) -> None:
        """`color` is what Python 3.14 gives to the parser of each verb: ours colours nothing."""
        super().__init__(
            prog=prog,
            description=description,
            allow_abbrev=False,
            formatter_class=_formatter,
        )
        self.color = False
        self.command_follows = False
        self.command_verb: str | None = None
        self.command_option: str | None = None
        self._filling: Callable[[], None] | None = None
        self.values_after_equals: frozenset[str] = frozenset()

    def fill_later(self, filling: Callable[[], None]) -> None:
        """Have `filling` add arguments when they are wanted: those of one verb, where there are many."""
        self._filling = filling

    def fill(self) -> None:
        """Add them now."""
        filling, self._filling = self._filling, None
        if filling is not None:
            filling()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does, with all arguments added."""
        self.fill()
        return super().parse_known_args(args, namespace)

    def parse(self, argv: list[str]) -> argparse.Namespace:
        """Parse `argv`; where a command of the user's follows `--`, it is `command`, untouched.

        After another verb than `command_verb`, if there is one, `--` only says that no option follows. Where
        the first word is an option, and `command_option` is there, `--` may be left out: there is no TARGET.
        A flag of `values_after_equals` may have a value too, but only behind `=`: what follows is TARGET.
        """
        at = self.own_words(argv)
        if at is None:
            return self._parse(argv)
        arguments = self._parse(argv[:at])
        arguments.command = argv[at + 1 :] if argv[at : at + 1] == ["--"] else argv[at:]
        return arguments

    def own_words(self, argv: list[str]) -> int | None:
        """Say how many words of `argv` come before a command of the user's; None where none follows."""
        if not self.command_follows or (self.command_verb and argv[:1] != [self.command_verb]):
            return None
        if "--" in argv:
            return argv.index("--")
        return self._own_options(argv) if argv[:1] and argv[0].startswith("-") else len(argv)

    def _own_options(self, argv: list[str]) -> int:
        """Count the words before the first that is neither an option nor the value of one."""
        at = 0
        while at < len(argv) and argv[at].startswith("-"):
            name, equals, _ = argv[at].partition("=")
            action = self._option_string_actions.get(name)
            at += 1 if equals or action is None or action.nargs is not None else 2
        own = [word.partition("=")[0] for word in argv[:at]]
        return min(at, len(argv)) if self.command_option in own else len(argv)

    def _parse(self, argv: list[str]) -> argparse.Namespace:
        given = {}
        for at, word in enumerate(argv):
            name, equals, value = word.partition("=")
            if equals and name in self.values_after_equals:
                given[self._option_string_actions[name].dest] = value
                argv = [*argv[:at], name, *argv[at + 1 :]]
        arguments = self._parse_plain(argv)
        for dest, value in given.items():
            setattr(arguments, dest, value)
        return arguments

    def _parse_plain(self, argv: list[str]) -> argparse.Namespace:
        # Without intermixing, `SHELL --option TARGET` leaves an optional TARGET out, then is puzzled by it.
        if any(action.nargs in (argparse.PARSER, argparse.REMAINDER) for action in self._actions):
            return self.parse_args(argv)
        return self.parse_intermixed_args(argv)

    def error(self, message: str) -> NoReturn:
        """Raise the one line that argparse would print."""
        raise UsageError(message, hint=f"{self.prog} --help")

    def format_help(self) -> str:
        """Write the help, as wide as the terminal."""
        self.fill()
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        return super().format_help()

    def print_help(self, file: object = None) -> None:
        """Raise the help text: whether stdout or stderr is its place is not known here."""
        raise HelpRequested(self.format_help())


class Verb:
    """One of a command's verbs, such as `keys add`: what it does, in words, and how.

    `add_arguments` gives its parser what it takes; `run` does it and returns the exit status. `description`
    heads its help, where the summary is not enough.
    """

    __slots__ = ("add_arguments", "description", "run", "summary")

    def __init__(
        self,
        summary: str,
        add_arguments: Callable[[Parser], None],
        run: Callable[[argparse.Namespace, Context], int],
        description: str | None = None,
    ) -> None:
        self.summary = summary
        self.description = description or f"{summary[0].upper()}{summary[1:]}."
        self.add_arguments = add_arguments
        self.run = run


def add_verbs(
    parser: Parser,
    verbs: Mapping[str, Verb],
    common: Callable[[Parser], None] = lambda parser: None,
    *,
    dest: str = "verb",
) -> dict[str, Parser]:
    """Have `parser` take one of `verbs` with its own arguments and the `common` ones; return their parsers.

    What a verb needs is loaded when it is the one. Parsed arguments keep its name as `dest`;
    the verbs of a verb need another one.
    """
    parsers = parser.add_subparsers(dest=dest, metavar="VERB", required=True, parser_class=Parser)
    own: dict[str, Parser] = {}
    for name, verb in verbs.items():
        own[name] = parsers.add_parser(name, help=verb.summary, description=verb.description)
        own[name].fill_later(partial(_fill, own[name], verb, common))
    return own


def _fill(parser: Parser, verb: Verb, common: Callable[[Parser], None]) -> None:
    verb.add_arguments(parser)
    common(parser)


class Context:
    """What a command may know of the process around it.

    `environ` is the process's environment; `clock` gives seconds since the epoch; `program` is the absolute
    path of this console script; `release_stdout` gives fd 1 back to whom it belonged, for a command that is
    about to become another program, and `is_on_terminal` tells whether that one would have a terminal.
    `mfa_session` is the text of the one that the shell keeps, or ''. `output` collects what goes to stdout,
    written in one piece after the command has succeeded.
    """

    # No dataclass: its import would be a third of what `status` takes.
    __slots__ = ("clock", "environ", "is_on_terminal", "mfa_session", "output", "program", "release_stdout")

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        program: str,
        release_stdout: Callable[[], None],
        is_on_terminal: Callable[[], bool] = lambda: False,
        mfa_session: str = "",
    ) -> None:
        self.environ = environ
        self.clock = clock
        self.program = program
        self.release_stdout = release_stdout
        self.is_on_terminal = is_on_terminal
        self.mfa_session = mfa_session
        self.output: list[str] = []

    def with_mfa_session(self, text: str) -> Context:
        """Return this context as of a shell that keeps another MFA session, or none ('')."""
        return self._changed(self.environ, text)

    def with_environ(self, environ: Mapping[str, str]) -> Context:
        """Return this context as of a process with another environment."""
        return self._changed(environ, self.mfa_session)

    def _changed(self, environ: Mapping[str, str], mfa_session: str) -> Context:
        other = Context(
            environ=environ,
            clock=self.clock,
            program=self.program,
            release_stdout=self.release_stdout,
            is_on_terminal=self.is_on_terminal,
            mfa_session=mfa_session,
        )
        other.output = self.output
        return other

    def write(self, text: str) -> None:
        """Add `text` to what goes to stdout in the end."""
        self.output.append(text)
