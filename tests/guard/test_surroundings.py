"""What a guarded COMMAND finds in its environment: one way to AWS, and keys good for nothing else."""

from __future__ import annotations

import pytest

from awsactivate.guard import surroundings
from awsactivate.guard.stand_ins import RANDOMNESS, made
from awsactivate.guard.surroundings import Entrance

KEYS = made(bytes(RANDOMNESS))
PROXY = Entrance("proxy", "http://guard:word@127.0.0.1:1234", "/run/authorities.pem")
ENDPOINT = Entrance("endpoint", "http://127.0.0.1:1234")
AWS = ("amazonaws.com", "api.aws", "amazonaws.com.cn")


def of(environ: dict[str, str], entrance: Entrance = PROXY, **more: str) -> dict[str, str]:
    return surroundings.of_command(
        environ, entrance=entrance, keys=KEYS, region="eu-west-1", settings=more, number=42, aws=AWS
    )


def test_all_of_it_by_the_proxy() -> None:
    bundles = (
        "AWS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
    )
    assert of({"PATH": "/bin"}) == {
        "PATH": "/bin",
        "AWS_ACCESS_KEY_ID": KEYS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "HTTPS_PROXY": PROXY.url,
        "https_proxy": PROXY.url,
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "no_proxy": "127.0.0.1,localhost,::1",
        **dict.fromkeys(bundles, PROXY.bundle),
        "NODE_USE_ENV_PROXY": "1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "BOTO_CONFIG": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWSACTIVATE_GUARD": "42",
    }


def test_by_the_endpoint_there_is_neither_a_proxy_nor_an_authority() -> None:
    found = of({"HTTPS_PROXY": "http://own:3128", "AWS_CA_BUNDLE": "/own.pem"}, ENDPOINT)
    assert found["AWS_ENDPOINT_URL"] == ENDPOINT.url
    assert found["HTTPS_PROXY"] == "http://own:3128"
    assert found["AWS_CA_BUNDLE"] == "/own.pem"


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION"),
        *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
        *("AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_BEARER_TOKEN_BEDROCK"),
        *("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AMAZON_SECRET_ACCESS_KEY", "AWS_CREDENTIAL_FILE"),
        *("AWSACTIVATE_PROFILE", "AWSACTIVATE_VARS", "AWSACTIVATE_SERVE_TOKEN", "AWSACTIVATE_MFA_CODE"),
        *("_AWSACTIVATE_NOW_AWS_SECRET_ACCESS_KEY", "_AWSACTIVATE_MFA_SESSION", "_AWSACTIVATE_WRAPPER"),
    ],
)
def test_every_other_way_to_credentials_and_endpoints_is_hidden(name: str) -> None:
    assert name not in of({name: "theirs"})


@pytest.mark.parametrize("name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "BOTO_CONFIG"])
def test_the_users_files_are_hidden(name: str) -> None:
    assert of({name: "/home/alice/file"})[name] == "/dev/null"


def test_what_shapes_an_endpoints_name_is_carried_over() -> None:
    found = of(
        {}, AWS_USE_FIPS_ENDPOINT="true", AWS_USE_DUALSTACK_ENDPOINT="true", AWS_ENDPOINT_URL="http://x"
    )
    assert (found["AWS_USE_FIPS_ENDPOINT"], found["AWS_USE_DUALSTACK_ENDPOINT"]) == ("true", "true")
    assert "AWS_ENDPOINT_URL" not in found


def test_an_endpoint_stands_alone_and_no_proxy_before_it() -> None:
    """Several SDKs refuse FIPS and dual stack beside an endpoint; the guard heeds them itself."""
    shaping = {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"}
    found = of({**shaping, "HTTP_PROXY": "http://own:3128", "NO_PROXY": "a.example"}, ENDPOINT, **shaping)
    assert shaping.keys() & found.keys() == set()
    assert found["NO_PROXY"] == found["no_proxy"] == "a.example,127.0.0.1,localhost,::1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("internal.example,10.0.0.0/8", "internal.example,10.0.0.0/8,127.0.0.1,localhost,::1"),
        ("*", "127.0.0.1,localhost,::1"),
        ("amazonaws.com", "127.0.0.1,localhost,::1"),
        (".amazonaws.com,a.example", "a.example,127.0.0.1,localhost,::1"),
        ("*.eu-west-1.amazonaws.com", "127.0.0.1,localhost,::1"),
        ("s3.amazonaws.com:443", "127.0.0.1,localhost,::1"),
        (".com", "127.0.0.1,localhost,::1"),
        ("S3.AmazonAWS.com , b.example", "b.example,127.0.0.1,localhost,::1"),
        ("notamazonaws.com", "notamazonaws.com,127.0.0.1,localhost,::1"),
        ("::1,[fe80::1]", "::1,[fe80::1],127.0.0.1,localhost"),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_nothing_leads_past_the_proxy_to_aws(name: str, before: str, after: str) -> None:
    found = of({name: before})
    assert (found["NO_PROXY"], found["no_proxy"]) == (after, after)


def test_the_secret_is_in_no_repr() -> None:
    assert KEYS.secret_access_key not in repr(KEYS)
