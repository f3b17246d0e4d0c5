"""A service's hosts are known by their last label, held to botocore's endpoint rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from awsactivate.guard.hosts import is_of_aws
from awsactivate.guard.service_hosts import is_of

SESSION = botocore.session.Session()
LOADER = SESSION.get_component("data_loader")
OWN = ("execute-api", "appsync-api", "airflow", "grafana-workspace", "elb", "notebook")


def urls(rules: Any) -> Iterator[str]:
    """Every URL that is in a service's rules."""
    for key, value in rules.items() if isinstance(rules, dict) else enumerate(rules):
        if key == "url" and isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            yield from urls(value)


def hosts(service: str) -> set[str]:
    """Hosts of a service, with something for each of their parameters."""
    found = set()
    for url in urls(LOADER.load_service_model(service, "endpoint-rule-set-1")):
        text = url.partition("://")[2].partition("/")[0]
        text = re.sub(r"\{[^}]*#dualStackDnsSuffix\}", "api.aws", text)
        text = re.sub(r"\{[^}]*#dnsSuffix\}", "amazonaws.com", text)
        text = re.sub(r"\{[^}]*(?:[rR]egion|implicitGlobalRegion)\}", "eu-west-1", text)
        text = re.sub(r"kinesis\{[^}]*\}", "kinesis-queues", text)
        found.add(re.sub(r"\{[^}]*\}", "label", text))
    return {one for one in found if is_of_aws(one)}


@pytest.mark.parametrize("service", ["dynamodb", "s3control", "opensearch", "sagemaker", "iot-data", "sts"])
def test_a_service_has_its_hosts(service: str) -> None:
    assert wrongly_refused(service) == set()


@pytest.mark.exhaustive
def test_every_service_has_its_hosts() -> None:
    refused = {one: wrongly_refused(one) for one in SESSION.get_available_services()}
    assert {one: wrong for one, wrong in refused.items() if wrong} == {}


def wrongly_refused(service: str) -> set[str]:
    model = SESSION.get_service_model(service)
    return {
        one
        for one in hosts(service)
        if "s3express" not in one and not is_of(one, model.signing_name, [model.endpoint_prefix])
    }


@pytest.mark.parametrize(
    ("host", "signing_name"),
    [
        ("vpce-1-a.sts.eu-west-1.vpce.amazonaws.com", "sts"),
        ("eu-west-1.queue.amazonaws.com", "sqs"),
        ("bucket.vpce-1-a.s3.eu-west-1.vpce.amazonaws.com", "s3"),
        ("b.s3-eu-west-1.amazonaws.com", "s3"),
        ("iam.us-gov.amazonaws.com", "iam"),
        ("sync-states.eu-west-1.amazonaws.com", "states"),
        ("x.execute-api.eu-west-1.amazonaws.com", "execute-api"),
    ],
)
def test_so_do_others(host: str, signing_name: str) -> None:
    assert is_of(host, signing_name, ())


@pytest.mark.parametrize("label", OWN)
@pytest.mark.parametrize("before", ["x", "sts", "sts.eu-west-1"])
def test_what_an_account_may_answer_itself_is_no_host_of_sts(label: str, before: str) -> None:
    assert not is_of(f"{before}.{label}.eu-west-1.amazonaws.com", "sts", ["sts"])
