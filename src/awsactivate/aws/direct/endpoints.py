"""Where a service answers, and what region its requests are signed for: AWS's rules, as botocore has them.

A test compares every region of every partition with botocore. What is in no partition by its name is not
known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from awsactivate.frozen import dataclass

# STS's global endpoint stood for these when it was the default: `sts_regional_endpoints = legacy`.
_LEGACY_STS = frozenset(
    [
        "ap-northeast-1",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "aws-global",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ]
)

# AWS Sign-In has hosts of its own, one a region, which end so by partition.
_SIGNIN_SUFFIXES = {
    "aws": "signin.aws.amazon.com",
    "aws-cn": "signin.amazonaws.cn",
    "aws-us-gov": "signin.amazonaws-us-gov.com",
    "aws-eusc": "signin.amazonaws-eusc.eu",
    "aws-iso": "signin.c2shome.ic.gov",
    "aws-iso-b": "signin.sc2shome.sgov.gov",
    "aws-iso-e": "signin.csphome.adc-e.uk",
    "aws-iso-f": "signin.csphome.hci.ic.gov",
}

_LONGEST_LABEL = 63  # characters that a part of a host's name may have


@dataclass(frozen=True)
class Partition:
    """A part of AWS that knows nothing of the others."""

    name: str
    pattern: str
    """Which names of regions are in it."""
    suffix: str
    """How the hosts of its services end."""
    dual_stack_suffix: str | None
    """The same for IPv6 too; None where it has none."""
    iam_region: str
    """The one that requests to IAM are signed for."""
    iam_hosts: Mapping[tuple[bool, bool], str]
    """By whether FIPS, and whether dual stack, is asked for."""

    def has(self, region: str) -> bool:
        """Tell whether a region's name is one of this partition's."""
        if region == f"{self.name}-global":
            return True
        return len(region) <= _LONGEST_LABEL and re.fullmatch(self.pattern, region) is not None


def _partition(
    name: str,
    prefix: str,
    suffix: str,
    dual_stack_suffix: str | None,
    iam_region: str,
    iam_hosts: tuple[str, ...],
) -> Partition:
    kinds = ((False, False), (True, False), (False, True), (True, True))
    hosts = dict(zip(kinds, iam_hosts, strict=False))
    # `\w` in AWS's own pattern is more than a host's name may hold
    return Partition(name, rf"{prefix}-[A-Za-z0-9]+-[0-9]+", suffix, dual_stack_suffix, iam_region, hosts)


# name, how regions begin, suffixes without and with dual stack; where IAM is: plain, FIPS, dual stack, both
PARTITIONS = (
    _partition(
        *("aws", "(us|eu|ap|sa|ca|me|af|il|mx)", "amazonaws.com", "api.aws", "us-east-1"),
        ("iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.global.api.aws", "iam-fips.global.api.aws"),
    ),
    _partition(
        *("aws-cn", "cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-north-1"),
        (
            *("iam.cn-north-1.amazonaws.com.cn", "iam-fips.amazonaws.com.cn"),
            *("iam.global.api.amazonwebservices.com.cn", "iam-fips.api.amazonwebservices.com.cn"),
        ),
    ),
    _partition(
        *("aws-us-gov", "us-gov", "amazonaws.com", "api.aws", "us-gov-west-1"),
        ("iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.api.aws"),
    ),
    _partition(
        *("aws-eusc", "eusc-(de)", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"),
        (
            *("iam.eusc-de-east-1.amazonaws.eu", "iam-fips.amazonaws.eu"),
            *("iam.global.api.amazonwebservices.eu", "iam-fips.api.amazonwebservices.eu"),
        ),
    ),
    _partition(
        *("aws-iso", "us-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"),
        (
            *("iam.us-iso-east-1.c2s.ic.gov", "iam-fips.us-iso-east-1.c2s.ic.gov"),
            *("iam.api.aws.ic.gov", "iam-fips.api.aws.ic.gov"),
        ),
    ),
    _partition(
        *("aws-iso-b", "us-isob", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"),
        (
            *("iam.us-isob-east-1.sc2s.sgov.gov", "iam-fips.us-isob-east-1.sc2s.sgov.gov"),
            *("iam.api.aws.scloud", "iam-fips.api.aws.scloud"),
        ),
    ),
    _partition(
        *("aws-iso-e", "eu-isoe", "cloud.adc-e.uk", None, "eu-isoe-west-1"),
        ("iam.eu-isoe-west-1.cloud.adc-e.uk", "iam-fips.cloud.adc-e.uk"),
    ),
    _partition(
        *("aws-iso-f", "us-isof", "csp.hci.ic.gov", None, "us-isof-south-1"),
        ("iam.us-isof-south-1.csp.hci.ic.gov", "iam-fips.csp.hci.ic.gov"),
    ),
)


@dataclass(frozen=True)
class Endpoint:
    """An address, and the region to sign for."""

    url: str
    signing_region: str


def endpoint(
    service: str, prefix: str, region: str, *, fips: bool, dual_stack: bool, legacy_sts: bool
) -> Endpoint | None:
    """Return where `service`, whose hosts begin with `prefix`, answers for `region`; None: not known."""
    partition = next((one for one in PARTITIONS if one.has(region)), None)
    if partition is None or (dual_stack and partition.dual_stack_suffix is None):
        return None
    is_global = region == f"{partition.name}-global"
    if service == "iam":
        return Endpoint(f"https://{partition.iam_hosts[fips, dual_stack]}", partition.iam_region)
    has_global = region == "aws-global" or (legacy_sts and region in _LEGACY_STS)
    if service == "sts" and has_global and not (fips or dual_stack):
        return Endpoint("https://sts.amazonaws.com", "us-east-1")
    if is_global:
        return None  # there is one endpoint a region
    if service == "signin":
        # with FIPS or dual stack botocore knows where, or that it is nowhere
        known = not (fips or dual_stack)
        return Endpoint(f"https://{region}.{_SIGNIN_SUFFIXES[partition.name]}", region) if known else None
    has_fips_name = fips and not (partition.name == "aws-us-gov" and not dual_stack)
    host = f"{prefix}-fips" if has_fips_name else prefix
    suffix = partition.dual_stack_suffix if dual_stack else partition.suffix
    return Endpoint(f"https://{host}.{region}.{suffix}", region)
