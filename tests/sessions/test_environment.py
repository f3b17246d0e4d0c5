"""What an activation does to an environment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from awsactivate.sessions import environment
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.sessions.environment import Set, Unset
from awsactivate.sessions.names import HIDDEN

SESSION = Session(
    profile="prod",
    credentials=Credentials("ASIAKEY", "secret", "token", datetime(2026, 11, 23, 10, 15, tzinfo=UTC)),
    source_profile="alice",
    region="eu-west-1",
    role_arn="arn:aws:iam::111122223333:role/terraform",
    assumed_role_id="AROAID:alice=0123456789",
    arn="arn:aws:sts::111122223333:assumed-role/terraform/alice=0123456789",
)

SET = {
    "AWS_ACCESS_KEY_ID": "ASIAKEY",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_CREDENTIAL_EXPIRATION": "2026-11-23T10:15:00Z",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWSACTIVATE_PROFILE": "prod",
    "AWSACTIVATE_ROLE_ARN": "arn:aws:iam::111122223333:role/terraform",
    "AWSACTIVATE_ASSUMED_ROLE_ID": "AROAID:alice=0123456789",
    "AWSACTIVATE_SOURCE_PROFILE": "alice",
    "AWSACTIVATE_EXPIRATION": "1795428900",
}


def test_a_session_sets_its_variables_and_hides_every_rival_of_them() -> None:
    assert environment.activation(SESSION) == (
        *(Set(name, value) for name, value in SET.items()),
        *map(Unset, HIDDEN),
        Set("AWSACTIVATE_VARS", " ".join([*SET, *HIDDEN, "AWSACTIVATE_VARS"])),
    )


def test_without_a_region_the_users_own_stays_untouched() -> None:
    session = Session("prod", SESSION.credentials)
    names = environment.held_names(environment.activation(session))
    assert not {"AWS_REGION", "AWS_DEFAULT_REGION"} & set(names)


def test_without_an_expiration_or_a_role_their_variables_are_hidden() -> None:
    change = environment.activation(Session("prod", Credentials("ASIAKEY", "secret", "token")))
    hidden = {statement.name for statement in change if isinstance(statement, Unset)}
    assert hidden - set(HIDDEN) == {
        "AWS_CREDENTIAL_EXPIRATION",
        "AWSACTIVATE_EXPIRATION",
        "AWSACTIVATE_ROLE_ARN",
        "AWSACTIVATE_ASSUMED_ROLE_ID",
    }


def test_further_variables_live_with_the_session() -> None:
    change = environment.activation(SESSION, {"TF_VAR_password": "hunter2"})
    assert Set("TF_VAR_password", "hunter2") in change
    assert "TF_VAR_password" in environment.apply(change, {})["AWSACTIVATE_VARS"].split()


def test_applying_a_change_leaves_the_rest_of_an_environment_alone() -> None:
    before = {"PATH": "/bin", "AWS_PROFILE": "orig", "AWS_REGION": "us-east-1"}
    after = environment.apply((Set("AWS_REGION", "eu-west-1"), Unset("AWS_PROFILE"), Unset("NONE")), before)
    assert after == {"PATH": "/bin", "AWS_REGION": "eu-west-1"}
    assert before["AWS_PROFILE"] == "orig"


def test_an_inherited_session_is_no_source_of_credentials() -> None:
    mine = {"PATH": "/bin", "AWS_REGION": "us-east-1"}
    inherited = environment.apply(environment.activation(SESSION, {"TF_VAR_x": "y"}), mine)
    left = environment.without_session(inherited)
    assert {name for name in left if not name.startswith("AWSACTIVATE_")} == {"PATH"}
    assert left["AWSACTIVATE_PROFILE"] == "prod"


def test_keys_that_no_session_of_ours_holds_are_the_users_own() -> None:
    mine = {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWSACTIVATE_PROFILE": "prod"}
    assert environment.without_session(mine) == mine
    stepped_back = {**mine, "AWSACTIVATE_VARS": "AWS_ACCESS_KEY_ID", environment.WRAPPER_MARK: "0.1.0"}
    assert environment.without_session(stepped_back) == stepped_back


def test_what_a_shell_hands_over_is_its_environment_as_it_is() -> None:
    before = {"PATH": "/bin", "AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_PROFILE": "mine", "AWS_REGION": "before"}
    now = {
        "PATH": "/bin",
        **{name: value for name, value in SET.items() if name != "AWS_DEFAULT_REGION"},
        "AWSACTIVATE_VARS": " ".join([*SET, *HIDDEN, "TF_VAR_x", "PATH"]),
        "TF_VAR_x": "1",
    }
    own = {name: value for name, value in now.items() if name.startswith("AWSACTIVATE_")}
    given = {f"{environment.HANDED_OVER}{name}": value for name, value in now.items() if name != "PATH"}
    wrapper = {environment.WRAPPER_MARK: "0.1.0", environment.AGAIN: ""}
    assert environment.as_handed_over({**before, **own, **given, **wrapper}) == now
    assert environment.as_handed_over({**before, **wrapper}) == {**before, **wrapper}
    assert environment.of_command((), {**before, **given, **wrapper}) == before


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A;B", "A\n", "É"])
def test_no_statement_can_be_made_of_what_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        Set(name, "value")
    with pytest.raises(ValueError, match="not the name"):
        Unset(name)


def test_no_environment_holds_a_nul_byte() -> None:
    with pytest.raises(ValueError, match="NUL"):
        Set("NAME", "a\0b")


def test_no_repr_shows_a_secret() -> None:
    shown = repr((SESSION, environment.activation(SESSION)))
    assert "secret" not in shown
    assert "token'" not in shown


def test_a_session_that_is_served_is_an_address_and_no_key() -> None:
    change = environment.serving(SESSION, "http://127.0.0.1:1/credentials", "its token")
    given = {statement.name: statement.value for statement in change if isinstance(statement, Set)}
    names = given.pop("AWSACTIVATE_VARS").split()
    assert given == {
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWSACTIVATE_PROFILE": "prod",
        "AWSACTIVATE_ROLE_ARN": "arn:aws:iam::111122223333:role/terraform",
        "AWSACTIVATE_SOURCE_PROFILE": "alice",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "its token",
    }
    hidden = {statement.name for statement in change if isinstance(statement, Unset)}
    assert hidden == {*SET, *HIDDEN} - set(given)
    assert set(names) == {*SET, *HIDDEN, "AWSACTIVATE_VARS"}
