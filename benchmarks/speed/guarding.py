"""The rows of the guard: what a call costs more through it, and how fast much goes through."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from measuring import Outcome, in_turn
from world import World, begun

_GIBIBYTE = 1 << 30
# Both say how long it took them, without what begins and ends a command.
_CALLS = """
import botocore.session, statistics, time
client = botocore.session.get_session().create_client("sqs")
taken = []
for _ in range(220):
    begin = time.perf_counter()
    client.list_queues()
    taken.append(time.perf_counter() - begin)
print(statistics.median(taken[20:]))
"""
_TIMED = """
import subprocess, sys, time
begin = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - begin)
"""


def guard(world: World, runs: int) -> list[Outcome]:
    """Measure a call, and an object of 1 GiB up and down, by a server on this machine that keeps nothing."""
    with _sink(world) as (folder, environ):
        big, back, policy = folder / "big", folder / "back", folder / "policy"
        with big.open("wb") as file:
            file.truncate(_GIBIBYTE)
        guarded = ("--guard=learn", "--policy-out", str(policy))
        python = str(Path(world.awsactivate).with_name("python"))  # which has boto3

        def run(*options: str, command: tuple[str, ...]) -> float:
            words = [world.awsactivate, "exec", *options, "plain", "--", *command]
            done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"{shlex.join(words)} exited {done.returncode}: {done.stderr}")
            return float(done.stdout)

        def both(count: int, *command: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
            return in_turn(
                count, lambda: run(*guarded, command=command), lambda: run(command=command), most=1
            )

        def copied(*words: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
            copy = (world.aws, "s3", "cp", "--only-show-errors", *words)
            return both(max(3, runs // 7), python, "-c", _TIMED, *copy)

        straight = "the same without the guard"
        return [
            Outcome(
                "guard",
                "a call of boto3",
                straight,
                "more",
                0.002,
                *both(max(5, runs // 2), python, "-c", _CALLS),
            ),
            Outcome(
                "guard", "`aws s3 cp` of 1 GiB, up", straight, "ratio", 1 / 0.7, *copied(str(big), "s3://b/k")
            ),
            Outcome(
                "guard",
                "`aws s3 cp` of 1 GiB, down",
                straight,
                "ratio",
                1 / 0.7,
                *copied("s3://b/k", str(back)),
            ),
        ]


@contextmanager
def _sink(world: World) -> Iterator[tuple[Path, dict[str, str]]]:
    """Start the server; yield a folder for what is big, and an environment that leads there."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="awsactivate-bench-")))
        url = begun(running, Path(__file__).with_name("sink.py"), str(folder), str(_GIBIBYTE)).strip()
        environ = {
            **world.environ,
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_ENDPOINT_URL_SQS": url,
            "AWS_CA_BUNDLE": str(folder / "ca.pem"),
        }
        yield folder, environ
