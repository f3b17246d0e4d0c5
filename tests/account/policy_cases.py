"""Who may do what under the secure account's documents: a table to hold any evaluator of IAM to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from awsactivate.account import policies
from awsactivate.revocation import ticket

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/terraform"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BUCKET = f"terraform-{ACCOUNT}-eu-west-1-state"
ROLE_ID = "AROAEXAMPLEROLE000001"

ALLOWED, EXPLICIT, IMPLICIT = "Allowed", "ExplicitlyDenied", "ImplicitlyDenied"

_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_TRUST = policies.trust_policy(ACCOUNT)
_PLAIN_TRUST = policies.trust_policy(ACCOUNT, plain_session_names=True)
_GROUP = policies.group_policy(ROLE)
_LAX_GROUP = policies.group_policy(ROLE, revoke_without_mfa=True)
_REVOCATION = policies.revocation_policy(ROLE, ["alice", "bob"])
_PLAIN_REVOCATION = policies.revocation_policy(ROLE, ["alice", "bob"], plain_session_names=True)
_BUCKET_POLICY = policies.bucket_policy(f"arn:aws:s3:::{BUCKET}", ROLE)
_MFA = {"aws:MultiFactorAuthPresent": "true"}
# what alice may write into her own tag, to reach bob by it
HOSTILE = (
    f"-{ROLE_ID}:bob=k3v9q2m7xd/",
    "ALL/t1/",
    "ALL",
    "-",
    "-*/",
    "/",
    f"-{ROLE_ID}:bob=",
    "x" * 256,
)


@dataclass(frozen=True)
class Case:
    """One request, the policies that have a say in it, and the answer."""

    says: str
    principal: str
    action: str
    resource: str
    expected: str
    identity: Sequence[policies.Document]
    context: Mapping[str, Any] = field(default_factory=dict)
    resource_policy: policies.Document | None = None
    is_trust: bool = False  # a role's trust or a key's policy, without which nobody of the account may
    layers: Sequence[policies.Document] = ()  # session policies, each of which must allow

    def __str__(self) -> str:
        return self.says


def cases() -> list[Case]:
    """Gather the table."""
    return [
        *_assuming(),
        *_writing_tags(),
        *_own_keys(),
        *_tickets(),
        *_sessions(),
        *_narrowed_sessions(),
        *_admin_denials(),
        *_buckets(),
        *_secrets_key(),
        *_shards(),
    ]


def _user(says: str, user: str, action: str, resource: str, expected: str, **more: Any) -> Case:
    identity = more.pop("identity", [_GROUP])
    context = {"aws:username": user, "aws:userid": f"AIDA{user.upper()}", **more.pop("context", {})}
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user}"
    return Case(says, arn, action, resource, expected, identity, context, **more)


def _assume(says: str, name: str | None, expected: str, user: str = "alice", **more: Any) -> Case:
    context = {**({"sts:RoleSessionName": name} if name else {}), **more.pop("context", _MFA)}
    policy = more.pop("trust", _TRUST)
    action = more.pop("action", "sts:AssumeRole")
    return _user(
        says, user, action, ROLE, expected, context=context, resource_policy=policy, is_trust=True, **more
    )


def _assuming() -> list[Case]:
    own = "alice=k3v9q2m7xd"
    others = [
        "bob=k3v9q2m7xd",
        "alice",
        "bob",
        "alice=",
        "alice=k3v9q2m7x",
        "alice=k3v9q2m7xdd",
        "Alice=k3v9q2m7xd",
    ]
    others += ["xalice=k3v9q2m7xd", "alice=k3v9q2m7xd=", "botocore-session-1764000000"]
    tag = {"aws:TagKeys": ["awsactivate-revoked-alice"], "aws:RequestTag/awsactivate-revoked-alice": ""}
    return [
        _assume("alice assumes with MFA under her own name", own, ALLOWED),
        _assume("alice assumes with a long-term key, where the MFA key is absent", own, IMPLICIT, context={}),
        _assume(
            "alice assumes with MFA said to be absent",
            own,
            IMPLICIT,
            context={"aws:MultiFactorAuthPresent": "false"},
        ),
        *(_assume(f"alice assumes as {name}", name, IMPLICIT) for name in others),
        _assume("alice assumes without any name", None, IMPLICIT),
        _assume("al can't call himself alice", own, IMPLICIT, user="al"),
        _assume(
            "mallory of the account, not in the group, assumes",
            "mallory=k3v9q2m7xd",
            IMPLICIT,
            "mallory",
            identity=[],
        ),
        _assume("an administrator without MFA assumes", own, IMPLICIT, identity=[_EVERYTHING], context={}),
        _assume("an administrator with MFA assumes", own, ALLOWED, identity=[_EVERYTHING]),
        _assume("alice tags her session", None, EXPLICIT, action="sts:TagSession", context={**_MFA, **tag}),
        _assume(
            "an administrator tags his session",
            None,
            EXPLICIT,
            action="sts:TagSession",
            identity=[_EVERYTHING],
            context={**_MFA, "aws:TagKeys": ["x"], "aws:RequestTag/x": "y"},
        ),
        _assume("plain names: alice assumes as alice", "alice", ALLOWED, trust=_PLAIN_TRUST),
        _assume("plain names: alice assumes as bob", "bob", IMPLICIT, trust=_PLAIN_TRUST),
        _assume("plain names: alice assumes without MFA", "alice", IMPLICIT, trust=_PLAIN_TRUST, context={}),
    ]


def _tag(says: str, tags: dict[str, str], expected: str, **more: Any) -> Case:
    context = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    context |= {"aws:TagKeys": list(tags)} if tags else {}
    context |= more.pop("context", _MFA)
    return _user(says, "alice", "iam:TagRole", more.pop("resource", ROLE), expected, context=context, **more)


def _writing_tags() -> list[Case]:
    mine, bobs = policies.revoked_tag("alice"), policies.revoked_tag("bob")
    value = f"-{ROLE_ID}:alice=k3v9q2m7xd/"
    lifted = f"{value}+{ROLE_ID}:alice=k3v9q2m7xd/"
    return [
        _tag("alice writes her own tag, with MFA", {mine: value}, ALLOWED),
        *(
            _tag(
                f"a thief of alice's key writes {text!r} into her tag",
                {mine: text},
                IMPLICIT,
                context={},
            )
            for text in ("", value, lifted, "ALL/t1764000000/", f"ALL/t1764000000/{lifted}")
        ),
        _tag("alice lifts a revocation of her own, with MFA", {mine: ""}, ALLOWED),
        _tag(
            "alice's key, where MFA is said to be absent, writes her own tag",
            {mine: value},
            IMPLICIT,
            context={"aws:MultiFactorAuthPresent": "false"},
        ),
        _tag("alice writes bob's tag", {bobs: "ALL/"}, IMPLICIT),
        _tag("alice writes both tags", {mine: value, bobs: "ALL/"}, IMPLICIT),
        _tag("alice writes another tag", {"Department": "x"}, IMPLICIT),
        _tag("alice writes her own tag, and another", {mine: value, "Department": "x"}, IMPLICIT),
        _tag("alice writes a longer tag", {mine + "x": value}, IMPLICIT),
        _tag("alice writes the bare prefix", {policies.REVOKED_PREFIX: value}, IMPLICIT),
        _tag("alice writes no tag at all", {}, IMPLICIT),
        _tag(
            "alice writes her own tag on another role",
            {mine: value},
            IMPLICIT,
            resource=f"arn:aws:iam::{ACCOUNT}:role/other",
        ),
        _tag(
            "revoking needs no MFA, and alice has none",
            {mine: value},
            ALLOWED,
            identity=[_LAX_GROUP],
            context={},
        ),
        _tag("revoking needs no MFA, and alice writes bob's", {bobs: value}, IMPLICIT, identity=[_LAX_GROUP]),
        _user(
            "alice removes her own tag",
            "alice",
            "iam:UntagRole",
            ROLE,
            IMPLICIT,
            context={**_MFA, "aws:TagKeys": [mine]},
        ),
        _user(
            "alice removes bob's tag",
            "alice",
            "iam:UntagRole",
            ROLE,
            IMPLICIT,
            context={**_MFA, "aws:TagKeys": [bobs]},
        ),
        _user(
            "alice removes both tags",
            "alice",
            "iam:UntagRole",
            ROLE,
            IMPLICIT,
            context={**_MFA, "aws:TagKeys": [mine, bobs]},
        ),
        _user("alice reads the role's tags", "alice", "iam:ListRoleTags", ROLE, ALLOWED),
        _user("alice reads another role's tags", "alice", "iam:ListRoleTags", f"{ROLE}2", IMPLICIT),
        *(
            _tag(f"alice writes her own tag as {key}", {key: value}, IMPLICIT)
            for key in (mine.upper(), mine.replace("alice", "Alice"), f" {mine}", mine.rstrip("e"))
        ),
        *(
            _tag(f"alice writes {text[:30]!r} into her own tag", {mine: text}, ALLOWED)
            for text in (*HOSTILE, "", "${aws:userid}", "-*alice*/")
        ),
        *(
            _user(
                f"{name} writes alice's tag",
                name,
                "iam:TagRole",
                ROLE,
                IMPLICIT,
                context={**_MFA, f"aws:RequestTag/{mine}": value, "aws:TagKeys": [mine]},
            )
            for name in ("al", "Alice", "alice2", "bob")
        ),
        _tag("an administrator writes bob's tag", {bobs: "ALL/"}, ALLOWED, identity=[_EVERYTHING]),
        _tag("who is in no group writes her own tag", {mine: value}, IMPLICIT, identity=[]),
    ]


def _tickets() -> list[Case]:
    """What a ticket for one session of alice's can do: her own, with MFA, narrowed."""
    this, other = f"{ROLE_ID}:alice=k3v9q2m7xd", f"{ROLE_ID}:alice=k3v9q2m7xe"
    mine, bobs = policies.revoked_tag("alice"), policies.revoked_tag("bob")
    layers = [ticket.policy(ROLE, "alice", this)]
    alice = f"arn:aws:iam::{ACCOUNT}:user/alice"

    def writes(value: str, expected: str, **more: Any) -> Case:
        key = more.pop("key", mine)
        return _tag(f"the ticket writes {value!r} into {key}", {key: value}, expected, layers=layers, **more)

    def calls(action: str, resource: str, **more: Any) -> Case:
        context = {**_MFA, **more.pop("context", {})}
        says = f"the ticket calls {action} on {resource}"
        return _user(says, "alice", action, resource, IMPLICIT, layers=layers, context=context, **more)

    return [
        writes(f"-{this}/", ALLOWED),
        writes(f"-{other}/-{this}/", ALLOWED),
        writes(f"ALL/t1764000000/-{this}/", ALLOWED),
        writes("ALL/t1764000000/", ALLOWED),
        writes(f"ALL/t1764000000/+{other}/", ALLOWED),
        writes("", IMPLICIT),
        writes(f"-{this}/+{this}/", IMPLICIT),
        writes(f"ALL/t1764000000/+{this}/", IMPLICIT),
        writes(f"ALL/t1764000000/-{this}/+{this}/", IMPLICIT),
        writes(f"-{other}/", IMPLICIT),
        writes(f"-{this}", IMPLICIT),
        writes(f"{this}/", IMPLICIT),
        writes(f"-{ROLE_ID[:-1]}2:alice=k3v9q2m7xd/", IMPLICIT),
        writes(f"-{this}x/", IMPLICIT),
        writes(f"-{this}/", IMPLICIT, key=bobs),
        writes("ALL/t1764000000/", IMPLICIT, key=bobs),
        writes(f"-{this}/", IMPLICIT, key="Department"),
        _tag("the ticket writes both tags", {mine: f"-{this}/", bobs: ""}, IMPLICIT, layers=layers),
        _tag("the ticket writes no tag", {}, IMPLICIT, layers=layers),
        _tag(
            "the ticket writes another role's tag",
            {mine: f"-{this}/"},
            IMPLICIT,
            layers=layers,
            resource=f"{ROLE}2",
        ),
        _tag(
            "a ticket without MFA behind it writes nothing",
            {mine: f"-{this}/"},
            IMPLICIT,
            layers=layers,
            context={},
        ),
        _tag(
            "a ticket of an administrator writes no more",
            {bobs: ""},
            IMPLICIT,
            layers=layers,
            identity=[_EVERYTHING],
        ),
        _user(
            "the ticket reads the role's tags",
            "alice",
            "iam:ListRoleTags",
            ROLE,
            ALLOWED,
            layers=layers,
            context=_MFA,
        ),
        calls("iam:ListRoleTags", f"{ROLE}2"),
        calls("iam:UntagRole", ROLE, context={"aws:TagKeys": [mine]}),
        *(
            calls(action, ROLE, identity=[_EVERYTHING])
            for action in (
                "sts:AssumeRole",
                "iam:PutRolePolicy",
                "iam:DeleteRolePolicy",
                "iam:UpdateAssumeRolePolicy",
                "iam:AttachRolePolicy",
                "iam:GetRole",
                "iam:DeleteRole",
                "iam:PassRole",
            )
        ),
        *(
            calls(action, alice, identity=[_EVERYTHING])
            for action in (
                "iam:CreateAccessKey",
                "iam:DeleteAccessKey",
                "iam:ListAccessKeys",
                "iam:UpdateAccessKey",
                "iam:ListMFADevices",
                "iam:DeactivateMFADevice",
                "iam:GetUser",
                "iam:PutUserPolicy",
            )
        ),
        calls("s3:ListAllMyBuckets", "*", identity=[_EVERYTHING]),
        calls("ec2:DescribeInstances", "*", identity=[_EVERYTHING]),
        calls(
            "ssm:GetParameter",
            f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/web/password",
            identity=[_EVERYTHING],
        ),
        calls("kms:Decrypt", KEY, identity=[_EVERYTHING]),
    ]


