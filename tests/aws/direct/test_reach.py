"""A connection that was begun early is the one that the first call goes over, and only where it is meant."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from awsactivate.aws.direct import reach
from awsactivate.aws.direct.transport import Transport


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Listen where AWS is said to be."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{opened.getsockname()[1]}")
        yield opened


def reached(region: str) -> Transport:
    """Return what connects to STS."""
    found = reach.reach("sts", profile=None, region=region, partition=None, regional=False)
    assert found is not None
    return found[1]


def test_a_connection_that_was_begun_is_taken_once(listening: socket.socket) -> None:
    reach.begin("sts", profile=None, region="eu-west-1")
    listening.settimeout(10)
    taken = reached("eu-west-1")
    with listening.accept()[0] as early:
        assert taken._take_connection().getsockname() == early.getpeername()
    assert reached("eu-west-1") is not taken


def test_one_for_another_region_is_not_taken(listening: socket.socket) -> None:
    """It would be signed for that region."""
    reach.begin("sts", profile=None, region="eu-west-1")
    begun = dict(reach._begun)
    assert reached("eu-north-1") not in begun.values()
    assert reached("eu-west-1") in begun.values()


def test_where_the_configuration_is_botocores_business_nothing_is_begun(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", "/nonexistent")
    reach._begun.clear()
    reach.begin("sts", profile=None, region="eu-west-1")
    assert reach._begun == {}
