"""Profiles that sign in by `aws login`, from the AWS CLI's cache: the real core as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from awsactivate.signin.key import Key
from e2e.conftest import World
from e2e.test_sources import run
from test_house import PROBE

ENDED = "2020-01-01T00:00:00Z"


def keep(world: World, session: str, document: Mapping[str, Any], ends: str = ENDED) -> None:
    """Write a token as the AWS CLI does, with credentials that have ended."""
    file = world.home / ".aws/login/cache" / Key("login", session).file_name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**document, "accessToken": {**document["accessToken"], "expiresAt": ends}}))
    file.chmod(0o600)


def test_it_works_as_a_profile_as_a_roles_source_and_in_the_console(world: World) -> None:
    admin = f"arn:aws:sts::{world.account}:assumed-role/terraform/me"
    keep(world, world.user.arn, world.aws.aws_login(world.user).document)
    keep(world, admin, world.aws.aws_login(role=world.role, name="me").document)
    world.add_profile(
        f"[profile me]\nlogin_session = {world.user.arn}\nregion = us-east-1\n"
        f"[profile of-me]\nrole_arn = {world.role.arn}\nsource_profile = me\n"
        f"[profile admin]\nlogin_session = {admin}\nregion = us-east-1\n"
    )
    ask = "import os, urllib.request as u\nr = u.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], "
    ask += "headers={'Authorization': os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']})\n"
    ask += "print(u.urlopen(r).read().decode())"
    served = run(world, "exec", "--serve", "of-me", "--", sys.executable, "-c", ask)
    assert json.loads(served.stdout)["AccessKeyId"].startswith("ASIA"), served.stderr
    console = run(world, "console", "admin", "--print")
    assert "SigninToken=" in console.stdout, console.stderr
    # the credentials in the cache lasted, once they were renewed
    assert world.operations().count("CreateOAuth2Token") == 2


def test_its_credentials_are_had_without_botocore(world: World) -> None:
    keep(world, world.user.arn, world.aws.aws_login(world.user).document)
    world.add_profile(f"[profile me]\nlogin_session = {world.user.arn}\nregion = us-east-1\n")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "export", "me", "--format", "process"],
        env=world.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    document = json.loads(done.stdout.splitlines()[0])
    assert (document["Version"], done.stderr.splitlines()) == (1, ["0 cryptography"])


def test_who_is_not_signed_in_gets_one_line_and_status_3(world: World) -> None:
    world.add_profile(f"[profile me]\nlogin_session = {world.user.arn}\nregion = us-east-1\n")
    result = run(world, "export", "me")
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == (
        "awsactivate: error: profile 'me': nobody is signed in\nawsactivate: hint: awsactivate login me\n"
    )
