"""Writes that go wrong: refused, lost, throttled, stopped half-way."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from awsactivate.aws import parameter_writes, parameters
from awsactivate.aws.parameter_values import fetch
from awsactivate.errors import AwsactivateError, AwsError
from lossy_network import lossy_network
from parameter_store.stores import Store

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws
    from awsactivate.sessions.credentials import Credentials

TOO_LARGE = (
    "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger"
    " parameter value, upgrade the parameter to use the advanced-parameter tier."
)


def credentials(store: Store) -> Credentials:
    from awsactivate.sessions.credentials import Credentials

    return Credentials(store.environ["AWS_ACCESS_KEY_ID"], store.environ["AWS_SECRET_ACCESS_KEY"])


@pytest.fixture
def ours(store: Store, monkeypatch: pytest.MonkeyPatch) -> parameters.Ssm:
    """Give the client that commands use."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", store.environ["AWS_ENDPOINT_URL"])
    return parameters.Ssm(credentials(store), profile=None, region="us-east-1")


@pytest.mark.parametrize("tags", [None, {}, {"a": "b"}])
def test_a_write_whose_answer_was_lost_is_read_back(
    store: Store, monkeypatch: pytest.MonkeyPatch, tags: dict[str, str] | None
) -> None:
    if tags is None:
        store.put("/app/k", "old")
    with lossy_network(store.environ["AWS_ENDPOINT_URL"]) as network:
        monkeypatch.setenv("AWS_ENDPOINT_URL", network.url)
        ssm = parameters.Ssm(credentials(store), profile=None, region="us-east-1")
        network.losing["PutParameter"] = 1
        version = parameter_writes.put(ssm, "/app/k", "new", description="2", key_id="alias/x", tags=tags)
    assert store.values("/app") == {"/app/k": "new"}
    assert (
        version
        == (2 if tags is None else 1)
        == len(store.ssm.get_parameter_history(Name="/app/k")["Parameters"])
    )


def test_a_write_that_was_lost_on_its_way_is_sent_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lossy_network(store.environ["AWS_ENDPOINT_URL"]) as network:
        monkeypatch.setenv("AWS_ENDPOINT_URL", network.url)
        ssm = parameters.Ssm(credentials(store), profile=None, region="us-east-1")
        network.losing["PutParameter"], network.before = 1, {"PutParameter"}
        assert parameter_writes.put(ssm, "/app/k", "v", description="1", key_id="alias/x", tags={}) == 1


def test_what_somebody_else_made_meanwhile_is_no_lost_answer(store: Store, ours: parameters.Ssm) -> None:
    store.put("/app/k", "theirs")
    with pytest.raises(AwsError, match="ParameterAlreadyExists"):
        parameter_writes.put(ours, "/app/k", "ours", description="1", key_id="alias/x", tags={})
    assert store.values("/app") == {"/app/k": "theirs"}


def test_an_update_that_came_too_soon_is_tried_again(
    ours: parameters.Ssm, embedded_aws: EmbeddedAws, store: Store
) -> None:
    embedded_aws.levers.fail_next("PutParameter", "TooManyUpdates", "There are concurrent updates", times=2)
    assert parameter_writes.put(ours, "/app/k", "v", description="1", key_id="alias/x") == 1


def test_a_throttle_that_lasts_is_said_soon(
    store: Store, ours: parameters.Ssm, embedded_aws: EmbeddedAws
) -> None:
    embedded_aws.requests.clear()
    embedded_aws.levers.fail_next("GetParametersByPath", "ThrottlingException", "Rate exceeded", times=99)
    began = time.monotonic()
    with pytest.raises(AwsactivateError, match="GetParametersByPath /app: Rate exceeded"):
        fetch(ours, "/app")
    assert time.monotonic() - began < 12
    assert Counter(seen.operation for seen in embedded_aws.requests)["GetParametersByPath"] <= 6


@pytest.mark.long
def test_a_throttle_that_lasts_is_said_soon_to_many_threads_too(
    store: Store, ours: parameters.Ssm, embedded_aws: EmbeddedAws
) -> None:
    for number in range(120):
        store.put(f"/app/k{number}", "v")
    embedded_aws.requests.clear()
    embedded_aws.levers.fail_next("GetParameters", "ThrottlingException", "Rate exceeded", times=9999)
    began = time.monotonic()
    with pytest.raises(AwsactivateError, match=r"GetParameters /app/.*: Rate exceeded"):
        fetch(ours, "/app")
    assert time.monotonic() - began < 12
    calls = Counter(seen.operation for seen in embedded_aws.requests)
    assert calls["GetParameters"] <= 4 * 11


def test_a_value_for_the_advanced_tier_is_refused_with_the_way_out(
    store: Store, embedded_aws: EmbeddedAws
) -> None:
    embedded_aws.levers.fail_next("PutParameter", "ValidationException", TOO_LARGE)
    answer = store.secrets("set", "app", "k", stdin="x" * 5000)
    assert answer.status == 6
    assert answer.stderr.splitlines()[1] == (
        "awsactivate: hint: the value has 5000 bytes, and a standard parameter holds 4096:"
        " --tier advanced (for a price), or --tier intelligent-tiering"
    )


@pytest.mark.parametrize(
    ("tier", "kept", "is_told"),
    [("advanced", "Advanced", True), ("standard", "Standard", False), ("intelligent-tiering", None, False)],
)
def test_the_tier_is_asked_for_and_its_price_said(
    store: Store, tier: str, kept: str | None, is_told: bool
) -> None:
    (store.folder / "in.json").write_text('{"b": "c"}')
    for words in (["set", "app", "k"], ["import", "in.json", "--service", "app"]):
        answer = store.secrets(*words, "--tier", tier, stdin="v")
        assert answer.status == 0, answer.stderr
        assert ("0.05 USD a month" in answer.stderr.splitlines()[0]) is is_told
        again = store.secrets(*words, "--tier", tier, stdin="v")
        assert "USD" not in again.stderr  # nothing is written
    found = store.ssm.describe_parameters()["Parameters"]
    assert kept is None or {one.get("Tier") for one in found} == {kept}


@pytest.mark.parametrize(
    ("code", "status"),
    [("ValidationException", 400), ("ThrottlingException", 400), ("AccessDeniedException", 400)],
)
def test_an_import_that_stops_says_how_far_it_came_and_goes_on(
    store: Store, embedded_aws: EmbeddedAws, code: str, status: int
) -> None:
    store.put("/app/same", "s")
    (store.folder / "in.json").write_text('{"a": "1", "same": "s", "b": "2", "c": "3"}')
    with lossy_network(store.environ["AWS_ENDPOINT_URL"]) as network:
        network.failing["PutParameter"] = (2, code, status)
        answer = store.secrets(
            "import", "in.json", "--service", "app", "--delete-file", AWS_ENDPOINT_URL=network.url
        )
    assert answer.status == 6
    said = answer.stderr.splitlines()
    assert said[:3] == [
        "awsactivate: as the file has it in Parameter Store: a",
        "awsactivate: not written: b, c",
        "awsactivate: the file stays; run this again: it goes on with what was not written",
    ]
    again = store.secrets("import", "in.json", "--service", "app", "--json")
    assert again.status == 0
    assert [row.split('"')[3] for row in again.stdout.splitlines() if "action" in row] == [
        "unchanged",
        "unchanged",
        "create",
        "create",
    ]
