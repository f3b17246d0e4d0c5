"""What `export --format dotenv` writes is read back equal by the programs that people give it to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.parameter_store import exports
from awsactivate.shells.dialects import dotenv_text
from needs import needs_program, needs_shell

PLAIN = {
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "abc/def+ghi/0123456789==",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEJ//+w==",
    "AWS_CREDENTIAL_EXPIRATION": "2026-11-28T10:15:00Z",
    "EMPTY": "",
    "URL": "https://host:9/a?b".replace("?", "%3F"),
}
ODD = {"BLANK": "two words", "DOLLAR": "x$HOME", "SHARP": "a#b", "QUOTE": 'say "x"', "TILDE": "~"}


def read_by(reader: str, file: Path) -> dict[str, str]:
    """Return what a real reader takes out of the file."""
    tell = "import json, os; print(json.dumps(dict(os.environ)))"
    if reader == "node":
        script = "console.log(JSON.stringify(process.env))"
        words = [needs_program("node"), f"--env-file={file}", "-e", script]
    elif reader == "python-dotenv":
        words = [
            sys.executable,
            "-c",
            f"import dotenv, json; print(json.dumps(dotenv.dotenv_values({str(file)!r})))",
        ]
    else:
        words = [needs_shell(reader), "-c", f"set -a; . {file}; set +a; exec {sys.executable} -c '{tell}'"]
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, env={"PATH": "/bin", "HOME": "/h"}
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def read_by_docker(text: str) -> dict[str, str]:
    """Read as `docker run --env-file` does: all after the first `=` is the value, quotes and all."""
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


@pytest.mark.parametrize("reader", ["sh", "bash", "zsh", "node", "python-dotenv"])
@pytest.mark.parametrize("write", [dotenv_text, lambda values: exports.text(values, "dotenv")])
def test_every_reader_takes_each_value_as_it_is(reader: str, write: object, tmp_path: Path) -> None:
    file = tmp_path / "file.env"
    file.write_text(write({**PLAIN, **ODD}), encoding="utf-8")  # type: ignore[operator]
    found = read_by(reader, file)
    assert {name: found[name] for name in (*PLAIN, *ODD)} == {**PLAIN, **ODD}


def test_a_reader_that_keeps_quotes_gets_none_where_none_are_needed() -> None:
    """The sample: `docker run --env-file` took the quotes for a part of the secret key."""
    assert read_by_docker(dotenv_text(PLAIN)) == PLAIN
    assert read_by_docker(exports.text(PLAIN, "dotenv")) == PLAIN
