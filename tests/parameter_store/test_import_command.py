"""`awsactivate secrets import`: a file's values move in, each is proved, and only then may the file go."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.terminals import Terminal
from parameter_store.stores import PROGRAM, Answer, Store

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

TFVARS = 'db_password = "p$${a}ss"\nports       = [80, 443]\nkey         = <<EOT\none\ntwo\nEOT\n'
STORED = {"/app/db_password": "p${a}ss", "/app/ports": "[80,443]", "/app/key": "one\ntwo\n"}


def file(store: Store, name: str, text: str) -> Path:
    """Write a file beside the test."""
    path = store.folder / name
    path.write_bytes(text.encode())
    return path


def versions(store: Store) -> dict[str, tuple[int, str]]:
    """Return SSM's version and chamber's number of every parameter."""
    pages = store.ssm.get_paginator("describe_parameters").paginate()
    return {
        found["Name"]: (found["Version"], found["Description"])
        for page in pages
        for found in page["Parameters"]
    }


def test_values_move_in_and_the_file_stays_unless_told(store: Store) -> None:
    path = file(store, "prod.tfvars", TFVARS)
    answer = store.secrets("import", "prod.tfvars", "--service", "app")
    assert answer == Answer(
        0,
        "KEY          ACTION\ndb_password  create\nports        create\nkey          create\n",
        "awsactivate: prod.tfvars stays, with its values readable; --delete-file removes it\n",
    )
    assert store.values("/app") == STORED
    assert path.exists()


def test_once_proved_the_file_can_go(store: Store) -> None:
    path = file(store, "prod.tfvars", TFVARS)
    answer = store.secrets("import", "prod.tfvars", "--service", "app", "--delete-file", "--json")
    assert json.loads(answer.stdout)[0] == {"key": "db_password", "action": "create"}
    assert (
        answer.stderr
        == "awsactivate: deleted prod.tfvars; copies of it in backups, or in git, still hold the values\n"
    )
    assert not path.exists()


def test_yes_is_no_answer_to_whether_the_file_may_go(store: Store) -> None:
    path = file(store, "prod.tfvars", TFVARS)
    assert store.secrets("import", "prod.tfvars", "--service", "app", "--yes").status == 0
    assert path.exists()


@pytest.mark.parametrize(("typed", "gone"), [("y", True), ("n", False), ("", False)])
def test_a_person_is_asked_even_with_yes(store: Store, typed: str, gone: bool) -> None:
    path = file(store, "prod.tfvars", TFVARS)
    command = [str(PROGRAM), "secrets", "import", "prod.tfvars", "--service", "app", "--yes"]
    terminal = Terminal(command, store.environ, inherits=False, folder=store.folder)
    try:
        terminal.expect("every value reads back equal; delete prod.tfvars?")
        assert store.values("/app") == STORED
        terminal.send(typed)
        terminal.read()
        assert (terminal.wait(), path.exists()) == (0, not gone)
    finally:
        terminal.close()


def test_a_dry_run_writes_nothing(store: Store) -> None:
    store.put("/app/ports", "[80,443]")
    store.put("/app/key", "other")
    file(store, "prod.tfvars", TFVARS)
    answer = store.secrets("import", "prod.tfvars", "--service", "app", "--dry-run", "--json")
    assert json.loads(answer.stdout) == [
        {"key": "db_password", "action": "create"},
        {"key": "ports", "action": "unchanged"},
        {"key": "key", "action": "change"},
    ]
    assert store.values("/app") == {"/app/ports": "[80,443]", "/app/key": "other"}


def test_again_it_writes_only_what_is_different(store: Store) -> None:
    file(store, "prod.tfvars", TFVARS)
    store.secrets("import", "prod.tfvars", "--service", "app")
    store.secrets("import", "prod.tfvars", "--service", "app")
    assert set(versions(store).values()) == {(1, "1")}
    file(store, "prod.tfvars", TFVARS.replace("443", "8443"))
    store.secrets("import", "prod.tfvars", "--service", "app")
    assert versions(store) == {"/app/db_password": (1, "1"), "/app/key": (1, "1"), "/app/ports": (2, "2")}


def test_killed_half_way_it_goes_on_without_double_versions(store: Store, embedded_aws: EmbeddedAws) -> None:
    file(store, "many.json", json.dumps({f"k{index}": f"value {index}" for index in range(12)}))
    embedded_aws.levers.delay_next("PutParameter", 0.1, times=6)
    running = subprocess.Popen(
        [PROGRAM, "secrets", "import", "many.json", "--service", "app"],
        env=dict(store.environ),
        cwd=store.folder,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 20
    while len(store.values("/app")) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    running.kill()
    running.wait()
    assert 3 <= len(store.values("/app")) < 12
    embedded_aws.levers.restore_defaults()
    assert store.secrets("import", "many.json", "--service", "app").status == 0
    assert set(versions(store).values()) == {(1, "1")}
    assert len(store.values("/app")) == 12


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.tfvars",
            'a = "1"\nb = var.x\n',
            "a.tfvars, line 2: a reference or a function, which only terraform evaluates"
            " (a text has quotes around it); nothing was written",
        ),
        ("a.yaml", "a: 1\nb: [\n", "a.yaml, line 3: this is no YAML: "),
        ("a.env", "A=1\nB=$A\n", "a.env, line 2: a reference or a command, which is not followed"),
        (
            "a.json",
            '{"a": null}',
            "a.json: a: null can't be kept: no text stands for it; nothing was written",
        ),
        ("a.txt", "x", "a.txt: the format does not show in the name"),
    ],
)
def test_a_file_that_is_unclear_leaves_everything_as_it_was(
    store: Store, embedded_aws: EmbeddedAws, name: str, text: str, said: str
) -> None:
    path = file(store, name, text)
    answer = store.secrets("import", name, "--service", "app", "--delete-file")
    assert (answer.status, answer.stdout) == (2, "")
    assert answer.stderr.startswith(f"awsactivate: error: {said}")
    assert path.exists()
    assert embedded_aws.requests == []


def test_what_reads_back_different_keeps_the_file(store: Store, embedded_aws: EmbeddedAws) -> None:
    """Somebody else writes between: the file's value is not what is stored."""
    path = file(store, "a.json", '{"a": "mine"}')
    embedded_aws.levers.delay_next("GetParameters", 1.5)

    def interfere() -> None:
        deadline = time.monotonic() + 20
        while not store.values("/app") and time.monotonic() < deadline:
            time.sleep(0.02)
        store.put("/app/a", "theirs")

    other = threading.Thread(target=interfere)
    other.start()
    answer = store.secrets("import", "a.json", "--service", "app", "--delete-file")
    other.join()
    assert (answer.status, answer.stdout) == (6, "")
    assert answer.stderr == (
        "awsactivate: error: /app/a read back different from what was written; the file stays\n"
    )
    assert path.exists()


