"""The real chamber beside ours, on one Parameter Store: what either writes, the other reads and deletes.

`AWSACTIVATE_TEST_CHAMBER` names the program.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dotenv
import pytest
import yaml

from needs import needs_named_program
from parameter_store.stores import Answer, Store, environment

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

pytestmark = pytest.mark.chamber

VALUES = {
    "plain": "x",
    "blanks": "  two  ",
    "quotes": "a \"b\" 'c'",
    "comma": "a,b;c",
    "tab": "a\tb",
    "lines": "a\nb\r\nc",
    "back": "a\\b\\\\",
    "sign": "=:#!${x}%{y}`z`",
    "many.dots-and_": "é 😀 \u00a0",
}


@dataclass(frozen=True)
class Chamber:
    """chamber, as the somebody of a `store`."""

    program: str
    store: Store

    def __call__(self, *words: str, stdin: str = "", **environ: str) -> Answer:
        done = self.store.run(self.program, *words, stdin=stdin, **environ)
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *words: str, stdin: str = "") -> str:
        answer = self(*words, stdin=stdin)
        assert answer.status == 0, answer.stderr
        return answer.stdout


def chamber_of(store: Store) -> Chamber:
    program = needs_named_program("chamber", "AWSACTIVATE_TEST_CHAMBER")
    environ = {**store.environ, "CHAMBER_AWS_SSM_ENDPOINT": store.environ["AWS_ENDPOINT_URL"]}
    return Chamber(program, Store(environ, store.ssm, store.folder))


@pytest.fixture
def chamber(store: Store) -> Chamber:
    return chamber_of(store)


def ours(store: Store, *words: str, stdin: str = "") -> str:
    answer = store.secrets(*words, stdin=stdin)
    assert answer.status == 0, answer.stderr
    return answer.stdout


def put(store: Store, values: Mapping[str, str], service: str = "app") -> None:
    for key, value in values.items():
        store.put(f"/{service}/{key}", value)


def test_what_chamber_is_allowed_by_a_policy_for_its_path_we_are_too(
    store: Store, embedded_aws: EmbeddedAws, account: str
) -> None:
    put(store, {"a": "1", "b": "2"}, "my-service")
    allowed = {
        "Effect": "Allow",
        "Action": ["ssm:GetParameter*"],
        "Resource": f"arn:aws:ssm:us-east-1:{account}:parameter/my-service/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [allowed]}
    user = embedded_aws.user("reader", policies={"read": policy}, account=account)
    theirs = Store(
        environment(embedded_aws.endpoint_url, user.credentials, store.folder), store.ssm, store.folder
    )
    by_chamber = json.loads(chamber_of(theirs).ok("export", "my-service"))
    assert json.loads(ours(theirs, "export", "my-service")) == by_chamber == {"a": "1", "b": "2"}
    refused = chamber_of(theirs)("export", "other"), theirs.secrets("export", "other")
    assert [answer.status != 0 and "AccessDenied" in answer.stderr for answer in refused] == [True, True]


def test_keys_that_chamber_imports_are_addressed_as_they_are_spelt(store: Store, chamber: Chamber) -> None:
    document = json.dumps({"DB_Password": "capital", "db_password": "small", "-foo": "dash", "Only": "one"})
    chamber.ok("import", "app", "-", stdin=document)
    keys = ["-foo", "DB_Password", "Only", "db_password"]
    assert sorted(store.values("/app")) == [f"/app/{key}" for key in keys]
    assert sorted(row["key"] for row in json.loads(ours(store, "list", "app", "--json"))) == keys
    assert sorted(line.split()[0] for line in chamber.ok("list", "app").splitlines()[1:]) == keys
    assert ours(store, "get", "app", "DB_Password") == "capital"
    assert ours(store, "get", "app", "db_password") == chamber.ok("read", "-q", "app", "db_password").strip()
    assert ours(store, "get", "app", "--", "-foo") == chamber.ok("read", "-q", "app", "--", "-foo").strip()
    # ours alone can name this one: chamber reads in lower case only
    assert chamber("read", "-q", "app", "Only").status != 0
    assert ours(store, "get", "app", "Only") == "one"
    ours(store, "set", "app", "Only", "-", stdin="two")
    ours(store, "delete", "app", "DB_Password", "--yes")
    chamber.ok("delete", "app", "db_password")
    ours(store, "delete", "app", "--yes", "--", "-foo")
    assert store.values("/app") == {"/app/Only": "two"}


def test_both_count_one_row_of_versions(store: Store, chamber: Chamber) -> None:
    chamber.ok("write", "app", "key", "one")
    ours(store, "set", "app", "key", "-", stdin="two")
    chamber.ok("write", "app", "key", "three")
    ours(store, "rollback", "app", "key", "1")
    store.put("/app/key", "by a second writer", description="3")
    versions = json.loads(ours(store, "history", "app", "key", "--json"))
    assert [row["chamber_version"] for row in versions] == [1, 2, 3, 4, 3]
    for number in (1, 2, 3, 4):
        by_chamber = chamber.ok("read", "-q", "-v", str(number), "app", "key").strip()
        assert ours(store, "get", "app", "key", "--chamber-version", str(number)) == by_chamber
    assert by_chamber == "one"
    # the next number follows what the latest writer has put there
    ours(store, "set", "app", "key", "-", stdin="five")
    assert chamber.ok("read", "-q", "-v", "4", "app", "key").strip() == "one"
    assert chamber.ok("read", "-q", "app", "key").strip() == "five"
    assert [line.split()[1] for line in chamber.ok("history", "app", "key").splitlines()[1:]] == list(
        "123434"
    )


@pytest.mark.parametrize("form", ["json", "csv", "tsv"])
def test_these_exports_are_equal_to_the_byte_or_the_value(store: Store, chamber: Chamber, form: str) -> None:
    put(store, VALUES)
    theirs, mine = chamber.ok("export", "-f", form, "app"), ours(store, "export", "app", "--format", form)
    assert (json.loads(mine) == json.loads(theirs) == VALUES) if form == "json" else (mine == theirs)


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("java-properties", str.splitlines),
        ("dotenv", lambda text: dict(dotenv.dotenv_values(stream=io.StringIO(text)))),
        ("yaml", yaml.safe_load),
    ],
)
def test_other_exports_are_read_alike_where_chambers_own_lose_nothing(
    store: Store, chamber: Chamber, form: str, read: Callable[[str], object]
) -> None:
    put(store, {"plain": "x", "address": "db.example:5432/a?b=c&d", "number": "0123", "words": "a b"})
    theirs, mine = chamber.ok("export", "-f", form, "app"), ours(store, "export", "app", "--format", form)
    assert read(mine) == read(theirs)


def test_what_ours_exports_chamber_imports(store: Store, chamber: Chamber) -> None:
    put(store, VALUES)
    for form in ("json", "yaml"):
        text = ours(store, "export", "app", "--format", form)
        chamber.ok("import", f"by-{form}", "-", stdin=text)
        assert json.loads(ours(store, "export", f"by-{form}")) == VALUES


def test_a_value_of_the_advanced_tier_is_read_by_chamber(store: Store, chamber: Chamber) -> None:
    large = "x" * 5000
    ours(store, "set", "app", "large", "-", "--tier", "advanced", stdin=large)
    assert chamber.ok("read", "-q", "app", "large").strip() == large
    assert json.loads(chamber.ok("export", "app")) == {"large": large}


def test_a_command_gets_the_same_variables(store: Store, chamber: Chamber) -> None:
    put(store, {"db-password": "a b", "token": "$x `y`\n"})
    put(store, {"token": "of the later"}, "app/prod")
    show = ("--", "/usr/bin/env", "-0")
    by_chamber = chamber.ok("exec", "--pristine", "app", "app/prod", *show)
    by_us = ours(store, "exec", "app", "app/prod", "--env", "--pristine", *show)
    assert sorted(by_us.split("\0")) == sorted(by_chamber.split("\0"))


def test_tags_that_the_store_requires_are_wanted_by_both(store: Store, chamber: Chamber) -> None:
    store.put("/_chamber/store-config", '{"version":"1","requiredTags":["team"]}', kind="String")
    assert chamber("write", "app", "key", "v").status != 0
    assert store.secrets("set", "app", "key", "-", stdin="v").status == 2
    ours(store, "set", "app", "key", "-", "--tag", "team=a", stdin="v")
    assert chamber.ok("read", "-q", "app", "key").strip() == "v"
    tags = store.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/app/key")["TagList"]
    chamber.ok("write", "app", "other", "v", "-t", "team=a")
    assert (
        store.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/app/other")["TagList"] == tags
    )
