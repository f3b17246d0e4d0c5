"""chamber's documented rules, each with what it means for names, versions, tags and settings."""

from __future__ import annotations

import pytest

from awsactivate.errors import AwsactivateError, ProfileError, UsageError
from awsactivate.parameter_store import chamber
from awsactivate.parameter_store.names import (
    Collision,
    environment_variable,
    input_variable,
    merge,
    terraform_variable,
)
from awsactivate.parameter_store.strict import filled


@pytest.mark.parametrize(
    ("rule", "service", "key", "name"),
    [
        ("/<service>/<key>", "app", "key", "/app/key"),
        ("a service may nest", "app/prod/eu", "key", "/app/prod/eu/key"),
        (
            "service and key are written and read in lower case",
            "App/PROD",
            "DB_Password",
            "/app/prod/db_password",
        ),
        ("`-`, `.` and `_` stay as they are", "my-app.v2_x", "a-b.c_d", "/my-app.v2_x/a-b.c_d"),
        ("a key may begin with a digit, a dot or a dash", "1app", ".0-x", "/1app/.0-x"),
        ("a nested service may be called so", "app/_chamber", "k", "/app/_chamber/k"),
    ],
)
def test_a_name_is_made_by_the_rule(rule: str, service: str, key: str, name: str) -> None:
    assert chamber.parameter_name(service, key) == name, rule


@pytest.mark.parametrize(
    "service", ["", "/app", "app/", "app//prod", "app prod", "app:label", "appé", "app\n", "../x y", "a,b"]
)
def test_a_service_that_chamber_refuses_is_refused(service: str) -> None:
    with pytest.raises(UsageError, match="is no service"):
        chamber.service_path(service)


@pytest.mark.parametrize("key", ["", "a/b", "a b", "é", "a\n", "a:1", "a=b", "$a"])
def test_a_key_that_chamber_refuses_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="is no key"):
        chamber.checked_key(key)


@pytest.mark.parametrize("service", ["_chamber", "_CHAMBER", "_chamber/x"])
def test_chambers_own_service_is_no_secret(service: str) -> None:
    with pytest.raises(UsageError, match="holds chamber's own settings"):
        chamber.service_path(service)


@pytest.mark.parametrize("service", ["aws", "awsome/x", "SSM", "ssmx"])
def test_names_that_parameter_store_keeps_are_refused(service: str) -> None:
    with pytest.raises(UsageError, match="begin with aws or ssm"):
        chamber.service_path(service)


def test_a_name_is_at_most_as_long_as_parameter_store_takes() -> None:
    assert len(chamber.parameter_name("app", "k" * 1006)) == 1011
    with pytest.raises(UsageError, match="is too long"):
        chamber.parameter_name("app", "k" * 1007)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("/app/key", True),
        ("/app/K.e-y_1", True),
        ("/app/ключ", False),
        ("key", False),
        ("/_chamber/store-config", False),
    ],
)
def test_what_chamber_skips_is_skipped(name: str, read: bool) -> None:
    assert chamber.is_read(name) is read


@pytest.mark.parametrize(
    ("description", "version"),
    [
        ("1", 1),
        ("42", 42),
        ("007", 7),
        ("", 0),
        ("written in the console", 0),
        ("1.5", 0),
        ("v2", 0),
        (" 3", 0),
        ("٣", 0),
    ],
)
def test_the_version_is_the_integer_in_the_description(description: str, version: int) -> None:
    assert chamber.version_of(description) == version


@pytest.mark.parametrize(
    ("environ", "alias"),
    [
        ({}, "alias/parameter_store_key"),
        ({"CHAMBER_KMS_KEY_ALIAS": "mine"}, "alias/mine"),
        ({"CHAMBER_KMS_KEY_ALIAS": "alias/mine"}, "alias/mine"),
        ({"CHAMBER_KMS_KEY_ALIAS": "alias/aws/ssm"}, "alias/aws/ssm"),
    ],
)
def test_the_key_is_named_by_an_alias(environ: dict[str, str], alias: str) -> None:
    assert chamber.key_alias(environ) == alias


def test_the_region_is_chambers_where_it_has_one() -> None:
    assert [chamber.region({"CHAMBER_AWS_REGION": text}) for text in ("eu-west-1", "")] == ["eu-west-1", None]


@pytest.mark.parametrize(
    ("config", "tags"),
    [
        ('{"version":"1","requiredTags":["team","env"]}', ("team", "env")),
        ('{"version":"1"}', ()),
        ('{"version":"1","requiredTags":null}', ()),
        ('{"version":"1","requiredTags":[]}', ()),
    ],
)
def test_the_store_config_names_the_required_tags(config: str, tags: tuple[str, ...]) -> None:
    assert chamber.required_tags(config) == tags


