"""A code goes to AWS once, however many shells have it at the same time; and no file of ours hangs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.answering import ROLE, Reply, assumed, caller_identity, endpoint
from e2e.conftest import World
from harness.shells import PROGRAM, environment

SERIAL = "arn:aws:iam::111122223333:mfa/alice"
CONFIG = (
    f"[profile alice]\n[profile prod]\nrole_arn = {ROLE}\nsource_profile = alice\nmfa_serial = {SERIAL}\n"
)
KEYS = "[alice]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = long-term-secret\n"
STATE = ".local/state/awsactivate"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/.aws").mkdir(parents=True)
    (tmp_path / "home/.aws/config").write_text(CONFIG)
    (tmp_path / "home/.aws/credentials").write_text(KEYS)
    return tmp_path / "home"


def export(
    home: Path, url: str, *words: str, begin: tuple[str, ...] = ("export",), **more: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PROGRAM, *begin, "prod", *words],
        env=environment(home, AWS_ENDPOINT_URL=url, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("way", ["option", "environment"])
def test_of_four_shells_with_the_same_code_one_sends_it(way: str, home: Path) -> None:
    sent: list[str] = []

    def answers(operation: str) -> Reply:
        if operation != "AssumeRole":
            return caller_identity()
        sent.append(operation)
        return assumed()

    words = ["--mfa-code", "123456"] if way == "option" else []
    more = {} if words else {"AWSACTIVATE_MFA_CODE": "123456"}
    with endpoint(answers) as url:
        shells = [export(home, url, *words, **more) for _ in range(4)]
        said = [shell.communicate(timeout=60)[1] for shell in shells]
    assert sent == ["AssumeRole"], said
    assert sorted(shell.returncode for shell in shells) == [0, 5, 5, 5], said
    assert sum("this MFA code was used already; the next one comes in" in text for text in said) == 3


@pytest.mark.parametrize("name", ["used-codes.json", "recent.json", "sessions.json", "services"])
@pytest.mark.parametrize("kind", ["pipe", "device", "huge"])
def test_what_stands_in_the_place_of_a_file_of_ours_stops_nothing(name: str, kind: str, home: Path) -> None:
    """A pipe to which nobody writes hung the activation for ever."""
    (home / STATE).mkdir(parents=True)
    path = home / STATE / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.touch()
        os.truncate(path, 10**12)
    with endpoint(lambda operation: assumed() if operation == "AssumeRole" else caller_identity()) as url:
        done = export(home, url, "--mfa-code", "123456", begin=("_activate", "bash"))
        output, errors = done.communicate(timeout=60)
    assert done.returncode == 0, errors
    assert "AWS_SESSION_TOKEN" in output


def side_by_side(world: World, profile: str, count: int, **more: str) -> list[tuple[int, str, str]]:
    """Have several programs ask for credentials at once, as Terragrunt does for its units."""
    programs = [
        subprocess.Popen(
            [PROGRAM, "export", profile, "--format", "terragrunt"],
            env={**world.environ, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for _ in range(count)
    ]
    answers = [program.communicate(timeout=120) for program in programs]
    return [(program.returncode, *answer) for program, answer in zip(programs, answers, strict=True)]


def test_of_six_programs_with_one_code_one_is_given_credentials(world: World) -> None:
    world.aws.requests.clear()
    done = side_by_side(world, "prod", 6, AWSACTIVATE_MFA_CODE=world.device.code())
    assert sorted(status for status, _, _ in done) == [0, 5, 5, 5, 5, 5], done
    assert world.operations().count("AssumeRole") == 1
    (answer,) = [json.loads(output) for _, output, _ in done if output]
    assert answer["awsCredentials"]["ACCESS_KEY_ID"].startswith("ASIA")
    assert answer["envs"]["AWS_REGION"] == "eu-west-1"


@pytest.mark.long
def test_programs_whose_codes_come_by_themselves_wait_for_the_next(world: World) -> None:
    text = (
        f"import time; from awsactivate.mfa.totp import code; print(code('{world.device.seed}', time.time()))"
    )
    world.add_profile(
        f"[profile by-itself]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f'mfa_serial = {world.device.serial}\nmfa_process = {sys.executable} -c "{text}"\n'
    )
    world.aws.requests.clear()
    done = side_by_side(world, "by-itself", 2)
    assert [status for status, _, _ in done] == [0, 0], done
    keys = {json.loads(output)["awsCredentials"]["ACCESS_KEY_ID"] for _, output, _ in done}
    assert len(keys) == 2
    assert world.operations().count("AssumeRole") == 2
