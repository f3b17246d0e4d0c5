"""Where a call goes is what botocore makes of the same configuration; the rest is left to it."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Mapping
from pathlib import Path

import botocore.session
import pytest
from botocore.config import Config
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError, EndpointProviderError
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.aws import clients
from awsactivate.aws.direct import trust
from awsactivate.aws.direct.endpoints import endpoint
from awsactivate.aws.direct.operations import SERVICES
from awsactivate.aws.direct.settings import Target, target
from awsactivate.errors import ProfileError
from awsactivate.profiles.model import parse
from awsactivate.sessions import partitions

from . import botocores
from .test_answers import ASKED
from .test_requests import KEYS

FIRST = {name: next(iter(row.operations)) for name, row in SERVICES.items()}
PREFIX = {"sso": "portal.sso", "sso-oidc": "oidc"}
PARTITIONS = json.loads(Path(botocore.__path__[0], "data/partitions.json").read_text())["partitions"]
FIPS, DUAL = "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"
REGIONS = [region for one in PARTITIONS for region in one["regions"]]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Take away what this machine configures."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "BOTO", "REQUESTS_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_an_endpoint_is_that_of_botocores_rules() -> None:
    """Every region of every partition, with and without FIPS and dual stack, STS regional and global."""
    different = []
    for service in SERVICES:
        rules = EndpointProvider(
            botocores.loader().load_service_model(service, "endpoint-rule-set-1"), {"partitions": PARTITIONS}
        )
        for region, fips, dual, legacy in itertools.product(REGIONS, *[(False, True)] * 3):
            found = endpoint(
                *(service, PREFIX.get(service, service), region),
                fips=fips,
                dual_stack=dual,
                legacy_sts=legacy,
            )
            asked = {"Region": region, "UseFIPS": fips, "UseDualStack": dual}
            if service == "sts":
                asked["UseGlobalEndpoint"] = legacy
            if found is None:
                # one that stands for a partition, or one of which botocore's older data knows no dual stack;
                # and where AWS Sign-In is by FIPS or dual stack is botocore's to know
                is_left = service == "signin" and (fips or dual)
                is_left = is_left or (dual and region.startswith(("eu-isoe", "us-isof")))
                if not (region.endswith("-global") or is_left):
                    different.append((service, region, fips, dual))
                continue
            theirs = rules.resolve_endpoint(**asked)
            schemes = theirs.properties.get("authSchemes", [{}])
            if (theirs.url, schemes[0].get("signingRegion", region)) != (found.url, found.signing_region):
                different.append((service, region, fips, dual, legacy, theirs.url, found.url))
    assert different == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "region", [one["outputs"]["implicitGlobalRegion"] for one in PARTITIONS] + ["eu-west-1"]
)
def test_a_whole_client_signs_for_the_same_region(service: str, region: str, clean: Path) -> None:
    client = botocores.client(service, KEYS, region_name=region)
    sent = botocores.sent(client, FIRST[service], ASKED[FIRST[service]])
    found = ours(service, None, {}, "", region)
    assert found is not None
    assert sent.url.startswith(found.url)
    if "authorization" in sent.headers:
        assert sent.headers["authorization"].split("/")[2] == found.signing_region


@pytest.mark.long
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("said", [{}, {FIPS: "true"}, {DUAL: "true"}, {FIPS: "true", DUAL: "true"}])
def test_whole_clients_call_the_same_address_everywhere(
    service: str, said: dict[str, str], clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    for region in REGIONS:
        found = ours(service, None, said, "", region)
        if found is None:
            continue
        sent = botocores.sent(
            botocores.client(service, KEYS, region_name=region), FIRST[service], ASKED[FIRST[service]]
        )
        assert sent.url.partition("/")[2].startswith(found.url.partition("/")[2])
        if "authorization" in sent.headers:
            assert sent.headers["authorization"].split("/")[2] == found.signing_region


def ours(
    service: str,
    profile: str | None,
    environ: Mapping[str, str],
    config: str,
    region: str | None = None,
    partition: str | None = None,
) -> Target | None:
    """Find by our own way where a call goes."""
    read = parse(config, "")
    return target(
        service, profile=profile, region=region, partition=partition, environ=environ, profiles=read
    )


def theirs(service: str, profile: str | None, partition: str | None) -> Target | None:
    """Find by botocore where a call goes, and whom is trusted there; None where it refuses to call."""
    session = botocore.session.Session(profile=profile)
    session.register_component("data_loader", botocores.loader())
    try:
        client = session.create_client(
            service,
            region_name=clients._region(session, partitions.named_in(os.environ), partition),
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="s",
            config=Config(retries={"total_max_attempts": 1}),
        )
        sent = botocores.sent(client, FIRST[service], ASKED[FIRST[service]])
    except (BotoCoreError, EndpointProviderError, ProfileError, ValueError):
        return None
    rest = SERVICES[service].operations[FIRST[service]].rest
    url = sent.url.partition("?")[0].removesuffix(rest.path if rest else "")
    signed = sent.headers.get("authorization", "").split("/")
    verify = client._endpoint.http_session._verify  # whatever way it was said
    return Target(url.rstrip("/"), signed[2] if len(signed) > 2 else "", None if verify is True else verify)


def same(found: Target, expected: Target | None) -> bool:
    """Whether a call goes to the same place; single sign-on signs nothing."""
    region = found.signing_region if expected and expected.signing_region else ""
    return expected == Target(found.url.rstrip("/"), region, found.ca_bundle)


URLS = [
    *(
        "",
        "https://one.example.test",
        "http://localhost:4566/",
        "https://two.example.test/path/",
        "https://x.test:443",
    ),
    *(
        "https://user@x.test",
        "https://x.test/a/../b",
        "HTTPS://X.test",
        "x.test",
        "https://[::1]:1",
        "http://x.test?q=1",
    ),
]
FLAGS = ["", "true", "True", "false", "no"]
SAID = {
    "AWS_ENDPOINT_URL": URLS,
    "AWS_ENDPOINT_URL_STS": URLS,
    "AWS_ENDPOINT_URL_SSM": URLS,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": FLAGS,
    "AWS_USE_FIPS_ENDPOINT": FLAGS,
    "AWS_USE_DUALSTACK_ENDPOINT": FLAGS,
    "AWS_REGION": ["", "eu-west-1", "cn-north-1", "no region"],
    "AWS_DEFAULT_REGION": ["", "eu-west-1", "cn-north-1", "aws-global", "moon-1", "us-gov-west-1"],
    "AWS_STS_REGIONAL_ENDPOINTS": ["", "legacy", "regional", "Legacy"],
    "AWS_CA_BUNDLE": ["", "/etc/own.pem"],
    "REQUESTS_CA_BUNDLE": ["", "/etc/requests.pem"],
    "AWS_PROFILE": ["", "one", "none"],
    "AWS_DEFAULT_PROFILE": ["one", "two"],
    "AWS_RETRY_MODE": ["adaptive", "legacy"],
    "AWS_DEFAULTS_MODE": ["legacy", "standard"],
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": ["", "legacy", "regional", "Legacy"],
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": ["", "true", "False", "no"],
}
KEYS_OF_A_PROFILE = {
    "endpoint_url": URLS,
    "ignore_configured_endpoint_urls": FLAGS,
    "use_fips_endpoint": FLAGS,
    "use_dualstack_endpoint": FLAGS,
    "region": ["eu-west-1", "us-east-1", "us-iso-east-1", "eusc-de-east-1"],
    "sts_regional_endpoints": ["legacy", "regional", "Legacy"],
    "ca_bundle": ["/etc/profile.pem"],
    "services": ["ours", "nothing"],
    "retry_mode": ["adaptive", "standard"],
    "s3": [
        *("", "on", "\n  addressing_style = Path", "\n  addressing_style = path"),
        *("\n  us_east_1_regional_endpoint = Legacy", "\n  use_accelerate_endpoint = true"),
    ],
    "sts": ["", "on", "\n  signature_version = v2", "\n  signature_version ="],
    "iam": ["\n  signature_version = s3v4"],
}


def some_of(choices: Mapping[str, list[str]]) -> st.SearchStrategy[dict[str, str]]:
    """Draw values for a few of the names."""
    one = st.sampled_from(sorted(choices)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(choices[name]))
    )
    return st.lists(one, max_size=3).map(dict)


SERVICES_SECTION = "[services ours]\nsts =\n  endpoint_url = https://sts.services.test\nssm =\n  other = x\n"


def configuration(profiles: Mapping[str, Mapping[str, str]]) -> str:
    """Write the config file."""
    sections = [
        f"[profile {name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        for name, values in profiles.items()
    ]
    return "\n".join([*sections, SERVICES_SECTION])


@given(
    environ=some_of(SAID),
    profiles=st.dictionaries(st.sampled_from(["default", "one", "two"]), some_of(KEYS_OF_A_PROFILE)),
    profile=st.sampled_from([None, "one", "two"]),
    service=st.sampled_from(sorted(SERVICES)),
    partition=st.sampled_from([None, "aws", "aws-cn"]),
)
def test_a_call_goes_where_botocore_sends_it(
    environ: dict[str, str],
    profiles: dict[str, dict[str, str]],
    profile: str | None,
    service: str,
    partition: str | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever is configured: either as botocore does, or left to botocore."""
    config = tmp_path_factory.getbasetemp() / "config"
    config.write_text(configuration(profiles))
    environ = {**environ, "AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    try:
        found = ours(service, profile, environ, config.read_text(), partition=partition)
    except ProfileError:  # a region that can be none is refused beforehand, on both ways
        return
    if found is None:
        return
    with pytest.MonkeyPatch.context() as patched:
        for name in list(os.environ):
            if name.startswith("AWS_") or name == "REQUESTS_CA_BUNDLE":
                patched.delenv(name)
        for name, value in environ.items():
            patched.setenv(name, value)
        expected = theirs(service, profile, partition)
    assert same(found, expected), (found, expected)


@pytest.mark.parametrize(
    ("environ", "values", "url"),
    [
        ({}, {}, "https://sts.eu-west-1.amazonaws.com"),
        ({"AWS_ENDPOINT_URL": "http://a.test"}, {}, "http://a.test"),
        ({"AWS_ENDPOINT_URL": "http://a.test", "AWS_ENDPOINT_URL_STS": "http://b.test"}, {}, "http://b.test"),
        ({}, {"endpoint_url": "http://c.test"}, "http://c.test"),
        ({}, {"endpoint_url": "http://c.test", "services": "ours"}, "https://sts.services.test"),
        (
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            {"endpoint_url": "http://c.test"},
            "https://sts.eu-west-1.amazonaws.com",
        ),
        ({}, {"sts_regional_endpoints": "legacy"}, "https://sts.amazonaws.com"),
        ({"AWS_USE_FIPS_ENDPOINT": "true"}, {}, "https://sts-fips.eu-west-1.amazonaws.com"),
        ({}, {"use_dualstack_endpoint": "true"}, "https://sts.eu-west-1.api.aws"),
        ({"AWS_RETRY_MODE": "standard"}, {}, "https://sts.eu-west-1.amazonaws.com"),
    ],
)
def test_the_usual_configurations_go_the_short_way(
    environ: dict[str, str], values: dict[str, str], url: str
) -> None:
    found = ours("sts", "one", environ, configuration({"one": {"region": "eu-west-1", **values}}))
    assert found is not None
    assert found.url == url


@pytest.mark.parametrize(
    ("environ", "values"),
    [
        ({"AWS_DATA_PATH": "/models"}, {}),
        ({"AWS_CSM_ENABLED": "true"}, {}),
        ({}, {"defaults_mode": "standard"}),
        ({}, {"retry_mode": "adaptive"}),
        ({}, {"api_versions": "\n  sts = 2011-06-15"}),
        ({}, {"region": "moon-base-1"}),
        ({}, {"services": "nothing"}),
        ({"AWS_USE_FIPS_ENDPOINT": "true", "AWS_ENDPOINT_URL": "http://a.test"}, {}),
        ({"AWS_CONFIG_FILE": "$HOME/config"}, {}),
        ({"AWS_CA_BUNDLE": ""}, {}),
        ({"REQUESTS_CA_BUNDLE": " "}, {}),
        ({"BOTOCORE_EXPERIMENTAL__PLUGINS": "own=own_plugin"}, {}),
        ({"SSLKEYLOGFILE": "/tmp/keys"}, {}),
        ({"AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "Legacy"}, {}),
        ({}, {"s3": "\n  us_east_1_regional_endpoint = nowhere"}),
        ({"AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": "1"}, {}),
        ({}, {"s3": "\n  addressing_style = none"}),
        ({}, {"sts": "\n  signature_version = s3v4"}),
        ({}, {"region": "us-a_b-1"}),
        ({}, {"region": "us-é-1"}),
        ({}, {"region": f"us-{'a' * 64}-1"}),
        ({"AWS_ENDPOINT_URL": "http://a..test"}, {}),
        ({"AWS_ENDPOINT_URL": f"http://{'a' * 64}.test"}, {}),
        ({"AWS_ENDPOINT_URL": f"http://{'a.' * 128}test"}, {}),
        ({"AWS_ENDPOINT_URL": "http://a.test:65536"}, {}),
    ],
)
def test_what_is_not_known_is_left_to_botocore(environ: dict[str, str], values: dict[str, str]) -> None:
    assert ours("sts", "one", environ, configuration({"one": values})) is None


def test_a_bundle_is_named_from_home_as_botocore_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "ca.pem").write_text(Path(trust.usual_bundle()).read_text())
    assert trust.context("~/ca.pem").cert_store_stats()["x509_ca"] > 0


def test_a_profile_that_does_not_exist_is_botocores_to_miss() -> None:
    assert ours("sts", "gone", {}, "") is None
    assert ours("sts", None, {"AWS_PROFILE": "gone"}, "") is None
