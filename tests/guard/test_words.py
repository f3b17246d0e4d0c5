"""In which words a person is asked."""

from __future__ import annotations

import pytest

from awsactivate.guard import words
from awsactivate.guard.call import Asked

OWN = {"account": "111122223333", "region": "eu-west-1"}


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ("arn:aws:s3:::acme-logs", "s3:X on acme-logs"),
        ("arn:aws:iam::111122223333:role/x", "s3:X on role/x"),
        ("arn:aws:sqs:eu-west-1:111122223333:q", "s3:X on q"),
        ("arn:aws:sqs:us-east-1:111122223333:q", "s3:X on arn:aws:sqs:us-east-1:111122223333:q"),
        ("arn:aws:iam::444455556666:role/x", "s3:X on arn:aws:iam::444455556666:role/x"),
        ("*", "s3:X"),
        ("arn:aws:s3:::b/" + "k" * 400, f"s3:X on b/{'k' * 78}…{'k' * 80}"),
    ],
)
def test_an_arn_of_the_own_account_and_region_is_written_short(resource: str, said: str) -> None:
    assert words.of_asked([Asked("s3:X", resource)], **OWN) == said


def test_several_are_listed_and_many_are_counted() -> None:
    some = [Asked("s3:DeleteObject", f"arn:aws:s3:::b/{n}") for n in range(4)]
    assert words.of_asked(some, **OWN) == "s3:DeleteObject on b/0, b/1, b/2, b/3"
    many = [Asked("s3:DeleteObject", f"arn:aws:s3:::b/{n}") for n in range(9)]
    assert words.of_asked(many, **OWN) == "s3:DeleteObject on b/0, b/1, b/2 and 6 more"


def test_two_actions_stand_beside_each_other() -> None:
    asked = [Asked("iam:PassRole", "arn:aws:iam::111122223333:role/x"), Asked("lambda:CreateFunction")]
    assert words.of_asked(asked, **OWN) == "iam:PassRole on role/x; lambda:CreateFunction"
