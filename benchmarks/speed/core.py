"""The rows that the core itself is waited for: a session's start, and the commands that only tell."""

from __future__ import annotations

import itertools
import shlex
import time

import pexpect
from measuring import Outcome, in_shell, in_turn, megabytes, seconds
from typing_codes import fresh_code, type_code, wait_until_unused
from world import World, opened

_FAR = 0.05  # seconds that an answer takes from another continent


def code(world: World, runs: int) -> list[Outcome]:
    """Measure on a terminal from the code's last digit to the prompt, against the AWS CLI's one call."""
    child = pexpect.spawn(
        "bash", ["--norc", "--noprofile", "-i"], env=world.environ, encoding="utf-8", dimensions=(50, 200)
    )
    child.delaybeforesend = None
    child.sendline(f"PS1='$ '; bind 'set enable-bracketed-paste off'; {world.line('bash')}; echo loaded")
    child.expect("loaded\r\n")
    users = itertools.cycle(range(len(world.users)))

    def typed() -> float:
        number = next(users)
        _, _, serial, seed = world.users[number]
        wait_until_unused(serial)
        child.sendline(f"activate guarded{number}")
        begin = type_code(child, serial, seed)
        child.expect_exact(f"(guarded{number} 60m)")
        taken = time.perf_counter() - begin
        child.sendline("deactivate; echo left")
        child.expect("left\r\n")
        return taken

    ours, peer = in_turn(runs, typed, lambda: seconds(world.assume_role(), world.environ))
    child.close(force=True)
    what = "last digit → next prompt"
    return [Outcome("code", what, "`aws sts assume-role`", "ratio", 0.10, ours, peer)]


def activate(world: World, runs: int) -> list[Outcome]:
    """Measure a session without anything to type against the AWS CLI's command for it."""
    command = shlex.join(world.assume_role())
    ours, peer = in_turn(runs, lambda: _activate(world), lambda: in_shell("bash", command, world.environ))
    what = "`activate`, nothing to type"
    return [Outcome("activate", what, "`aws sts assume-role`", "ratio", 0.20, ours, peer)]


def ticket(_world: World, runs: int) -> list[Outcome]:
    """Measure what the ticket costs where each answer of AWS takes 50 ms: at most one answer more."""
    with opened(answers_after=_FAR) as world:
        for number in range(len(world.users)):  # whose the keys are is known from then on
            seconds([world.awsactivate, "export", f"known{number}", "--format", "process"], world.environ)
        users = itertools.cycle(range(len(world.users)))
        ours, peer = in_turn(
            runs,
            lambda: _with_code(world, "marked", next(users), ticket="-n"),
            lambda: _with_code(world, "guarded", next(users), ticket="-z"),
            is_difference=True,
        )
    what = "`activate` with a ticket, answers after 50 ms"
    return [Outcome("ticket", what, "the same without", "more", _FAR + 0.01, ours, peer)]


def awsume(world: World, runs: int) -> list[Outcome]:
    """Measure the same against awsume, made to ask AWS anew, as we always do."""
    statement = ". awsume plain -r"
    ours, peer = in_turn(runs, lambda: _activate(world), lambda: in_shell("bash", statement, world.environ))
    what = "`activate`, nothing to type"
    return [Outcome("awsume", what, "`awsume -r`", "ratio", 0.4, ours, peer)]


def scope(world: World, runs: int) -> list[Outcome]:
    """Measure a command that gets a part of a session against one that gets all of it: a call less."""

    def run(*scope: str) -> float:
        return seconds([world.awsactivate, "exec", "plain", *scope, "--", "true"], world.environ)

    ours, peer = in_turn(runs, lambda: run("--scope", "read-only"), run, is_difference=True)
    what = "`exec --scope read-only`"
    return [Outcome("scope", what, "`exec`, which makes a call less", "more", 0.05, ours, peer)]


def status(world: World, runs: int) -> list[Outcome]:
    """Measure the commands that scripts and prompts call often against an interpreter that does nothing."""
    outcomes = []
    for word in ("status", "--version"):
        ours, peer = in_turn(
            runs * 2,
            lambda word=word: seconds([world.awsactivate, word], world.session()),  # type: ignore[misc]
            lambda: seconds([world.python, "-c", "pass"], world.session()),
        )
        outcomes.append(Outcome("status", f"`{word}`", "`python3 -c pass`", "ratio", 2.5, ours, peer))
    return outcomes


def large(world: World, runs: int) -> list[Outcome]:
    """Measure what reads the whole configuration: beside 1,000 profiles and an interpreter."""
    outcomes = []
    for words, limit in ((["list"], 20.0), (["show", "team42-service0042"], 12.0)):
        command = [world.awsactivate, *words]
        what = f"`{words[0]}`, 5000 profiles"
        for against, most, peer in (
            ("`python3 -c pass`", limit, lambda: seconds([world.python, "-c", "pass"], world.environ)),
            ("the same with 1000", 6.0, lambda command=command: seconds(command, world.big(1000))),  # type: ignore[misc]
        ):
            pairs = in_turn(
                max(5, runs // 2),
                lambda command=command: seconds(command, world.big(5000)),  # type: ignore[misc]
                peer,
            )
            outcomes.append(Outcome("large", what, against, "ratio", most, *pairs))
    return outcomes


def memory(world: World, runs: int) -> list[Outcome]:
    """Measure the most memory that each holds."""
    ours, peer = in_turn(
        max(3, runs // 4),
        lambda: megabytes([world.awsactivate, "_activate", "bash", "plain"], world.environ),
        lambda: megabytes(world.assume_role(), world.environ),
    )
    what = "peak memory of `activate`"
    return [Outcome("memory", what, "`aws sts assume-role`", "ratio", 0.5, ours, peer, unit="MB")]


def _with_code(world: World, kind: str, number: int, *, ticket: str) -> float:
    _, _, serial, seed = world.users[number]
    wait_until_unused(serial)
    code = fresh_code(serial, seed)
    # what ends the shell here leaves no time to read
    is_begun = f"[[ $AWS_SESSION_TOKEN && {ticket} ${{_AWSACTIVATE_TICKET-}} ]]"
    statement = f"activate {kind}{number} --mfa-code {code}; {is_begun} || exit 1"
    return in_shell("bash", statement, world.environ, setup=world.line("bash"))


def _activate(world: World) -> float:
    return in_shell("bash", "activate plain", world.environ, setup=world.line("bash"))