def _own_keys() -> list[Case]:
    alice, bob = (f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("alice", "bob"))
    other_group = f"arn:aws:iam::{ACCOUNT}:group/terraform"
    return [
        _user("alice makes a key with MFA", "alice", "iam:CreateAccessKey", alice, ALLOWED, context=_MFA),
        _user("alice makes a key without MFA", "alice", "iam:CreateAccessKey", alice, IMPLICIT),
        _user("alice makes a key for bob", "alice", "iam:CreateAccessKey", bob, IMPLICIT, context=_MFA),
        _user("alice deletes her key with MFA", "alice", "iam:DeleteAccessKey", alice, ALLOWED, context=_MFA),
        _user("alice deletes bob's key", "alice", "iam:DeleteAccessKey", bob, IMPLICIT, context=_MFA),
        _user(
            "alice resyncs her device with MFA", "alice", "iam:ResyncMFADevice", alice, ALLOWED, context=_MFA
        ),
        _user("alice lists her devices without MFA", "alice", "iam:ListMFADevices", alice, ALLOWED),
        _user("alice lists bob's devices", "alice", "iam:ListMFADevices", bob, IMPLICIT),
        _user(
            "alice takes her device away", "alice", "iam:DeactivateMFADevice", alice, IMPLICIT, context=_MFA
        ),
        _user("alice enables a device", "alice", "iam:EnableMFADevice", alice, IMPLICIT, context=_MFA),
        _user("alice gives herself a policy", "alice", "iam:PutUserPolicy", alice, IMPLICIT, context=_MFA),
        _user("alice changes the group", "alice", "iam:PutGroupPolicy", other_group, IMPLICIT, context=_MFA),
        _user("alice changes the role's policy", "alice", "iam:PutRolePolicy", ROLE, IMPLICIT, context=_MFA),
        _user(
            "alice changes the role's trust",
            "alice",
            "iam:UpdateAssumeRolePolicy",
            ROLE,
            IMPLICIT,
            context=_MFA,
        ),
        _user("alice lists buckets herself", "alice", "s3:ListAllMyBuckets", "*", IMPLICIT, context=_MFA),
    ]


