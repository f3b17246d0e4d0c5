"""The rows beside other people's programs, and those where AWS is far: all on the same way, by one front.

aws-vault, granted, aws-runas and chamber are taken from the folder that $AWSACTIVATE_BENCH_PEERS names; a row
whose peer is not there is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pexpect
from measuring import Outcome, in_turn, seconds
from typing_codes import type_code, wait_until_unused
from world import ROUND_TRIP, World


def near(world: World, runs: int) -> list[Outcome]:
    """Measure a session with nothing to type, on the loopback, against the AWS CLI."""
    return [
        _against_the_cli("near", words, world, world.environ, 0.20, runs, "on this machine")
        for words in (_EXEC, _EXPORT)
    ]


def far(world: World, runs: int) -> list[Outcome]:
    """Measure the same where each answer takes a round trip, with TLS and through a proxy, as AWS's do."""
    where = f"{ROUND_TRIP * 1000:.0f} ms away"
    outcomes = [
        _against_the_cli("far", words, world, world.far, 0.30, runs, where) for words in (_EXEC, _EXPORT)
    ]
    commands = {
        "aws-vault": (["exec", "-n", "plain", "--", "true"], "`aws-vault exec`", 1.6),
        "aws-runas": (["-r", "plain", "true"], "`aws-runas -r`", 1.6),
        # what its shell function evaluates: the command itself is not run yet
        "assumego": (["plain", "--no-cache", "--exec", "true"], "`assume --exec`", 1.6),
    }
    for name, (words, told, limit) in commands.items():
        if program := world.peer(name):
            before = world.connections("sts")
            ours, peer = in_turn(
                runs,
                lambda: seconds([world.awsactivate, *_EXEC], world.far),
                lambda program=program, words=words: seconds([program, *words], world.far),  # type: ignore[misc]
            )
            # nobody is compared with who asked nothing
            assert world.connections("sts") - before >= 2 * len(ours), f"{name} did not call STS each time"
            outcomes.append(Outcome("far", f"`exec`, {where}", told, "ratio", limit, ours, peer))
    return [*outcomes, _asked_of_iam(world), *_code(world, runs)]


def listing(world: World, runs: int) -> list[Outcome]:
    """Measure `list` with thousands of profiles against aws-vault's."""
    program = world.peer("aws-vault")
    if program is None:
        return []
    ours, peer = in_turn(
        runs,
        lambda: seconds([world.awsactivate, "list"], world.big(5000)),
        lambda: seconds([program, "list", "--profiles"], {**world.far, **world.big(5000)}),
    )
    what = "`list`, 5000 profiles"
    return [Outcome("listing", what, "`aws-vault list --profiles`", "ratio", 1.0, ours, peer)]


