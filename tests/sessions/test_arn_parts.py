"""Any ARN taken apart, and what is none."""

from __future__ import annotations

import pytest

from awsactivate.sessions import arn_parts


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::111122223333:user/alice", "alice"),
        ("arn:aws:iam::111122223333:user/team/alice", "alice"),
        ("arn:aws-cn:iam::111122223333:role/path/terraform", "terraform"),
        ("arn:aws:sts::111122223333:assumed-role/terraform/alice=0123456789", "terraform"),
        ("arn:aws:iam::111122223333:root", "root"),
        ("alice", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_principal_is_named_without_its_path_and_its_session(arn: str | None, name: str) -> None:
    assert arn_parts.principal_of(arn) == name


@pytest.mark.parametrize(
    ("assumed_role_id", "name"),
    [("AROAEXAMPLE:alice=0123456789", "alice=0123456789"), ("AROAEXAMPLE", ""), ("", "")],
)
def test_a_sessions_name_stands_in_the_id_of_its_role(assumed_role_id: str, name: str) -> None:
    assert arn_parts.session_of(assumed_role_id) == name
