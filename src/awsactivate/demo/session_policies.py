"""Session policies: the layers that narrow a session, read from a call, and what they add to its token.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.policy_validation import IAMPolicyDocumentValidator

from awsactivate.account.conditions import as_list
from awsactivate.demo import backends
from awsactivate.demo.evaluator import Document
from awsactivate.demo.principals import TOKEN_LIMIT, Key, token_size
from awsactivate.demo.refusals import Refusal, validation_error

# AWS's pages say so of every call; the model of AssumeRole leaves it out since it speaks of tokens' sizes
_PLAIN_LIMIT = 2048
_MOST_ARNS = 10


def layer_of(parameters: Mapping[str, Any], account_id: str) -> tuple[tuple[Document, ...], ...]:
    """Read the layer that a call lays over a session: none where it names no policy.

    The inline document and the managed ones are one layer: what any of them allows, the layer allows.
    """
    text, arns = parameters.get("Policy"), [one["arn"] for one in parameters.get("PolicyArns") or ()]
    if text is None and not arns:
        return ()
    if len(arns) > _MOST_ARNS:
        raise _beyond(str(arns), "policyArns", _MOST_ARNS)
    inline = () if text is None else (_document(text),)
    return (inline + backends.managed_documents(account_id, arns),)


def packed(parameters: Mapping[str, Any]) -> int:
    """Count the bytes that a call's policies and tags add to the token.

    AWS does not tell its packing. Here it is zlib's, which like AWS's makes short what repeats itself; a
    managed policy goes in as its ARN.
    """
    carried = [parameters.get(name) for name in ("Policy", "PolicyArns", "Tags")]
    return len(zlib.compress(json.dumps(carried).encode(), 9)) if any(carried) else 0


def check_token(packed_bytes: int) -> None:
    """Refuse a session whose token would be longer than AWS lets one be."""
    size = token_size(packed_bytes)
    if size > TOKEN_LIMIT:
        message = f"Session token size ({size} bytes) exceeds the maximum allowed size ({TOKEN_LIMIT} bytes)"
        raise Refusal("PackedPolicyTooLarge", message)


def least_size(parameters: Mapping[str, Any]) -> int:
    """Read how long a token the caller asks for at least."""
    return int(parameters.get("MinimumSessionTokenSize") or 0)


def issued(key: Key) -> dict[str, Any]:
    """Answer with credentials, how long their token is, and how many hundredths that is of the longest."""
    size = len(key.session_token or "")
    share = -(-100 * size // TOKEN_LIMIT)
    return {"Credentials": key.written, "SessionTokenUtilization": share, "SessionTokenSize": size}


def _document(text: str) -> Document:
    if len(text) > _PLAIN_LIMIT:
        raise _beyond(text, "policy", _PLAIN_LIMIT)
    IAMPolicyDocumentValidator(text).validate()  # raises AWS's MalformedPolicyDocument
    document: Document = json.loads(text)
    for fault in _faults(document):
        raise Refusal("MalformedPolicyDocument", fault)
    return document


def _faults(document: Document) -> Iterator[str]:
    """Find what moto's validator lets pass, and IAM does not."""
    for statement in as_list(document["Statement"]):
        if "Principal" in statement or "NotPrincipal" in statement:
            yield "Policy document should not specify a principal."
        actions = as_list(statement.get("Action", [])) + as_list(statement.get("NotAction", []))
        for vendor, colon, _ in (action.partition(":") for action in actions):
            if colon and ("*" in vendor or "?" in vendor):
                yield f"Vendor {vendor} is not valid"


def _beyond(shown: str, where: str, limit: int) -> Refusal:
    constraint = f"Member must have length less than or equal to {limit}"
    what = f"Value '{shown}' at '{where}' failed to satisfy constraint: {constraint}"
    return validation_error(f"1 validation error detected: {what}")
