"""A call that came to an endpoint of ours goes where botocore would have sent it, signed for the same."""

from __future__ import annotations

import re
from typing import Any

import boto3
import pytest
from botocore.config import Config

from awsactivate.aws.endpoint_rules import Aim, aim

ACCOUNT = {"x-amz-account-id": "111122223333"}


class Caught(Exception):  # noqa: N818  (nothing is wrong)
    """A request that was about to be sent."""


def botocores(service: str, method: str, region: str, config: dict[str, Any], **parameters: Any) -> Aim:
    """Where botocore sends it."""
    client = boto3.client(
        service,
        region_name=region,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(**config, account_id_endpoint_mode="disabled", s3={"addressing_style": "path"}),
    )

    def catch(request: Any, **_: Any) -> None:
        raise Caught(request)

    client.meta.events.register("before-send", catch)
    with pytest.raises(Caught) as caught:
        getattr(client, method)(**parameters)
    (request,) = caught.value.args
    authorization = request.headers["Authorization"]
    scope = re.search(
        r"Credential=a/\d+/([^/]+)/([^/]+)/",
        authorization if isinstance(authorization, str) else authorization.decode(),
    )
    assert scope is not None
    return Aim(request.url.split("/")[2], scope[1], scope[2])


@pytest.mark.parametrize(
    ("service", "operation", "method", "region", "parameters", "headers"),
    [
        ("iam", "ListUsers", "list_users", "eu-west-1", {}, {}),
        ("iam", "ListUsers", "list_users", "cn-north-1", {}, {}),
        ("route53", "ListHostedZones", "list_hosted_zones", "eu-west-1", {}, {}),
        ("sts", "GetCallerIdentity", "get_caller_identity", "us-gov-west-1", {}, {}),
        ("dynamodb", "ListTables", "list_tables", "eu-west-1", {}, {}),
        ("s3", "ListBuckets", "list_buckets", "eu-west-1", {}, {}),
        ("s3", "GetBucketAcl", "get_bucket_acl", "us-west-2", {"Bucket": "b"}, {}),
        ("sqs", "ListQueues", "list_queues", "eusc-de-east-1", {}, {}),
        *[
            (service, operation, method, "eu-west-1", parameters, headers)
            for service, operation, method, parameters, headers in (
                (
                    *("s3control", "GetPublicAccessBlock", "get_public_access_block"),
                    *({"AccountId": "111122223333"}, ACCOUNT),
                ),
                (
                    *("servicediscovery", "DiscoverInstances", "discover_instances"),
                    *({"NamespaceName": "a", "ServiceName": "b"}, {}),
                ),
                (
                    *("neptune-graph", "ListQueries", "list_queries"),
                    *(
                        {"graphIdentifier": "g-0123456789", "maxResults": 1},
                        {"graphidentifier": "g-0123456789"},
                    ),
                ),
            )
        ],
    ],
)
@pytest.mark.parametrize("config", [{}, {"use_fips_endpoint": True, "use_dualstack_endpoint": True}], ids=str)
def test_it_goes_where_botocore_sends_it(
    service: str,
    operation: str,
    method: str,
    region: str,
    parameters: dict[str, Any],
    headers: dict[str, str],
    config: dict[str, Any],
) -> None:
    if service == "neptune-graph":
        config = {}  # it has no other
    there = aim(service, operation, region, headers, fips=bool(config), dual_stack=bool(config))
    assert there == botocores(service, method, region, config, **parameters)


@pytest.mark.parametrize(
    ("service", "operation", "region", "headers"),
    [
        ("sqs", "ListQueues", "evil.example/#", {}),
        ("sqs", "ListQueues", "x@evil.example:443/", {}),
        ("sqs", "ListQueues", "", {}),
        ("s3control", "GetPublicAccessBlock", "eu-west-1", {"x-amz-account-id": "evil.example/#"}),
        ("s3control", "GetPublicAccessBlock", "eu-west-1", {}),
        ("neptune-graph", "ListQueries", "eu-west-1", {"graphidentifier": "evil.example/#"}),
        ("neptune-graph", "ListQueries", "eu-west-1", {}),
        ("no-such-service", "ListQueues", "eu-west-1", {}),
    ],
)
def test_nothing_that_the_request_says_leads_to_a_host_of_somebody_else(
    service: str, operation: str, region: str, headers: dict[str, str]
) -> None:
    """What goes there bears a signature by the real key, and the session's token."""
    assert aim(service, operation, region, headers) is None
