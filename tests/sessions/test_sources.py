"""The way from a profile to its credentials is botocore's, call by call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore import credentials as botocore_credentials
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import Profiles, parse
from awsactivate.sessions.sources import Nature, Rest, Source, Surroundings, environment_rest, trail_from

NAMES = ("a", "b", "c", "d")


class _RecordingSts:
    """Answers AssumeRole with a key that is the role's ARN, and records who called for which role."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self._key = ""

    def __call__(self, service: str, *, aws_access_key_id: str, **_: Any) -> _RecordingSts:
        self._key = aws_access_key_id
        return self

    def assume_role(self, *, RoleArn: str, **_: Any) -> dict[str, Any]:  # noqa: N803  (botocore's name)
        self.calls.append((self._key, RoleArn))
        expiration = datetime.now(UTC) + timedelta(hours=1)
        keys = {"AccessKeyId": RoleArn, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": expiration}
        return {"Credentials": keys, "AssumedRoleUser": {"Arn": RoleArn}}


def _calls_of_botocore(name: str, config_path: Path, credentials_path: Path) -> list[tuple[str, str]]:
    """List (key, role) of each AssumeRole that botocore makes for the profile; the key it gets ends it."""
    session = Session(profile=name)
    session.set_config_variable("config_file", str(config_path))
    session.set_config_variable("credentials_file", str(credentials_path))
    sts = _RecordingSts()
    resolver = botocore_credentials.create_credential_resolver(session)
    # past the profile's own providers come those of the machine, which are not a profile's
    for method in ("ec2-credentials-file", "boto-config", "container-role", "iam-role"):
        resolver.remove(method)
    resolver.get_provider("assume-role")._client_creator = sts
    loaded = resolver.load_credentials()
    if loaded is None:
        raise BotoCoreError
    key_at_last = loaded.get_frozen_credentials().access_key
    return [*sts.calls, (key_at_last, "")]


def _our_calls(name: str, config: str, credentials: str) -> list[tuple[str, str]]:
    profiles = parse(config, credentials)
    trail = trail_from(profiles[name], Surroundings(profiles, {}, {}))
    source = profiles[trail.rest.source.name]
    keys = source.credentials_file_keys or source.config_file_keys
    assert keys is not None
    called = [keys.access_key_id, *(str(role.role_arn) for role in reversed(trail.roles))]
    return list(zip(called, [*called[1:], ""], strict=True))


@st.composite
def profile_texts(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a config and a credentials file of four profiles that name each other."""
    config, credentials = "", ""
    order = draw(st.permutations(NAMES))
    for place, name in enumerate(order):
        config += f"[profile {name}]\n"
        following = order[(place + 1) % len(order)]
        where = draw(st.sampled_from(["", "", "", "config", "credentials", "half"]))
        # a role without source_profile is where we go further than botocore, so each has one
        if not where or draw(st.booleans()):
            source = draw(st.sampled_from([following] * 6 + [*NAMES, "missing"]))
            config += f"role_arn = arn:aws:iam::111122223333:role/{name}\nsource_profile = {source}\n"
        keys = f"aws_access_key_id = AKIA{name}\n" + (
            "" if where == "half" else "aws_secret_access_key = s\n"
        )
        if where == "config":
            config += keys
        elif where:
            credentials += f"[{name}]\n{keys}"
    return config, credentials


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=profile_texts(), name=st.sampled_from(NAMES))
def test_roles_and_keys_are_those_that_botocore_would_use(
    texts: tuple[str, str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(variable, raising=False)
    paths = tmp_path / "config", tmp_path / "credentials"
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    try:
        theirs = _calls_of_botocore(name, *paths)
    except BotoCoreError:
        with pytest.raises(ProfileError):
            _our_calls(name, *texts)
        return
    assert _our_calls(name, *texts) == theirs


@pytest.mark.parametrize(
    ("environ", "nature"),
    [
        ({"AWS_SESSION_TOKEN": "t"}, "temporary"),
        ({"AWS_SECURITY_TOKEN": "t"}, "temporary"),
        ({"AWS_SESSION_TOKEN": "", "AWS_SECURITY_TOKEN": ""}, "long-term"),
        ({}, "long-term"),
    ],
)
def test_the_environments_keys_are_temporary_with_a_token(environ: Mapping[str, str], nature: Nature) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}
    rest = environment_rest(Surroundings(Profiles(), {**keys, **environ}, {}))
    assert rest == Rest(Source("environment", "environment"), nature)
    assert environment_rest(Surroundings(Profiles(), environ, {})) is None


ALIASED = (
    "[profile source]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = source\n"
    "[profile target]\nregion = eu-west-1\nsource_profile = source\n"
    "[profile again]\nsource_profile = target\n"
    "[profile outer]\nrole_arn = arn:aws:iam::111122223333:role/outer\nsource_profile = source\n"
    "[profile far]\nrole_arn = arn:aws:iam::111122223333:role/outer\nsource_profile = target\n"
)
OWN_KEY = "[source]\naws_access_key_id = AKIASOURCE\naws_secret_access_key = s\n"


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("source", ["r"]),
        ("target", ["r"]),
        ("again", ["r"]),
        # botocore's rule: a role's source that has a key of its own signs with that key
        ("outer", ["outer"]),
        ("far", ["outer"]),
    ],
)
def test_another_name_of_a_profile_gives_that_profiles_own_session(name: str, roles: list[str]) -> None:
    """It gave the user's session where `activate source` gives the role's: silently more rights, or fewer."""
    profiles = parse(ALIASED, OWN_KEY)
    trail = trail_from(profiles[name], Surroundings(profiles, {}, {}))
    assert [str(role.role_arn).rpartition("/")[2] for role in trail.roles] == roles
    assert trail.rest.source == Source("profile", "source")


def test_a_given_source_is_what_it_would_be_if_the_profile_named_it() -> None:
    profiles = parse(ALIASED + "[profile plain]\nregion = eu-west-1\n", OWN_KEY)
    trail = trail_from(profiles["plain"], Surroundings(profiles, {}, {}), source_profile="source")
    assert [role.name for role in trail.roles] == ["source"]
