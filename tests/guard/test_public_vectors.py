"""Signatures of AWS's own test suite for version 4 prove their key, and are made anew as they were."""

from __future__ import annotations

import pytest

from awsactivate.guard import claims
from awsactivate.guard.call import Head
from awsactivate.guard.proof import prove
from awsactivate.guard.signed_anew import signed_anew
from awsactivate.guard.stand_ins import StandIn, StandIns
from awsactivate.sessions.credentials import Credentials
from guard.keys import REAL, STAND_IN, this_run

# https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4
_KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
_NOW = 1440938160
_HOST = "example.amazonaws.com"
_MY = "My-Header1"


def _round(head: Head) -> Head:
    """Sign a request anew with a stand-in key, and that with the public one again."""
    public = StandIns(StandIn(_KEY.access_key_id, _KEY.secret_access_key), lambda: REAL)
    key = Credentials(STAND_IN.access_key_id, STAND_IN.secret_access_key)
    theirs = signed_anew(head, prove(head, claims.read(head), public, _NOW, b""), key).head
    return signed_anew(theirs, prove(theirs, claims.read(theirs), this_run(), _NOW, b""), _KEY).head


@pytest.mark.parametrize(
    ("name", "target", "headers", "signature"),
    [
        ("get-vanilla", "/", (), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            *("get-vanilla-query-order-key-case", "/?Param2=value2&Param1=value1", ()),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            *("get-vanilla-query-order-encoded", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", ()),
            "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
        ),
        (
            *("get-vanilla-utf8-query", "/?\u1234=bar".encode().decode("latin-1"), ()),
            "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        ),
        (
            *("get-utf8", "/\u1234".encode().decode("latin-1"), ()),
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        ),
        (
            *("get-space", "/example space/", ()),
            "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
        ),
        (
            *("get-slashes-normalized", "//example//", ()),
            "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
        ),
        (
            *("get-slashes-unnormalized", "//example//", ()),
            "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5",
        ),
        (
            *("get-header-value-trim", "/", ((_MY, " value1"), ("My-Header2", ' "a   b   c"'))),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            *("get-header-key-duplicate", "/", ((_MY, "value2"), (_MY, "value2"), (_MY, "value1"))),
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value else "",
)
def test_a_signature_in_a_header(
    name: str, target: str, headers: tuple[tuple[str, str], ...], signature: str
) -> None:
    credential = f"{_KEY.access_key_id}/20150830/us-east-1/service/aws4_request"
    names = ";".join(sorted({"host", "x-amz-date", *(header.lower() for header, _ in headers)}))
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    more = (("X-Amz-Date", "20150830T123600Z"), ("Authorization", authorization))
    head = Head("GET", _HOST, target, (("Host", _HOST), *headers, *more))
    assert _round(head) == head


def test_a_signature_in_a_link() -> None:
    link = (
        "/?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
        "&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600"
        "&X-Amz-Signature=e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"
    )
    head = Head("GET", _HOST, link, (("Host", _HOST),))
    assert _round(head) == head
