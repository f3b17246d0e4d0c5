"""A profile chosen from a list: `activate -`."""

from __future__ import annotations

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.person import terminal
from awsactivate.person.printable import printable
from awsactivate.profiles import recent


def pick(context: Context) -> str:
    """Return the name of the profile that the person chooses; those used last come first, then roles."""
    from awsactivate.opening.profile_rows import read_rows as profile_rows
    from awsactivate.person import picker
    from awsactivate.person.tables import table

    rows = {str(row["profile"]): row for row in profile_rows(context) if row["error"] is None}
    if not rows:
        raise ProfileError("there is no profile to choose", "awsactivate list")
    of_roles_first = sorted(rows, key=lambda name: rows[name]["role_arn"] is None)
    names = recent.first(of_roles_first, recent.read_names(context.environ))
    lines = table([_line(rows[name]) for name in names]).splitlines()
    return names[picker.choose("activate", lines, context.environ)]


def remember(name: str, context: Context) -> None:
    """Have `name` come first in the next list."""
    try:
        recent.remember(context.environ, name)
    except AwsactivateError as error:
        terminal.say_of_state(f"note: what was activated is not remembered: {error.message}")


def _line(row: dict[str, object]) -> tuple[str, ...]:
    role = str(row["role_arn"] or "").partition(":role/")[2]
    return tuple(printable(str(cell or "-")) for cell in (row["profile"], row["account"], role))
