"""`exec --guard` for longer than a session: the next one signs, and where there is none COMMAND is told."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e2e.conftest import World
from e2e.exec_runs import python
from e2e.exec_runs import run_exec as run
from e2e.test_guard import guarded, on_terminal
from harness.shells import PROGRAM
from harness.terminals import SECONDS

__all__ = ["guarded"]

pytestmark = pytest.mark.long

SHORT = 15.0  # seconds that a session lasts
ENDED = "the guard could not go on: it ends with the session of the shell that it was taken from"

# Calls until AWS or the guard says no, or for as long as it is told.
# When it has called once, the next session is there to be had.
CALLS = """
import boto3, botocore.exceptions, os, sys, time
sts = boto3.client("sts", region_name="eu-west-1")
until = time.monotonic() + float(sys.argv[1])
while time.monotonic() < until:
    try:
        sts.get_caller_identity()
    except botocore.exceptions.ClientError as error:
        print(error)
        break
    if os.path.exists("second"): os.replace("second", "document")
    time.sleep(0.5)
"""


def lasting(world: World, seconds: float) -> dict[str, object]:
    """Return a session of the user's, which this machine takes to end after that."""
    session = world.aws.client("sts", world.user.credentials).get_session_token()["Credentials"]
    return {
        "Version": 1,
        **session,
        "Expiration": datetime.fromtimestamp(time.time() + seconds, UTC).isoformat(),
    }


def add_process(world: World, session: dict[str, object]) -> None:
    """Add the profile `process`, which gives a session."""
    document = world.home / "document"
    document.write_text(json.dumps(session, default=str))
    world.add_profile(f"[profile process]\nregion = eu-west-1\ncredential_process = cat {document}\n")
    world.aws.requests.clear()


def signed_by(world: World) -> list[str]:
    """Return the keys that signed COMMAND's calls, each once, in order."""
    calls = [one for one in world.aws.requests if one.operation == "GetCallerIdentity"]
    return list(dict.fromkeys(str(one.access_key_id) for one in calls))


def test_when_a_session_ends_the_next_one_signs(guarded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(guarded.home)
    first, second = lasting(guarded, SHORT), lasting(guarded, 3600)
    add_process(guarded, first)
    Path("second").write_text(json.dumps(second, default=str))
    done = run(guarded, "--guard", "process", "--", *python(CALLS), str(SHORT + 1))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert signed_by(guarded) == [first["AccessKeyId"], second["AccessKeyId"]]


def test_without_target_it_ends_with_the_shells_session_and_command_is_told(guarded: World) -> None:
    first = lasting(guarded, SHORT)
    add_process(guarded, first)
    guard = (PROGRAM, "exec", "--guard", "--")
    done = run(guarded, "process", "--", *guard, *python(CALLS), str(SHORT + 20))
    assert done.returncode == 0, done.stderr
    assert ENDED in done.stdout
    assert ENDED.rpartition(": ")[2] in done.stderr
    assert signed_by(guarded) == [first["AccessKeyId"]]


def test_who_the_profile_names_is_told_of_a_question_that_the_screen_hides(guarded: World) -> None:
    told = guarded.home / "told"
    text = guarded.home / ".aws/config"
    program = guarded.home / "notify"
    program.write_text(
        f'#!/bin/sh\nprintf "%s|" "$@" >{told}.new && env >>{told}.env && mv {told}.new {told}\n'
    )
    program.chmod(0o755)
    text.write_text(f"{text.read_text()}guard_notify = {program} now\n")
    with on_terminal(guarded, *python(SCREEN), str(told)) as opened:
        number = opened.search("awsactivate guard attach ([0-9]+)")[1]
        opened.expect("<told>")
        assert opened.wait() == 0
    assert told.read_text() == (
        f"now|python wants iam:CreateUser on user/eve in open ({guarded.account}):"
        f" awsactivate guard attach {number}|"
    ).replace("python", Path(python("")[0]).name)
    assert "AWS_SECRET_ACCESS_KEY" not in Path(f"{told}.env").read_text()


# It has the screen, and ends as soon as the person was told.
SCREEN = f"""
import boto3, os, pathlib, sys, threading, time, tty
tty.setcbreak(0)
iam = boto3.client("iam")
threading.Thread(target=lambda: iam.create_user(UserName="eve"), daemon=True).start()
until = time.monotonic() + {SECONDS}
while not pathlib.Path(sys.argv[1]).exists() and time.monotonic() < until: time.sleep(0.05)
print("<told>", flush=True)
os._exit(0)
"""
