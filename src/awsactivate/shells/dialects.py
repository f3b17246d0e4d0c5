"""A change of environment as one shell's own statements, or as JSON for a shell that reads that.

A text of statements is one `&&` list, so that the first statement that fails ends it, and closes with a
sentinel by which the wrapper knows that it got all of it. `_awsactivate_hold` (keep what these names were)
and `_awsactivate_begun` (the session's style of prompt, and the line to say) are functions of the wrappers
in `shell/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from awsactivate.frozen import dataclass, field
from awsactivate.sessions.environment import Change, Set, Unset, held_names
from awsactivate.shells import table
from awsactivate.shells.quoting import needs_quotes, quote_csh, quote_fish, quote_posix


@dataclass(frozen=True)
class Later:
    """What a shell that `shells.INSTALLED` names keeps for later, besides the session's variables."""

    revoke_on_exit: bool = False
    """Whether its end revokes the session."""
    again: str = ""
    """What a renewal says."""
    is_silent: bool = False
    """Whether a renewal needs nobody."""
    mfa_session: tuple[str, str] | None = field(default=None, repr=False)
    """Its text, a secret, and what `status` may show."""
    ticket: str = field(default="", repr=False)
    """What can revoke the session, a secret."""


_NOTHING = Later()


def activation_text(
    change: Change, shell: str, *, style: str = "", message: str = "", later: Later = _NOTHING
) -> str:
    """Write `change` for the wrapper of `shell` to evaluate.

    `style` is the profile's `awsactivate_prompt`; `message` is said once all is done ('' says nothing).
    """
    dialect = table.ALL[shell].dialect
    names = held_names(change)
    hidden = [statement.name for statement in change if isinstance(statement, Unset)]
    given = {statement.name: statement.value for statement in change if isinstance(statement, Set)}
    quote = _quote_fish_line if dialect == "fish" else quote_posix
    if dialect == "json":
        answer = {"hold": names, "unset": hidden, "set": given, "style": style, "message": message}
        return json.dumps({**answer, **_END}) + "\n"
    if dialect == "csh":
        return _csh_words(names, hidden, given, style, message)
    words = [style, message]
    if later.again:
        words += ["revoke" if later.revoke_on_exit else "", later.again, "silent" if later.is_silent else ""]
        words += [later.ticket] if later.ticket else []
    last = [" ".join(["_awsactivate_begun", *map(quote, words)])]
    if dialect == "fish":
        return _fish_list(names, hidden, given, later.mfa_session, last)
    if later.mfa_session:
        last.insert(0, " ".join(["_awsactivate_keep_mfa", *map(quote, later.mfa_session)]))
    return _posix_list(_BUILTINS[dialect], names, hidden, given, last)


def nothing_text(shell: str) -> str:
    """Write the whole answer that changes nothing (the person asked only for help)."""
    dialect = table.ALL[shell].dialect
    if dialect == "fish":
        return "true awsactivate-end\n"
    if dialect == "csh":
        return "awsactivate-end\n"
    return json.dumps(_END) + "\n" if dialect == "json" else f"{_BUILTINS[dialect]}: awsactivate-end\n"


# By which word no alias or function of the person's is called. dash knows no `builtin`, and by `command` an
# error in one of the special builtins does not end the shell.
_BUILTINS = {"bash": "\\builtin ", "sh": "\\command "}
_END = {"end": "awsactivate-end"}


def _posix_list(
    builtin: str,
    names: Sequence[str],
    hidden: Sequence[str],
    given: Mapping[str, str],
    last: Sequence[str],
) -> str:
    exports = " ".join(f"{name}={quote_posix(value)}" for name, value in given.items())
    return (
        f"_awsactivate_hold {' '.join(names)}"
        f" && {builtin}unset -v {' '.join(hidden)}"
        f" && {builtin}export {exports}"
        f" && {' && '.join(last)}"
        f" && {builtin}: awsactivate-end\n"
    )


def _fish_list(
    names: Sequence[str],
    hidden: Sequence[str],
    given: Mapping[str, str],
    mfa_session: tuple[str, str] | None,
    last: Sequence[str],
) -> str:
    """Write one statement a line: the wrapper makes each `set` itself, and no secret is a word of fish."""
    kept = ("_AWSACTIVATE_MFA_SESSION", "_AWSACTIVATE_MFA_SHOWN")
    lines = [
        f"_awsactivate_hold {' '.join(names)}",
        # one name each (fish 3.1 takes no more), and no name that is not there ends the list
        f"and begin; {''.join(f'set -e -g {name}; ' for name in hidden)}builtin true; end",
        *(f"and set -gx {name} {_quote_fish_line(value)}" for name, value in given.items()),
        *(
            f"and set -g {name} {_quote_fish_line(text)}"
            for name, text in zip(kept, mfa_session or (), strict=False)
        ),
        *(f"and {statement}" for statement in last),
        "and true awsactivate-end",
    ]
    return "\n".join(lines) + "\n"


def _quote_fish_line(text: str) -> str:
    return quote_fish(text).replace("\n", "'\\n'")  # outside of quotes it is a line break


# A word of what a command prints is split at blanks and globbed before tcsh can look at it. So a blank is
# written as a unit separator, which the wrapper turns back, and these are variables of the wrapper's.
_BLANK = "\x1f"
_CSH_VARIABLES = {
    "\n": "newline",
    "\t": "tab",
    _BLANK: "unit",
    "*": "star",
    "?": "question",
    "[": "bracket",
    "]": "bracketed",
    "{": "brace",
    "}": "braced",
    "~": "tilde",
}
_CSH_REFERENCES = {ord(c): f"'$_awsactivate_{name}:q'" for c, name in _CSH_VARIABLES.items()}


def _csh_words(
    names: Sequence[str], hidden: Sequence[str], given: Mapping[str, str], style: str, message: str
) -> str:
    def quote(text: str) -> str:
        return quote_csh(text).translate(_CSH_REFERENCES)

    statements = [
        *(f"unsetenv {name}" for name in hidden),
        *(f"setenv {name} {quote(value)}" for name, value in given.items()),
        f"set _awsa_style = {quote(style)}",
        f"set _awsa_message = {quote(message)}",
    ]
    words = [" ".join(names), "; ".join(statements), "awsactivate-end"]
    return "\n".join(word.replace(" ", _BLANK) for word in words) + "\n"


def export_text(change: Change) -> str:
    """Write `change` as plain POSIX statements for any program that evaluates shell text."""
    return "".join(
        f"export {statement.name}={quote_posix(statement.value)}\n"
        if isinstance(statement, Set)
        else f"unset {statement.name}\n"
        for statement in change
    )


def dotenv_text(values: Mapping[str, str]) -> str:
    """Write a `.env` file, whose readers agree on single quotes and, for what holds one, on escapes.

    What needs no quotes has none: `docker run --env-file` keeps them as a part of the value. A shell that
    sources the file runs nothing of it.
    """
    return "".join(f"{name}={_quote_dotenv(value)}\n" for name, value in values.items())


def _quote_dotenv(text: str) -> str:
    if not needs_quotes(text):
        return text
    if "'" not in text and "\\" not in text and "\n" not in text:
        return f"'{text}'"
    for sign in ("\\", '"', "$", "`"):
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("\n", "\\n")
    return f'"{text}"'
