"""One call's way: what goes on, what does not, and what is said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from awsactivate.frozen import replace
from awsactivate.guard.call import Answer, Asked, Head, Named
from awsactivate.guard.command_identity import CommandIdentity
from awsactivate.guard.consents import NO, ONCE
from awsactivate.guard.rules import ASK, LEARN, READ_ONLY, Document, Rules
from awsactivate.guard.stand_ins import RANDOMNESS, made
from awsactivate.running.guarded import questions
from awsactivate.running.guarded.exchange import TooLongError
from awsactivate.running.guarded.judge import Judge
from awsactivate.running.guarded.knowing import load_knowledge
from awsactivate.running.guarded.onward import Way
from awsactivate.running.guarded.upstream import UnreachedError
from awsactivate.sessions.sigv4 import Scope
from guard.keys import NOW, REAL, STAND_IN, signed_by_botocore, stop_botocore_clock, this_run

ACCOUNT = "111122223333"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KNOWLEDGE = load_knowledge()


class Sent:
    """An exchange without a connection."""

    is_by_endpoint = False

    def __init__(self, head: Head, body: bytes, *, has_gone: bool = False, is_long: bool = False) -> None:
        self.head = head
        self.answered: Answer | None = None
        self._body = body
        self._has_gone = has_gone
        self._is_long = is_long

    @property
    def is_answered(self) -> bool:
        return self.answered is not None

    def read_body(self, _limit: int) -> bytes:
        if self._is_long:
            raise TooLongError
        return self._body

    def has_hung_up(self) -> bool:
        return self._has_gone

    def answer(self, answer: Answer) -> None:
        self.answered = answer


class World:
    """A judge with what it needs; `said` is the person's answer."""

    def __init__(self, preset: str | Rules = ASK, said: str = ONCE) -> None:
        self.said = said
        self.asked: list[str] = []
        self.keys: list[object] = []
        self.where: list[str] = []
        self.noted: list[tuple[str, str, str]] = []
        self.gone_on: list[str] = []
        self.fails: Exception | None = None
        self.seen: tuple[Head, ...] = ()
        self.run = this_run()
        self.judge = Judge(
            CommandIdentity(
                "tool", "prod", ACCOUNT, "arn:aws:sts::111122223333:assumed-role/r/x", "eu-west-1"
            ),
            self.run,
            preset if isinstance(preset, Rules) else Rules(preset),
            KNOWLEDGE,
            self,  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            clock=lambda: NOW,
            note=lambda *said: self.noted.append(said),
        )

    def ask(self, key: object, _asked: Sequence[Asked], text: str, where: str, _: object) -> str:
        self.keys.append(key)
        self.asked.append(text)
        self.where.append(where)
        return self.said

    def find_way(self, head: Head, named: Named, scope: Scope, *, is_by_endpoint: bool) -> Way:
        assert not is_by_endpoint
        self._named = named
        return Way(head, scope.region, scope.service, None, self.seen)

    def send(self, exchange: Sent, *_: object) -> None:
        if self.fails:
            raise self.fails
        self.gone_on.append(self._named.operation)
        exchange.answer(Answer(200, (), b"done"))

    def handle(self, sent: Sent) -> str:
        self.judge.handle(sent)  # type: ignore[arg-type]
        assert sent.answered is not None
        return f"{sent.answered.status} {sent.answered.body.decode()}"


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_botocore_clock(monkeypatch)


def call(body: str, *, key: Any = STAND_IN, service: str = "iam", **more: bool) -> Sent:
    url = f"https://{service}.amazonaws.com/"
    head = signed_by_botocore(key, url, headers=FORM, body=body.encode(), service=service)
    return Sent(head, body.encode(), **more)


READ = "Action=ListUsers&Version=2010-05-08"
WRITE = "Action=DeleteUser&UserName=eve&Version=2010-05-08"
EVE = f"arn:aws:iam::{ACCOUNT}:user/eve"
ASSUME = "Action=AssumeRole&RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=xx&Version=2011-06-15"


