"""The tree of what lives, as a person reads it and as a program does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from awsactivate.journal.entry import Entry, Node


def text(
    nodes: Iterable[Node], *, now: float, held: str, runs: Callable[[int], bool], indent: str = ""
) -> str:
    """Draw the nodes, a line each; `held` is this shell's access key's id, `runs` tells of a process."""
    lines = ""
    for node in nodes:
        lines += f"{indent}{_line(node, now, held, runs)}\n"
        lines += text(node.children, now=now, held=held, runs=runs, indent=indent + "  ")
    return lines


def _line(node: Node, now: float, held: str, runs: Callable[[int], bool]) -> str:
    entry = node.entry
    name = entry.scope or "whole"
    words = [
        f"{entry.profile}: {name}" if not entry.under else name,
        entry.session_name if not entry.under else "",
        _command(entry, runs),
        f"“{entry.purpose}”" if entry.purpose else "",
        f"{-(-int((entry.ends or 0) - now) // 60)} min",
        "revoked" if node.is_revoked else "",
        "this shell" if entry.key_id == held else "",
    ]
    return ", ".join(word for word in words if word)


def _command(entry: Entry, runs: Callable[[int], bool]) -> str:
    if not entry.command:
        return ""
    is_running = entry.process is not None and runs(entry.process)
    return f"{entry.command} ({f'process {entry.process}' if is_running else 'has ended'})"


def document(nodes: Iterable[Node], *, held: str, runs: Callable[[int], bool]) -> list[dict[str, object]]:
    """Return the nodes as `--json` prints them."""
    return [
        {
            "profile": node.entry.profile,
            "scope": node.entry.scope or None,
            "session_name": node.entry.session_name or None,
            "access_key_id": node.entry.key_id,
            "purpose": node.entry.purpose or None,
            "command": node.entry.command or None,
            "process": node.entry.process,
            "running": node.entry.process is not None and runs(node.entry.process),
            "began": node.entry.time,
            "ends": node.entry.ends,
            "revoked": node.is_revoked,
            "this_shell": node.entry.key_id == held,
            "children": document(node.children, held=held, runs=runs),
        }
        for node in nodes
    ]
