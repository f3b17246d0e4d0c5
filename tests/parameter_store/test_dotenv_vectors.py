"""The cases of python-dotenv's and Node's dotenv's own tests, with what each reads, and what we make of them.

Both readers are held to what was recorded of them; ours takes a file only where they agree.
"""

from __future__ import annotations

import pytest

from awsactivate.parameter_store import dotenv
from awsactivate.parameter_store.literals import FileRefusedError
from parameter_store.dotenv_readers import as_node_reads, as_python_reads

AGREED: list[tuple[str, dict[str, str]]] = [
    ("", {}),
    ("\n\n", {}),
    ("# A=b", {}),
    ("# one\n# two", {}),
    ("A=b", {"A": "b"}),
    (" A = b ", {"A": "b"}),
    ("export A=b", {"A": "b"}),
    ("export   A=b", {"A": "b"}),
    ("export   A  =b", {"A": "b"}),
    ("export export_a=1", {"export_a": "1"}),
    ("export port=8000", {"port": "8000"}),
    ("A=", {"A": ""}),
    ("A=\nB=c", {"A": "", "B": "c"}),
    ("A=''", {"A": ""}),
    ('A=""', {"A": ""}),
    ("A=b #c", {"A": "b"}),
    ("A=b\t#c", {"A": "b"}),
    ("A=b # c #d", {"A": "b"}),
    ("A='b #c' # d", {"A": "b #c"}),
    ('A="b #c" # d', {"A": "b #c"}),
    ("A=b c", {"A": "b c"}),
    ("A=b\tc", {"A": "b\tc"}),
    ("A=b  c ", {"A": "b  c"}),
    ("A=    b c", {"A": "b c"}),
    ("A=   b==", {"A": "b=="}),
    ("A='  b  '", {"A": "  b  "}),
    ('A="  b  "', {"A": "  b  "}),
    ("A='b\nc'", {"A": "b\nc"}),
    ('A="b\nc"', {"A": "b\nc"}),
    ('# one\nA="b\nc"\nD=e\n', {"A": "b\nc", "D": "e"}),
    ('A="b\\nc"', {"A": "b\nc"}),
    ("A='b\\nc'", {"A": "b\\nc"}),
    ("A='b \"c\" d'", {"A": 'b "c" d'}),
    ("A=\"b 'c' d\"", {"A": "b 'c' d"}),
    ("A='`b` c'", {"A": "`b` c"}),
    ('A=\'{"b": "c"}\'', {"A": '{"b": "c"}'}),
    ("A=à", {"A": "à"}),
    ('A="à"', {"A": "à"}),
    ("A=me+you@example.org", {"A": "me+you@example.org"}),
    ("A=b\nC=d", {"A": "b", "C": "d"}),
    ("A=b\n\nC=d\n# e", {"A": "b", "C": "d"}),
    ("A=b\r\nC=d\r\n", {"A": "b", "C": "d"}),
]
"""A file, and what all three read; the two get its line ends folded, as when they open a file."""

REFUSED: list[tuple[str, dict[str, str] | None, dict[str, str] | None]] = [
    ("'A'=b", {"A": "b"}, {}),
    ("[=b", {"[": "b"}, {}),
    ("A=b#c", {"A": "b#c"}, {"A": "b"}),
    ('A="b\\"c"', {"A": 'b"c'}, {"A": 'b\\"c'}),
    ("A='b\\'c'", {"A": "b'c"}, {"A": "b\\'c"}),
    ("A=b\u00a0 c", {"A": "b\u00a0 c"}, {"A": "b\u00a0 c"}),
    ("A", {"A": ""}, {}),
    ("A: b", {}, {"A": "b"}),
    ("A=b\rC=d", {"A": "b", "C": "d"}, None),
    ('A="\nB=c', {"B": "c"}, {"A": '"', "B": "c"}),
    ("A=b\nA=c", {"A": "c"}, {"A": "c"}),
    ("A=``", {"A": "``"}, {"A": ""}),
    ("A=`b`", {"A": "`b`"}, {"A": "b"}),
    ('A="`b` c"', {"A": "`b` c"}, {"A": "`b` c"}),
    ("A=b\\nc", {"A": "b\\nc"}, {"A": "b\\nc"}),
    ('A={"b": "c"}', {"A": '{"b": "c"}'}, {"A": '{"b": "c"}'}),
    ('A="{ b: $NAME}"', {"A": "{ b: $NAME}"}, {"A": "{ b: $NAME}"}),
    ("A='${NAME}'", {"A": ""}, {"A": "${NAME}"}),
    ('A="${NAME}"', {"A": ""}, {"A": "${NAME}"}),
]
"""A file that ours refuses, with what python-dotenv and Node's dotenv read, where that was recorded."""


@pytest.mark.parametrize(("text", "values"), AGREED)
def test_what_they_agree_on_is_taken(text: str, values: dict[str, str]) -> None:
    folded = text.replace("\r\n", "\n")
    assert {one.name: one.value for one in dotenv.read(text)} == values
    assert (as_python_reads(folded), as_node_reads(folded)) == (values, values)


@pytest.mark.parametrize(("text", "pythons", "nodes"), REFUSED)
def test_what_they_differ_on_or_would_follow_is_refused(
    text: str, pythons: dict[str, str] | None, nodes: dict[str, str] | None
) -> None:
    with pytest.raises(FileRefusedError):
        dotenv.read(text)
    assert pythons is None or as_python_reads(text) == pythons
    assert nodes is None or as_node_reads(text) == nodes
