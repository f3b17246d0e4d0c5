"""The rows that a shell is waited for: its start, each prompt, leaving, TAB."""

from __future__ import annotations

import itertools
import tempfile
import time
from pathlib import Path

import pexpect
from measuring import STRACE, Outcome, in_shell, in_turn, processes, seconds
from world import World

SHELLS = ("bash", "zsh", "fish")
_PROMPTS = 300
_PROFILES = 5000
# One prompt, as the shell itself makes it: the hooks, then the text.
_ONE_PROMPT = {
    "bash": 'for __c in "${PROMPT_COMMAND[@]}"; do eval "$__c"; done; : "${PS1@P}"',
    "zsh": "for __f in $precmd_functions; do $__f; done; : ${(%%)PROMPT}",
    "fish": "emit fish_prompt; fish_prompt >/dev/null",
}
_REPEATED = {
    "bash": "for ((__i = 0; __i < {count}; __i++)); do {one}; done",
    "zsh": "for ((__i = 0; __i < {count}; __i++)); do {one}; done",
    "fish": "for __i in (string split ' ' -- (string repeat -n {count} 'x ')); {one}; end",
}
_AN_INTERPRETER = "`python3 -c pass`"
_FISH_PROMPT = "function fish_prompt; echo '$ '; end"


def start(world: World, runs: int) -> list[Outcome]:
    """Measure the line that `install` writes against direnv's, which is in as many start-up files."""
    line = world.line("bash")
    ours, peer = in_turn(
        runs,
        lambda: in_shell("bash", line, world.environ),
        lambda: in_shell("bash", 'eval "$(direnv hook bash)"', world.environ),
    )
    started = [call for call in _started("bash", "", line, world) if "execve" in call]
    return [
        Outcome("start", "bash's start, as `install` sets it up", "`direnv hook`", "ratio", 0.5, ours, peer),
        Outcome("start", "programs started by it", "", "count", 0, (len(started),), unit=""),
    ]


def init(world: World, runs: int) -> list[Outcome]:
    """Measure the other way to load it, which runs the core, against an interpreter that does nothing."""
    ours, peer = in_turn(
        runs,
        lambda: in_shell("bash", f'eval "$({world.awsactivate} init bash)"', world.environ),
        lambda: in_shell("bash", f'eval "$({world.python} -c pass)"', world.environ),
    )
    return [
        Outcome("init", '`eval "$(awsactivate init bash)"`', "`python3 -c pass`", "ratio", 2.0, ours, peer)
    ]


