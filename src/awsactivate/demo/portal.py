"""The single sign-on portal: role credentials for the bearer of a token."""

from __future__ import annotations

from urllib.parse import parse_qs

from awsactivate.demo import backends
from awsactivate.demo.answers import Answer, json_answer
from awsactivate.demo.calls import WireRequest
from awsactivate.demo.state import SeenRequest, State
from awsactivate.demo.sts import portal_session

PATH = "/federation/credentials"
BEARER_HEADER = "x-amz-sso_bearer_token"
# WSGI tells no underscore from a dash
_BEARER_HEADER_READ = BEARER_HEADER.replace("_", "-")

_SECONDS = 3600


def get_role_credentials(wire: WireRequest, state: State) -> Answer:
    """Answer the one operation that botocore's cached tokens need.

    https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
    """
    state.requests.append(SeenRequest("sso", "GetRoleCredentials", None))
    now = state.clock.now()
    access = state.portal.get(wire.headers.get(_BEARER_HEADER_READ, ""))
    if access is None or now > access.expires_at:
        return _refused(401, "UnauthorizedException", "Session token not found or invalid")
    query = {name: values[0] for name, values in parse_qs(wire.query).items()}
    role = backends.role_at(access.role_arn)
    if role is None or (query.get("account_id"), query.get("role_name")) != (
        access.account_id,
        access.role_name,
    ):
        return _refused(403, "ForbiddenException", "No access")
    key = state.issue(portal_session(role, access.session_name, now), _SECONDS)
    credentials = {
        "accessKeyId": key.access_key_id,
        "secretAccessKey": key.secret,
        "sessionToken": key.session_token,
        "expiration": int((key.expires_at or 0) * 1000),
    }
    return json_answer({"roleCredentials": credentials})


def _refused(status: int, code: str, message: str) -> Answer:
    return json_answer({"message": message, "__type": code}, status, [("x-amzn-errortype", code)])
