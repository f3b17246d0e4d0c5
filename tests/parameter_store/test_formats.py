"""Other formats of files: read strictly, written so that other programs read back equal."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import dotenv
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from awsactivate.parameter_store import dotenv as dotenv_reader
from awsactivate.parameter_store import exports, imports
from awsactivate.parameter_store.literals import FileRefusedError
from needs import needs_shell
from parameter_store.dotenv_readers import as_node_reads


def imported(text: str, form: str) -> dict[str, str]:
    """Return the secrets of a file by their keys."""
    return {secret.key: secret.value for secret in imports.secrets(text.encode(), form)}


@pytest.mark.parametrize(
    ("text", "form", "secrets"),
    [
        ('{"A": "x", "b": "y\\nz", "c": "\\ud83d\\ude00"}', "json", {"a": "x", "b": "y\nz", "c": "😀"}),
        (
            '{"n": 4.50, "t": true, "l": ["a", {"k": null}]}',
            "json",
            {"n": "4.5", "t": "true", "l": '["a",{"k":null}]'},
        ),
        ('{"a": "${x} %{y}", "e": "e\u0301"}', "json", {"a": "${x} %{y}", "e": "e\u0301"}),
        ('\ufeff{"a": "1"}', "json", {"a": "1"}),
        ('{"//": "a comment", "a": "e\u0301"}', "tfvars.json", {"a": "é"}),
        ('{"a": {"//": 1, "e\u0301": ["e\u0301"]}}', "tfvars.json", {"a": '{"//":1,"é":["é"]}'}),
        ("a: x\nb: 'it''s'\n", "yaml", {"a": "x", "b": "it's"}),
        # as chamber reads it: a scalar is the text that stands there
        ("a: yes\nb: 012\nc: 1e3\nd: 2026-11-23\ne: 4.50\nf: True\n", "yaml", None),
        ("a: |\n  one\n  two\nb: >-\n  one\n  two\n", "yaml", {"a": "one\ntwo\n", "b": "one two"}),
        ("a: [1, yes, true, '1', ~, 1.50, .5]\n", "yaml", {"a": '[1,"yes",true,"1",null,1.5,0.5]'}),
        ("a: {x: !!str 5, y: &z [b]}\nc: *z\n", "yaml", {"a": '{"x":"5","y":["b"]}', "c": '["b"]'}),
        ('a: "\\u00e9\\x41"\n', "yaml", {"a": "éA"}),
        ("---\na: 1\n...\n", "yaml", {"a": "1"}),
        ("A=plain\nexport B = 'single $x'\n# no\n\nC=\"a\\nb\\rc\"\n", "dotenv", None),
        (
            "A=with blanks # comment\nB='#' # comment\nC='a#b'#c\n",
            "dotenv",
            {"a": "with blanks", "b": "#", "c": "a#b"},
        ),
        ("A='$x $5'\n", "dotenv", {"a": "$x $5"}),
        ("A='one\ntwo'\nB=\"one\ntwo\"\r\nC=x\r\n", "dotenv", {"a": "one\ntwo", "b": "one\ntwo", "c": "x"}),
        ("A=price $ 5\n", "dotenv", {"a": "price $ 5"}),
    ],
)
def test_values_are_taken_as_they_stand(text: str, form: str, secrets: dict[str, str] | None) -> None:
    if secrets is None and form == "yaml":
        secrets = {"a": "yes", "b": "012", "c": "1e3", "d": "2026-11-23", "e": "4.50", "f": "True"}
    elif secrets is None:
        secrets = {"a": "plain", "b": "single $x", "c": "a\nb\rc"}
    assert imported(text, form) == secrets


@pytest.mark.parametrize(
    ("text", "form", "said"),
    [
        ('{"a": 1,\n}', "json", "line 2: this is no JSON: "),
        ('["a"]', "json", "a JSON object of names and values is wanted"),
        ('{"a": 1, "a": 2}', "json", "'a' stands twice in one object"),
        ('{"a": {"b": 1, "b": 2}}', "json", "'b' stands twice in one object"),
        ('{"a": NaN}', "json", "NaN is no value of JSON"),
        ('{"a": null}', "json", "a: null can't be kept"),
        ('{"a": "\\ud800"}', "json", "the value of a holds half a character"),
        ('{"a b": "1"}', "json", "'a b' is no key"),
        ('{"a": ' + "[" * 100_000, "json", "its lists and objects lie too deep inside one another"),
        ('\ufeff{"a": 1}', "tfvars.json", "line 1: this begins with a byte order mark"),
        ("a: 1\nb: [\n", "yaml", "line 3: this is no YAML: "),
        ("a: 1\na: 2\n", "yaml", "line 2: 'a' stands twice in one mapping"),
        ("a:\n", "yaml", "line 1: a: null can't be kept"),
        ("- a\n", "yaml", "one YAML mapping of names and values is wanted"),
        ("", "yaml", "one YAML mapping of names and values is wanted"),
        ("a: 1\n---\nb: 1\n", "yaml", "one YAML mapping of names and values is wanted"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n", "yaml", "line 3: `<<` merges another mapping"),
        ("a: &a [*a]\n", "yaml", "line 1: an alias inside what it stands for"),
        (
            "a: 1\nb: !!python/object/apply:os.system [x]\n",
            "yaml",
            "line 2: a value of the type 'tag:yaml.org,2002:python/object/apply:os.system'",
        ),
        ("a: !Ref x\n", "yaml", "line 1: a value of the type '!Ref'"),
        ("a: !!binary aGk=\n", "yaml", "line 1: a value of the type 'tag:yaml.org,2002:binary'"),
        ("[a]: 1\n", "yaml", "line 1: a key is a list or a mapping"),
        ("a: \x07\n", "yaml", "this is no YAML: it holds a character that YAML has not"),
        ("A=1\nnonsense\n", "dotenv", "line 2: NAME=value is expected here"),
        ("A=1\nA=2\n", "dotenv", "line 2: A is set twice, first on line 1"),
        ("A=1\na=2\n", "dotenv", "line 2: 'A' and 'a' become the same key, a"),
        ("B=\n", "dotenv", "line 1: B: Parameter Store keeps no empty value"),
        ("A='x\n", "dotenv", "line 1: these single quotes have no end"),
        ('A="x\n', "dotenv", "line 1: these double quotes have no end"),
        ("A='x'y\n", "dotenv", "line 1: the value of A has more after its end; quote all of it"),
        ("A=$HOME/x\n", "dotenv", "line 1: a reference or a command"),
        ('\nA="${B}"\n', "dotenv", "line 2: a reference or a command"),
        ('A="$(pwd)"\n', "dotenv", "line 1: a reference or a command"),
        ("A=`pwd`\n", "dotenv", "line 1: a reference or a command"),
        ('A="\\d"\n', "dotenv", "line 1: the escape \\d is read differently"),
        ("A='a\\\\b'\n", "dotenv", "line 1: \\\\ or \\' in single quotes is read differently"),
        ("A=a\\b\n", "dotenv", "line 1: a quote or a backslash in a value that has no quotes"),
        ("A=1\rB=2\rC=3\r", "dotenv", "line 1: a carriage return alone"),
        ("A=1\nB='x\ry'\n", "dotenv", "line 2: a carriage return alone"),
        ("A='x\r\ny'\n", "dotenv", "line 1: lines that end in CR LF inside quotes"),
        ("A=abc#def\n", "dotenv", "line 1: a # that some readers take for a comment"),
        ("A=#abc\n", "dotenv", "line 1: a # that some readers take for a comment"),
        ("A= #abc\n", "dotenv", "line 1: a # that some readers take for a comment"),
        ("A='a${X}b'\n", "dotenv", "line 1: ${ in single quotes is a reference to some readers"),
        ("A=x\u00a0\n", "dotenv", "line 1: a blank that some readers take away"),
        ("A=\u2003x\n", "dotenv", "line 1: a blank that some readers take away"),
        *(
            (f'A="a\\{sign}b"\n', "dotenv", f"line 1: the escape \\{sign} is read differently")
            for sign in '"\\t$`av'
        ),
        ("A=it's\n", "dotenv", "line 1: a quote or a backslash in a value that has no quotes"),
    ],
)
def test_what_is_unclear_is_refused(text: str, form: str, said: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        imports.secrets(text.encode(), form)
    assert str(refused.value).startswith(said)


_values = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from("$%{}()`\"'\\\n\r\t!#;&|<>*?~ -=:"),
    ),
    min_size=1,
    max_size=40,
)
_secrets = st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True), _values, min_size=1)


@given(_secrets, st.sampled_from(["json", "yaml"]))
def test_json_and_yaml_come_back_equal_to_us_and_to_others(secrets: dict[str, str], form: str) -> None:
    text = exports.text(secrets, form)
    assert imported(text, form) == secrets
    assert (json.loads if form == "json" else yaml.safe_load)(text) == secrets


@given(_secrets)
def test_dotenv_comes_back_equal_to_us_or_is_refused(secrets: dict[str, str]) -> None:
    """What has no form that all readers read alike is written as a shell reads it, and not taken back."""
    try:
        assert imported(exports.text(secrets, "dotenv"), "dotenv") == secrets
    except FileRefusedError:
        values = secrets.values()
        assert any(
            "\r" in one or "${" in one or ("'" in one and set(one) & set('"$`')) or "\\" in one
            for one in values
        )


_lines = st.lists(
    st.text(st.sampled_from("AB=_ \t#'\"\\nrt$x{}\n\r\u00a0export"), max_size=12).map("A=".__add__),
    min_size=1,
    max_size=1,
)


@given(_lines)
def test_what_is_taken_is_what_both_common_readers_read(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    try:
        ours = {found.name: found.value for found in dotenv_reader.read(text)}
    except FileRefusedError:
        return
    folded = text.replace("\r\n", "\n")  # as both do when they read a file
    assert ours == {
        name: value or "" for name, value in dotenv.dotenv_values(stream=io.StringIO(folded)).items()
    }
    assert ours == as_node_reads(folded)


@given(st.dictionaries(st.from_regex(r"[A-Z_]{1,9}", fullmatch=True), _values.filter(lambda v: "'" not in v)))
def test_dotenv_comes_back_equal_to_the_common_reader(values: dict[str, str]) -> None:
    """Where no quote is in the value: with one, programs differ, and a shell's reading is what we write."""
    plain = {name: value for name, value in values.items() if not set(value) & set("\\\r\u0085\u2028\u2029")}
    assert dotenv.dotenv_values(stream=io.StringIO(exports.text(plain, "dotenv")), interpolate=False) == plain