def test_a_read_goes_on_unasked() -> None:
    world = World()
    assert world.handle(call(READ)) == "200 done"
    assert (world.gone_on, world.asked, world.noted) == (["ListUsers"], [], [])


def test_a_write_is_asked_and_noted_and_goes_on() -> None:
    world = World()
    assert world.handle(call(WRITE)) == "200 done"
    assert world.asked == ["iam:DeleteUser on user/eve"]
    assert world.noted == [("iam:DeleteUser", "user/eve", ONCE)]
    assert world.judge.wanted == (Asked("iam:DeleteUser", EVE),)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (NO, "because the person at the terminal said no"),
        (questions.INTERRUPTED, "because the person at the terminal interrupted the question"),
        (questions.TOO_LATE, "because nobody answered within 45 s"),
        (questions.NOBODY, "because there is no terminal on which the person could be asked"),
    ],
)
def test_each_no_is_a_refusal_that_says_why(said: str, why: str) -> None:
    world = World(said=said)
    told = world.handle(call(WRITE))
    assert told.startswith("403 ")
    assert f"is not authorized to perform: iam:DeleteUser on resource: {EVE} {why}" in told
    assert (world.gone_on, world.judge.wanted) == ([], ())
    assert world.noted == [("iam:DeleteUser", "user/eve", said)]


def test_a_writes_signature_counts_once_and_a_reads_again() -> None:
    world = World(LEARN)
    assert world.handle(call(WRITE)) == "200 done"
    assert "because a signature counts once, and this one has counted" in world.handle(call(WRITE))
    assert world.handle(call(READ)) == world.handle(call(READ)) == "200 done"
    assert world.gone_on == ["DeleteUser", "ListUsers", "ListUsers"]


def test_where_reads_only_pass_nobody_is_asked() -> None:
    world = World(READ_ONLY)
    assert "because the guard lets reads pass only" in world.handle(call(WRITE))
    assert [one.action for one in world.judge.refused] == ["iam:DeleteUser"]
    assert world.judge.wanted == ()
    secret = "because the guard lets reads pass but none of secrets' values"
    head = signed_by_botocore(
        STAND_IN,
        "https://secretsmanager.eu-west-1.amazonaws.com/",
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "secretsmanager.GetSecretValue",
        },
        body=b'{"SecretId": "x"}',
        service="secretsmanager",
    )
    assert secret in world.handle(Sent(head, b'{"SecretId": "x"}'))
    assert (world.asked, world.gone_on) == ([], [])


def test_what_would_be_another_call_where_it_goes_is_refused_unasked() -> None:
    """Whatever writes a request anew: what is sent is what was judged."""
    world = World(LEARN)
    sent = call(READ)
    world.seen = (sent.head,)
    assert world.handle(sent) == "200 done"
    world.seen = (sent.head, replace(sent.head, target="/elsewhere"))
    assert "because it would be another call where it goes" in world.handle(sent)
    assert (world.gone_on, world.asked) == (["ListUsers"], [])


def test_what_was_allowed_does_not_go_on_for_a_client_that_has_gone() -> None:
    world = World()
    assert "because who called has hung up" in world.handle(call(WRITE, has_gone=True))
    assert world.gone_on == []


def test_a_key_of_nobodys_and_a_forged_signature_are_refused_unread() -> None:
    world = World()
    other = made(bytes(RANDOMNESS))
    assert "InvalidClientTokenId" in world.handle(call(WRITE, key=other))
    forged = replace(other, access_key_id=STAND_IN.access_key_id)
    assert "SignatureDoesNotMatch" in world.handle(call(WRITE, key=forged))
    assert (world.asked, world.gone_on) == ([], [])


def test_nobodys_body_is_read_before_his_key_is_known() -> None:
    """Another user of the machine can reach the port."""
    sent = call(WRITE, key=made(bytes(RANDOMNESS)), is_long=True)
    assert "InvalidClientTokenId" in World().handle(sent)