def prompt(world: World, runs: int) -> list[Outcome]:
    """Measure the prompt of a shell with a session, and of one that does not know of us."""
    outcomes = []
    for shell in SHELLS:
        loop = _REPEATED[shell].format(count=_PROMPTS, one=_ONE_PROMPT[shell])
        before = _FISH_PROMPT if shell == "fish" else ""
        with_us = f"{before}\n{world.line(shell)}\n{_ONE_PROMPT[shell]}"
        interpreter: list[float] = []

        def ours(shell: str = shell, loop: str = loop, setup: str = with_us) -> float:
            return in_shell(shell, loop, world.session(), setup=setup) / _PROMPTS

        def plain(
            shell: str = shell, loop: str = loop, setup: str = before, alone: list[float] = interpreter
        ) -> float:
            alone.append(_interpreter(world))
            return in_shell(shell, loop, world.environ, setup=setup) / _PROMPTS

        own, other = in_turn(max(3, runs // 2), ours, plain)
        one = _ONE_PROMPT[shell]
        calls = _started(shell, with_us, one, world, environ=world.session())
        what = f"what we add to a prompt with a session, {shell}"
        added = tuple(max(one - two, 0) for one, two in zip(own, other, strict=True))
        outcomes += [
            Outcome("prompt", what, _AN_INTERPRETER, "ratio", 0.02, added, tuple(interpreter[1:])),
            Outcome("prompt", f"processes started by it, {shell}", "", "count", 0, (len(calls),), unit=""),
        ]
    return outcomes


def deactivate(world: World, runs: int) -> list[Outcome]:
    """Measure leaving a session that the core has just opened."""
    outcomes = []
    for shell in SHELLS:
        failed = "; or exit 1" if shell == "fish" else " || exit 1"
        setup = f"{world.line(shell)}\nactivate --quiet plain{failed}"
        own, peer = in_turn(
            max(3, runs // 2),
            lambda shell=shell, setup=setup: in_shell(  # type: ignore[misc]
                shell, "deactivate", world.environ, setup=setup
            ),
            lambda: _interpreter(world),
        )
        calls = _started(shell, setup, "deactivate", world)
        outcomes += [
            Outcome("deactivate", f"`deactivate`, {shell}", _AN_INTERPRETER, "ratio", 0.2, own, peer),
            Outcome(
                "deactivate", f"processes started by it, {shell}", "", "count", 0, (len(calls),), unit=""
            ),
        ]
    return outcomes


def completion(world: World, runs: int) -> list[Outcome]:
    """Measure on a terminal from TAB to the whole name, with thousands of profiles."""
    outcomes = []
    for shell in SHELLS:
        with tempfile.TemporaryDirectory() as folder:
            with _terminal(shell, world, Path(folder)) as child:
                numbers = itertools.count()
                later = in_turn(
                    max(5, runs),
                    lambda shell=shell, child=child, numbers=numbers: _tab(shell, child, next(numbers)),  # type: ignore[misc]
                    lambda: _interpreter(world),
                )
            first = in_turn(
                max(5, runs // 3),
                lambda shell=shell, folder=folder: _first_tab(shell, world, Path(folder)),  # type: ignore[misc]
                lambda: _interpreter(world),
            )
            calls = _tab_calls(shell, world, Path(folder))
        what = f"TAB after a profile's first letters, {_PROFILES} profiles, {shell}"
        outcomes += [
            Outcome("completion", what, _AN_INTERPRETER, "ratio", 3.0, *later),
            Outcome(
                "completion", f"the first TAB of a shell, {shell}", _AN_INTERPRETER, "ratio", 5.0, *first
            ),
            Outcome("completion", f"processes started by it, {shell}", "", "count", 0, (calls,), unit=""),
        ]
    return outcomes


def _interpreter(world: World) -> float:
    """Measure an interpreter that does nothing."""
    return seconds([world.python, "-c", "pass"], world.environ)


def _first_tab(shell: str, world: World, folder: Path) -> float:
    with _terminal(shell, world, folder) as child:
        return _tab(shell, child, 0)


def _tab(shell: str, child: pexpect.spawn, number: int) -> float:
    name = f"team{number % 50:02}-service{number:04}"
    child.send(f"activate {name[:-1]}")
    child.expect_exact(name[:-1])
    time.sleep(0.1)
    begin = time.perf_counter()
    child.send("\tQ")  # what is typed next shows when the shell has done with TAB
    child.expect_exact("Q")
    taken = time.perf_counter() - begin
    assert name[-1] in child.before, f"{shell} did not complete {name}: {child.before!r}"
    _clear(child)
    return taken


def _clear(child: pexpect.spawn) -> None:
    """Take the line away, and what the shell still had to draw."""
    time.sleep(0.2)
    child.sendcontrol("u")
    time.sleep(0.2)
    while True:
        try:
            child.read_nonblocking(10_000, timeout=0.05)
        except pexpect.TIMEOUT:
            child.buffer = ""
            return


def _tab_calls(shell: str, world: World, folder: Path) -> int:
    trace = folder / "trace"
    with _terminal(shell, world, folder, [*STRACE, "-o", str(trace)]) as child:
        counts = []
        for _ in range(2):  # the first TAB loads what the second has
            child.send("activate team03-service000")
            child.expect_exact("team03-service000")
            time.sleep(0.5)
            counts.append(_calls(trace))
            child.send("\tQ")
            child.expect_exact("Q")
            time.sleep(0.2)
            counts.append(_calls(trace))
            _clear(child)
    return counts[1] - counts[0] + counts[3] - counts[2]


def _terminal(shell: str, world: World, folder: Path, prefix: list[str] | None = None) -> pexpect.spawn:
    """Open a shell as a person has it, at its first prompt."""
    startup = {
        "bash": f"PS1='$ '\nbind 'set enable-bracketed-paste off'\n{world.line('bash')}\n",
        "zsh": f"PROMPT='$ '\nautoload -Uz compinit\ncompinit -u -D\n{world.line('zsh')}\n",
        "fish": f"{_FISH_PROMPT}\nfunction fish_greeting; end\n{world.line('fish')}\n",
    }
    file = folder / (".zshrc" if shell == "zsh" else "startup")
    file.write_text(startup[shell])
    commands = {
        "bash": ["bash", "--noprofile", "--rcfile", str(file), "-i"],
        "zsh": ["zsh", "-d", "-i"],
        "fish": ["fish", "--no-config", "-i", "-C", f"source {file}"],
    }
    command = [*(prefix or []), *commands[shell]]
    environ = {**world.big(_PROFILES), "ZDOTDIR": str(folder)}
    child = pexpect.spawn(
        command[0], command[1:], env=environ, encoding="utf-8", timeout=30, dimensions=(50, 200)
    )
    child.delaybeforesend = None
    child.expect_exact("$ ")
    time.sleep(0.5)
    return child


def _started(
    shell: str, setup: str, statement: str, world: World, *, environ: dict[str, str] | None = None
) -> list[str]:
    """Return the calls that `statement` makes to start processes, after `setup`."""
    environ = environ or world.environ
    without = processes(shell, setup or ":", environ, world.home)
    with_it = processes(shell, f"{setup}\n{statement}", environ, world.home)
    return with_it[len(without) :]


def _calls(trace: Path) -> int:
    return sum(1 for line in trace.read_text().splitlines() if "(" in line and "CLONE_THREAD" not in line)
