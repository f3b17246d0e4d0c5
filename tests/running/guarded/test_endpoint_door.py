"""By `--door endpoint` a call goes where it would have gone, signed for what AWS wants there."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from awsactivate.guard.command_identity import CommandIdentity
from awsactivate.guard.rules import LEARN, Rules
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.endpoint_door import EndpointDoor
from awsactivate.running.guarded.exchange import Exchange
from awsactivate.running.guarded.judge import Judge
from awsactivate.running.guarded.knowing import load_knowledge
from awsactivate.running.guarded.onward import Onward
from awsactivate.running.guarded.upstream import Upstreams
from guard.keys import REAL, STAND_IN, botocore_key, this_run
from harness.fake_aws import FakeAws, fake_aws


class Ways:
    """The endpoint, behind which each call is named and goes on; what the user says is in `environ`."""

    def __init__(self, aws: FakeAws) -> None:
        self.environ: dict[str, str] = {}
        self.connections = Connections({}, str(aws.bundle), aws.dial)
        self.door = EndpointDoor(self.handle)
        self._knowledge = load_knowledge()

    def handle(self, exchange: Exchange) -> None:
        """Let all pass that may pass at all."""
        run = this_run()
        Judge(
            CommandIdentity("tool", "prod", "111122223333", "arn:aws:iam::111122223333:user/x", "eu-west-1"),
            run,
            Rules(LEARN),
            self._knowledge,
            None,  # type: ignore[arg-type]  (nobody is asked)
            Onward(Upstreams(self.connections), run, self.environ, self._knowledge.handing_out),
            clock=time.time,
            note=lambda *_: None,
        ).handle(exchange)

    def client(self, service: str, **config: Any) -> Any:
        """A client of botocore's, as a program has it by `AWS_ENDPOINT_URL`."""
        session = botocore.session.Session()
        session._credentials = botocore_key(STAND_IN)
        how = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, **config)
        return session.create_client(service, region_name="eu-west-1", endpoint_url=self.door_url, config=how)

    @property
    def door_url(self) -> str:
        return self.door.url


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[FakeAws]:
    with fake_aws(tmp_path) as server:
        yield server


@pytest.fixture
def ways(aws: FakeAws) -> Iterator[Ways]:
    made = Ways(aws)
    made.door.open()
    yield made
    made.door.close()
    made.connections.close()


def scope(aws: FakeAws) -> tuple[str | None, str, str]:
    """Where the one request went, and for what region and service it is signed with the real key."""
    (request,) = aws.requests
    found = re.search(
        rf"Credential={REAL.access_key_id}/\d+/([^/]+)/([^/]+)/", request.get("authorization") or ""
    )
    assert found is not None
    return request.get("host"), found[1], found[2]


@pytest.mark.parametrize(
    ("service", "method", "parameters", "sent"),
    [
        ("iam", "list_users", {}, ("iam.amazonaws.com", "us-east-1", "iam")),
        ("sqs", "list_queues", {}, ("sqs.eu-west-1.amazonaws.com", "eu-west-1", "sqs")),
        ("s3", "list_buckets", {}, ("s3.eu-west-1.amazonaws.com", "eu-west-1", "s3")),
        (
            *("servicediscovery", "discover_instances", {"NamespaceName": "a", "ServiceName": "b"}),
            ("data-servicediscovery.eu-west-1.amazonaws.com", "eu-west-1", "servicediscovery"),
        ),
    ],
)
def test_a_call_goes_where_it_would_have_gone(
    service: str,
    method: str,
    parameters: dict[str, str],
    sent: tuple[str, str, str],
    aws: FakeAws,
    ways: Ways,
) -> None:
    """botocore signs IAM for eu-west-1 here, and AWS would refuse that."""
    told = {"iam": b"<a><ListUsersResult/></a>", "s3": b"<a/>"}.get(service, b"{}")
    aws.answers = lambda handler, _: handler.say(200, told)
    getattr(ways.client(service), method)(**parameters)
    assert scope(aws) == sent


