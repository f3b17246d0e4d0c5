"""The single sign-on portal: lists and role credentials for the bearer of a token, and the sign-in's end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from awsactivate.demo import backends
from awsactivate.demo.answers import Answer, json_answer
from awsactivate.demo.calls import WireRequest
from awsactivate.demo.sign_on_state import PortalAccess
from awsactivate.demo.state import SeenRequest, State
from awsactivate.demo.sts import portal_session

BEARER_HEADER = "x-amz-sso_bearer_token"
# WSGI tells no underscore from a dash
_BEARER_HEADER_READ = BEARER_HEADER.replace("_", "-")

_SECONDS = 3600
_MOST_A_SECOND = 20  # lists; AWS tells no number, and people met about this one
_PAGE = 100


def answer(wire: WireRequest, state: State) -> Answer | None:
    """Answer a request to the portal; None where it is to another service.

    https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Operations.html
    """
    found = _OPERATIONS.get((wire.method, wire.path))
    if found is None or (BEARER_HEADER not in wire.headers and _BEARER_HEADER_READ not in wire.headers):
        return None
    name, act = found
    state.requests.append(SeenRequest("sso", name, None))
    fault = state.take_fault(name)
    if fault is not None:
        time.sleep(fault.delay)
        if fault.refusal is not None:
            return refused(fault.refusal.status, fault.refusal.code, fault.refusal.message)
    token = wire.headers.get(_BEARER_HEADER_READ, "")
    access = state.portal.get(token)
    if access is None or state.clock.now() > access.expires_at:
        return refused(401, "UnauthorizedException", "Session token not found or invalid")
    query = {name: values[0] for name, values in parse_qs(wire.query).items()}
    return act(query, access, token, state)


def _role_credentials(query: Mapping[str, str], access: PortalAccess, _token: str, state: State) -> Answer:
    wanted = (query.get("account_id"), query.get("role_name"))
    found = [one for one in access.assignments if (one.account_id, one.role_name) == wanted]
    role = backends.role_at(found[0].role_arn) if found else None
    if role is None:
        return refused(403, "ForbiddenException", "No access")
    key = state.issue(portal_session(role, access.session_name, state.clock.now()), _SECONDS)
    credentials = {
        "accessKeyId": key.access_key_id,
        "secretAccessKey": key.secret,
        "sessionToken": key.session_token,
        "expiration": int((key.expires_at or 0) * 1000),
    }
    return json_answer({"roleCredentials": credentials})


def _accounts(query: Mapping[str, str], access: PortalAccess, _token: str, state: State) -> Answer:
    names = {one.account_id: one.account_name for one in access.assignments}
    accounts = [
        {"accountId": number, "accountName": name, "emailAddress": f"{number}@example.com"}
        for number, name in names.items()
    ]
    return _page("accountList", accounts, query, state)


def _roles(query: Mapping[str, str], access: PortalAccess, _token: str, state: State) -> Answer:
    account = query.get("account_id")
    roles = [
        {"roleName": one.role_name, "accountId": one.account_id}
        for one in access.assignments
        if one.account_id == account
    ]
    if not roles:
        return refused(403, "ForbiddenException", "No access")
    return _page("roleList", roles, query, state)


def _log_out(_query: Mapping[str, str], access: PortalAccess, token: str, state: State) -> Answer:
    """End the sign-in, and all tokens that came of it."""
    gone = [
        name for name, one in state.portal.items() if one.sign_in == access.sign_in != "" or name == token
    ]
    for name in gone:
        del state.portal[name]
    refresh_tokens = state.sign_on.refresh_tokens
    for name in [name for name, one in refresh_tokens.items() if one.sign_in == access.sign_in]:
        del refresh_tokens[name]
    return json_answer({})


def _page(member: str, rows: list[dict[str, str]], query: Mapping[str, str], state: State) -> Answer:
    now = time.monotonic()
    recent = state.sign_on.listed = [at for at in state.sign_on.listed if now - at < 1]
    if len(recent) >= _MOST_A_SECOND:
        return refused(429, "TooManyRequestsException", "Rate exceeded")
    recent.append(now)
    begin, size = query.get("next_token", "0"), query.get("max_result", str(_PAGE))
    if not (begin.isdigit() and size.isdigit() and 1 <= int(size) <= _PAGE):
        return refused(400, "InvalidRequestException", "The next_token or max_result is invalid")
    end = int(begin) + int(size)
    following = {"nextToken": str(end)} if end < len(rows) else {}
    return json_answer({member: rows[int(begin) : end], **following})


def refused(status: int, code: str, message: str) -> Answer:
    """Answer as the portal refuses."""
    return json_answer({"message": message, "__type": code}, status, [("x-amzn-errortype", code)])


_OPERATIONS: dict[
    tuple[str, str], tuple[str, Callable[[Mapping[str, str], PortalAccess, str, State], Answer]]
] = {
    ("GET", "/federation/credentials"): ("GetRoleCredentials", _role_credentials),
    ("GET", "/assignment/accounts"): ("ListAccounts", _accounts),
    ("GET", "/assignment/roles"): ("ListAccountRoles", _roles),
    ("POST", "/logout"): ("Logout", _log_out),
}
