"""The few policy documents that tests and the demo write again and again."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def allowing(*actions: str, resource: str | list[str] = "*", condition: Document | None = None) -> Document:
    """Allow actions; all of them where none is named."""
    statement: Document = {"Effect": "Allow", "Action": list(actions) or ["*"], "Resource": resource}
    return _document(statement | ({"Condition": condition} if condition else {}))


def trusting(
    *principals: str,
    mfa: bool = False,
    actions: tuple[str, ...] = ("sts:AssumeRole",),
    condition: Document | None = None,
) -> Document:
    """Trust principals: account ids or ARNs, or "*"; with `mfa`, only where a code came along."""
    conditions = dict(condition or {})
    if mfa:
        conditions["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    statement: Document = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": list(actions)}
    return _document(statement | ({"Condition": conditions} if conditions else {}))


def _document(statement: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": [statement]}
