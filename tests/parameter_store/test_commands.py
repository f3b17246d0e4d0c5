"""`awsactivate secrets list|get|set|delete|history|rollback`, run as a person or a script runs them."""

from __future__ import annotations

import json

import pexpect
import pytest

from parameter_store.stores import PROGRAM, Answer, Store


def test_what_set_stores_is_what_chamber_stores(store: Store) -> None:
    """Path and key in lower case, a SecureString, chamber's own version number in the description."""
    assert store.secrets("set", "App/Prod", "DB-Password", stdin="s3cret").status == 0
    found = store.ssm.describe_parameters()["Parameters"][0]
    assert {name: found[name] for name in ("Name", "Type", "KeyId", "Description", "Version")} == {
        "Name": "/app/prod/db-password",
        "Type": "SecureString",
        "KeyId": "alias/parameter_store_key",
        "Description": "1",
        "Version": 1,
    }
    assert store.values("/app/prod") == {"/app/prod/db-password": "s3cret"}


@pytest.mark.parametrize(
    ("alias", "used"),
    [("alias/mine", "alias/mine"), ("mine", "alias/mine"), ("", "alias/parameter_store_key")],
)
def test_the_key_is_the_alias_that_chamber_is_set_to(store: Store, alias: str, used: str) -> None:
    store.secrets("set", "app", "k", stdin="v", CHAMBER_KMS_KEY_ALIAS=alias)
    assert store.ssm.describe_parameters()["Parameters"][0]["KeyId"] == used


@pytest.mark.parametrize(
    "value",
    ["one\ntwo\n", "\n", " lead and trail \t", "ünï©ode 😀", "\"quotes' `$(x)` ${y} %{z} \\n", "a\r\nb\r\n"],
)
def test_a_value_comes_back_byte_for_byte(store: Store, value: str) -> None:
    assert store.secrets("set", "app", "k", stdin=value).status == 0
    answer = store.run("awsactivate", "secrets", "get", "app", "k")
    assert (answer.stdout, answer.stderr) == (value.encode(), b"")


def test_a_value_may_come_from_a_file_or_lose_its_last_newline(store: Store) -> None:
    (store.folder / "value").write_bytes(b"from a file\n")
    store.secrets("set", "app", "file", "--file", "value")
    store.secrets("set", "app", "single", "-", "--singleline", stdin="one\ntwo\n")
    assert store.values("/app") == {"/app/file": "from a file\n", "/app/single": "one\ntwo"}


def test_the_same_value_is_not_written_again(store: Store) -> None:
    first = store.secrets("set", "app", "k", stdin="v")
    second = store.secrets("set", "app", "k", stdin="v")
    assert [first.stderr, second.stderr] == [
        "awsactivate: /app/k is now version 1\n",
        "awsactivate: /app/k has this value already\n",
    ]
    assert len(store.ssm.get_parameter_history(Name="/app/k")["Parameters"]) == 1


def test_a_value_on_the_command_line_is_refused_and_not_repeated(store: Store) -> None:
    answer = store.secrets("set", "app", "k", "hunter2")
    assert answer.status == 2
    assert "hunter2" not in answer.stderr
    assert "seen by every user" in answer.stderr


def test_list_tells_all_but_the_values(store: Store) -> None:
    store.put("/app/b", "secret-b", description="7")
    store.put("/app/a", "secret-a", description="managed by the console", kind="String")
    store.put("/app/nested/c", "secret-c")
    rows = json.loads(store.secrets("list", "app", "--json").stdout)
    assert [{name: row[name] for name in ("key", "version", "chamber_version", "type")} for row in rows] == [
        {"key": "a", "version": 1, "chamber_version": 0, "type": "String"},
        {"key": "b", "version": 1, "chamber_version": 7, "type": "SecureString"},
    ]
    assert rows[0]["changed_at"].endswith("Z")
    table = store.secrets("list", "APP").stdout
    assert table.splitlines()[0].split() == [
        *("KEY", "VERSION", "CHAMBER", "VERSION", "CHANGED", "AT", "CHANGED", "BY", "TYPE")
    ]
    assert "secret-" not in table


def test_a_version_is_had_by_either_number(store: Store) -> None:
    """The console wrote the second version, so chamber's numbers lag behind."""
    store.put("/app/k", "first", description="1")
    store.put("/app/k", "second", description="by hand")
    store.put("/app/k", "third", description="1")
    assert store.secrets("get", "app", "k", "--version", "1").stdout == "first"
    assert store.secrets("get", "app", "k", "--version", "2").stdout == "second"
    assert store.secrets("get", "app", "k", "--chamber-version", "1").stdout == "third"
    assert store.secrets("get", "app", "k", "--chamber-version", "9") == Answer(
        6,
        "",
        "awsactivate: error: app/k has no version that chamber calls 9\n"
        "awsactivate: hint: awsactivate secrets history app k\n",
    )
    assert json.loads(store.secrets("get", "app", "k", "--json").stdout) == {
        "key": "k",
        "value": "third",
        "version": 3,
    }


def test_rollback_writes_an_earlier_value_as_a_new_version(store: Store) -> None:
    for value in ("first", "second"):
        store.secrets("set", "app", "k", stdin=value)
    assert store.secrets("rollback", "app", "k", "1").stderr == "awsactivate: /app/k is now version 3\n"
    assert store.secrets("rollback", "app", "k", "1").stderr == "awsactivate: /app/k has this value already\n"
    rows = json.loads(store.secrets("history", "app", "k", "--json").stdout)
    assert [(row["version"], row["chamber_version"]) for row in rows] == [(1, 1), (2, 2), (3, 3)]
    assert store.values("/app") == {"/app/k": "first"}


