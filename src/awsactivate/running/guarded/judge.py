"""One call's way: whose it is, what it is, what rules and person say, and on to AWS or back with a no."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from awsactivate.errors import AwsactivateError
from awsactivate.frozen import replace
from awsactivate.guard import (
    by_name,
    claims,
    handing_out,
    naming,
    proof,
    refusals,
    rules,
    stand_ins,
    unnamed,
    words,
)
from awsactivate.guard.addressed import UnaddressedError
from awsactivate.guard.call import Answer, Asked, Head, Named
from awsactivate.guard.claims import Claim, UnacceptableError
from awsactivate.guard.command_identity import CommandIdentity
from awsactivate.guard.consents import NO
from awsactivate.guard.rules import Ruling, Verdict
from awsactivate.guard.spent_signatures import SpentSignatures
from awsactivate.running.guarded import questions
from awsactivate.running.guarded.exchange import Exchange, TooLongError
from awsactivate.running.guarded.onward import Onward, Way
from awsactivate.running.guarded.upstream import UnreachedError

_MOST = 128 * 1024 * 1024  # bytes of a body that must be read to know what the call is
# What differs between a call and its retry: of a link, and of the headers.
_OF_SIGNATURE = ("x-amz-date=", "x-amz-signature=", "x-amz-credential=", "x-amz-security-token=")
_OF_ATTEMPT = frozenset(
    {"authorization", "x-amz-date", "date", "amz-sdk-request", "x-amzn-trace-id", "connection", "expect"}
    | {"user-agent", "x-amz-user-agent"}  # which may say how often it was tried
)
_WHY = {
    NO: "because the person at the terminal said no",
    questions.INTERRUPTED: "because the person at the terminal interrupted the question",
    questions.TOO_LATE: f"because nobody answered within {questions.SECONDS:.0f} s",
    questions.NOBODY: "because there is no terminal on which the person could be asked",
}
_BY_ANOTHER = (questions.TOO_LATE, questions.NOBODY)


class Stopped(Exception):  # noqa: N818  (a no is no error of anybody's)
    """A call that goes no further."""

    def __init__(self, reason: str, asked: tuple[Asked, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked
        """What of the call is refused; () is all of it."""


class Judge:
    """Judges each call of one run of COMMAND; `handle` may be in many threads at once.

    `asked` gets what a run wants of AWS, in the order of its calls; `note` is told each action,
    its resource, and the person's answer.
    """

    def __init__(
        self,
        identity: CommandIdentity,
        keys: stand_ins.StandIns,
        law: rules.Rules,
        knowledge: naming.Knowledge,
        asking: questions.Questions,
        onward: Onward,
        *,
        clock: Callable[[], float],
        note: Callable[[str, str, str], None],
    ) -> None:
        self._identity = identity
        self._keys = keys
        self._law = law
        self._knowledge = knowledge
        self._asking = asking
        self._onward = onward
        self._clock = clock
        self._note = note
        self._spent = SpentSignatures()
        self._lock = threading.Lock()
        self._wanted: dict[Asked, None] = {}
        self._refused: dict[Asked, None] = {}

    @property
    def wanted(self) -> tuple[Asked, ...]:
        """All that COMMAND wanted of AWS so far and got, each once."""
        with self._lock:
            return tuple(self._wanted)

    @property
    def refused(self) -> tuple[Asked, ...]:
        """All that COMMAND wanted and did not get, each once."""
        with self._lock:
            return tuple(one for one in self._refused if one not in self._wanted)

    def handle(self, exchange: Exchange) -> None:
        """Answer a call."""
        head = exchange.head
        named = unnamed.seen(head)
        whose = self._identity
        try:
            claim = claims.read(head)
            proof.stand_in(claim, self._keys)  # nobody else has his body read
            body = self._read_body(exchange, claim)
            proved = proof.prove(head, claim, self._keys, self._clock(), body)
            whose = self._identity.with_role(proved.stand_in.arn)
            named = self._name(head, body, claim, whose)
            way, named = self._find_way(exchange, named, claim, body, whose)
            self._judge(exchange, named, claim, body, way.region, whose)
            self._onward.send(exchange, way, proved, body)
        except Stopped as error:
            of_it = replace(named, asked=error.asked or named.asked)
            with self._lock:
                self._refused.update(dict.fromkeys(of_it.asked))
            message = refusals.sentence(of_it, whose.who, error.reason)
            exchange.answer(self._refusal(head, named, message))
        except TooLongError:
            message = f"the guard reads a body of up to {_MOST >> 20} MiB to know what a call does"
            exchange.answer(self._refusal(head, named, message))
        except (UnacceptableError, UnreachedError, UnaddressedError, AwsactivateError) as error:
            if exchange.is_answered:
                raise  # the connection breaks off then, which says that it was not all
            exchange.answer(self._refusal(head, named, error))

    def _read_body(self, exchange: Exchange, claim: Claim) -> bytes | None:
        if claim.needs_body or naming.needs_body(exchange.head, claim.scope.service):
            return exchange.read_body(_MOST)
        return None

    def _name(self, head: Head, body: bytes | None, claim: Claim, whose: CommandIdentity) -> Named:
        signed = naming.SignedFor(claim.scope.service, claim.scope.region, whose.account)
        return naming.name(head, body or b"", signed, self._knowledge)

    def _find_way(
        self, exchange: Exchange, named: Named, claim: Claim, body: bytes | None, whose: CommandIdentity
    ) -> tuple[Way, Named]:
        """Say where a call goes, and what it is there; Stopped where that is another call than was named."""
        way = self._onward.find_way(exchange.head, named, claim.scope, is_by_endpoint=exchange.is_by_endpoint)
        here = naming.SignedFor(way.service, claim.scope.region, whose.account)
        for head in way.seen:
            if body is None and naming.needs_body(head, way.service):
                body = exchange.read_body(_MOST)
            if naming.name(head, body or b"", here, self._knowledge) != named:
                raise Stopped("because it would be another call where it goes")
        if way.region != claim.scope.region:  # where a service is of one region, its resources are too
            there = naming.SignedFor(way.service, way.region, whose.account)
            named = naming.name(way.seen[0], body or b"", there, self._knowledge)
        return way, named

    def _judge(
        self,
        exchange: Exchange,
        named: Named,
        claim: Claim,
        body: bytes | None,
        region: str,
        whose: CommandIdentity,
    ) -> None:
        """Return where the call may go on; raise Stopped where not."""
        at = datetime.fromtimestamp(self._clock(), UTC)
        context = whose.context(region, at)
        ruling = rules.judge(named, self._law, context)
        if ruling.verdict is Verdict.REFUSE:
            raise Stopped(ruling.reason, ruling.asked)
        if named.hands_out and not named.known:
            raise Stopped("because the guard does not know it, and its service hands out credentials")
        made_here = handing_out.is_made_here(claim.scope.service, named.operation)
        if named.hands_out and not (made_here or by_name.allows(named.asked, self._law.allows, context)):
            raise Stopped("because its answer holds credentials, and no --allow calls it by its name")
        if any(one.writes for one in named.asked) and not self._spent.counts(
            claim.signature, self._clock(), claim.until
        ):
            raise Stopped("because a signature counts once, and this one has counted")
        if ruling.verdict is Verdict.ASK:
            self._ask(ruling, exchange.head, claim, body, region, whose)
            if exchange.has_hung_up():  # its retry, which joined the question, goes on in its place
                raise Stopped("because who called has hung up")
        with self._lock:
            self._wanted.update(dict.fromkeys(named.asked))

    def _ask(
        self,
        ruling: Ruling,
        head: Head,
        claim: Claim,
        body: bytes | None,
        region: str,
        whose: CommandIdentity,
    ) -> None:
        place = words.Place(whose.account, whose.region, region)
        shown = words.of_asked(ruling.asked, place)
        details = words.details(ruling.asked, place)
        key = claim.access_key_id, _key(head, claim, ruling.asked, body)
        answer = self._asking.ask(key, ruling.asked, shown, whose.where, details)
        # of another account than the session's, a resource stands there with it
        place = replace(place, account=self._identity.account)
        for action, resource in words.by_action(ruling.asked, place).items():
            self._note(action, resource, answer)
        if not questions.allows(answer):
            # COMMAND may tell the person, whose screen has wiped off what was said at the start
            by = (
                f": awsactivate guard attach {os.getpid()}, in a second terminal"
                if answer in _BY_ANOTHER
                else ""
            )
            raise Stopped(f"{_WHY[answer]}{by}", ruling.asked)

    def _refusal(self, head: Head, named: Named, reason: str | Exception) -> Answer:
        told = refusals.unavailable if isinstance(reason, UnreachedError) else refusals.denied
        message = reason if isinstance(reason, str) else _message(reason)
        return told(head, named, message, str(uuid.uuid4()))


def _message(error: Exception) -> str:
    if isinstance(error, UnacceptableError):
        return f"{error.code}: {error.message}"
    return f"the guard could not go on: {error}"


def _key(head: Head, claim: Claim, asked: tuple[Asked, ...], body: bytes | None) -> object:
    """Return what is the same for a call and a retry of it, which is signed anew, and for no other call."""
    if body is None and not claim.names_hash:
        return object()  # two with the same head may have two bodies
    digest = None if body is None else hashlib.sha256(body).hexdigest()
    query = tuple(pair for pair in head.query.split("&") if not pair.lower().startswith(_OF_SIGNATURE))
    headers = tuple((name, value) for name, value in head.headers if name.lower() not in _OF_ATTEMPT)
    return head.method, head.host, head.path, query, headers, asked, digest
