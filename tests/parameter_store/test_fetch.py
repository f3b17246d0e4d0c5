"""All values of a service, fetched in parallel: whole or with the error that names the parameter."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from awsactivate.aws import parameters
from awsactivate.aws.answers import Refused
from awsactivate.aws.parameter_values import fetch, fetch_named
from awsactivate.aws.throughput import Throughput
from awsactivate.errors import AccessDeniedError, AwsError, UnreachableError
from awsactivate.sessions.credentials import Credentials
from parameter_store.stores import Asked, Store

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

READ = {"Effect": "Allow", "Resource": "*", "Action": ["ssm:GetParametersByPath", "ssm:GetParameters"]}
LIST = {"Effect": "Allow", "Resource": "*", "Action": "ssm:DescribeParameters"}


def allowing(*statements: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return inline policies of these statements."""
    return {"own": {"Version": "2012-10-17", "Statement": list(statements)}}


def operations(embedded_aws: EmbeddedAws) -> Counter[str]:
    """Count the requests that came in, by their operation."""
    return Counter(request.operation for request in embedded_aws.requests)


def fill(store: Store, count: int) -> dict[str, str]:
    """Put `count` parameters on /app, and two that are not directly on it."""
    values = {f"/app/k{index:04}": f"value {index}" for index in range(count)}
    for name, value in values.items():
        store.put(name, value)
    store.put("/app/nested/k", "not this")
    store.put("/apple/k", "nor this")
    return values


@pytest.mark.parametrize(
    ("count", "calls"),
    [
        (0, {"GetParametersByPath": 1}),
        (9, {"GetParametersByPath": 1}),
        (11, {"GetParametersByPath": 1, "GetParameters": 1}),
        (103, {"GetParametersByPath": 1, "GetParameters": 10}),
    ],
)
def test_every_value_comes_in_few_calls(
    store: Store, embedded_aws: EmbeddedAws, count: int, calls: dict[str, int]
) -> None:
    values = fill(store, count)
    embedded_aws.requests.clear()
    told: list[int] = []
    found = fetch(Asked(store.ssm), "/app", progress=told.append)
    assert {one.name: one.value for one in found} == values
    assert [one.name for one in found] == sorted(values)
    seen = operations(embedded_aws)
    if seen.pop("DescribeParameters", 0):  # whose pages hold fifty names at AWS, and ten here
        assert count > 10
    assert seen == calls
    assert (told[-1], told) == (count, sorted(told))


@pytest.mark.parametrize("statements", [[{**READ, "Action": "ssm:GetParametersByPath"}], [READ]])
def test_who_may_only_walk_the_path_walks_it(
    store: Store, embedded_aws: EmbeddedAws, account: str, statements: list[dict[str, Any]]
) -> None:
    """chamber's users have policies that allow no more."""
    values = fill(store, 25)
    walker = embedded_aws.user("walker", allowing(*statements), account=account)
    embedded_aws.requests.clear()
    found = fetch(Asked(embedded_aws.client("ssm", walker.credentials)), "/app")
    assert {one.name: one.value for one in found} == values
    assert operations(embedded_aws)["GetParametersByPath"] == 3


