"""The gate before moto: every request is authenticated and authorised here, or goes no further."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from moto.core.exceptions import ServiceException

from awsactivate.demo import (
    answers,
    aws_login,
    constraints,
    iam,
    login_pages,
    oidc,
    portal,
    sign_in_pages,
    signin,
    sts,
)
from awsactivate.demo import refusals as refuse
from awsactivate.demo.answers import Answer
from awsactivate.demo.authorize import authorize
from awsactivate.demo.calls import Call, WireRequest, environ_of, read_call, wire_request
from awsactivate.demo.principals import Principal
from awsactivate.demo.refusals import Refusal
from awsactivate.demo.signature import Claim, claim_of, is_signed_with
from awsactivate.demo.state import SeenRequest, State

_WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

CLOCK_PATH = "/awsactivate-demo/clock"
# moto answers these without asking whose they are
_MOTOS_OWN_PATHS = ("/moto-api", "/latest/meta-data/", "/latest/api/", "/favicon.ico")


class Gate:
    """A WSGI application that lets allowed requests through to another."""

    def __init__(self, application: _WsgiApp, state: State) -> None:
        self._application = application
        self._state = state

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, as WSGI has it."""
        wire = wire_request(environ)
        try:
            answered = self._answer(wire)
        except Exception:
            # a fault of this program's, which its caller sees as AWS's
            traceback.print_exc(file=sys.stderr)
            answered = answers.refused(wire.service, Refusal("InternalFailure", "see the demo's stderr", 500))
        # the server writes the date, by our clock
        headers = [(name, value) for name, value in answered.headers if name.lower() != "date"]
        if not any(name.lower() == "content-length" for name, _ in headers):
            headers.append(("Content-Length", str(len(answered.body))))
        start_response(answered.status, headers)
        return [answered.body]

    def _answer(self, wire: WireRequest) -> Answer:
        if wire.path == CLOCK_PATH:
            return _move_clock(wire, self._state)
        if wire.path == signin.PATH:
            with self._state.lock:
                return signin.federation(wire, self._state)
        if wire.path == aws_login.TOKEN_PATH and wire.method == "POST":
            with self._state.lock:
                return aws_login.create_token(wire, self._state)
        for own in (portal.answer, oidc.answer, sign_in_pages.answer, login_pages.answer):
            with self._state.lock:
                if (answered := own(wire, self._state)) is not None:
                    return answered
        service = wire.service
        try:
            if wire.path.startswith(_MOTOS_OWN_PATHS):
                raise refuse.access_denied(service, "Access Denied")
            claim = _claim(wire)
            service = claim.service if claim else service
            call = read_call(wire, service, claim.region if claim else "us-east-1")
            self._state.requests.append(
                SeenRequest(service, call.operation, claim.access_key_id if claim else None)
            )
            self._suffer(call.operation)
            with self._state.lock:
                return self._judge(wire, call, claim)
        except Refusal as refusal:
            return answers.refused(service, refusal, head=wire.method == "HEAD")
        except ServiceException as error:  # of moto's parts that are used here
            return answers.refused(service, Refusal(error.code, error.message))

    def _suffer(self, operation: str) -> None:
        fault = self._state.take_fault(operation)
        if fault is not None:
            time.sleep(fault.delay)
            if fault.refusal is not None:
                raise fault.refusal

    def _judge(self, wire: WireRequest, call: Call, claim: Claim | None) -> Answer:
        if claim is None:
            return self._judge_unsigned(wire, call)
        principal = _authenticated(wire, claim, self._state)
        sts.refuse_session_credentials(call, principal)
        added = {}
        if call.service == "iam" and (name := iam.default_user_name(call, principal)):
            added = {"UserName": name}
            call = Call(call.service, call.operation, {**call.parameters, **added}, call.region, call.headers)
        if call.service in ("iam", "sts"):
            constraints.check(call)
        if call.service == "sts":
            return self._sts(call, principal)
        authorize(call, principal, self._state.circumstances)
        if call.service == "signin":
            handler = aws_login.SIGNED.get(call.operation)
            if handler is None:
                raise Refusal("InvalidAction", f"this AWS has no {call.operation}", 400)
            return answers.result(call, handler(call, principal, self._state))
        if call.service == "iam":
            iam.check(call, principal, self._state)
            if call.operation in iam.ANSWERED_HERE:
                return answers.result(call, {})
            if call.operation == "GetMFADevice":
                return answers.result(call, iam.get_mfa_device(call, principal))
        return self._forward(wire, call, principal.account_id, added)

    def _judge_unsigned(self, wire: WireRequest, call: Call) -> Answer:
        if call.operation == "AssumeRoleWithWebIdentity":
            constraints.check(call)
            return answers.result(call, sts.assume_role_with_web_identity(call, None, self._state))
        if call.service != "s3":
            raise refuse.unsigned(call.service)
        authorize(call, None, self._state.circumstances)
        return self._forward(wire, call, "000000000000", {})

    def _sts(self, call: Call, principal: Principal) -> Answer:
        handler = sts.SIGNED.get(call.operation)
        if handler is None:
            raise Refusal("InvalidAction", f"this AWS has no {call.operation}", 400)
        if call.operation != "AssumeRole":  # which weighs the role's trust as well
            authorize(call, principal, self._state.circumstances)
        return answers.result(call, handler(call, principal, self._state))

    def _forward(self, wire: WireRequest, call: Call, account_id: str, added: Mapping[str, str]) -> Answer:
        """Hand an allowed request to moto, which is told the account and asks no more."""
        more = f"&{urlencode(added)}".encode() if added else b""
        environ = environ_of(wire, {"HTTP_X_MOTO_ACCOUNT_ID": account_id}, more)
        started: list[tuple[str, list[tuple[str, str]]]] = []
        try:
            chunks = self._application(environ, lambda status, headers, *_: started.append((status, headers)))
            body = b"".join(chunks)
        except NotImplementedError as error:
            raise Refusal("NotImplemented", f"this AWS has no {call.operation}", 501) from error
        status, headers = started[-1]
        if call.operation == "ListVirtualMFADevices":
            body = iam.without_seeds(body)
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return Answer(status, tuple(headers), body)


def _claim(wire: WireRequest) -> Claim | None:
    try:
        return claim_of(wire)
    except (ValueError, KeyError) as error:
        message = "Authorization header requires an intelligible credential, signature and date."
        raise Refusal("IncompleteSignature", message, 400) from error


def _authenticated(wire: WireRequest, claim: Claim, state: State) -> Principal:
    now, service = state.clock.now(), claim.service
    key = state.find_key(claim.access_key_id)
    if key is None:
        raise refuse.unknown_key(service)
    if key.session_token != claim.session_token:
        raise refuse.wrong_token(service)
    if key.expires_at is not None and now >= key.expires_at:
        raise refuse.expired_token(service)
    if claim.lasts is None:
        late = refuse.skewed(service, claim.signed_at, state.clock.now_for_signatures())
        if late is not None:
            raise late
    elif not claim.signed_at - 300 <= now <= claim.signed_at + claim.lasts:
        raise refuse.access_denied(service, "Request has expired")
    if not is_signed_with(key.secret, wire, claim):
        raise refuse.wrong_signature(service)
    return key.principal


def _move_clock(wire: WireRequest, state: State) -> Answer:
    """Move the clock for a test in another process."""
    if wire.method == "POST":
        order = json.loads(wire.body)
        if "skew" in order:
            state.clock.set_skew(float(order["skew"]))
        state.clock.advance(float(order.get("advance", 0)))
    return answers.json_answer({"now": state.clock.now()})