def _session(says: str, name: str, expected: str, tags: dict[str, str] | None = None, **more: Any) -> Case:
    extra = more.pop("identity", [])
    revocation = more.pop("revocation", _REVOCATION)
    context = {
        "aws:userid": f"{ROLE_ID}:{name}",
        "aws:PrincipalArn": ROLE,
        "aws:TokenIssueTime": more.pop("issued", "2026-11-23T10:00:00Z"),
        **{f"aws:PrincipalTag/{policies.revoked_tag(user)}": value for user, value in (tags or {}).items()},
        **more.pop("context", {}),
    }
    return Case(
        says,
        f"arn:aws:sts::{ACCOUNT}:assumed-role/terraform/{name}",
        more.pop("action", "ec2:DescribeInstances"),
        more.pop("resource", "*"),
        expected,
        [_EVERYTHING, revocation, *extra],
        context,
        **more,
    )


def _sessions() -> list[Case]:
    one, two, bobs = "alice=k3v9q2m7xd", "alice=k3v9q2m7xe", "bob=k3v9q2m7xd"
    this = f"{ROLE_ID}:{one}"
    listed = f"-{ROLE_ID}:{two}/-{this}/"
    changed = {"aws:TagKeys": [policies.revoked_tag("alice")]}
    protected = [
        "iam:TagRole",
        "iam:UntagRole",
        "iam:PutRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:DeleteRolePermissionsBoundary",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:DeleteRole",
    ]
    harmless = ["", "-", f"-{this}", f"{this}/", f"-{this}0/", f"-{ROLE_ID}:{two}/", "all/", " ALL/"]
    harmless += ["-*/", "-${aws:userid}/", f"-{ROLE_ID}:alice*/", f"-{this.upper()}/", f"+{this}/"]
    probe = {"action": "iam:ListRoleTags", "resource": ROLE}
    plain = {"revocation": _PLAIN_REVOCATION}
    return [
        _session("a session works", one, ALLOWED),
        _session("a session with an empty tag works", one, ALLOWED, {"alice": "", "bob": ""}),
        _session("a session may probe", one, ALLOWED, **probe),
        _session("a revoked session is denied", one, EXPLICIT, {"alice": f"-{this}/"}),
        _session("a revoked session is denied the probe", one, EXPLICIT, {"alice": f"-{this}/"}, **probe),
        _session("a session revoked as one of a list is denied", one, EXPLICIT, {"alice": listed}),
        _session("alice's other session works on", two, ALLOWED, {"alice": f"-{this}/"}),
        _session("bob's session works on", bobs, ALLOWED, {"alice": f"-{this}/"}),
        _session("all of alice's sessions are denied", two, EXPLICIT, {"alice": "ALL/t1764000000/"}),
        _session("an exempt session works on", one, ALLOWED, {"alice": f"ALL/t1764000000/+{this}/"}),
        _session("all of alice's are denied, bob's work on", bobs, ALLOWED, {"alice": "ALL/t1764000000/"}),
        _session("another's exemption is none", one, EXPLICIT, {"alice": f"ALL/t1/+{ROLE_ID}:{two}/"}),
        _session("half an exemption is none", one, EXPLICIT, {"alice": f"ALL/t1/+{this}"}),
        _session(
            "bob's tag exempts nobody of alice's", one, EXPLICIT, {"alice": "ALL/t1/", "bob": f"+{this}/"}
        ),
        _session(
            "an exemption wins, so that to revoke is to take it out",
            one,
            ALLOWED,
            {"alice": f"ALL/t1/+{this}/-{this}/"},
        ),
        *(
            _session(f"{name} is not alice", name, ALLOWED, {"alice": f"ALL/t1/-{ROLE_ID}:{name}/"})
            for name in (
                "al=k3v9q2m7xd",
                "xalice=k3v9q2m7xd",
                "alice2=k3v9q2m7xd",
                "alice",
                "Alice=k3v9q2m7xd",
            )
        ),
        _session("a session writes bob's list", one, EXPLICIT, action="iam:TagRole", resource=ROLE),
        _session(
            "a session writes another role's tags", one, ALLOWED, action="iam:TagRole", resource=f"{ROLE}2"
        ),
        *(
            _session(f"alice's value {value[:40]!r} does not reach bob", bobs, ALLOWED, {"alice": value})
            for value in HOSTILE
        ),
        *(
            _session(f"the value {value[:40]!r} revokes nothing", one, ALLOWED, {"alice": value})
            for value in harmless
        ),
        *(
            _session(
                f"a session with everything allowed is denied {action} on its own role",
                one,
                EXPLICIT,
                action=action,
                resource=ROLE,
                context=changed,
            )
            for action in protected
        ),
        _session(
            "a plain-named session is revoked", "alice", EXPLICIT, {"alice": f"-{ROLE_ID}:alice/"}, **plain
        ),
        _session("bob, plainly named, works on", "bob", ALLOWED, {"alice": f"-{ROLE_ID}:alice/"}, **plain),
    ]


