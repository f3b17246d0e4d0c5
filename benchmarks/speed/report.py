"""The table and the plot of what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from html import escape

from measuring import Outcome

_WIDTH, _ROW, _LABEL, _BAR = 950, 34, 430, 300
_VERDICTS = {"reached": "reached", "missed": "**missed**", "undecided": "undecided"}
_STYLE = (
    "text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#24292f}.small{fill:#57606a;font-size:12px}"
    ".ok{fill:#2da44e}.missed{fill:#cf222e}.limit{stroke:#57606a;stroke-width:2}.rail{fill:#eaeef2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.rail{fill:#30363d}"
    ".limit{stroke:#9198a1}}"
)


def table(outcomes: Sequence[Outcome]) -> str:
    """Write the outcomes as a Markdown table."""
    lines = [
        "| row | what | against | at most | measured | middle half | ours | peer | |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for outcome in outcomes:
        peer = amount(statistics.median(outcome.peer), outcome.unit) if outcome.peer else ""
        cells = [
            outcome.row,
            outcome.what,
            outcome.against,
            "" if _is_aside(outcome) else value(outcome, outcome.limit),
            value(outcome, outcome.median),
            " to ".join(value(outcome, one) for one in dict.fromkeys(outcome.middle_half)),
            amount(statistics.median(outcome.ours), outcome.unit),
            peer,
            "" if _is_aside(outcome) else _VERDICTS[outcome.verdict],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def value(outcome: Outcome, number: float) -> str:
    """Write a number as the row counts it."""
    if outcome.kind == "ratio":
        return f"{number:.2f} ×"
    if outcome.kind == "more":
        return f"+ {amount(number, outcome.unit)}"
    return amount(number, outcome.unit)


def amount(number: float, unit: str) -> str:
    """Write a time, a size or a count."""
    if unit == "MB":
        return f"{number:.0f} MB"
    if not unit:
        return f"{number:.0f}"
    milliseconds = number * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 100 else f"{milliseconds:.3g} ms"


def svg(outcomes: Sequence[Outcome], machine: str) -> str:
    """Draw each row as a bar beside its limit: the full rail is the limit, so that shorter is better."""
    drawn = [outcome for outcome in outcomes if outcome.limit and not _is_aside(outcome)]
    height = _ROW * len(drawn) + 70
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="speed of awsactivate against its limits"><style>{_STYLE}</style>',
        '<text x="10" y="22" font-weight="600">How long one waits, against what was promised</text>',
        f'<text x="{_LABEL + _BAR}" y="22" text-anchor="end" class="small">the limit</text>',
    ]
    for index, outcome in enumerate(drawn):
        top = 34 + index * _ROW
        share = min(max(outcome.median / outcome.limit, 0.0), 1.03)
        kind = "ok" if outcome.verdict == "reached" else "missed"
        text = f"{value(outcome, outcome.median)} of {value(outcome, outcome.limit)}"
        what = outcome.what.replace("`", "")
        against = f", against {outcome.against}".replace("`", "") if outcome.against else ""
        parts += [
            f'<text x="10" y="{top + 15}">{escape(what)}</text>',
            f'<text x="10" y="{top + 29}" class="small">{escape(against[2:])}</text>',
            _bar(top, _BAR, "rail"),
            _bar(top, _BAR * share, kind),
            f'<line x1="{_LABEL + _BAR}" x2="{_LABEL + _BAR}" y1="{top}" y2="{top + 22}" class="limit"/>',
            f'<text x="{_LABEL + _BAR + 14}" y="{top + 16}">{escape(text)}</text>',
        ]
    for number, line in enumerate(_wrapped(machine, 130)):
        parts.append(f'<text x="10" y="{height - 22 + number * 15}" class="small">{escape(line)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _bar(top: int, width: float, kind: str) -> str:
    return f'<rect x="{_LABEL}" y="{top + 4}" width="{width:.1f}" height="14" rx="3" class="{kind}"/>'


def _is_aside(outcome: Outcome) -> bool:
    return outcome.against == "(not in the row)"


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word + " "
    return lines