def test_what_hands_out_credentials_is_refused_even_where_all_passes() -> None:
    world = World(LEARN)
    told = world.handle(call("Action=CreateAccessKey&UserName=eve&Version=2010-05-08"))
    assert "because its answer holds credentials, and no --allow calls it by its name" in told
    assert world.handle(call(ASSUME, service="sts")) == "200 done"
    assert world.gone_on == ["AssumeRole"]


@pytest.mark.parametrize(
    ("body", "service"),
    [
        ("Action=CreateAccessKey&Action=CreateAccessKey&Version=2010-05-08", "iam"),
        ("Version=2010-05-08&UserName=eve", "iam"),
        ("Action=CreateSomeKey&Version=2010-05-08", "iam"),
        ("Action=AssumeSomeRole&Version=2011-06-15", "sts"),
    ],
)
def test_what_may_hand_out_is_refused_even_where_all_passes(body: str, service: str) -> None:
    world = World(LEARN)
    assert world.handle(call(body, service=service)).startswith("403 ")
    assert world.gone_on == []


def test_where_aws_is_not_reached_sdks_try_again() -> None:
    world = World()
    world.fails = UnreachedError("iam.amazonaws.com does not answer")
    told = world.handle(call(READ))
    assert told.startswith("503 ")
    assert "<Code>ServiceUnavailable</Code>" in told
    assert "the guard could not go on: iam.amazonaws.com does not answer" in told


def test_a_body_that_is_too_long_to_be_judged_is_refused() -> None:
    told = World().handle(call(READ, is_long=True))
    assert "the guard reads a body of up to 128 MiB to know what a call does" in told


def test_a_retry_is_the_same_call_and_nothing_else_is() -> None:
    world = World()
    hash_of_body = hashlib.sha256(b"").hexdigest()

    def put(path: str, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"https://bucket.s3.eu-west-1.amazonaws.com/{path}"
        named["x-amz-content-sha256"] = hash_of_body
        head = signed_by_botocore(STAND_IN, url, method="PUT", headers=named, service="s3")
        world.handle(Sent(head, b""))

    put("a", amz_sdk_request="attempt=1")
    put("a", amz_sdk_request="attempt=2")
    assert world.keys[0] == world.keys[1]
    put("a", x_amz_copy_source="/other/b")
    put("a", x_amz_copy_source="/other/c")
    put("b")
    put("a?tagging")
    assert len(set(world.keys)) == 5
    hash_of_body = "UNSIGNED-PAYLOAD"  # nobody knows whether the body is the same
    put("c", amz_sdk_request="attempt=1")
    put("c", amz_sdk_request="attempt=2")
    assert len(set(world.keys)) == 7


def test_what_an_assumed_role_does_is_asked_and_refused_as_that_roles() -> None:
    arn = "arn:aws:sts::222222222222:assumed-role/deploy/tf"
    world = World(said=NO)
    role = world.run.hand_out(bytes(range(1, 1 + RANDOMNESS)), REAL, arn)
    told = world.handle(call(WRITE, key=role))
    resource = "arn:aws:iam::222222222222:user/eve"
    assert f"User: {arn} is not authorized to perform: iam:DeleteUser on resource: {resource}" in told
    world.handle(call(WRITE))
    assert world.asked == ["iam:DeleteUser on user/eve"] * 2
    assert world.where == ["role deploy (222222222222), by prod", "prod (111122223333)"]
    assert world.noted == [("iam:DeleteUser", resource, NO), ("iam:DeleteUser", "user/eve", NO)]
    assert len(set(world.keys)) == 2


def test_an_allow_for_the_sessions_account_is_none_for_the_roles() -> None:
    statement = {"Effect": "Allow", "Action": "iam:DeleteUser", "Resource": EVE}
    law = Rules(READ_ONLY, allows=(Document("own.json", {"Statement": [statement]}),))
    world = World(law)
    role = world.run.hand_out(
        bytes(range(1, 1 + RANDOMNESS)), REAL, "arn:aws:sts::222222222222:assumed-role/deploy/tf"
    )
    assert world.handle(call(WRITE)) == "200 done"
    assert world.handle(call(WRITE, key=role)).startswith("403 ")
    assert world.gone_on == ["DeleteUser"]
