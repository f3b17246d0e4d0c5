"""What is to be seen of a call before it is named: enough to refuse it in its own protocol."""

from __future__ import annotations

from awsactivate.guard.call import Head, Named

_FORM = "application/x-www-form-urlencoded"


def seen(head: Head) -> Named:
    """Return what stands in its head."""
    return Named(_service(head), "?", _protocol(head), (), known=False)


def _service(head: Head) -> str:
    _, _, rest = (head.get("authorization") or "").partition("Credential=")
    parts = rest.partition(",")[0].split("/")
    return parts[3] if len(parts) == 5 else head.host.partition(".")[0]


def _protocol(head: Head) -> str:
    kind = (head.get("content-type") or "").partition(";")[0].strip().lower()
    if head.get("smithy-protocol") == "rpc-v2-cbor":
        return "smithy-rpc-v2-cbor"
    if head.get("x-amz-target"):
        return "json"
    if kind == _FORM:
        return "ec2" if _service(head) == "ec2" else "query"
    return "rest-xml" if _service(head) in ("s3", "s3express", "route53", "cloudfront") else "rest-json"