def _narrowed_sessions() -> list[Case]:
    one, two = "alice=k3v9q2m7xd", "alice=k3v9q2m7xe"
    this = f"-{ROLE_ID}:{one}/"
    probe = {"action": "iam:ListRoleTags", "resource": ROLE}
    tag = {"action": "iam:TagRole", "resource": f"{ROLE}2"}
    reads = _statement("Allow", ["ec2:Describe*", "iam:List*"])
    no_iam = {
        **_EVERYTHING,
        "Statement": [*_EVERYTHING["Statement"], *_statement("Deny", "iam:*")["Statement"]],
    }
    mine = {
        **_EVERYTHING,
        "Statement": [
            {**_EVERYTHING["Statement"][0], "Condition": {"StringLike": {"aws:userid": "*:alice=??????????"}}}
        ],
    }
    own_bucket = _statement("Allow", "s3:GetObject", "arn:aws:s3:::state/${aws:userid}/*")
    state = {"action": "s3:GetObject", "resource": f"arn:aws:s3:::state/{ROLE_ID}:{one}/x"}
    return [
        _session("a narrowed session does what its scope allows", one, ALLOWED, layers=[reads]),
        _session("a narrowed session probes", one, ALLOWED, layers=[reads], **probe),
        _session("a narrowed session writes nothing", one, IMPLICIT, layers=[reads], **tag),
        _session("a scope's deny is explicit", one, EXPLICIT, layers=[no_iam], **probe),
        _session("a scope without that deny allows", one, ALLOWED, layers=[_EVERYTHING], **probe),
        _session("every scope must allow, the last too", one, IMPLICIT, layers=[_EVERYTHING, reads], **tag),
        _session("every scope must allow, the first too", one, IMPLICIT, layers=[reads, _EVERYTHING], **tag),
        _session("three scopes that allow", one, ALLOWED, layers=[reads, mine, _EVERYTHING], **probe),
        _session("a scope for alice is none for bob", "bob=k3v9q2m7xd", IMPLICIT, layers=[mine]),
        _session("a deny in the third of three", one, EXPLICIT, layers=[reads, mine, no_iam], **probe),
        _session(
            "what is silent before a deny changes nothing",
            one,
            EXPLICIT,
            layers=[own_bucket, no_iam],
            **probe,
        ),
        _session("a scope reads who the session is", one, ALLOWED, layers=[own_bucket], **state),
        _session("a scope reads who another session is", two, IMPLICIT, layers=[own_bucket], **state),
        _session(
            "a scope gives nothing that the role has not",
            one,
            EXPLICIT,
            layers=[_EVERYTHING],
            action="iam:TagRole",
            resource=ROLE,
        ),
        _session(
            "a narrowed session is revoked with its family", one, EXPLICIT, {"alice": this}, layers=[reads]
        ),
        _session("so is its grandchild", one, EXPLICIT, {"alice": this}, layers=[_EVERYTHING, reads]),
        _session("its probe too", one, EXPLICIT, {"alice": this}, layers=[reads], **probe),
        _session("a sibling's child works on", two, ALLOWED, {"alice": this}, layers=[reads]),
    ]