def test_after_a_foreign_write_the_number_begins_again_as_chambers_does(store: Store) -> None:
    store.put("/app/k", "by hand", description="written in the console")
    store.secrets("set", "app", "k", stdin="ours")
    found = store.ssm.describe_parameters()["Parameters"][0]
    assert (found["Description"], found["Version"]) == ("1", 2)


def test_delete_wants_a_yes(store: Store) -> None:
    store.put("/app/k", "v")
    refused = store.secrets("delete", "app", "k")
    assert (refused.status, list(store.values("/app"))) == (2, ["/app/k"])
    assert "needs a terminal or --yes" in refused.stderr
    assert store.secrets("delete", "app", "K", "--yes").status == 0
    assert store.values("/app") == {}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["get", "app", "none"], 6, "/app/none is not there (ParameterNotFound)"),
        (["get", "app", "k", "--version", "9"], 6, "/app/k:9 is not there in this version"),
        (["rollback", "app", "none", "1"], 6, "/app/none:1 is not there (ParameterNotFound)"),
        (["delete", "app", "none", "--yes"], 6, "/app/none is not there (ParameterNotFound)"),
        (["history", "app", "none"], 6, "/app/none is not there (ParameterNotFound)"),
        (["get", "/app", "k"], 2, "'/app' is no service"),
        (["get", "app", "a/b"], 2, "'a/b' is no key"),
        (["list", "_chamber"], 2, "the service _chamber holds chamber's own settings"),
        (["set", "_chamber", "store-config"], 2, "the service _chamber holds chamber's own settings"),
        (["list", "awsome"], 2, "Parameter Store keeps names that begin with aws or ssm"),
        (["set", "app", "k"], 1, "k: Parameter Store keeps no empty value"),
        (["set", "app", "k", "--tag", "oops"], 2, "--tag oops: a tag is written KEY=VALUE"),
        (["list", "app", "--", "env"], 2, "only `secrets exec` runs a command"),
        (["nonsense"], 2, "argument VERB: invalid choice: 'nonsense'"),
        ([], 2, "the following arguments are required: VERB"),
    ],
)
def test_what_cannot_be_is_one_line_with_its_status(
    store: Store, words: list[str], status: int, said: str
) -> None:
    store.put("/app/k", "v")
    answer = store.secrets(*words)
    assert (answer.status, answer.stdout) == (status, "")
    assert answer.stderr.startswith("awsactivate: error: ")
    assert said in answer.stderr


def test_new_secrets_have_the_tags_that_the_store_requires(store: Store) -> None:
    store.put("/_chamber/store-config", '{"version":"1","requiredTags":["team","env"]}', kind="String")
    store.put("/app/old", "before")
    refused = store.secrets("set", "app", "new", "--tag", "team=a", stdin="v")
    assert refused == Answer(
        2,
        "",
        "awsactivate: error: new is new, and /_chamber/store-config wants these tags: env\n"
        "awsactivate: hint: add --tag env=VALUE\n",
    )
    assert store.secrets("set", "app", "old", stdin="after").status == 0
    assert store.secrets("set", "app", "new", "--tag", "team=a", "--tag", "env=b=c", stdin="v").status == 0
    assert store.values("/app") == {"/app/old": "after", "/app/new": "v"}
    tags = store.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/app/new")["TagList"]
    assert tags == [{"Key": "team", "Value": "a"}, {"Key": "env", "Value": "b=c"}]


def test_chambers_region_is_the_region_unless_one_is_given(store: Store) -> None:
    store.put("/app/k", "here")
    elsewhere = {"CHAMBER_AWS_REGION": "eu-west-1"}
    assert store.secrets("get", "app", "k", **elsewhere).status == 6
    assert store.secrets("get", "app", "k", "--region", "us-east-1", **elsewhere).stdout == "here"


def test_a_value_is_asked_for_unseen(store: Store) -> None:
    terminal = pexpect.spawn(
        PROGRAM, ["secrets", "set", "app", "k"], env=dict(store.environ), timeout=20, encoding="utf-8"
    )
    terminal.expect_exact("value of app/k: ")
    terminal.sendline("hünter2 $x")
    shown = terminal.read()
    terminal.close()
    assert "nter2" not in shown
    assert (terminal.exitstatus, store.values("/app")) == (0, {"/app/k": "hünter2 $x"})


def test_with_a_profile_a_session_is_made_for_this_one_call(store: Store) -> None:
    """Nothing of it stays: neither in a file nor in the environment."""
    (store.folder / ".aws").mkdir()
    (store.folder / ".aws" / "config").write_text(
        "[profile base]\nregion = us-east-1\n"
        f"aws_access_key_id = {store.environ['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {store.environ['AWS_SECRET_ACCESS_KEY']}\n"
    )
    store.put("/app/k", "v")
    nobody = {"AWS_ACCESS_KEY_ID": "AKIANOBODY", "AWS_SECRET_ACCESS_KEY": "wrong"}
    assert store.secrets("get", "app", "k", **nobody).status == 6
    assert store.secrets("get", "app", "k", "--profile", "base", **nobody) == Answer(0, "v", "")
