"""In which words a person is asked."""

from __future__ import annotations

import pytest

from awsactivate.guard import words
from awsactivate.guard.call import Asked

OWN = words.Place("111122223333", "eu-west-1", "eu-west-1")


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ("arn:aws:s3:::acme-logs", "s3:X on acme-logs"),
        ("arn:aws:iam::111122223333:role/x", "s3:X on role/x"),
        ("arn:aws:sqs:eu-west-1:111122223333:q", "s3:X on q"),
        ("arn:aws:sqs:us-east-1:111122223333:q", "s3:X on arn:aws:sqs:us-east-1:111122223333:q"),
        ("arn:aws:iam::444455556666:role/x", "s3:X on arn:aws:iam::444455556666:role/x"),
        ("*", "s3:X on everything"),
        ("arn:aws:s3:::b/a b", 's3:X on "b/a b"'),
        ("arn:aws:s3:::b/ok in dev (1): [o]nce?", 's3:X on "b/ok in dev (1): [o]nce?"'),
        ("arn:aws:s3:::b/\u0430\u2800\u3164\u202e\x7f", r's3:X on "b/\u0430\u2800\u3164\u202e\u007f"'),
        ("arn:aws:s3:::b/https://prod/state@tmp/x", "s3:X on b/https://prod/state@tmp/x"),
        ("arn:aws:s3:::b/a,b;c", 's3:X on "b/a,b;c"'),
        ('arn:aws:s3:::b/"', r's3:X on "b/\""'),
        ("arn:aws:s3:::b/" + "k" * 400, f"s3:X on b/{'k' * 78}…{'k' * 80}"),
    ],
)
def test_an_arn_of_the_own_account_and_region_is_written_short(resource: str, said: str) -> None:
    assert words.of_asked([Asked("s3:X", resource)], OWN) == said


def test_several_are_listed_and_many_are_counted() -> None:
    some = [Asked("s3:DeleteObject", f"arn:aws:s3:::b/{n}") for n in range(4)]
    assert words.of_asked(some, OWN) == "s3:DeleteObject on b/0, b/1, b/2, b/3"
    many = [Asked("s3:DeleteObject", f"arn:aws:s3:::b/{n}") for n in range(9)]
    assert words.of_asked(many, OWN) == "s3:DeleteObject on b/0, b/1, b/2 and 6 more"


def test_two_actions_stand_beside_each_other() -> None:
    asked = [Asked("iam:PassRole", "arn:aws:iam::111122223333:role/x"), Asked("lambda:CreateFunction")]
    assert words.of_asked(asked, OWN) == "iam:PassRole on role/x; lambda:CreateFunction on everything"


def test_everything_of_another_region_is_called_so() -> None:
    place = words.Place("111122223333", "eu-west-1", "us-east-1")
    assert words.of_asked([Asked("ec2:X")], place) == "ec2:X on everything (us-east-1)"


def test_an_operation_that_nobody_knows_is_quoted_too() -> None:
    assert words.of_asked([Asked("iam:POST /a b")], OWN) == '"iam:POST /a b" on everything'


def test_what_is_left_out_is_in_the_details() -> None:
    assert words.details([Asked("s3:X", f"arn:aws:s3:::b/{n}") for n in range(4)], OWN) == ()
    many = [Asked("s3:X", f"arn:aws:s3:::b/{n}") for n in range(5)]
    assert words.details(many, OWN) == tuple(f"s3:X on b/{n}" for n in range(5))
    assert words.details([Asked("s3:X", "arn:aws:s3:::" + "k" * 200)], OWN) == (f"s3:X on {'k' * 200}",)
    assert words.by_action(many, OWN) == {"s3:X": "b/0, b/1, b/2, b/3, b/4"}