def _statement(effect: str, action: str | list[str], resource: str = "*") -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _admin_denials() -> list[Case]:
    at = "2026-11-23T11:00:00Z"
    one, bobs = "alice=k3v9q2m7xd", "bob=k3v9q2m7xd"
    user, everyone = policies.deny_user("alice", at), policies.deny_everyone(at)
    session = policies.deny_session(f"{ROLE_ID}:{one}", at)
    later = "2026-11-23T11:00:01Z"
    exempt = {"alice": f"+{ROLE_ID}:{one}/"}
    return [
        _session("the admin ends alice's sessions", one, EXPLICIT, identity=[user]),
        _session("the admin ends alice's plain session", "alice", EXPLICIT, identity=[user]),
        _session("what alice begins then works", one, ALLOWED, identity=[user], issued=at),
        _session("what alice begins later works", one, ALLOWED, identity=[user], issued=later),
        _session("the admin ends alice's, bob's work", bobs, ALLOWED, identity=[user]),
        _session("alice can't exempt herself from it", one, EXPLICIT, exempt, identity=[user]),
        _session("the admin ends one session", one, EXPLICIT, identity=[session]),
        _session("the admin ends one, another works", "alice=k3v9q2m7xe", ALLOWED, identity=[session]),
        _session("the admin ends everyone's", bobs, EXPLICIT, identity=[everyone]),
        _session("everyone begins again", bobs, ALLOWED, identity=[everyone], issued=later),
    ]


