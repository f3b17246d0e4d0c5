"""What the rules say: a Deny wins, an Allow counts where it surely applies, then the preset."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from awsactivate.errors import UsageError
from awsactivate.frozen import replace
from awsactivate.guard import rules
from awsactivate.guard.call import Asked, Named
from awsactivate.guard.rules import ASK, LEARN, READ_ONLY, Document, Rules, Ruling, Verdict

BUCKET, OTHER = "arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-data"
CONTEXT = {"aws:requestedregion": "eu-west-1", "aws:principalaccount": "111122223333"}
WRITE = Asked("s3:DeleteBucket", BUCKET)
READ = Asked("s3:ListBucket", BUCKET, writes=False)
SECRET = Asked(
    "ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/a", writes=False, reads_secret=True
)


def call(*asked: Asked) -> Named:
    """A call that would do this."""
    return Named("s3", "Something", "rest-xml", asked)


def policy(effect: str, **statement: Any) -> Document:
    """A file of one statement."""
    told = {"Effect": effect, "Action": "*", "Resource": "*", **statement}
    if "NotAction" in statement:
        del told["Action"]
    if "NotResource" in statement:
        del told["Resource"]
    return Document("f.json", {"Version": "2012-10-17", "Statement": told})


def judged(
    named: Named, preset: str = ASK, *, deny: Document | None = None, allow: Document | None = None
) -> Ruling:
    """What rules of at most one file of each kind say."""
    denies, allows = ((deny,) if deny else ()), ((allow,) if allow else ())
    return rules.judge(named, Rules(preset, denies, allows), CONTEXT)


def passes(named: Named, allow: Document) -> bool:
    """Whether an Allow lets a write pass."""
    return judged(named, allow=allow).verdict is Verdict.PASS


def is_denied(named: Named, deny: Document) -> bool:
    """Whether a Deny refuses it."""
    return judged(named, LEARN, deny=deny).verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    ("preset", "asked", "wanted"),
    [
        (ASK, READ, Verdict.PASS),
        (ASK, WRITE, Verdict.ASK),
        (ASK, SECRET, Verdict.ASK),
        (READ_ONLY, READ, Verdict.PASS),
        (READ_ONLY, WRITE, Verdict.REFUSE),
        (READ_ONLY, SECRET, Verdict.REFUSE),
        (LEARN, WRITE, Verdict.PASS),
        (LEARN, SECRET, Verdict.PASS),
    ],
)
def test_a_preset_says_what_no_file_says(preset: str, asked: Asked, wanted: Verdict) -> None:
    assert judged(call(asked), preset).verdict is wanted


def test_a_refused_read_is_not_called_a_write() -> None:
    assert (
        judged(call(SECRET), READ_ONLY).reason
        == "because the guard lets reads pass but none of secrets' values"
    )
    assert judged(call(SECRET, WRITE), READ_ONLY).reason == "because the guard lets reads pass only"


def test_the_person_is_asked_for_what_no_file_allows_alone() -> None:
    allow = policy("Allow", Action="s3:DeleteBucket", Resource=BUCKET)
    other = replace(WRITE, resource=OTHER)
    assert judged(call(WRITE, READ, other), allow=allow) == Ruling(Verdict.ASK, asked=(other,))


def test_a_deny_wins_over_an_allow_and_over_a_read() -> None:
    deny = policy("Deny", Action="s3:List*")
    wanted = Ruling(Verdict.REFUSE, "with an explicit deny in f.json", (READ,))
    assert judged(call(WRITE, READ), deny=deny, allow=policy("Allow")) == wanted


@pytest.mark.parametrize(
    ("resource", "vague", "allowed", "denied"),
    [
        (BUCKET, False, True, True),
        (OTHER, False, False, False),
        ("arn:aws:s3:::ACME-LOGS", False, False, True),  # some services take capitals for small letters
        ("*", True, False, True),
        ("*", False, False, False),  # an action that has no resource
        ("arn:aws:s3:::acme-*", True, False, True),
        ("arn:aws:s3:::acme-????", True, False, True),
        ("arn:aws:s3:::acme-??", True, False, False),
    ],
)
def test_what_is_not_known_of_a_resource_allows_nothing_and_denies(
    resource: str, vague: bool, allowed: bool, denied: bool
) -> None:
    one = call(Asked("s3:DeleteBucket", resource, vague=vague))
    assert passes(one, policy("Allow", Resource=BUCKET)) is allowed
    assert is_denied(one, policy("Deny", Resource=BUCKET)) is denied


@pytest.mark.parametrize(
    ("condition", "allowed", "denied"),
    [
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, False, False),
        ({"StringEquals": {"aws:ResourceTag/team": "x"}}, False, True),
        ({"StringEqualsIfExists": {"aws:ResourceTag/team": "x"}}, False, True),
        ({"StringNotEquals": {"aws:ResourceTag/team": "x"}}, False, True),
        ({"Null": {"aws:ResourceTag/team": "true"}}, False, True),
        ({"StringEquals": {"aws:RequestedRegion": "${aws:username}"}}, False, True),
        ({"StringEquals": {"aws:RequestedRegion": "${aws:username, 'eu-west-1'}"}}, False, True),
        ({"StringEquals": {"aws:RequestedRegion": "${aws:username, 'us-east-1'}"}}, False, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:username": "x"}}, False, False),
    ],
)
def test_a_condition_that_cant_be_evaluated_allows_nothing_and_denies(
    condition: dict[str, Any], allowed: bool, denied: bool
) -> None:
    assert passes(call(WRITE), policy("Allow", Condition=condition)) is allowed
    assert is_denied(call(WRITE), policy("Deny", Condition=condition)) is denied


def test_a_role_is_denied_by_the_path_that_its_arn_may_have() -> None:
    """The request names it without: the deny on a folder of roles would be passed by."""
    one = call(Asked("iam:DeleteRole", "arn:aws:iam::111122223333:role/deploy"))
    assert is_denied(one, policy("Deny", Resource="arn:aws:iam::111122223333:role/admin/*"))
    assert not passes(one, policy("Allow", Resource="arn:aws:iam::111122223333:role/admin/*"))
    assert not is_denied(one, policy("Deny", Resource="arn:aws:iam::111122223333:role/other"))


def test_not_resource_and_not_action_spare_what_surely_is_named() -> None:
    assert not is_denied(call(WRITE), policy("Deny", NotResource=BUCKET))
    assert is_denied(call(replace(WRITE, resource="*", vague=True)), policy("Deny", NotResource=BUCKET))
    assert passes(call(replace(WRITE, resource=OTHER)), policy("Allow", NotResource=BUCKET))
    assert not passes(call(replace(WRITE, resource="*", vague=True)), policy("Allow", NotResource=BUCKET))
    assert not is_denied(call(WRITE), policy("Deny", NotAction="s3:delete*"))
    assert is_denied(call(WRITE), policy("Deny", NotAction="s3:Get*"))


def test_a_call_of_which_nothing_is_known_does_not_pass() -> None:
    assert judged(call()).verdict is Verdict.REFUSE


def test_a_call_whose_action_is_not_known_may_need_any_of_its_service() -> None:
    strange = call(Asked("s3:POST /x", vague=True, guessed=True))
    assert is_denied(strange, policy("Deny", Action="s3:DeleteBucket"))
    assert not is_denied(strange, policy("Deny", Action="ec2:*"))
    assert is_denied(strange, policy("Deny", NotAction="s3:Get*"))
    assert not is_denied(strange, policy("Deny", NotAction="s3:*"))
    assert passes(strange, policy("Allow", Action="s3:*"))


def test_a_variable_of_a_resource_is_filled_where_it_is_known() -> None:
    mine = call(Asked("s3:DeleteBucket", "arn:aws:s3:::logs-111122223333"))
    assert passes(mine, policy("Allow", Resource="arn:aws:s3:::logs-${aws:PrincipalAccount}"))
    unknown = "arn:aws:s3:::logs-${aws:username}"
    assert not passes(mine, policy("Allow", Resource=unknown))
    assert is_denied(mine, policy("Deny", Resource=unknown))
    literal = call(Asked("s3:DeleteObject", "arn:aws:s3:::b/*"))
    assert passes(literal, policy("Allow", Resource="arn:aws:s3:::b/${*}"))
    assert not passes(
        call(Asked("s3:DeleteObject", "arn:aws:s3:::b/x")), policy("Allow", Resource="arn:aws:s3:::b/${*}")
    )


STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("text", "effect", "said"),
    [
        ("{", "Allow", "--allow f.json: it is no JSON"),
        (json.dumps({"Statement": STATEMENT}), "Deny", "--deny f.json: statement 1: Effect: must be Deny"),
        (json.dumps({"Statement": {**STATEMENT, "Effect": "Deny"}}), "Allow", "Effect: must be Allow"),
        (json.dumps({"Statement": {**STATEMENT, "Action": "s3"}}), "Allow", "must be SERVICE:ACTION"),
        (
            json.dumps({"Statement": {**STATEMENT, "Condition": {"Odd": {"a:b": "c"}}}}),
            "Allow",
            "no operator",
        ),
    ],
)
def test_a_file_that_is_no_such_policy_is_said_at_once(text: str, effect: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rules.read(text, "f.json", effect)


def test_a_file_may_be_longer_than_aws_takes_for_a_session() -> None:
    statements = [{**STATEMENT, "Resource": f"arn:aws:s3:::bucket-{number}"} for number in range(100)]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    read = rules.read(text, "f.json", "Allow")
    assert passes(call(Asked("s3:DeleteBucket", "arn:aws:s3:::bucket-99")), read)


def test_many_objects_are_weighed_by_a_long_file_at_once() -> None:
    """By comparing letter with letter it would take seconds."""
    statements = [
        {
            "Effect": "Allow",
            "Action": "s3:Delete*",
            "Resource": f"arn:aws:s3:::some-bucket-{number}/*/objects/*",
        }
        for number in range(100)
    ]
    allow = Document("f", {"Version": "2012-10-17", "Statement": statements})
    keys = [
        Asked("s3:DeleteObject", f"arn:aws:s3:::some-bucket-99/a/objects/{number}") for number in range(1000)
    ]
    started = time.process_time()
    assert passes(call(*keys), allow)
    assert time.process_time() - started < 3
