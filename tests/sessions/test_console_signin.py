"""The console's URLs, and the page that hands one over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest
from botocore.loaders import Loader

from awsactivate.commands.console.handover import hand_over
from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.sessions import console_signin, partitions
from awsactivate.sessions.credentials import Credentials

CREDENTIALS = Credentials("ASIAEXAMPLE", "secret/+=", "token/+=")


@pytest.mark.parametrize("name", ["aws", "aws-cn", "aws-us-gov", "aws-eusc"])
def test_the_partition_is_that_of_the_sessions_arn(name: str) -> None:
    assert console_signin.partition_of(f"arn:{name}:sts::1:assumed-role/a/b").name == name


def test_a_partition_without_a_known_sign_in_is_told() -> None:
    for arn in ("arn:aws-iso:iam::1:role/a", "nonsense"):
        with pytest.raises(ProfileError, match=f"not for {arn}"):
            console_signin.partition_of(arn)


def test_the_regions_partitions_are_botocores() -> None:
    session = botocore.session.Session()
    for name in console_signin.PARTITIONS:
        for region in session.get_available_regions("sts", partition_name=name):
            assert partitions.partition_of(region) == session.get_partition_for_region(region) == name


def test_each_partitions_sign_in_is_one_that_botocore_knows() -> None:
    rules = json.dumps(Loader().load_service_model("signin", "endpoint-rule-set-1"))
    for partition in console_signin.PARTITIONS.values():
        host = partition.signin.removeprefix("https://").removeprefix("eusc-de-east-1.")
        assert f'"https://{{Region}}.{host}"' in rules


@pytest.mark.parametrize(
    ("name", "page", "region", "url"),
    [
        ("aws", None, None, "https://console.aws.amazon.com/console/home"),
        ("aws", "s3", "eu-west-1", "https://console.aws.amazon.com/s3/home?region=eu-west-1"),
        ("aws", "ssm", None, "https://console.aws.amazon.com/systems-manager/home"),
        ("aws-cn", "ec2", "cn-north-1", "https://console.amazonaws.cn/ec2/home?region=cn-north-1"),
        ("aws-us-gov", "ec2", None, "https://console.amazonaws-us-gov.com/ec2/home"),
        ("aws-eusc", "route53/v2", None, "https://console.amazonaws-eusc.eu/route53/v2/home"),
    ],
)
def test_a_destination_is_a_page_of_the_partitions_console(
    name: str, page: str | None, region: str | None, url: str
) -> None:
    assert console_signin.destination(console_signin.PARTITIONS[name], page, region) == url


def test_the_endpoint_is_the_partitions_unless_the_user_has_set_one() -> None:
    china = console_signin.PARTITIONS["aws-cn"]
    assert console_signin.endpoint(china, None) == "https://signin.amazonaws.cn/federation"
    assert console_signin.endpoint(china, "https://example.com/") == "https://example.com/federation"
    assert console_signin.endpoint(china, "http://127.0.0.1:1") == "http://127.0.0.1:1/federation"
    with pytest.raises(ProfileError, match="is not https"):
        console_signin.endpoint(china, "http://127.0.0.1.example.com")


def test_the_session_is_in_the_body_and_a_duration_only_if_asked_for() -> None:
    session = {"sessionId": "ASIAEXAMPLE", "sessionKey": "secret/+=", "sessionToken": "token/+="}
    plain = parse_qs(console_signin.token_request(CREDENTIALS, None).decode())
    assert plain == {"Action": ["getSigninToken"], "Session": [json.dumps(session)]}
    longer = parse_qs(console_signin.token_request(CREDENTIALS, 900).decode())
    assert longer == {**plain, "SessionDuration": ["900"]}


def test_the_login_url_quotes_what_it_holds() -> None:
    url = console_signin.login_url("https://signin.example/federation", "a&b=c", "https://console/?x=1&y=2")
    assert parse_qs(urlsplit(url).query) == {
        "Action": ["login"],
        "Destination": ["https://console/?x=1&y=2"],
        "SigninToken": ["a&b=c"],
    }


def test_the_page_answers_the_right_request_once() -> None:
    answers: list[tuple[int, str | None]] = []

    def ask(address: str, host: str | None = None, path: str | None = None) -> None:
        parts = urlsplit(address)
        connection = HTTPConnection(parts.netloc)
        connection.request("GET", path or parts.path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        answers.append((answer.status, answer.headers["Location"]))

    def browse(address: str) -> bool:
        ask(address, path="/favicon.ico")
        ask(address, path="/")
        ask(address, host="rebound.example.com")
        ask(address)
        ask(address)
        return True

    hand_over("https://signin.example/", browse)
    assert answers == [(404, None)] * 3 + [(303, "https://signin.example/"), (404, None)]


def test_a_connection_that_is_opened_and_not_used_holds_nothing_up() -> None:
    idle: list[HTTPConnection] = []

    def browse(address: str) -> bool:
        connection = HTTPConnection(urlsplit(address).netloc)
        connection.connect()
        idle.append(connection)
        final = HTTPConnection(urlsplit(address).netloc)
        final.request("GET", urlsplit(address).path)
        assert final.getresponse().status == 303
        return True

    hand_over("https://signin.example/", browse)


def test_a_browser_that_does_not_come_is_told() -> None:
    with pytest.raises(AwsactivateError, match=r"no browser came for the page in 0\.1 s"):
        hand_over("https://signin.example/", lambda _address: True, seconds=0.1)
    with pytest.raises(AwsactivateError, match="there is no browser to open"):
        hand_over("https://signin.example/", lambda _address: False)


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0,
    reason="only root can be somebody else, on Linux",
)
def test_somebody_else_on_this_machine_is_not_sent_on() -> None:
    script = (
        'exec 3<>"/dev/tcp/127.0.0.1/$1"; '
        'printf "GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:%s\\r\\n\\r\\n" "$2" "$1" >&3; '
        "IFS= read -r line <&3; echo $line"
    )
    answers: list[str] = []

    def browse(address: str) -> bool:
        parts = urlsplit(address)
        for user in (65534, 0):
            done = subprocess.run(
                ["/bin/bash", "-c", script, "bash", str(parts.port), parts.path],
                user=user,
                cwd="/",
                capture_output=True,
                text=True,
                check=True,
            )
            answers.append(done.stdout.split()[1])
        return True

    hand_over("https://signin.example/", browse)
    assert answers == ["404", "303"]
