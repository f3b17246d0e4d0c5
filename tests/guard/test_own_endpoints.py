"""Which endpoint of the user's own a call goes to."""

from __future__ import annotations

import pytest

from awsactivate.guard.own_endpoints import of_service

BOTH = {"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3_CONTROL": "http://one"}


@pytest.mark.parametrize(
    ("service_id", "environ", "url"),
    [
        ("s3_control", BOTH, "http://one"),
        ("s3", BOTH, "http://all"),
        ("", BOTH, "http://all"),
        ("s3", {}, None),
        ("s3", {"AWS_ENDPOINT_URL": ""}, None),
        ("s3_control", {**BOTH, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"}, None),
        ("s3_control", {**BOTH, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}, "http://one"),
    ],
)
def test_the_one_of_the_service_wins(service_id: str, environ: dict[str, str], url: str | None) -> None:
    assert of_service(service_id, environ) == url
