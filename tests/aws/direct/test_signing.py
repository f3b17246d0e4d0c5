"""Signatures are those of AWS's own test suite for Signature Version 4, and botocore's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from awsactivate.aws.direct.signing import signed
from awsactivate.sessions.credentials import Credentials

# https://github.com/boto/botocore/tree/develop/tests/unit/auth/aws4_testsuite
_MOMENT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC).timestamp()
_KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
_HOST = {"Host": "example.amazonaws.com"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("name", "method", "query", "headers", "body", "signature"),
    [
        (
            "get-vanilla",
            "GET",
            "",
            _HOST,
            b"",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "post-vanilla",
            "POST",
            "",
            _HOST,
            b"",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "get-vanilla-query-order-key-case",
            *("GET", "Param2=value2&Param1=value1", _HOST, b""),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "get-vanilla-query",
            *("GET", "Param1=value1", _HOST, b""),
            "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
        ),
        (
            "get-header-value-trim",
            *("GET", "", {**_HOST, "My-Header1": " value1", "My-Header2": ' "a   b   c"'}, b""),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            "post-x-www-form-urlencoded",
            *("POST", "", {**_HOST, **_FORM}, b"Param1=value1"),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            "post-header-key-sort",
            *("POST", "", {**_HOST, "My-Header1": "value1"}, b""),
            "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value else "",
)
def test_a_signature_is_that_of_the_public_vectors(
    name: str, method: str, query: str, headers: dict[str, str], body: bytes, signature: str
) -> None:
    sent = signed(
        *(method, "/", headers, body),
        credentials=_KEY,
        region="us-east-1",
        service="service",
        now=_MOMENT,
        query=query,  # type: ignore[arg-type]
    )
    assert sent["X-Amz-Date"] == "20150830T123600Z"
    assert sent["Authorization"].endswith(f"Signature={signature}")


def test_a_session_token_is_signed_with_all_else() -> None:
    token = (
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8"
        "YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6"
        "fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabI"
        "QwvGJGZ8eQhTzIQJHWX/cBh/Tmb9FK7EqcCBOBJ+LmE1gQ=="
    )
    sent = signed(
        *("POST", "/", _HOST, b""),
        credentials=Credentials(_KEY.access_key_id, _KEY.secret_access_key, token),
        region="us-east-1",
        service="service",
        now=_MOMENT,  # type: ignore[arg-type]
    )
    assert sent["X-Amz-Security-Token"] == token
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token," in sent["Authorization"]
