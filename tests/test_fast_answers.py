"""The command lines that are answered without argparse: in the same words as with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate import fast_answers

PROGRAM = str(Path(sys.executable).parent / "awsactivate")
SESSION = {
    "AWSACTIVATE_PROFILE": "prod",
    "AWSACTIVATE_ROLE_ARN": "arn:aws:iam::111122223333:role/terraform",
    "AWSACTIVATE_ASSUMED_ROLE_ID": "AROAEXAMPLE:alice=k3v9q2m7xd",
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
    "AWS_REGION": "eu-west-1",
}


@pytest.mark.parametrize(
    "environ", [{}, SESSION, SESSION | {"AWSACTIVATE_EXPIRATION": "1"}], ids=["none", "endless", "expired"]
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_status_says_the_same_by_the_parser(environ: dict[str, str], form: list[str]) -> None:
    parsed = subprocess.run(
        [PROGRAM, "status", *form, "--min-ttl", "0"], env=environ, capture_output=True, text=True, check=False
    )
    plain = subprocess.run(
        [PROGRAM, "status", *form], env=environ, capture_output=True, text=True, check=False
    )
    assert fast_answers.answer(["status", *form], PROGRAM, environ, 1_800_000_000) == (
        plain.stdout,
        plain.returncode,
    )
    assert (plain.stdout, plain.stderr, plain.returncode) == (
        parsed.stdout,
        parsed.stderr,
        parsed.returncode,
    )


@pytest.mark.parametrize(
    "words", [[], ["status", "--help"], ["status", "--min-ttl", "15m"], ["init"], ["init", "csh"], ["list"]]
)
def test_anything_else_is_the_parsers_business(words: list[str]) -> None:
    assert fast_answers.answer(words, PROGRAM, {}, 0) is None


def test_status_loads_no_parser() -> None:
    text = (
        "import sys; sys.argv = ['awsactivate', 'status', '--json']; from awsactivate import cli; "
        "cli.main(sys.argv[1:]); heavy = {'argparse', 'botocore', 'keyring'} & {*sys.modules}; "
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], env=SESSION, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
