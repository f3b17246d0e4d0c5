"""STS's GetScopedCredentials: a narrower, shorter session out of a live one, under the same identity.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html

AWS's model does not say whether the caller needs the permission sts:GetScopedCredentials; here it does, so
that whoever relies on the call has to allow it. `aws:TokenIssueTime` is that of the narrower credentials:
what denies a session by its time must allow for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from awsactivate.demo import session_policies
from awsactivate.demo.calls import Call
from awsactivate.demo.principals import Principal, new_access_key_id
from awsactivate.demo.refusals import Refusal, access_denied, validation_error
from awsactivate.demo.state import State

_GLOBAL_HOSTS = ("sts.amazonaws.com", "sts.amazonaws.com:443")
_MOST_LAYERS = 3


def refuse_caller(call: Call, principal: Principal) -> None:
    """Refuse who may narrow nothing, before any policy is asked."""
    if call.headers.get("host") in _GLOBAL_HOSTS:
        message = "Could not find operation GetScopedCredentials for version 2011-06-15"
        raise Refusal("InvalidAction", message)
    if not principal.is_temporary:
        message = "The session used to call GetScopedCredentials is not a valid session."
        raise Refusal("InvalidSubjectCredentials", message)


def get_scoped_credentials(call: Call, principal: Principal, state: State) -> dict[str, Any]:
    """Issue what both the caller's session and the given policy allow."""
    parameters = call.parameters
    if parameters.get("Policy") is None and parameters.get("DurationSeconds") is None:
        raise validation_error("The request must provide at least one of Policy and DurationSeconds.")
    layer = session_policies.layer_of({"Policy": parameters.get("Policy")}, principal.account_id)
    scopes = principal.scopes + len(layer)
    if scopes > _MOST_LAYERS:
        message = f"A session can have at most {_MOST_LAYERS} scope-down policies."
        raise access_denied("sts", message)
    packed_bytes = principal.packed_bytes + session_policies.packed(parameters)
    session_policies.check_token(packed_bytes)
    narrower = replace(
        principal,
        access_key_id=new_access_key_id(principal.account_id),
        issued_at=state.clock.now(),
        session_layers=principal.session_layers + layer,
        scopes=scopes,
        packed_bytes=packed_bytes,
    )
    key = state.issue_until(
        narrower, _end(parameters, principal, state), session_policies.least_size(parameters)
    )
    state.descriptions.append(parameters.get("ScopedSessionDescription"))
    answer = {
        **session_policies.issued(key),
        "SessionInfo": {"ScopedSessionId": principal.user_id, "Arn": principal.arn},
        "ScopedPoliciesCount": scopes,
    }
    source = principal.source_identity
    return answer | ({"SourceIdentity": source} if source else {})


def _end(parameters: Mapping[str, Any], principal: Principal, state: State) -> float:
    """Find when the narrower session ends: never after the one that it comes from."""
    callers_end = state.keys[principal.access_key_id].expires_at or 0
    seconds = parameters.get("DurationSeconds")
    if seconds is None:
        return callers_end
    end = int(state.clock.now()) + int(seconds)
    if end > callers_end:
        message = "The requested DurationSeconds exceeds the remaining lifetime of the calling session."
        raise Refusal("InsufficientSessionLifetime", message)
    return end
