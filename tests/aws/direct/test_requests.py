"""What goes out is what botocore sends: the address, the signed headers, the body, to the byte."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from botocore.model import Shape, StructureShape
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.aws.direct import transport
from awsactivate.aws.direct.client import Client
from awsactivate.aws.direct.operations import SERVICES
from awsactivate.aws.direct.settings import Target
from awsactivate.aws.direct.transport import HttpAnswer
from awsactivate.sessions.credentials import Credentials

from . import botocores

OPERATIONS = [(service, name) for service, row in SERVICES.items() for name in row.operations]
KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
SESSION = Credentials("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "token+/==")
ENDPOINTS = ["https://aws.example.test/", "http://127.0.0.1:5000", "https://proxy.example.test:8443/to/aws/"]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure nothing, and stop botocore's clock."""
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: botocores.NOW)


@cache
def model(service: str) -> Any:
    """Load botocore's model of a service."""
    return theirs(service, KEYS, ENDPOINTS[0]).meta.service_model


@cache
def theirs(service: str, credentials: Credentials, url: str) -> Any:
    """Make botocore's client once for many examples."""
    return botocores.client(service, credentials, region_name="eu-west-1", endpoint_url=url)


class Recorded(transport.Transport):
    """A transport that sends nothing."""

    def __init__(self, url: str, answer: HttpAnswer | None = None) -> None:
        self._answer = answer
        self._base = url.rstrip("/") if url.count("/") == 3 else "/".join(url.split("/")[:3])
        self.sent: botocores.Sent | None = None

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Take down the request."""
        named = {name.lower(): value for name, value in headers.items()}
        self.sent = botocores.Sent(method, self._base + path, body, named)
        if self._answer is None:
            raise InterruptedError
        return self._answer


def ours(
    service: str, credentials: Credentials, url: str, answer: HttpAnswer | None = None
) -> tuple[Client, Recorded]:
    """Make our client, over a transport that records."""
    recorded = Recorded(url, answer)
    target = Target(url, "eu-west-1", None)
    return Client(SERVICES[service], target, recorded, credentials, botocores.NOW.timestamp), recorded


def sent(
    service: str, operation: str, credentials: Credentials, url: str, parameters: Mapping[str, Any]
) -> botocores.Sent:
    """Return what our way sends."""
    client, recorded = ours(service, credentials, url)
    with pytest.raises(InterruptedError):
        client.call(SERVICES[service].operations[operation], parameters)
    assert recorded.sent is not None
    return recorded.sent


def values(shape: Shape, least: int | None = None) -> st.SearchStrategy[Any]:
    """Draw what botocore takes as a value of a shape."""
    least = int(shape.metadata.get("min", 0)) if least is None else least
    if isinstance(shape, StructureShape):
        needed = {name: values(shape.members[name]) for name in shape.required_members}
        others = {name: values(one) for name, one in shape.members.items() if name not in needed}
        return st.fixed_dictionaries(needed, optional=others)
    if shape.type_name == "list":
        return st.lists(values(shape.member), min_size=least, max_size=3)
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name in ("integer", "long"):
        return st.integers(least, max(least, 1_000_000))
    text = st.text(
        st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=least, max_size=least + 8
    )
    return text if not shape.enum else st.sampled_from(shape.enum)


def known(service: str, operation: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw parameters that our way takes, of those that botocore's model has."""
    row = SERVICES[service].operations[operation]
    shape = model(service).operation_model(operation).input_shape
    return values(shape).map(
        lambda drawn: {k: v for k, v in drawn.items() if k in row.least or k in row.free}
    )


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
@given(data=st.data())
def test_a_request_is_botocores_to_the_byte(service: str, operation: str, data: st.DataObject) -> None:
    parameters = data.draw(known(service, operation))
    credentials, url = data.draw(st.sampled_from([KEYS, SESSION])), data.draw(st.sampled_from(ENDPOINTS))
    if service == "sso":  # a header can't hold all that a text can
        parameters["accessToken"] = data.draw(st.text("abcXYZ019-_.~+/=", min_size=1))
    row = SERVICES[service].operations[operation]
    assert row.takes(parameters)
    expected = botocores.sent(theirs(service, credentials, url), operation, parameters)
    found = sent(service, operation, credentials, url, parameters)
    assert (found, found.signed) == (
        botocores.Sent(expected.method, expected.url, expected.body, found.headers),
        expected.signed,
    )


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
@given(data=st.data())
def test_what_botocore_would_refuse_is_left_to_it(service: str, operation: str, data: st.DataObject) -> None:
    """A text that is too short, a number that is too small, a parameter that does not exist."""
    shape = model(service).operation_model(operation).input_shape
    row = SERVICES[service].operations[operation]
    assert not row.takes({"Unheard": "x"})
    checked = [name for name, one in shape.members.items() if name in row.least and one.metadata.get("min")]
    if not checked:
        return
    name = data.draw(st.sampled_from(checked))
    member = shape.members[name]
    below = int(member.metadata["min"]) - 1
    wrong = {"integer": below, "list": [""] * below}.get(member.type_name, "x" * below)
    assert not row.takes({name: wrong})


def leaves(shape: Shape, path: str) -> dict[str, int]:
    """Name all that lies in a shape as `Operation.least` does, with botocore's least length or number."""
    least = int(shape.metadata.get("min", 0)) if shape.type_name != "structure" else 0
    found = {path: least}
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            found |= leaves(member, f"{path}.{name}")
    elif shape.type_name == "list":
        found |= leaves(shape.member, f"{path}[]")
    return found


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_a_row_knows_what_botocore_asks_of_parameters(service: str, operation: str) -> None:
    row = SERVICES[service].operations[operation]
    shape = model(service).operation_model(operation).input_shape
    modelled: dict[str, int] = {}
    for name, member in shape.members.items():
        modelled |= leaves(member, name)
    assert {name: modelled.get(name) for name in row.least} == dict(row.least)
    assert set(row.free) <= modelled.keys()
