"""Speed, measured side by side with what people use today.

`python benchmarks/speed ROW ...` measures some rows, and prints their table. Without a ROW it measures all,
and with --write, as `make bench` says, writes benchmarks/results.md and a plot of it, benchmarks/speed.svg.

Ours is installed into .venv-bench as a wheel, the peers beside it, and all are run in turn. Needs bash, zsh,
fish, direnv and strace.
"""

from __future__ import annotations

import argparse
import os
import sys

import core
import guarding
import peers
import report
from measuring import Outcome
from world import ROOT, install, machine, opened

import shells

ROWS = {
    "start": shells.start,
    "init": shells.init,
    "prompt": shells.prompt,
    "deactivate": shells.deactivate,
    "completion": shells.completion,
    "code": core.code,
    "activate": core.activate,
    "ticket": core.ticket,
    "awsume": core.awsume,
    "scope": core.scope,
    "status": core.status,
    "large": core.large,
    "memory": core.memory,
    "guard": guarding.guard,
    **peers.ROWS,
}


def main() -> int:
    """Measure; exit 1 where a row is missed."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("rows", metavar="ROW", nargs="*", help=", ".join(ROWS))
    parser.add_argument("--runs", type=int, default=21, help="how often each is run (default: %(default)s)")
    parser.add_argument(
        "--write", action="store_true", help="write results.md and speed.svg (of all rows only)"
    )
    parser.add_argument("--no-install", action="store_true", help="take .venv-bench as it is")
    arguments = parser.parse_args()
    if unknown := set(arguments.rows) - set(ROWS):
        parser.error(f"there is no row {unknown.pop()}: {', '.join(ROWS)}")
    if arguments.write and arguments.rows:
        parser.error("--write is for all rows")
    # with it, each run would compile what an installation has compiled
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not arguments.no_install:
        install()
    busy = f"load average {os.getloadavg()[1]:.1f}"
    outcomes: list[Outcome] = []
    with opened() as world:
        for name in arguments.rows or ROWS:
            sys.stderr.write(f"bench: {name}\n")
            for outcome in ROWS[name](world, arguments.runs):
                outcomes.append(outcome)
                measured = report.value(outcome, outcome.median)
                sys.stderr.write(f"bench:   {outcome.what}: {measured} ({outcome.verdict})\n")
    text = report.table(outcomes)
    sys.stdout.write(text)
    if arguments.write:
        place = f"{machine()}, {busy}"
        note = (
            f"Medians of {arguments.runs} runs or more in turn, on {place}. `make bench` measures them anew;"
            " the rows beside aws-vault, aws-runas and chamber want AWSACTIVATE_BENCH_PEERS, the"
            " folder of these programs.\n\n"
        )
        (ROOT / "benchmarks/results.md").write_text("# Speed\n\n" + note + text, "utf-8")
        (ROOT / "benchmarks/speed.svg").write_text(report.svg(outcomes, place), "utf-8")
    return 0 if all(outcome.verdict == "reached" for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
