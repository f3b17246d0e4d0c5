"""What comes back is understood as botocore understands it: values, and refusals with their codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest
from botocore.model import Shape, StructureShape
from botocore.parsers import ResponseParserError
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.aws.answers import Refused, Unreadable
from awsactivate.aws.direct.operations import SERVICES
from awsactivate.aws.direct.transport import HttpAnswer

from . import botocores
from .test_requests import ENDPOINTS, KEYS, OPERATIONS, model, nobody, ours, theirs

__all__ = ["nobody"]

# What every answer to these may be asked with: enough for botocore to send.
ASKED: dict[str, dict[str, Any]] = {
    "GetCallerIdentity": {},
    "GetSessionToken": {},
    "GetScopedCredentials": {"DurationSeconds": 900},
    "AssumeRole": {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "alice"},
    "ListRoleTags": {"RoleName": "r"},
    "GetRole": {"RoleName": "r"},
    "ListMFADevices": {},
    "GetParameter": {"Name": "/a"},
    "GetParameters": {"Names": ["/a"]},
    "GetParametersByPath": {"Path": "/"},
    "DescribeParameters": {},
    "GetRoleCredentials": {"roleName": "r", "accountId": "111122223333", "accessToken": "t"},
    "CreateOAuth2Token": {"tokenInput": {"clientId": "c", "grantType": "refresh_token"}},
    "ListAccounts": {"accessToken": "t"},
    "ListAccountRoles": {"accessToken": "t", "accountId": "111122223333"},
    "Logout": {"accessToken": "t"},
    "RegisterClient": {"clientName": "n", "clientType": "public"},
    "StartDeviceAuthorization": {"clientId": "i", "clientSecret": "s", "startUrl": "u"},
    "CreateToken": {"clientId": "i", "clientSecret": "s", "grantType": "g"},
}
# Logout answers nothing.
ANSWERING = [(service, name) for service, name in OPERATIONS if SERVICES[service].operations[name].needed]
XML_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12)


def answers(shape: Shape, *, whole: bool = False) -> st.SearchStrategy[Any]:
    """Draw what AWS may answer with, of which only the outermost members must be there."""
    if isinstance(shape, StructureShape):
        members = {name: answers(one) for name, one in shape.members.items()}
        return st.fixed_dictionaries(members) if whole else st.fixed_dictionaries({}, optional=members)
    if shape.type_name == "list":
        return st.lists(answers(shape.member), max_size=3)
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name in ("integer", "long"):
        return st.integers(-(2**40), 2**40)
    if shape.type_name == "timestamp":
        return st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
    return XML_TEXT


def as_xml(value: Any) -> str:
    """Write a value as the query protocol answers it."""
    if isinstance(value, Mapping):
        return "".join(f"<{name}>{as_xml(one)}</{name}>" for name, one in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{as_xml(one)}</member>" for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else escape(str(value))


def written(service: str, operation: str, values: Mapping[str, Any]) -> bytes:
    """Write an answer as the service does."""
    row = SERVICES[service]
    if row.protocol != "query":
        rest = row.operations[operation].rest
        whole = values[rest.answer] if rest and rest.answer else values
        return json.dumps(whole, default=datetime.timestamp).encode()
    space = f'xmlns="https://{service}.amazonaws.com/doc/{row.version}/"'
    text = (
        f"<{operation}Response {space}>\n <{operation}Result>{as_xml(values)}</{operation}Result>"
        f"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
    )
    return text.encode()


def understood(service: str, operation: str, answer: HttpAnswer) -> Any:
    """Return what our way makes of an answer, as `botocores.understood` tells it."""
    client, _ = ours(service, KEYS, ENDPOINTS[0], answer)
    try:
        return client.call(SERVICES[service].operations[operation], ASKED[operation])[0]
    except Refused as refused:
        return (refused.code, refused.message)
    except Unreadable:
        return "unreadable"


def botocore_understood(service: str, operation: str, answer: HttpAnswer) -> Any:
    """Return what botocore makes of an answer."""
    try:
        found = botocores.understood(theirs(service, KEYS, ENDPOINTS[0]), operation, ASKED[operation], answer)
    except (
        ResponseParserError,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        RuntimeError,
        OverflowError,
    ):
        return "unreadable"
    row = SERVICES[service].operations[operation]
    return found if isinstance(found, tuple) or row.is_whole(found) else "unreadable"


@pytest.mark.parametrize(("service", "operation"), ANSWERING)
@given(data=st.data())
def test_an_answer_says_what_botocore_reads_in_it(service: str, operation: str, data: st.DataObject) -> None:
    shape = model(service).operation_model(operation).output_shape
    values = data.draw(answers(shape, whole=True))
    answer = HttpAnswer(200, {"date": "x"}, written(service, operation, values))
    assert understood(service, operation, answer) == botocore_understood(service, operation, answer)


@pytest.mark.parametrize(("service", "operation"), ANSWERING)
def test_a_row_has_every_member_of_botocores_model(service: str, operation: str) -> None:
    shape = model(service).operation_model(operation).output_shape
    assert SERVICES[service].operations[operation].output.keys() == shape.members.keys()


XML_ERROR = (
    '<ErrorResponse xmlns="https://x/"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>'
    "<RequestId>1</RequestId></ErrorResponse>"
)
BODIES = [
    XML_ERROR.format("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time code. "),
    XML_ERROR.format("Throttling", " Rate &lt;exceeded&gt;\n"),
    "<Response><Errors><Error><Code>Old</Code><Message>form</Message></Error></Errors></Response>",
    "<ErrorResponse><Error><Code/><Message/></Error></ErrorResponse>",
    "<html><body>blocked</body></html>",
    "<html><body><b>Http/1.1 Service Unavailable</b></body></html>",
    "<!doctype html><html><body>Sign in<br></body></html>",
    "",
    "  ",
    "\x00",
    '{"__type": "com.amazonaws.ssm#ParameterNotFound", "message": "gone"}',
    '{"__type": "ThrottlingException", "Message": "Rate exceeded"}',
    '{"__type": "AccessDeniedException:http://internal/", "message": null}',
    '{"message": "no code"}',
    '{"code": "Own", "message": "x"}',
    '{"Code": "ns#Own:x", "message": "x"}',
    "{}",
    "[]",
    "null",
    "half of {",
]
ODD_BODIES = [
    '{"__type": null, "message": "no code"}',
    '{"__type": 5}',
    '{"__type": "a#b:c#d", "message": 5}',
    '{"__type": "Own", "message": {"a": 1}}',
    '{"code": null, "Code": "X"}',
    '{"code": 5, "error": 5}',
    '\ufeff{"__type": "Marked", "message": "m"}',
    "[" * 100_000,
    "<Response><Errors/></Response>",
    "<R><Error><Code>Twice</Code><Code>Again</Code><Message>m</Message></Error></R>",
    "<R><Error><Code>First</Code></Error><Error><Code>Second</Code></Error></R>",
    "<R><Error><Code>A<!-- b -->C</Code><Message><![CDATA[<x>&]]>&#233;</Message></Error></R>",
    "<R><Error><Code><Deep>x</Deep></Code><Message>m</Message></Error></R>",
    "<Error><Code>Bare</Code><Message>m</Message></Error>",
    '<!DOCTYPE r [<!ENTITY own "Expanded">]><R><Error><Code>&own;</Code></Error></R>',
    "<R><Error><Code>&unknown;</Code></Error></R>",
]
HEADERS: list[dict[str, str]] = [
    {},
    {"x-amzn-errortype": "UnauthorizedException:http://internal/"},
    {"x-amzn-query-error": "AWS.Old;Sender"},
    {"x-amzn-query-error": "broken"},
]
ODD_HEADERS: list[dict[str, str]] = [
    {"x-amzn-query-error": ";Sender"},
    {"x-amzn-query-error": "AWS.Old;Sender;More"},
    {"x-amzn-errortype": "", "x-amzn-query-error": "AWS.Old;"},
]


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
@pytest.mark.parametrize("status", [301, 307, 400, 403, 429, 500, 503])
def test_a_refusal_is_the_one_that_botocore_reads(service: str, operation: str, status: int) -> None:
    for body in BODIES:
        for headers in HEADERS:
            answer = HttpAnswer(status, headers, body.encode())
            expected = botocore_understood(service, operation, answer)
            assert understood(service, operation, answer) == expected, (body, headers)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sts", "GetCallerIdentity"),
        ("ssm", "GetParameter"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
    ],
)
def test_an_odd_refusal_is_the_one_that_botocore_reads(service: str, operation: str) -> None:
    for body in ODD_BODIES:
        for headers in [*HEADERS, *ODD_HEADERS]:
            answer = HttpAnswer(400, headers, body.encode())
            expected = botocore_understood(service, operation, answer)
            assert understood(service, operation, answer) == expected, (body[:100], headers)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
def test_a_text_is_read_in_the_encoding_that_botocore_reads(encoding: str) -> None:
    document = json.dumps({"Parameter": {"Name": "/é", "Value": "ü", "Version": 1}}, ensure_ascii=False)
    answer = HttpAnswer(200, {}, document.encode(encoding))
    found = understood("ssm", "GetParameter", answer)
    assert found == botocore_understood("ssm", "GetParameter", answer)
    refused = HttpAnswer(400, {}, '{"__type": "É", "message": "ü"}'.encode(encoding))
    assert understood("ssm", "GetParameter", refused) == botocore_understood("ssm", "GetParameter", refused)


TIMES = [
    *("2026-11-23T10:15:00Z", "2026-11-23T10:15:00.123456789Z", "2026-11-23T10:15:00+02:00"),
    *("2026-11-23T10:15:00", "2026-11-23 10:15:00Z", "20261123T101500Z", "1795428900", "1795428900.5"),
    *(
        "Mon, 23 Nov 2026 10:15:00 GMT",
        "Mon, 23 Nov 2026 10:15:00 +0100",
        "1e12",
        "nan",
        "inf",
        "-1",
        "soon",
        "",
    ),
]


@pytest.mark.parametrize("time", [*TIMES, 1795428900, 1795428900.5, True, 10**400, 1e300, [], {}, "9" * 5000])
def test_a_time_is_the_one_that_botocore_reads(time: Any) -> None:
    parameter = {"Name": "/a", "Value": "v", "Version": 1, "LastModifiedDate": time}
    answer = HttpAnswer(200, {}, json.dumps({"Parameter": parameter}).encode())
    assert understood("ssm", "GetParameter", answer) == botocore_understood("ssm", "GetParameter", answer)
    if isinstance(time, str):
        values = {"Role": {"RoleName": "r", "CreateDate": time}}
        answer = HttpAnswer(200, {}, written("iam", "GetRole", values))
        assert understood("iam", "GetRole", answer) == botocore_understood("iam", "GetRole", answer)


@pytest.mark.parametrize(
    "number",
    ["3600", 3600.9, "3600.9", "x", "", True, [], {}, 10**30, float("inf"), float("nan"), " 5 ", "5_0"],
)
def test_a_number_of_a_sign_in_is_the_one_that_botocore_reads(number: Any) -> None:
    token = {"accessToken": "t", "expiresIn": number}
    answer = HttpAnswer(200, {}, json.dumps(token).encode())
    found = understood("sso-oidc", "CreateToken", answer)
    assert found == botocore_understood("sso-oidc", "CreateToken", answer)
    role = {"roleCredentials": {"accessKeyId": "a", "expiration": number}}
    answer = HttpAnswer(200, {}, json.dumps(role).encode())
    assert understood("sso", "GetRoleCredentials", answer) == botocore_understood(
        "sso", "GetRoleCredentials", answer
    )


ODD_XML = [
    "<Role><RoleName>a</RoleName></Role><Role><RoleName>b</RoleName></Role>",
    "<Role><RoleName>a<!-- no -->b<?do nothing?>c</RoleName></Role>",
    "<Role><RoleName><![CDATA[<a>&amp;]]>&#x41;&lt;</RoleName></Role>",
    "<Role><RoleName> <b>x</b> tail</RoleName></Role>",
    "<Role><RoleName/><Path></Path></Role>",
    "<Role><Unheard>x</Unheard><RoleName unheard='1'>a</RoleName></Role>",
    "<x:Role xmlns:x='https://other/'><x:RoleName>a</x:RoleName></x:Role>",
    "<Role><Tags><member><Key>k</Key></member><other><Key>l</Key></other></Tags></Role>",
    "<Role><Tags/></Role>",
    "<Role><Tags>text</Tags></Role>",
    "<Role>text</Role>",
    "<Role/>",
    "<Role><MaxSessionDuration> 3600 </MaxSessionDuration></Role>",
    "<Role><MaxSessionDuration>1_000</MaxSessionDuration></Role>",
    "<Role><MaxSessionDuration>٣</MaxSessionDuration></Role>",
    "<Role><MaxSessionDuration/></Role>",
    "<Role><AssumeRolePolicyDocument>%7B%22a%22%3A1%7D</AssumeRolePolicyDocument></Role>",
    "<Role><AssumeRolePolicyDocument>no JSON</AssumeRolePolicyDocument></Role>",
    "<Role><AssumeRolePolicyDocument/></Role>",
]


@pytest.mark.parametrize("odd", ODD_XML)
@pytest.mark.parametrize(
    "head", ["", '<?xml version="1.0" encoding="latin-1"?>', "\ufeff", "<!-- a --><!DOCTYPE r>\n"]
)
def test_odd_xml_says_what_botocore_reads_in_it(head: str, odd: str) -> None:
    text = f"{head}<GetRoleResponse><GetRoleResult>{odd}</GetRoleResult></GetRoleResponse>"
    answer = HttpAnswer(200, {}, text.encode())
    assert understood("iam", "GetRole", answer) == botocore_understood("iam", "GetRole", answer)


@pytest.mark.parametrize("twice", ["<RoleName>a</RoleName>" * 2, "<Tags><member/></Tags>" * 2])
def test_what_is_there_twice_is_no_answer(twice: str) -> None:
    """botocore hands out the parser's own nodes then."""
    text = f"<GetRoleResponse><GetRoleResult><Role>{twice}</Role></GetRoleResult></GetRoleResponse>"
    assert understood("iam", "GetRole", HttpAnswer(200, {}, text.encode())) == "unreadable"


@pytest.mark.parametrize(("service", "operation"), ANSWERING)
@pytest.mark.parametrize("body", BODIES)
def test_what_is_no_answer_of_aws_is_taken_for_none(service: str, operation: str, body: str) -> None:
    answer = HttpAnswer(200, {}, body.encode())
    assert understood(service, operation, answer) == "unreadable"
    assert botocore_understood(service, operation, answer) == "unreadable"
