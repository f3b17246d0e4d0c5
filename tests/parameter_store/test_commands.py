"""`awsactivate secrets list|get|set|delete|history|rollback`, run as a person or a script runs them."""

from __future__ import annotations

import json

import pytest

from harness.terminals import terminal
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
    assert store.secrets("get", "app", "k", "--chamber-version", "1").stdout == "first"
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


def test_of_two_versions_with_chambers_number_the_oldest_is_meant_as_chamber_means_it(store: Store) -> None:
    for value, number in (("first", "1"), ("two", "2"), ("two again", "2")):
        store.put("/app/k", value, description=number)
    assert store.secrets("get", "app", "k", "--chamber-version", "2").stdout == "two"


def test_a_key_is_taken_as_it_is_spelt_and_else_in_lower_case(store: Store) -> None:
    """chamber's import keeps capitals; its other verbs, and ours, write lower case."""
    store.put("/app/DB_Url", "with capitals")
    store.put("/app/token", "in lower case")
    assert store.secrets("get", "app", "DB_Url").stdout == "with capitals"
    assert store.secrets("get", "app", "TOKEN").stdout == "in lower case"
    assert store.secrets("get", "app", "db_url").status == 6
    assert store.secrets("set", "app", "DB_Url", stdin="changed").stderr.endswith(
        "/app/DB_Url is now version 2\n"
    )
    assert store.secrets("history", "app", "DB_Url", "--json").status == 0
    store.secrets("rollback", "app", "DB_Url", "1")
    assert store.values("/app") == {"/app/DB_Url": "with capitals", "/app/token": "in lower case"}
    (store.folder / "in.json").write_text('{"DB_Url": "by import", "New": "x"}')
    assert store.secrets("import", "in.json", "--service", "app").status == 0
    store.secrets("set", "app", "db_url", stdin="another")
    assert store.values("/app") == {
        "/app/DB_Url": "by import",
        "/app/db_url": "another",
        "/app/new": "x",
        "/app/token": "in lower case",
    }
    assert store.secrets("delete", "app", "DB_Url", "--yes").status == 0
    assert "/app/db_url" in store.values("/app")
    assert "/app/DB_Url" not in store.values("/app")


def test_a_key_that_begins_like_an_option_stands_behind_two_dashes(store: Store) -> None:
    for verb in (["set", "app", "--", "-foo"], ["set", "app", "--tag", "a=b", "--", "--yes"]):
        assert store.secrets(*verb, stdin="v").status == 0
    assert store.secrets("get", "app", "--", "-foo").stdout == "v"
    assert store.secrets("get", "app", "--json", "--", "--yes").status == 0
    assert store.secrets("rollback", "app", "--", "-foo", "1").status == 0
    assert store.secrets("delete", "app", "--yes", "--", "-foo").status == 0
    assert list(store.values("/app")) == ["/app/--yes"]


def test_a_tag_that_would_be_lost_is_refused(store: Store) -> None:
    store.put("/app/k", "old")
    answer = store.secrets("set", "app", "k", "-", "--tag", "x=y", stdin="new")
    assert (answer.status, "tags are given to new secrets only; nothing was written" in answer.stderr) == (
        2,
        True,
    )
    assert store.values("/app") == {"/app/k": "old"}
    (store.folder / "in.json").write_text('{"k": "new", "other": "x"}')
    answer = store.secrets("import", "in.json", "--service", "app", "--tag", "x=y")
    assert "tags are given to new secrets only, not to k\n" in answer.stderr
    tags = store.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/app/other")
    assert tags["TagList"] == [{"Key": "x", "Value": "y"}]


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
        (["list", "app", "--", "env"], 2, "unrecognized arguments: env"),
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
    with terminal([str(PROGRAM), "secrets", "set", "app", "k"], store.environ, inherits=False) as opened:
        opened.expect("value of app/k: ")
        opened.send("hünter2 $x")
        assert "nter2" not in opened.read()
        assert (opened.wait(), store.values("/app")) == (0, {"/app/k": "hünter2 $x"})


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