def secrets(world: World, runs: int) -> list[Outcome]:
    """Measure a command run with a service's secrets, of which each answer takes 50 ms, against chamber."""
    program = world.peer("chamber")
    if program is None:
        return []
    outcomes = []
    # the pace that SSM sets is what a thousand wait for, which varies little
    for count, limit, times, most in ((10, 2.5, runs, 3), (1000, 0.52, max(3, runs // 5), 1)):
        service = f"service-{count}"

        def ours(service: str = service) -> float:
            time.sleep(1.1)  # so that neither pays for the other's requests
            words = ["secrets", "exec", service, "--", "true"]
            return seconds([world.awsactivate, *words], world.parameter_store)

        def peer(service: str = service) -> float:
            time.sleep(1.1)
            return seconds([program, "exec", service, "--", "true"], world.parameter_store)

        what = f"`secrets exec`, {count} parameters"
        outcomes.append(
            Outcome("secrets", what, "`chamber exec`", "ratio", limit, *in_turn(times, ours, peer, most=most))
        )
    return outcomes


def many(world: World, runs: int) -> list[Outcome]:
    """Measure a command for each of 50 accounts against loops, where each answer takes a round trip."""
    accounts = [f"account{number:02}" for number in range(50)]
    config = world.home / "config-accounts"
    sections = (
        f"[profile {name}]\nrole_arn = {world.role}\nsource_profile = base\nregion = eu-west-1\n"
        for name in accounts
    )
    config.write_text("[profile base]\nregion = eu-west-1\n" + "".join(sections))
    environ = {**world.far, "AWS_CONFIG_FILE": str(config)}
    ask = [world.aws, "sts", "get-caller-identity"]
    loop = f'for p; do {world.aws} --profile "$p" sts get-caller-identity; done'
    # what the CLI itself takes to start is all of it where there are few cores
    loops = [("`aws --profile` in a loop", ask, loop, 0.75)]
    if program := world.peer("aws-vault"):
        loop = f'for p; do {program} exec -n "$p" -- true; done'
        loops.append(("`aws-vault exec` in a loop", ["true"], loop, 0.30))
    outcomes = []
    for told, command, loop, limit in loops:
        ours, peer = in_turn(
            max(5, runs // 4),
            lambda command=command: seconds([world.awsactivate, "each", "account*", "--", *command], environ),  # type: ignore[misc]
            lambda loop=loop: seconds(["/bin/sh", "-c", loop, "sh", *accounts], environ),  # type: ignore[misc]
            most=1,
        )
        what = f"`each`, 50 accounts, `{'aws sts …' if command == ask else 'true'}`"
        outcomes.append(Outcome("many", what, told, "ratio", limit, ours, peer))
    return outcomes


_EXEC = ["exec", "plain", "--", "true"]
_EXPORT = ["export", "plain", "--format", "process"]


def _against_the_cli(
    row: str, words: list[str], world: World, environ: dict[str, str], limit: float, runs: int, where: str
) -> Outcome:
    ours, peer = in_turn(
        runs,
        lambda: seconds([world.awsactivate, *words], environ),
        lambda: seconds(world.assume_role(), environ),
    )
    return Outcome(row, f"`{words[0]}`, {where}", "`aws sts assume-role`", "ratio", limit, ours, peer)


def _asked_of_iam(world: World) -> Outcome:
    """Count the connections to IAM that a role takes which nobody has marked, where nothing is known yet."""
    before = world.connections("iam")
    fresh = {**world.far, "XDG_STATE_HOME": str(world.home / "fresh-state")}
    seconds([world.awsactivate, *_EXEC], fresh)
    count = world.connections("iam") - before
    return Outcome("far", "calls to IAM for a role that is not marked", "", "count", 0, (count,), unit="")


def _code(world: World, runs: int) -> list[Outcome]:
    """Measure on a terminal from the code's last digit to the command, where AWS is far."""
    program = world.peer("aws-vault")
    if program is None:
        return []
    # aws-vault keeps what a code gave it and asks a user once, so each run is another user's
    users = iter(range(len(world.users)))
    runs = min(runs, len(world.users) // 2 - 1)

    def typed(command: list[str], number: int) -> float:
        return _typed([*command, f"guarded{number}", "--", "echo", "DONE"], world, number)

    ours, peer = in_turn(
        runs,
        lambda: typed([world.awsactivate, "exec"], next(users)),
        lambda: typed([program, "exec", "-n"], next(users)),
        most=1,
    )
    what = "last digit → the command, " + f"{ROUND_TRIP * 1000:.0f} ms away"
    return [Outcome("far", what, "`aws-vault exec`", "ratio", 0.40, ours, peer)]


def _typed(command: list[str], world: World, number: int) -> float:
    _, _, serial, seed = world.users[number]
    wait_until_unused(serial)
    child = pexpect.spawn(
        command[0], command[1:], env=world.far, encoding="utf-8", timeout=30, dimensions=(50, 200)
    )
    child.delaybeforesend = None
    begin = type_code(child, serial, seed)
    child.expect_exact("DONE\r\n")
    taken = time.perf_counter() - begin
    child.close(force=True)
    return taken


ROWS: dict[str, Callable[[World, int], list[Outcome]]] = {
    "near": near,
    "far": far,
    "listing": listing,
    "many": many,
    "secrets": secrets,
}
