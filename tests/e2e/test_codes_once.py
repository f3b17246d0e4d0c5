"""A code goes to AWS once, however many shells have it at the same time; and no file of ours hangs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from e2e.answering import ROLE, Reply, assumed, caller_identity, endpoint
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