# words and variables of the shells' own
_HOSTILE_NAMES = ("path", "status", "argv", "if", "end", "_", "0", "HOME", "fish_trace", "pipestatus", "IFS")


@pytest.mark.parametrize(
    ("shell", "form"),
    [
        ("bash", "shell"),
        ("zsh", "shell"),
        ("dash", "shell"),
        ("fish", "fish"),
        ("bash", "dotenv"),
        ("zsh", "dotenv"),
        ("dash", "dotenv"),
    ],
)
def test_a_shell_that_sources_it_has_the_values(shell: str, form: str, tmp_path: Path) -> None:
    """All ASCII in one value, every special sign alone and doubled, and what is hostile at either end."""
    program = needs_shell(shell)
    ascii_signs = "".join(map(chr, range(1, 128)))
    hostile = [
        ascii_signs,
        ascii_signs[::-1],
        *(sign * 2 for sign in "$%{}()`\"'\\\n\r\t!#;&|<>*?~ -=:"),
        "$(touch pwned)",
        "`touch pwned`",
        "'; touch pwned; '",
        '"; touch pwned; "',
        "\\'; touch pwned #",
        "$HOME ${HOME} $$ $1 !! \\n",
        "ends in a backslash\\",
        "\n\nlead and trail\n\n",
        "ünï©ode 日本語 😀 e\u0301",
        "-n",
        "x" * 8000,
    ]
    values = {
        f"{name}_{index}": value for index, value in enumerate(hostile) for name in ("_", "IF", "TF_VAR_")
    }
    values |= {f"TF_VAR_{name}": hostile[0] for name in _HOSTILE_NAMES}
    (tmp_path / "file").write_bytes(exports.text(values, form).encode())
    script = "set -a; . ./file; set +a; exec env -0" if form == "dotenv" else ". ./file; exec env -0"
    if shell == "fish":
        script = "source ./file; exec env -0"
    done = subprocess.run(
        [program, *(["-f"] if shell == "zsh" else ["--no-config"] if shell == "fish" else []), "-c", script],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    found = dict(line.decode().split("=", 1) for line in done.stdout.split(b"\0") if line)
    assert {name: found.get(name) for name in values} == values
    assert not (tmp_path / "pwned").exists()
    assert done.stderr == b""


@settings(max_examples=20)
@given(_values)
def test_a_text_that_looks_like_a_list_is_one_only_in_the_form_we_keep(value: str) -> None:
    text = exports.text({"a": f"[ {json.dumps(value)}]"}, "tfvars")
    assert text.startswith('a = "[ ')


def test_tfvars_can_be_told_that_something_is_a_string() -> None:
    stored = {"a": '["x"]', "b": '{"k":"\\u0024{v}"}'}
    assert exports.text(stored, "tfvars") == 'a = ["x"]\nb = {"k"="$${v}"}\n'
    assert exports.text(stored, "tfvars", strings=["a"]) == 'a = "[\\"x\\"]"\nb = {"k"="$${v}"}\n'


@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("tsv", "\t")])
@given(values=st.dictionaries(st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True), _values, max_size=5))
def test_csv_and_tsv_come_back_equal(form: str, separator: str, values: dict[str, str]) -> None:
    rows = csv.reader(io.StringIO(exports.text(values, form), newline=""), delimiter=separator)
    assert [tuple(row) for row in rows] == sorted(values.items())


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "plain"),
        ("a,b", '"a,b"'),
        ('say "x"', '"say ""x"""'),
        ("two\nlines", '"two\nlines"'),
        (" lead", '" lead"'),
        ("tab\tin", "tab\tin"),
        ("\\.", '"\\."'),
    ],
)
def test_csv_is_to_the_byte_what_chamber_writes(value: str, written: str) -> None:
    assert exports.text({"k": value}, "csv") == f"k,{written}\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain = # !", "plain = # !"),
        ("a\\b\n\r\t\f", "a\\\\b\\n\\r\\t\\f"),
        ("  lead", "\\  lead"),
        ("é€😀", "\\u00e9\\u20ac\\ud83d\\ude00"),
        ("\x1b", "\\u001b"),
    ],
)
def test_java_properties_are_what_java_reads(value: str, written: str) -> None:
    assert exports.text({"k.a-b": value}, "java-properties") == f"k.a-b = {written}\n"