def test_a_link_stays_since_the_values_are_elsewhere(store: Store) -> None:
    file(store, "real.tfvars", TFVARS)
    (store.folder / "link.tfvars").symlink_to("real.tfvars")
    answer = store.secrets("import", "link.tfvars", "--service", "app", "--delete-file")
    assert answer.status == 1
    assert "link.tfvars is a link" in answer.stderr
    assert (store.folder / "link.tfvars").is_symlink()


def test_values_may_come_on_stdin(store: Store) -> None:
    said = store.secrets("import", "-", "--service", "app", stdin="A=1\n")
    assert (said.status, said.stderr.splitlines()[0]) == (
        2,
        "awsactivate: error: stdin has no name that tells its format",
    )
    assert store.secrets("import", "-", "--service", "app", "--format", "dotenv", stdin="A=1\n").status == 0
    assert store.values("/app") == {"/app/a": "1"}


def test_required_tags_are_checked_before_the_first_write(store: Store) -> None:
    store.put("/_chamber/store-config", '{"version":"1","requiredTags":["team"]}')
    store.put("/app/ports", "old")
    file(store, "prod.tfvars", TFVARS)
    refused = store.secrets("import", "prod.tfvars", "--service", "app")
    assert refused.status == 2
    assert "wants these tags: team" in refused.stderr
    assert store.values("/app") == {"/app/ports": "old"}
    assert store.secrets("import", "prod.tfvars", "--service", "app", "--tag", "team=a").status == 0
    assert store.values("/app") == STORED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-", "--service", "app", "--format", "json", "--delete-file"], "--delete-file needs a file"),
        (["a.json", "--service", "app", "--dry-run", "--delete-file"], "--dry-run writes nothing"),
        (["none.json", "--service", "app"], "none.json can't be read: No such file or directory"),
        (["a.json"], "the following arguments are required: --service"),
        (["a.json", "--service", "_chamber"], "the service _chamber holds chamber's own settings"),
    ],
)
def test_a_wrong_command_line_is_said(store: Store, words: list[str], said: str) -> None:
    file(store, "a.json", '{"a": "1"}')
    answer = store.secrets("import", *words)
    assert answer.status == 2
    assert said in answer.stderr


def test_empty_values_are_all_named_and_can_be_left_out(store: Store) -> None:
    file(store, "a.tfvars", 'a = ""\nb = "x"\nc = ""\nd = "y"\n')
    words = ("import", "a.tfvars", "--service", "app")
    answer = store.secrets(*words)
    assert (answer.status, answer.stderr.splitlines()[0]) == (
        2,
        "awsactivate: error: a.tfvars, line 1: a, c: Parameter Store keeps no empty value"
        " (to leave them out: --except a --except c); nothing was written",
    )
    assert store.secrets(*words, "--except", "a", "--except", "c").status == 0
    assert store.values("/app") == {"/app/b": "x", "/app/d": "y"}
    assert store.secrets(*words[:-1], "other", "--only", "d").status == 0
    assert store.values("/other") == {"/other/d": "y"}
    answer = store.secrets(*words, "--only", "e")
    assert (answer.status, "the file has no 'e'; nothing was written" in answer.stderr) == (2, True)
