"""The rows of thousands of profiles: those that differ in their role alone are planned once, and alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.commandline import Context
from awsactivate.opening import profile_rows
from awsactivate.opening.profile_rows import read_rows

NAMES = st.sampled_from("abcdef")
ROLES = st.sampled_from(
    [
        "arn:aws:iam::111122223333:role/one",
        "arn:aws:iam::444455556666:role/team/two",
        "arn:aws-cn:iam::111122223333:role/three",
        "no role",
        "",
    ]
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "role_arn": ROLES,
        "source_profile": NAMES,
        "mfa_serial": st.sampled_from(["arn:aws:iam::111122223333:mfa/alice", "GAHT12345678", "x"]),
        "region": st.sampled_from(["eu-west-1", "cn-north-1", "nowhere"]),
        "duration_seconds": st.sampled_from(["3600", "43200", "1"]),
        "revocable": st.sampled_from(["true", "perhaps"]),
        "expected_account_id": st.just("111122223333"),
        "credential_process": st.just("true"),
        "aws_access_key_id": st.just("AKIA"),
        "aws_secret_access_key": st.just("s"),
    },
)


def config(profiles: dict[str, dict[str, str]]) -> str:
    """Write the file."""
    sections = (
        f"[profile {name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        for name, values in profiles.items()
    )
    return "".join(sections)


def context(home: Path) -> Context:
    """Return what a command knows of a shell that holds a session of `b`."""
    environ = {"HOME": str(home), "AWSACTIVATE_PROFILE": "b"}
    return Context(environ=environ, clock=lambda: 0.0, program="", release_stdout=lambda: None)


@given(profiles=st.dictionaries(NAMES, VALUES), kept=st.booleans())
def test_a_row_is_what_planning_the_profile_says(
    tmp_path_factory: pytest.TempPathFactory, profiles: dict[str, dict[str, str]], kept: bool
) -> None:
    home = tmp_path_factory.getbasetemp()
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws/config").write_text(config(profiles))
    index = home / ".local/share/awsactivate/identities.json"
    index.parent.mkdir(parents=True, exist_ok=True)
    entry = {"c": {"has_keys": True, "has_seed": False}} if kept else {}
    index.write_text(json.dumps({"version": 1, "identities": entry}))
    quick = read_rows(context(home))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile_rows, "_likeness", lambda profile: (None, None))
        assert quick == read_rows(context(home))


def test_profiles_that_differ_in_their_role_are_planned_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = {
        f"p{number}": {"role_arn": f"arn:aws:iam::11112222{number:04}:role/r", "source_profile": "a"}
        for number in range(100)
    }
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "s"}
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(config({"a": keys, **roles}))
    planned: list[str] = []
    make_plan = profile_rows.make_plan
    monkeypatch.setattr(
        profile_rows,
        "make_plan",
        lambda name, *arguments, **options: planned.append(name) or make_plan(name, *arguments, **options),
    )
    assert len(read_rows(context(tmp_path))) == 101
    assert planned == ["a", "p0"]
