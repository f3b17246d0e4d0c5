"""STS: the credentials that it issues, on its conditions.

https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from awsactivate.demo import backends, scoped_credentials, session_policies
from awsactivate.demo.authorize import caller_policies
from awsactivate.demo.calls import Call
from awsactivate.demo.context import context_of
from awsactivate.demo.evaluator import Names, Policies, Question, decide
from awsactivate.demo.principals import Key, Principal, new_access_key_id
from awsactivate.demo.refusals import Refusal, access_denied, not_authorized, validation_error, wrong_token
from awsactivate.demo.state import State, WebIdentity
from awsactivate.sessions import limits

Result = dict[str, Any]

_CHAINED_SECONDS = 3600


def refuse_session_credentials(call: Call, principal: Principal) -> None:
    """Refuse what AWS takes from nobody with credentials of this kind."""
    if call.operation == "GetScopedCredentials":
        scoped_credentials.refuse_caller(call, principal)
    if not principal.is_temporary:
        return
    if call.service == "iam" and principal.type != "AssumedRole" and principal.mfa_at is None:
        raise wrong_token("iam")
    if call.service != "sts" or call.operation in ("GetCallerIdentity", "GetAccessKeyInfo"):
        return
    may_assume = call.operation == "AssumeRole" and principal.type != "FederatedUser"
    if not may_assume and call.operation != "GetScopedCredentials":
        raise access_denied("sts", f"Cannot call {call.operation} with session credentials")


def get_caller_identity(_call: Call, principal: Principal, _state: State) -> Result:
    """Say who signed."""
    return {"UserId": principal.user_id, "Account": principal.account_id, "Arn": principal.arn}


def get_access_key_info(call: Call, _principal: Principal, state: State) -> Result:
    """Name the account of an access key."""
    key = state.find_key(call.parameters["AccessKeyId"])
    if key is None:
        raise wrong_token("sts")
    return {"Account": key.principal.account_id}


def get_session_token(call: Call, principal: Principal, state: State) -> Result:
    """Issue a user's own permissions for a time, with the MFA code that came along."""
    now = state.clock.now()
    session = Principal(
        "User",
        principal.account_id,
        principal.arn,
        principal.user_id,
        new_access_key_id(principal.account_id),
        user_name=principal.user_name,
        issued_at=now,
        mfa_at=_mfa_at(call, principal, state),
    )
    return session_policies.issued(_issue(state, session, limits.LONGEST_ROLE_SESSION, call.parameters))


def get_federation_token(call: Call, principal: Principal, state: State) -> Result:
    """Issue what both the user's policies and the given ones allow."""
    parameters = call.parameters
    name = parameters["Name"]
    identity = f"{principal.account_id}:{name}"
    federated = Principal(
        "FederatedUser",
        principal.account_id,
        f"arn:aws:sts::{principal.account_id}:federated-user/{name}",
        identity,
        new_access_key_id(principal.account_id),
        user_name=principal.user_name,
        issued_at=state.clock.now(),
        # without policies of its own a federated user has no permission at all
        session_layers=session_policies.layer_of(parameters, principal.account_id) or ((),),
        packed_bytes=session_policies.packed(parameters),
    )
    answer = session_policies.issued(_issue(state, federated, limits.LONGEST_ROLE_SESSION, parameters))
    return {
        **answer,
        "PackedPolicySize": answer["SessionTokenUtilization"],
        "FederatedUser": {"FederatedUserId": identity, "Arn": federated.arn},
    }


def assume_role(call: Call, principal: Principal, state: State) -> Result:
    """Issue a role's session to a caller that the role trusts and that may assume it."""
    parameters, now = call.parameters, state.clock.now()
    role_arn = parameters["RoleArn"]
    mfa_at = _mfa_at(call, principal, state)
    role = backends.role_at(role_arn)
    if role is None:
        raise not_authorized("sts", principal.arn, "sts:AssumeRole", role_arn, "")
    requested, inherited = _session_tags(parameters), _transitive_tags(principal)
    if set(requested) & set(inherited):
        message = (
            "One of the specified tag keys conflicts with a transitive tag key from the calling session."
        )
        raise Refusal("InvalidParameterValue", message)
    source_identity = parameters.get("SourceIdentity") or principal.source_identity
    actions = ["sts:AssumeRole"]
    actions += ["sts:TagSession"] if requested or inherited else []
    actions += ["sts:SetSourceIdentity"] if source_identity else []
    if principal.source_identity not in (None, source_identity):
        raise not_authorized("sts", principal.arn, "sts:SetSourceIdentity", role_arn, "")
    context = context_of(
        call,
        principal,
        now=now,
        secure_transport=state.secure_transport,
        principal_tags=backends.principal_tags(principal),
        mfa_at=mfa_at,
    )
    if source_identity:
        context = {**context, "sts:sourceidentity": source_identity}
    policies = caller_policies(
        principal,
        resource=json.loads(role.assume_role_policy_document),
        resource_must_allow=True,
        cross_account=role.account_id != principal.account_id,
    )
    for action in actions:
        decision = decide(Question(action, role_arn, context), policies, principal.names)
        if not decision.allowed:
            raise not_authorized("sts", principal.arn, action, role_arn, decision.reason)
    seconds = _allowed_seconds(parameters, role, chained=principal.role_arn is not None)
    wanted = frozenset(key.lower() for key in parameters.get("TransitiveTagKeys", ()))
    session = _role_session(
        role,
        parameters["RoleSessionName"],
        now,
        session_tags=requested | inherited,
        transitive_keys=wanted | frozenset(inherited),
        source_identity=source_identity,
        session_layers=session_policies.layer_of(parameters, role.account_id),
        packed_bytes=session_policies.packed(parameters),
    )
    answer = _assumed(_issue(state, session, seconds, parameters))
    return answer | ({"SourceIdentity": source_identity} if source_identity else {})


