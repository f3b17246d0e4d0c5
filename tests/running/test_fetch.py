"""What an SDK starts for each fetch: how little it loads, and what it says where nobody answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from awsactivate.errors import AwsactivateError
from awsactivate.running import fetch
from awsactivate.running.answering import Document
from awsactivate.running.endpoint import Endpoint
from awsactivate.sessions import environment

DOCUMENT: Document = {"Version": 1, "AccessKeyId": "ASIAEXAMPLE"}


def broken() -> Document:
    """Stand for a session that can't be renewed."""
    raise AwsactivateError("AWS could not be reached")


@pytest.fixture
def served() -> Iterator[Endpoint]:
    opened = Endpoint({"/prod": lambda: DOCUMENT, "/ü #1/2": lambda: DOCUMENT, "/broken": broken})
    yield opened
    opened.close()


def run(name: str, *words: str, uri: str = "", token: str = "") -> subprocess.CompletedProcess[str]:
    """Start it as `credential_process` has it started."""
    given = {fetch.URI: uri, fetch.TOKEN: token}
    return subprocess.run(
        [sys.executable, "-I", "-S", *words, fetch.__file__, name],
        env={**os.environ, **{key: value for key, value in given.items() if value}},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_knows_the_names_by_which_it_is_told() -> None:
    assert (fetch.URI, fetch.TOKEN) == (environment.SERVE_URI, environment.SERVE_TOKEN)


@pytest.mark.parametrize("name", ["prod", "%C3%BC%20%231%2F2"])
def test_it_prints_the_document_and_loads_next_to_nothing(served: Endpoint, name: str) -> None:
    done = run(name, "-X", "importtime", uri=f"{served.address}/", token=served.token)
    assert json.loads(done.stdout) == DOCUMENT
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert loaded.isdisjoint({"site", "socket", "json", "re", "typing", "pathlib", "awsactivate"})
    assert "_socket" in loaded, "what was looked at is not what it loads"


@pytest.mark.parametrize(
    ("name", "token", "said"),
    [
        ("broken", None, "AWS could not be reached"),
        ("dev", None, "there is nothing here"),
        ("prod", "another", "the authorization token is not ours"),
    ],
)
def test_what_the_endpoint_says_is_told_in_one_line(
    served: Endpoint, name: str, token: str | None, said: str
) -> None:
    done = run(name, uri=f"{served.address}/", token=token or served.token)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"awsactivate: error: {said}\n")


@pytest.mark.parametrize(
    "uri",
    ["", "http://evil.example:80/", "http://127.0.0.1:x/", "http://127.0.0.1:/", "https://127.0.0.1:1/"],
)
def test_it_asks_at_no_other_place(uri: str) -> None:
    done = run("prod", uri=uri, token="t")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "is served to a command of awsactivate's alone" in done.stderr


def test_where_nobody_answers_any_more_it_says_so(served: Endpoint) -> None:
    served.close()
    for port in ("1", "99999"):
        done = run("prod", uri=f"http://127.0.0.1:{port}/", token="t")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "awsactivate serves this command no more" in done.stderr
