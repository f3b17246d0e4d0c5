"""AWS's hosts are known in every partition, held to botocore's own data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest

from awsactivate.guard.hosts import SUFFIXES, is_of_aws, is_of_this_machine

DATA = Path(botocore.__file__).parent / "data"


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text("utf-8"))["partitions"]


def test_the_suffixes_are_botocores() -> None:
    outputs = [partition["outputs"] for partition in read("partitions.json")]
    found = {one[key] for one in outputs for key in ("dnsSuffix", "dualStackDnsSuffix")}
    assert found == set(SUFFIXES)


def hosts() -> Iterator[str]:
    """Each host that botocore's old table writes out, of services and regions."""
    for partition in read("endpoints.json"):
        for name, service in partition["services"].items():
            for region in service.get("endpoints", {}):
                defaults = {**partition["defaults"], **service.get("defaults", {})}
                if region not in partition["regions"]:
                    continue
                written = service["endpoints"][region].get("hostname", defaults["hostname"])
                suffix = partition["dnsSuffix"]
                yield written.format(service=name, region=region, dnsSuffix=suffix)


def test_each_host_of_a_service_is_aws() -> None:
    found = {host: is_of_aws(host) for host in hosts() if host != "localhost:8000"}
    assert len(found) > 4000
    assert [host for host, is_aws in found.items() if not is_aws] == []


@pytest.mark.parametrize(
    "host",
    [
        *("bucket.s3.eu-west-1.amazonaws.com", "a.b.c.s3.amazonaws.com", "x.elb.s3.amazonaws.com"),
        *("under_score.s3.amazonaws.com", "bucket.s3.dualstack.eu-west-1.amazonaws.com"),
        *("111122223333.s3-control.cn-north-1.amazonaws.com.cn", "abc.execute-api.eu-west-1.amazonaws.com"),
        *("sqs.us-gov-west-1.api.aws", "s3.eusc-de-east-1.amazonaws.eu", "rds.amazonaws.com"),
        *("eks.eu-west-1.amazonaws.com", "api.ecr.eu-west-1.amazonaws.com", "elasticache.amazonaws.com"),
    ],
)
def test_a_host_to_which_calls_are_made(host: str) -> None:
    assert is_of_aws(host)


@pytest.mark.parametrize(
    "host",
    [
        *("amazonaws.com", "notamazonaws.com", "s3.amazonaws.com.evil.example", "example.com", "10.0.0.1"),
        *("s3.amazonaws.com:443", "s3..amazonaws.com", "", ".amazonaws.com", "s3\n.amazonaws.com"),
    ],
)
def test_a_host_of_somebody_else(host: str) -> None:
    assert not is_of_aws(host)


@pytest.mark.parametrize(
    "host",
    [
        *("web-1.eu-west-1.elb.amazonaws.com", "web-1.elb.eu-west-1.amazonaws.com"),
        *("ABC.gr7.eu-west-1.eks.amazonaws.com".lower(), "abc.eks-cluster.eu-west-1.api.aws"),
        *("ec2-1-2-3-4.compute-1.amazonaws.com", "ec2-1-2-3-4.eu-west-1.compute.amazonaws.com"),
        *("db.abc.eu-west-1.rds.amazonaws.com", "111122223333.dkr.ecr.eu-west-1.amazonaws.com"),
        *("site.s3-website-us-east-1.amazonaws.com", "site.s3-website.eu-central-1.amazonaws.com"),
        *("checkip.amazonaws.com", "ip-ranges.amazonaws.com", "awscli.amazonaws.com"),
    ],
)
def test_what_answers_there_is_no_api_of_aws(host: str) -> None:
    assert not is_of_aws(host)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:4000", "[::1]:1", "bucket.localhost", "a.b_c.127.0.0.1:1"]
)
def test_this_machine_has_names_with_labels_before_them(host: str) -> None:
    assert is_of_this_machine(host)
