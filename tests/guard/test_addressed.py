"""A call is written anew for an endpoint of the user's own, so that it means the same there."""

from __future__ import annotations

import pytest

from awsactivate.guard.addressed import UnaddressedError, to_endpoint
from awsactivate.guard.call import Head


def head(host: str, target: str) -> Head:
    return Head("PUT", host, target, (("Host", host), ("X-Other", "s3.amazonaws.com")))


@pytest.mark.parametrize(
    ("host", "target", "url", "found"),
    [
        ("sqs.eu-west-1.amazonaws.com", "/", "http://localhost:4566", ("localhost:4566", "/")),
        ("sqs.eu-west-1.amazonaws.com", "/", "https://a.example:443/x/", ("a.example", "/x/")),
        ("sqs.eu-west-1.amazonaws.com", "/", "http://u:p@a.example:80", ("a.example", "/")),
        ("s3.eu-west-1.amazonaws.com", "/b/k?acl", "http://[::1]:90", ("[::1]:90", "/b/k?acl")),
        ("b.s3.eu-west-1.amazonaws.com", "/", "http://h:1", ("h:1", "/b")),
        ("b.s3.eu-west-1.amazonaws.com", "/?acl", "http://h:1/p", ("h:1", "/p/b?acl")),
        ("b.s3.eu-west-1.amazonaws.com", "/k%20k//?", "http://h:1", ("h:1", "/b/k%20k//?")),
        ("b.s3.amazonaws.com", "//k", "http://h:1", ("h:1", "/b//k")),
        ("a.s3.b.s3-fips.dualstack.us-gov-west-1.amazonaws.com", "/k", "http://h:1", ("h:1", "/a.s3.b/k")),
        ("b.s3-accelerate.dualstack.amazonaws.com", "/k", "http://h:1", ("h:1", "/b/k")),
        ("b.s3-eu-west-1.amazonaws.com", "/k", "http://h:1", ("h:1", "/b/k")),
        ("b.s3.cn-north-1.amazonaws.com.cn", "/k", "http://h:1", ("h:1", "/b/k")),
        ("b.s3.eusc-de-east-1.amazonaws.eu", "/k", "http://h:1", ("h:1", "/b/k")),
        (
            "1.s3-control.eu-west-1.amazonaws.com",
            "/v20180820/x",
            "http://1.2.3.4",
            ("1.2.3.4", "/v20180820/x"),
        ),
        ("ap-1.s3-accesspoint.eu-west-1.amazonaws.com", "/k", "http://h.x:1", ("ap-1.h.x:1", "/k")),
    ],
)
def test_the_host_is_the_endpoints_and_the_bucket_stands_in_the_path(
    host: str, target: str, url: str, found: tuple[str, str]
) -> None:
    written = to_endpoint(head(host, target), url)
    assert (written.host, written.target) == found
    assert written.headers == (("Host", found[0]), ("X-Other", "s3.amazonaws.com"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:4566"])
def test_an_access_point_has_no_name_at_an_endpoint_without_one(url: str) -> None:
    with pytest.raises(UnaddressedError, match="access point"):
        to_endpoint(head("ap-1.s3-accesspoint.eu-west-1.amazonaws.com", "/k"), url)
