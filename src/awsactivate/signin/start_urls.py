"""Start URLs of IAM Identity Center: which are AWS's own, and where one of an organisation's own leads.

Pure. The hosts are those that the AWS CLI knows, in all partitions.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

_OF_AWS = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:awsapps\.(?:com|cn)|app\.aws"
    r"|portal\.amazonaws\.(?:com|com\.cn|eu)|identitycenter(?:\.us-gov)?\.amazonaws\.(?:com|com\.cn|eu))"
)
_REGION = re.compile(
    r"[^.]+\.(?:portal\.(?P<first>[a-z0-9-]+)\.app\.aws|(?P<second>[a-z0-9-]+)\.portal\.amazonaws\..+)"
)
_REDIRECTS = (301, 302, 303, 307, 308)


def is_of_aws(url: str) -> bool:
    """Tell whether the host is AWS's own, at which nobody is sent elsewhere."""
    return _OF_AWS.fullmatch(_host(url)) is not None


def region_of(url: str) -> str | None:
    """Return the region that AWS's own host names; most name none."""
    found = _REGION.fullmatch(_host(url))
    return (found["first"] or found["second"]) if found else None


def led_to(url: str, status: int, location: str | None) -> str | None:
    """Return where the answer of a start URL leads, None where it leads nowhere.

    ValueError where that is not AWS: who answers there could have the person sign in to something else.
    """
    if status not in _REDIRECTS or not location:
        return None
    try:
        parts = urlsplit(urljoin(url, location))
        target = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    except ValueError:
        parts, target = None, location
    if parts is None or parts.scheme != "https" or not is_of_aws(target) or "@" in parts.netloc:
        raise ValueError("it leads to an address that is not AWS's")
    return target


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
