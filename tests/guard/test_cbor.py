"""CBOR as it comes in, held to the examples of RFC 8949's appendix A and to what is no CBOR."""

from __future__ import annotations

from typing import Any

import pytest

from awsactivate.guard import cbor


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("00", 0),
        ("1864", 100),
        ("1bffffffffffffffff", 18446744073709551615),
        ("20", -1),
        ("3903e7", -1000),
        ("f93c00", 1.0),
        ("fa47c35000", 100000.0),
        ("fb3ff199999999999a", 1.1),
        ("f4", False),
        ("f5", True),
        ("f6", None),
        ("c11a514b67b0", 1363896240),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("62c3bc", "ü"),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf6346756ef563416d7421ff", {"Fun": True, "Amt": -2}),
    ],
)
def test_it_reads_what_the_standard_shows(encoded: str, value: Any) -> None:
    assert cbor.read(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "18",
        "6261",
        "a161",
        "a1616101ff",
        "0000",
        "a2616101616102",
        "ff",
        "9f01",
        "a18001",
        "1c",
        "62c328",
        "81" * 100,
    ],
)
def test_what_is_none_or_says_a_name_twice_is_not_read(encoded: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cbor.read(bytes.fromhex(encoded))


def test_a_map_of_texts_is_written_as_it_is_read() -> None:
    texts = {"__type": "X", "message": "ü" * 500}
    assert cbor.read(cbor.written(texts)) == texts