def test_a_bucket_stays_in_the_path(aws: FakeAws, ways: Ways) -> None:
    aws.answers = lambda handler, _: handler.say(200, b"")
    ways.client("s3").put_object(Bucket="bucket", Key="a b/c", Body=b"text")
    assert (scope(aws)[0], aws.requests[0].target) == ("s3.eu-west-1.amazonaws.com", "/bucket/a%20b/c")
    assert aws.requests[0].body.startswith(b"text") or b"\r\ntext\r\n" in aws.requests[0].body


def test_the_users_fips_and_dual_stack_are_heeded(aws: FakeAws, ways: Ways) -> None:
    ways.environ = {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "TRUE"}
    ways.client("sqs").list_queues()
    assert scope(aws)[0] == "sqs-fips.eu-west-1.api.aws"


def test_the_users_own_endpoint_comes_first(aws: FakeAws, ways: Ways) -> None:
    ways.environ = {"AWS_ENDPOINT_URL_SQS": "https://sqs.us-gov-west-1.amazonaws.com/x"}
    ways.client("sqs").list_queues()
    assert (scope(aws)[0], aws.requests[0].target) == ("sqs.us-gov-west-1.amazonaws.com", "/x/")


def test_a_bucket_in_the_hosts_name_is_the_same_bucket_there(aws: FakeAws, ways: Ways) -> None:
    """It was judged as `bucket`, and must not become an object of `other`."""
    aws.answers = lambda handler, _: handler.say(200, b"")
    client = ways.client("s3", s3={"addressing_style": "path"})

    def before_sign(request: Any, **_: Any) -> None:
        request.headers["Host"] = f"bucket.localhost:{ways.door.port}"

    client.meta.events.register("before-sign.s3", before_sign)
    client.head_bucket(Bucket="other")
    assert (scope(aws)[0], aws.requests[0].target) == ("s3.eu-west-1.amazonaws.com", "/bucket/other")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "acme-logs?delete&x=.127.0.0.1:{port}",
            "acme-logs?policy&x=.localhost",
            "a/b.localhost",
            "a b.localhost",
        ),
        *("a#.127.0.0.1", "a%3F.localhost", "a..localhost", ".localhost", "localhost:x", "example.com"),
        *(
            "tmp-111122223333.s3-accesspoint.us-east-1.amazonaws.com",
            "iam.amazonaws.com",
            "localhost.amazonaws.com",
        ),
    ],
)
def test_a_host_is_a_name_of_this_machine_and_nothing_else(host: str, aws: FakeAws, ways: Ways) -> None:
    """What stands there is judged as a bucket and becomes a part of the path."""
    with socket.create_connection(("127.0.0.1", ways.door.port), 10) as client:
        client.sendall(f"DELETE /k HTTP/1.1\r\nHost: {host.format(port=ways.door.port)}\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 400 ")
    assert aws.requests == []


def test_the_real_key_does_not_come_back_where_aws_quotes_what_it_got(aws: FakeAws, ways: Ways) -> None:
    def quoting(handler: Any, _: object) -> None:
        told = json.dumps(
            {"message": "\n".join(f"{name}:{value}" for name, value in handler.headers.items())}
        )
        handler.say(403, told.encode())

    aws.answers = quoting
    with pytest.raises(ClientError) as caught:
        ways.client("sqs").list_queues()
    assert REAL.session_token == aws.requests[0].get("x-amz-security-token")
    told = caught.value.response["Error"]["Message"]
    assert f"Credential={STAND_IN.access_key_id}/" in told
    assert str(REAL.session_token) not in told
    assert REAL.access_key_id not in told


def test_credentials_in_an_answer_that_should_have_none_are_kept(aws: FakeAws, ways: Ways) -> None:
    """Whatever a call was named: of a service that hands out, each answer is looked through."""
    aws.answers = lambda handler, _: handler.say(200, b'{"repositories": [], "secretAccessKey": "real"}')
    with pytest.raises(ClientError, match="the answer holds credentials, and the guard keeps them"):
        ways.client("ecr").describe_repositories()