def _buckets() -> list[Case]:
    arn, one = f"arn:aws:s3:::{BUCKET}", "alice=k3v9q2m7xd"
    tls, plain = {"aws:SecureTransport": "true"}, {"aws:SecureTransport": "false"}
    policy = {"resource_policy": _BUCKET_POLICY}
    state = {"action": "s3:GetObject", "resource": f"{arn}/terraform.tfstate"}
    listing = {"action": "s3:ListBucket", "resource": arn}
    deletion = {"action": "s3:DeleteBucket", "resource": arn}
    admin = {
        "identity": [_EVERYTHING],
        "context": {**tls, "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/admin"},
    }
    return [
        _session("the role reads state over TLS", one, ALLOWED, context=tls, **state, **policy),
        _session("the role reads state in the clear", one, EXPLICIT, context=plain, **state, **policy),
        _session("the role lists the bucket over TLS", one, ALLOWED, context=tls, **listing, **policy),
        _session("the role lists the bucket in the clear", one, EXPLICIT, context=plain, **listing, **policy),
        _session("the role deletes the bucket", one, EXPLICIT, context=tls, **deletion, **policy),
        _user(
            "an administrator deletes the bucket", "admin", "s3:DeleteBucket", arn, ALLOWED, **admin, **policy
        ),
    ]