@pytest.mark.parametrize("config", ["", "no json", "[]", '{"requiredTags":"team"}', '{"requiredTags":[1]}'])
def test_a_store_config_that_is_none_stops_new_writes(config: str) -> None:
    """Rather than to write a secret without a tag that somebody requires."""
    with pytest.raises(ProfileError, match="/_chamber/store-config is not what chamber writes"):
        chamber.required_tags(config)


@pytest.mark.parametrize(
    ("key", "terraform", "environment"),
    [
        ("db_password", "TF_VAR_db_password", "DB_PASSWORD"),
        ("db-password.v2", "TF_VAR_db_password_v2", "DB_PASSWORD_V2"),
        ("DB_Password", "TF_VAR_db_password", "DB_PASSWORD"),
        ("tf_var_db_password", "TF_VAR_db_password", "TF_VAR_DB_PASSWORD"),
        ("TF_VAR_x", "TF_VAR_x", "TF_VAR_X"),
    ],
)
def test_a_key_becomes_a_variable(key: str, terraform: str, environment: str) -> None:
    assert (terraform_variable(key), environment_variable(key)) == (terraform, environment)
    assert terraform == f"TF_VAR_{input_variable(key)}"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("1st", "app: the key 1st becomes {}, which is no variable's name"),
        ("tf_var_", "app: the key tf_var_ becomes {}, which is no variable's name"),
    ],
)
def test_a_key_that_is_no_variables_name_is_named(key: str, said: str) -> None:
    with pytest.raises(AwsactivateError) as refused:
        merge([("app", {key: "v"})], terraform_variable)
    assert refused.value.message == said.format(terraform_variable(key))


def test_a_digit_first_is_no_environment_variable_either() -> None:
    with pytest.raises(AwsactivateError, match="the key 1st becomes 1ST, which is no variable's name"):
        merge([("app", {"1st": "v"})], environment_variable)


def test_two_keys_that_become_one_variable_are_both_named() -> None:
    with pytest.raises(AwsactivateError) as refused:
        merge([("app", {"a-b": "secret-1", "a.b": "secret-2"})], terraform_variable)
    assert refused.value.message == "app: the keys a-b and a.b both become TF_VAR_a_b"


def test_a_later_service_wins_and_every_collision_is_told() -> None:
    merged = merge(
        [("base", {"a": "1", "b": "1"}), ("app", {"a": "2"}), ("app/prod", {"A": "3", "c": "3"})],
        terraform_variable,
    )
    assert merged.values == {"TF_VAR_a": "3", "TF_VAR_b": "1", "TF_VAR_c": "3"}
    assert merged.collisions == (
        Collision("TF_VAR_a", "base", "app"),
        Collision("TF_VAR_a", "app", "app/prod"),
    )
    assert str(merged.collisions[0]) == "TF_VAR_a is in base too; the value is that of app"
    assert "'3'" not in repr(merged)


def test_without_variables_the_keys_stay_as_they_are() -> None:
    assert merge([("app", {"1-a": "x\0"})], None).values == {"1-a": "x\0"}


def test_a_nul_byte_is_told_by_its_key() -> None:
    with pytest.raises(AwsactivateError, match="app: the value of a holds a NUL byte"):
        merge([("app", {"a": "x\0y"})], environment_variable)


def test_strict_fills_exactly_what_waits() -> None:
    environ = {"A": "chamberme", "B": "chamberme", "PATH": "/bin"}
    assert filled(environ, {"A": "1", "B": "2", "EXTRA": "3"}, "chamberme") == {"A": "1", "B": "2"}
    assert filled({"A": "fill me"}, {"A": "1"}, "fill me") == {"A": "1"}


def test_strict_names_all_that_is_wrong_and_shows_no_value() -> None:
    environ = {"A": "set by hand", "B": "chamberme", "C": "chamberme", "b": "chamberme"}
    with pytest.raises(AwsactivateError) as refused:
        filled(environ, {"A": "secret", "C": "secret"}, "chamberme")
    assert (
        refused.value.message
        == "--strict: hold a value already: A; wait for a secret that there is not: B, b"
    )


def test_strict_checks_the_services_as_one() -> None:
    """chamber checks them one after another, so that two services with one key can never pass."""
    merged = merge([("base", {"a": "1", "b": "1"}), ("app", {"b": "2"})], environment_variable)
    assert filled({"A": "chamberme", "B": "chamberme"}, merged.values, "chamberme") == {"A": "1", "B": "2"}
