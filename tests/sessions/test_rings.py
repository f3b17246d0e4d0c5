"""A credential_process that asks this program for the profile that it serves is refused before it runs."""

from __future__ import annotations

import pytest

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import parse
from awsactivate.sessions.rings import asked_by
from awsactivate.sessions.sources import Surroundings, trail_from


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("awsactivate export alice --format process", "alice"),
        ("/opt/bin/awsactivate export --format process alice", "alice"),
        ("awsactivate export --format=process 'two words'", "two words"),
        ("awsactivate exec alice -- tool bob", "alice"),
        ("awsactivate exec --no-mfa alice -- tool", "alice"),
        ("awsactivate export alice --source-profile bob", None),
        ("awsactivate exec -- tool", None),
        ("awsactivate list alice", None),
        ("tool export alice", None),
        ("awsactivate export 'alice", None),
        ("", None),
    ],
)
def test_the_profile_that_a_command_asks_for(command: str, asked: str | None) -> None:
    assert asked_by(command) == asked


ASK = "credential_process = awsactivate export {} --format process\n"
ROLE = "role_arn = arn:aws:iam::111122223333:role/r\nsource_profile = {}\n"


@pytest.mark.parametrize(
    ("config", "ring"),
    [
        ("[profile a]\n" + ASK.format("a"), "a -> a"),
        ("[profile a]\n" + ASK.format("b") + "[profile b]\n" + ASK.format("a"), "a -> b -> a"),
        ("[profile a]\n" + ASK.format("r") + "[profile r]\n" + ROLE.format("a"), "a -> r -> a"),
        ("[profile a]\n" + ROLE.format("b") + "[profile b]\n" + ASK.format("b"), "b -> b"),
        ("[profile a]\n" + ASK.format("b") + "[profile b]\n" + ASK.format("b"), "b -> b"),
    ],
)
def test_a_ring_is_refused_and_shown(config: str, ring: str) -> None:
    profiles = parse(config, "")
    with pytest.raises(ProfileError) as raised:
        trail_from(profiles["a"], Surroundings(profiles, {}, {}))
    assert raised.value.message.endswith(f": credential_process asks for itself in a ring: {ring}")


@pytest.mark.parametrize(
    "config",
    [
        "[profile a]\n" + ASK.format("b") + "[profile b]\naws_access_key_id = A\naws_secret_access_key = s\n",
        "[profile a]\n" + ASK.format("nobody"),
        "[profile a]\n" + ASK.format("b") + "[profile b]\n" + ROLE.format("nobody"),
    ],
)
def test_what_is_no_ring_is_followed(config: str) -> None:
    profiles = parse(config, "")
    assert trail_from(profiles["a"], Surroundings(profiles, {}, {})).rest.source.kind == "process"
