"""What AWS gets by the guard is what botocore sends it: the host, the signature's scope, each byte."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from awsactivate.guard.stand_ins import StandIn
from awsactivate.sessions.credentials import Credentials
from guard.keys import REAL, STAND_IN, botocore_key, stop_botocore_clock
from harness.fake_aws import FakeAws, Recorded, fake_aws
from harness.operations import PLAIN, parameters, spread
from harness.signing_door import Signing

EACH = 8
FEW = ("s3", "ec2", "iam", "lambda", "cloudwatch", "s3control")
SERVICES = (
    *(
        "acm",
        "apigateway",
        "appsync",
        "athena",
        "autoscaling",
        "backup",
        "batch",
        "cloudformation",
        "cloudfront",
    ),
    *(
        "cloudtrail",
        "codebuild",
        "config",
        "dynamodb",
        "ecr",
        "ecs",
        "efs",
        "eks",
        "elbv2",
        "events",
        "firehose",
    ),
    *(
        "glue",
        "guardduty",
        "iot",
        "kinesis",
        "kms",
        "logs",
        "mq",
        "organizations",
        "rds",
        "redshift",
        "route53",
    ),
    *("secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts", "xray"),
)


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[FakeAws]:
    (tmp_path / "aws").mkdir()
    with fake_aws(tmp_path / "aws") as server:
        yield server


@pytest.fixture
def signing(tmp_path: Path, aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signing]:
    """Open the door, stop the clock, have every request its usual number, and lead botocore to the server."""
    from urllib3.util import connection

    straight = connection.create_connection

    def create(address: tuple[str, int], *rest: Any, **more: Any) -> Any:
        return straight(address, *rest, **more) if address[0] == "127.0.0.1" else aws.dial(*address)

    monkeypatch.setattr(connection, "create_connection", create)
    stop_botocore_clock(monkeypatch)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=7, version=4))
    made = Signing(tmp_path, aws)
    made.door.open()
    yield made
    made.door.close()
    made.connections.close()


Got = list[tuple[str, Recorded | None]]


def sent(client: Any, aws: FakeAws, each: int) -> Got:
    """Call operations of a service; return what the server got, None where botocore itself refuses."""
    got: Got = []
    for operation in spread(client.meta.service_model, each):
        if sum(recorded is not None for _, recorded in got) == each:
            break
        before = len(aws.requests)
        for values in (parameters(operation), parameters(operation, PLAIN)):
            # it may not understand the server's answer, or not even take the parameters
            with suppress(BotoCoreError, ClientError, ResponseParserError, ValueError, TypeError):
                client._make_api_call(operation.name, values)
            if len(aws.requests) > before:
                break
        got.append((operation.name, aws.requests[before] if len(aws.requests) > before else None))
    return got


def compare(
    service: str, aws: FakeAws, signing: Signing, *, region: str = "eu-west-1", each: int = EACH, **how: Any
) -> Got:
    """Hold what comes by the guard to what comes without; return what came."""

    def client(key: StandIn | Credentials, bundle: Path, proxies: dict[str, str]) -> Any:
        session = botocore.session.Session()
        session._credentials = botocore_key(key)
        config = Config(proxies=proxies, retries={"total_max_attempts": 1}, read_timeout=20, **how)
        return session.create_client(service, region_name=region, verify=str(bundle), config=config)

    by_guard = sent(client(STAND_IN, signing.bundle, {"https": signing.door.proxy_url}), aws, each)
    assert signing.failures == []
    straight = sent(client(REAL, aws.bundle, {}), aws, each)
    assert by_guard == straight
    return [one for one in straight if one[1] is not None]


@pytest.mark.parametrize("service", FEW)
def test_calls_arrive_as_without_a_guard(service: str, aws: FakeAws, signing: Signing) -> None:
    assert len(compare(service, aws, signing)) == EACH


@pytest.mark.parametrize(
    ("service", "region", "how", "host"),
    [
        ("sts", "cn-north-1", {}, "sts.cn-north-1.amazonaws.com.cn"),
        ("iam", "us-gov-west-1", {}, "iam.us-gov.amazonaws.com"),
        ("sqs", "us-west-2", {"use_fips_endpoint": True}, "sqs-fips.us-west-2.amazonaws.com"),
        ("lambda", "eu-west-1", {"use_dualstack_endpoint": True}, "lambda.eu-west-1.api.aws"),
        (
            *("s3", "eu-west-1", {"s3": {"use_accelerate_endpoint": True}, "use_dualstack_endpoint": True}),
            "example-bucket.s3-accelerate.dualstack.amazonaws.com",
        ),
    ],
)
def test_so_they_do_in_other_partitions_and_by_other_endpoints(
    service: str, region: str, how: dict[str, Any], host: str, aws: FakeAws, signing: Signing
) -> None:
    ((_, recorded),) = compare(service, aws, signing, region=region, each=1, **how)
    assert recorded is not None
    assert recorded.get("host") == host


@pytest.mark.long
def test_three_hundred_calls_to_forty_services_arrive_as_without_a_guard(
    aws: FakeAws, signing: Signing
) -> None:
    assert sum(len(compare(service, aws, signing)) for service in (*SERVICES, *FEW)) >= 300