def _secrets_key() -> list[Case]:
    key: dict[str, Any] = {"resource_policy": policies.key_policy(ROLE), "is_trust": True}

    def of_role(says: str, action: str, expected: str, *identity: policies.Document) -> Case:
        found = _session(says, "alice=k3v9q2m7xd", expected, action=action, resource=KEY, **key)
        return replace(found, identity=[_REVOCATION, *identity])

    def of_user(says: str, user: str, action: str, expected: str, *identity: policies.Document) -> Case:
        return _user(says, user, action, KEY, expected, identity=[*identity], **key)

    return [
        of_role("the role decrypts by the key's policy alone", "kms:Decrypt", ALLOWED),
        of_role("the role makes data keys by the key's policy alone", "kms:GenerateDataKey", ALLOWED),
        of_role("the key's policy lets the role delete no key", "kms:ScheduleKeyDeletion", IMPLICIT),
        of_role("the key's policy lets the role not rewrite it", "kms:PutKeyPolicy", IMPLICIT),
        of_role("an administrating role may", "kms:PutKeyPolicy", ALLOWED, _EVERYTHING),
        of_user("alice decrypts without a session", "alice", "kms:Decrypt", IMPLICIT, _GROUP),
        of_user("an administrator manages the key", "admin", "kms:ScheduleKeyDeletion", ALLOWED, _EVERYTHING),
    ]


def _shards() -> list[Case]:
    """Who may do what where there are two roles of one kind, and alice's is the first."""
    second, one = f"{ROLE}-2", "alice=k3v9q2m7xd"
    mine, arn = policies.revoked_tag("alice"), f"arn:aws:s3:::{BUCKET}"
    trust: dict[str, Any] = {"resource_policy": _TRUST, "is_trust": True}
    key: dict[str, Any] = {"resource_policy": policies.key_policy(ROLE, second), "is_trust": True}
    bucket = {"resource_policy": policies.bucket_policy(arn, ROLE, second)}
    named = {**_MFA, "sts:RoleSessionName": one}

    def of_second(says: str, action: str, resource: str, expected: str, **more: Any) -> Case:
        context = {"aws:PrincipalArn": second, "aws:SecureTransport": "true"}
        found = _session(says, one, expected, action=action, resource=resource, context=context, **more)
        principal = found.principal.replace("/terraform/", "/terraform-2/")
        return replace(found, principal=principal, identity=[policies.revocation_policy(second, ["bob"])])

    return [
        _user(
            "alice assumes bob's shard", "alice", "sts:AssumeRole", second, IMPLICIT, context=named, **trust
        ),
        _user(
            "alice's own shard's group lets her assume it",
            "alice",
            "sts:AssumeRole",
            second,
            ALLOWED,
            context=named,
            identity=[policies.group_policy(second)],
            **trust,
        ),
        _tag("alice writes her tag on bob's shard", {mine: "ALL/t1/"}, IMPLICIT, resource=second),
        of_second("a shard decrypts by the key's policy", "kms:Decrypt", KEY, ALLOWED, **key),
        of_second("a shard deletes no key", "kms:ScheduleKeyDeletion", KEY, IMPLICIT, **key),
        of_second("a shard deletes no bucket", "s3:DeleteBucket", arn, EXPLICIT, **bucket),
        of_second("a shard may not change itself", "iam:TagRole", second, EXPLICIT),
        of_second("a shard probes", "iam:ListRoleTags", second, ALLOWED),
    ]
