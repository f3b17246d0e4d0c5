"""What a person is told at the start: what COMMAND may do, and where is asked about the rest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from awsactivate.guard import rules
from awsactivate.guard.rules import Document, Rules


def lines(
    command: str, where: str, law: Rules, number: int, *, has_terminal: bool, policy_out: Path | None = None
) -> list[str]:
    """Say what the rules make of it, in one line or in two, then which files refuse all the same.

    `where` is the profile with its account, `number` the guard's.
    """
    denied = f"what {_each(law.denies, 'denies', 'deny')}" if law.denies else ""
    if law.preset == rules.LEARN:
        refused = " and ".join(filter(None, [denied, "what hands out credentials"]))
        return [
            f"{command} is let do in {where} whatever the session may, which is learned for {policy_out}",
            f"refused all the same: {refused}",
        ]
    may = f"{command} may read in {where}, but no secrets' values"
    if law.allows:
        may += f", and do what {_each(law.allows, 'allows', 'allow')}"
    found = [f"{may}; all else is refused"]
    if law.preset == rules.ASK:
        asked = "you are asked about all else, here, or by"
        if not has_terminal:
            asked = "there is no terminal here to ask on about all else: attach one by"
        found = [f"{may}; {asked}", f"awsactivate guard attach {number}, in a second terminal"]
    return [*found, f"refused all the same: {denied}"] if denied else found


def _each(files: Sequence[Document], one: str, several: str) -> str:
    *names, last = (file.name for file in files)
    return f"{', '.join(names)} and {last} {several}" if names else f"{last} {one}"