@pytest.mark.parametrize("resource", ["app/*", "app/", "app*", "app"])
@pytest.mark.parametrize("count", [3, 25])
def test_a_policy_for_either_form_of_the_path_is_enough(
    store: Store, embedded_aws: EmbeddedAws, account: str, resource: str, count: int
) -> None:
    """AWS authorises the path as it was sent: chamber ends it with a slash, others do not."""
    values = fill(store, count)
    arn = f"arn:aws:ssm:us-east-1:{account}:parameter/{resource}"
    statement = {"Effect": "Allow", "Resource": arn, "Action": "ssm:GetParameter*"}
    name = f"reader-{resource.replace('/', '-').replace('*', 'x')}-{count}"
    reader = embedded_aws.user(name, allowing(statement), account=account)
    embedded_aws.requests.clear()
    found = fetch(Asked(embedded_aws.client("ssm", reader.credentials)), "/app")
    assert {one.name: one.value for one in found} == values
    pages = -(-count // 10)
    assert operations(embedded_aws)["GetParametersByPath"] == pages + (resource in ("app/*", "app/"))


def test_the_other_form_is_tried_once(store: Store, embedded_aws: EmbeddedAws, account: str) -> None:
    fill(store, 1)
    nobody = embedded_aws.user("nobody-at-all", allowing(LIST), account=account)
    embedded_aws.requests.clear()
    with pytest.raises(AccessDeniedError):
        fetch(Asked(embedded_aws.client("ssm", nobody.credentials)), "/app")
    assert operations(embedded_aws)["GetParametersByPath"] == 3  # both forms, and which names there are


def test_a_path_that_one_may_not_read_is_named(store: Store, embedded_aws: EmbeddedAws, account: str) -> None:
    fill(store, 1)
    nobody = embedded_aws.user("nobody", allowing(LIST), account=account)
    with pytest.raises(AccessDeniedError) as denied:
        fetch(Asked(embedded_aws.client("ssm", nobody.credentials)), "/app")
    assert denied.value.message.startswith("GetParametersByPath /app: User: ")


@pytest.mark.parametrize("count", [3, 30])
def test_the_one_parameter_that_is_denied_is_named(
    store: Store, embedded_aws: EmbeddedAws, account: str, count: int
) -> None:
    """AWS fails the call for ten as a whole where a key's policy or a Deny is in the way of one."""
    fill(store, count)
    refusing = _RefusingOne(store.ssm, f"/app/k{count - 1:04}", "AccessDeniedException")
    with pytest.raises(AccessDeniedError) as denied:
        fetch(refusing, "/app")
    assert denied.value.message == (
        f"GetParameters /app/k{count - 1:04}: the ciphertext refers to a key that does not exist"
        " (AccessDeniedException)"
    )


def test_only_a_denial_makes_it_ask_for_names(store: Store, embedded_aws: EmbeddedAws) -> None:
    fill(store, 1)
    embedded_aws.levers.fail_next("GetParametersByPath", "InternalServerError", "out of order", 500, times=9)
    embedded_aws.requests.clear()
    with pytest.raises(AwsError):
        fetch(Asked(store.ssm), "/app")
    assert operations(embedded_aws)["GetParametersByPath"] <= 5


def test_a_key_that_is_disabled_names_the_parameter(store: Store) -> None:
    fill(store, 30)
    with pytest.raises(AwsError) as refused:
        fetch(_RefusingOne(store.ssm, "/app/k0017", "InvalidKeyId"), "/app")
    assert refused.value.message.startswith("GetParameters /app/k0017: ")
    assert refused.value.exit_code == 6


def test_a_parameter_deleted_meanwhile_is_named(store: Store) -> None:
    fill(store, 30)

    class Deleting(Asked):
        def read(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            if "/app/k0029" in parameters.get("Names", []):
                store.ssm.delete_parameter(Name="/app/k0029")
            return super().read(operation, parameters)

    with pytest.raises(AwsError) as gone:
        fetch(Deleting(store.ssm), "/app")
    assert gone.value.message == "/app/k0029 was deleted while it was read (ParameterNotFound)"
    with pytest.raises(AwsError, match="/app/none was deleted while it was read"):
        fetch_named(Asked(store.ssm), ["/app/k0001", "/app/none"])


def test_throttling_is_waited_out_and_tried_again(
    store: Store, embedded_aws: EmbeddedAws, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = fill(store, 30)
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded_aws.endpoint_url)
    patient = parameters.Ssm(embedded_aws.account(account), profile=None, region="us-east-1")
    embedded_aws.levers.fail_next("GetParameters", "ThrottlingException", "Rate exceeded", times=2)
    assert {one.name: one.value for one in fetch(patient, "/app")} == values


def test_throttling_without_end_is_said_with_the_path(store: Store, embedded_aws: EmbeddedAws) -> None:
    fill(store, 3)
    embedded_aws.levers.fail_next("GetParametersByPath", "ThrottlingException", "Rate exceeded")
    with pytest.raises(AwsError) as throttled:
        fetch(Asked(store.ssm), "/app")
    assert throttled.value.message == "GetParametersByPath /app: Rate exceeded (ThrottlingException)"


def test_an_aws_that_is_not_there_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    lost = parameters.Ssm(Credentials("AKIA", "secret"), profile=None, region="us-east-1")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(UnreachableError):
        fetch(lost, "/app")


def test_no_second_sees_more_calls_than_the_throughput() -> None:
    """Simulated: sleeping moves the clock."""
    now = [0.0]
    begun: list[float] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    throughput = Throughput(40, clock=lambda: now[0], sleep=sleep)
    for _call in range(200):
        throughput.wait()
        begun.append(now[0])
        now[0] += 0.001
    busiest = max(sum(1 for other in begun if start <= other < start + 1.0) for start in begun)
    assert busiest == 40
    assert begun[-1] < 4.5


def test_threads_share_the_throughput() -> None:
    throughput = Throughput(5, window=0.2)
    begun: list[float] = []

    def call() -> None:
        throughput.wait()
        begun.append(time.monotonic())

    threads = [threading.Thread(target=call) for _thread in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    begun.sort()
    assert all(later - earlier >= 0.19 for earlier, later in zip(begun, begun[5:], strict=False))


class _RefusingOne(Asked):
    """A Parameter Store that can't decrypt one parameter, nor any call's answer that it is in."""

    def __init__(self, ssm: Any, name: str, code: str) -> None:
        super().__init__(ssm)
        self._name = name
        self._code = code

    def read(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._name in parameters.get("Names", []):
            raise self._refusal()
        answer = super().read(operation, parameters)
        names = [found["Name"] for found in answer["Parameters"]]
        if operation == "GetParametersByPath" and parameters["WithDecryption"] and self._name in names:
            raise self._refusal()
        return answer

    def _refusal(self) -> Refused:
        return Refused(self._code, "the ciphertext refers to a key that does not exist", {}, 400)