def assume_role_with_web_identity(call: Call, _principal: None, state: State) -> Result:
    """Issue a role's session to the bearer of a token that a trusted provider made."""
    parameters, now = call.parameters, state.clock.now()
    action, role_arn = "sts:AssumeRoleWithWebIdentity", parameters["RoleArn"]
    identity = state.web_identities.get(parameters["WebIdentityToken"])
    if identity is None:
        raise Refusal(
            "InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider"
        )
    if now > identity.expires_at:
        raise Refusal(
            "ExpiredTokenException", "Token expired: current date/time must be before its expiration"
        )
    role = backends.role_at(role_arn)
    if role is None or not _trusts(role, action, identity, call, state):
        raise access_denied("sts", f"Not authorized to perform {action}")
    session = _role_session(
        role,
        parameters["RoleSessionName"],
        now,
        session_layers=session_policies.layer_of(parameters, role.account_id),
        packed_bytes=session_policies.packed(parameters),
    )
    seconds = _allowed_seconds(parameters, role, chained=False)
    answer = _assumed(_issue(state, session, seconds, parameters))
    return answer | {
        "SubjectFromWebIdentityToken": identity.subject,
        "Audience": identity.audience,
        "Provider": _provider_arn(role.account_id, identity),
    }


SIGNED: dict[str, Callable[[Call, Principal, State], Result]] = {
    "AssumeRole": assume_role,
    "GetAccessKeyInfo": get_access_key_info,
    "GetCallerIdentity": get_caller_identity,
    "GetFederationToken": get_federation_token,
    "GetScopedCredentials": scoped_credentials.get_scoped_credentials,
    "GetSessionToken": get_session_token,
}


def portal_session(role: Any, session_name: str, now: float) -> Principal:
    """Make the session that single sign-on gives."""
    return _role_session(role, session_name, now)


def _mfa_at(call: Call, principal: Principal, state: State) -> float | None:
    """Check the MFA code that came with the call; without one, what stands behind the credentials counts."""
    serial, code = call.parameters.get("SerialNumber"), call.parameters.get("TokenCode")
    if serial is None and code is None:
        return principal.mfa_at
    if serial is None or code is None:
        message = "must provide both MFA serial number and one time pass code."
        raise access_denied("sts", f"MultiFactorAuthentication failed, {message}")
    seed = backends.device_seed(principal, serial)
    if seed is None:
        message = "unable to validate MFA code.  Please verify your MFA serial number is valid and associated"
        raise access_denied("sts", f"MultiFactorAuthentication failed, {message} with this user.")
    if not state.devices.take(seed, code):
        raise access_denied("sts", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    return state.clock.now()


def _session_tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag in parameters.get("Tags", ()):
        key = tag["Key"].lower()
        if key in tags:
            message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            raise Refusal("InvalidParameterValue", message)
        tags[key] = tag["Value"]
    return tags


def _transitive_tags(principal: Principal) -> dict[str, str]:
    return {key: value for key, value in principal.session_tags.items() if key in principal.transitive_keys}


def _allowed_seconds(parameters: Mapping[str, Any], role: Any, *, chained: bool) -> int:
    seconds = int(parameters.get("DurationSeconds", _CHAINED_SECONDS))
    if chained and seconds > _CHAINED_SECONDS:
        message = "exceeds the 1 hour session limit for roles assumed by role chaining"
        raise validation_error(f"The requested DurationSeconds {message}")
    if seconds > int(role.max_session_duration or _CHAINED_SECONDS):
        raise validation_error(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return seconds


def _role_session(role: Any, name: str, now: float, **rest: Any) -> Principal:
    return Principal(
        "AssumedRole",
        role.account_id,
        f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{name}",
        f"{role.id}:{name}",
        new_access_key_id(role.account_id),
        role_arn=role.arn,
        issued_at=now,
        **rest,
    )


def _issue(state: State, session: Principal, seconds: int, parameters: Mapping[str, Any]) -> Key:
    """Issue a session's credentials for as long as was asked for, or for `seconds`."""
    session_policies.check_token(session.packed_bytes)
    asked = int(parameters.get("DurationSeconds", seconds))
    return state.issue(session, asked, session_policies.least_size(parameters))


def _assumed(key: Key) -> Result:
    session = key.principal
    issued = session_policies.issued(key)
    return {
        **issued,
        "PackedPolicySize": issued["SessionTokenUtilization"],
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
    }


def _trusts(role: Any, action: str, identity: WebIdentity, call: Call, state: State) -> bool:
    context = context_of(
        call, None, now=state.clock.now(), secure_transport=state.secure_transport, principal_tags={}
    )
    claims = {f"{identity.provider}:aud": identity.audience, f"{identity.provider}:sub": identity.subject}
    trust = Policies(resource=json.loads(role.assume_role_policy_document), resource_must_allow=True)
    names = Names(frozenset({"*", _provider_arn(role.account_id, identity)}))
    return decide(Question(action, role.arn, {**context, **claims}), trust, names).allowed


def _provider_arn(account_id: str, identity: WebIdentity) -> str:
    return f"arn:aws:iam::{account_id}:oidc-provider/{identity.provider}"
