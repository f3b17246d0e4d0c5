"""Which hosts are AWS's, in every partition, but for those where nobody calls it; which are this machine's.

A test holds the suffixes to botocore's partitions.
"""

from __future__ import annotations

import re

SUFFIXES = (
    *("amazonaws.com", "api.aws"),  # aws and aws-us-gov
    *("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    *("amazonaws.eu", "api.amazonwebservices.eu"),
    *("c2s.ic.gov", "api.aws.ic.gov"),
    *("sc2s.sgov.gov", "api.aws.scloud"),
    *("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    *("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
)
"""How the hosts of its services end: without and with dual stack."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+"
# Load balancers, machines, clusters, databases, websites: what answers there is the customer's own program,
# by another authority's certificate, or none. A registry takes passwords, and no signatures. The last are
# pages of AWS's, which nobody signs for.
_NO_CALLS = re.compile(
    r".+\.(?:elb|compute|compute-1|eks|rds|cache|redshift|docdb|neptune)"
    rf"|.+\.(?:elb|rds|cache|redshift|kafka|docdb|neptune|eks-cluster|s3-website)\.{_REGION}"
    rf"|.+\.s3-website-{_REGION}"
    rf"|.+\.dkr[.-]ecr(?:-fips)?\.{_REGION}"
    r"|awscli|checkip|ip-ranges"
)

_HERE = re.compile(rf"(?:{_LABEL}\.)*(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{{1,5}})?")


def is_of_this_machine(host: str) -> bool:
    """Tell whether a host, which is in lower case and may have a port, is this machine's.

    What stands before its name, as SDKs put a bucket there, is labels and nothing else.
    """
    return _HERE.fullmatch(host) is not None


def is_of_aws(host: str) -> bool:
    """Tell whether calls to AWS are made to a host, which is in lower case and without a port."""
    before = next((host[: -len(end) - 1] for end in SUFFIXES if host.endswith(f".{end}")), None)
    return before is not None and _HOST.fullmatch(host) is not None and not _NO_CALLS.fullmatch(before)
