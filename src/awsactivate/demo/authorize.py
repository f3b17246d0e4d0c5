"""Whether a call is allowed, by all policies that have a say in it.

Policies of IAM's users, groups and roles, permissions boundaries of roles, session policies, buckets'
policies and roles' trust policies are read anew for each call. KMS's key policies, SSM's use of KMS on the
caller's behalf, boundaries of users and Organizations are not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass

from awsactivate.account.conditions import Context
from awsactivate.demo import backends
from awsactivate.demo.calls import Call
from awsactivate.demo.context import context_of
from awsactivate.demo.evaluator import Decision, Document, Names, Policies, Question, decide
from awsactivate.demo.principals import Principal
from awsactivate.demo.refusals import Refusal, access_denied, not_authorized
from awsactivate.demo.targets import Target, targets

_ANYBODY = Names(frozenset({"*"}))
# asked with whatever credentials, these are answered
_NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}
# allowed unless a policy says no
_ALLOWED_UNLESS_DENIED = {"sts:GetSessionToken", "sts:GetAccessKeyInfo"}


@dataclass(frozen=True)
class Circumstances:
    """What a decision depends on besides the call and the caller."""

    now: float
    secure_transport: bool = True


def authorize(call: Call, principal: Principal | None, circumstances: Circumstances) -> None:
    """Let an allowed call pass; refuse any other."""
    tags = backends.principal_tags(principal) if principal else {}
    context = context_of(
        call,
        principal,
        now=circumstances.now,
        secure_transport=circumstances.secure_transport,
        principal_tags=tags,
    )
    for target in targets(call, principal):
        if target.action in _NEEDS_NO_PERMISSION:
            continue
        decision = _decided(call, principal, target, {**context, **_resource_tags(call, principal)})
        if not decision.allowed:
            raise refusal_of(call, principal, target, decision)


def refusal_of(call: Call, principal: Principal | None, target: Target, decision: Decision) -> Refusal:
    """Word a refusal; nobody is not told why."""
    if principal is None:
        return access_denied(call.service, "Access Denied")
    return not_authorized(call.service, principal.arn, target.action, target.named, decision.reason)


def caller_policies(
    principal: Principal,
    *,
    resource: Document | None = None,
    resource_must_allow: bool = False,
    cross_account: bool = False,
) -> Policies:
    """Gather the policies that limit a caller, beside the one of the resource."""
    return Policies(
        identity=backends.identity_documents(principal),
        resource=resource,
        boundary=backends.boundary_documents(principal),
        sessions=principal.session_layers,
        resource_must_allow=resource_must_allow,
        cross_account=cross_account,
    )


def _decided(call: Call, principal: Principal | None, target: Target, context: Context) -> Decision:
    question = Question(target.action, target.resource, context)
    policy, cross_account = None, False
    if call.service == "s3" and target.resource.startswith("arn:aws:s3:::"):
        found = backends.bucket_policy(target.resource.removeprefix("arn:aws:s3:::").partition("/")[0])
        if found is not None:
            policy = found[1]
            if call.parameters.get("ExpectedBucketOwner", found[0]) != found[0]:
                return Decision(False)
            cross_account = principal is not None and found[0] != principal.account_id
    if principal is None:
        return decide(question, Policies(resource=policy), _ANYBODY)
    decision = decide(
        question, caller_policies(principal, resource=policy, cross_account=cross_account), principal.names
    )
    if target.action in _ALLOWED_UNLESS_DENIED and "explicit deny" not in decision.reason:
        return Decision(True)
    return decision


def _resource_tags(call: Call, principal: Principal | None) -> Context:
    """Read the tags of the role or user that IAM is asked about."""
    if call.service != "iam" or principal is None:
        return {}
    iam = backends.open_account(principal.account_id)
    holders = [role for role in iam.roles.values() if role.name == call.parameters.get("RoleName")]
    holders += [user for user in iam.users.values() if user.name == call.parameters.get("UserName")]
    return {
        f"{service}:resourcetag/{key}": value
        for holder in holders
        for key, value in backends.tags_of(holder).items()
        for service in ("aws", "iam")
    }
