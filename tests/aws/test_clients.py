"""Clients that are made quickly are the clients that botocore makes."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest

from awsactivate.aws.clients import client
from awsactivate.sessions.credentials import Credentials

KEYS = Credentials("AKIAEXAMPLE", "example")


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration of its own, with settings that change endpoints."""
    file = tmp_path / "config"
    file.write_text(
        "[profile plain]\n[profile legacy]\nsts_regional_endpoints = legacy\n"
        "[profile fips]\nuse_fips_endpoint = true\n[profile both]\nuse_dualstack_endpoint = true\n"
        "[profile own]\nendpoint_url = http://127.0.0.1:1\n"
    )
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))


@pytest.mark.parametrize("profile", ["plain", "legacy", "fips", "both", "own"])
@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("service", ["sts", "iam", "ssm"])
def test_the_endpoint_is_botocores_own(service: str, region: str, profile: str) -> None:
    plain = botocore.session.Session(profile=profile).create_client(
        service, region_name=region, aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="example"
    )
    ours = client(service, KEYS, profile=profile, region=region)
    assert ours.meta.endpoint_url == plain.meta.endpoint_url
    assert ours.meta.service_model.operation_names == plain.meta.service_model.operation_names


def test_a_folder_of_botocores_data_is_still_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "data"))
    made = client("sts", KEYS, profile="plain", region="eu-west-1")
    assert str(tmp_path / "data") in made._loader.search_paths
