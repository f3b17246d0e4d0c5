"""A change of environment as one shell's own statements.

The text is one `&&` list, so that the first statement that fails ends it, and closes with a sentinel by
which the wrapper knows that it got all of it. `_awsactivate_hold` (keep what these names were) and
`_awsactivate_begun` (the session's style of prompt, and the line to say) are functions of the wrappers
in `shell/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.environment import Change, Set, Unset, held_names
from awsactivate.quoting import quote_fish, quote_posix


def activation_text(change: Change, shell: str, *, style: str = "", message: str = "") -> str:
    """Write `change` for the wrapper of `shell` to evaluate.

    `style` is the profile's `awsactivate_prompt`; `message` is said once all is done ('' says nothing).
    """
    names = " ".join(held_names(change))
    hidden = [statement.name for statement in change if isinstance(statement, Unset)]
    given = [statement for statement in change if isinstance(statement, Set)]
    if shell == "fish":
        lines = [
            f"_awsactivate_hold {names}",
            # one name each (fish 3.1 takes no more), and no name that is not there ends the list
            f"and begin; {''.join(f'set -e -g {name}; ' for name in hidden)}true; end",
            *(f"and set -gx {statement.name} {quote_fish(statement.value)}" for statement in given),
            f"and _awsactivate_begun {quote_fish(style)} {quote_fish(message)}",
            "and true awsactivate-end",
        ]
        return "\n".join(lines) + "\n"
    exports = " ".join(f"{statement.name}={quote_posix(statement.value)}" for statement in given)
    return (
        f"_awsactivate_hold {names}"
        f" && \\builtin unset -v {' '.join(hidden)}"
        f" && \\builtin export {exports}"
        f" && _awsactivate_begun {quote_posix(style)} {quote_posix(message)}"
        " && \\builtin : awsactivate-end\n"
    )


def nothing_text(shell: str) -> str:
    """Write the whole answer that changes nothing (the person asked only for help)."""
    return "true awsactivate-end\n" if shell == "fish" else "\\builtin : awsactivate-end\n"


def export_text(change: Change) -> str:
    """Write `change` as plain POSIX statements for any program that evaluates shell text."""
    return "".join(
        f"export {statement.name}={quote_posix(statement.value)}\n"
        if isinstance(statement, Set)
        else f"unset {statement.name}\n"
        for statement in change
    )


def dotenv_text(values: Mapping[str, str]) -> str:
    """Write a `.env` file, whose readers agree on single quotes and, for what holds one, on escapes."""
    return "".join(f"{name}={_quote_dotenv(value)}\n" for name, value in values.items())


def _quote_dotenv(text: str) -> str:
    if "'" not in text and "\\" not in text and "\n" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("$", "\\$")
    return f'"{escaped}"'
