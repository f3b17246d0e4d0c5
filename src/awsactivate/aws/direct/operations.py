"""The operations that this way knows, one row each; one more is one more row.

A test compares the rows with botocore's models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from awsactivate.aws.direct.shapes import BOOLEAN, INTEGER, POLICY, TEXT, TIMESTAMP, Shape


@dataclass(frozen=True)
class Rest:
    """How a REST operation is sent: the parameters that are in no part of its address are its body."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    """parameter → its name in the address"""
    headers: Mapping[str, str] = field(default_factory=dict)
    """parameter → the header that it is"""
    body: str = ""
    """The parameter that the body is, whole."""
    answer: str = ""
    """The member of the answer that its body is, whole."""


@dataclass(frozen=True)
class Operation:
    """An operation of a service: what its answer holds, of which `needed` is always there.

    `least` tells how long a text or a list, or how great a number, must be at least: botocore refuses what is
    below it before anybody is asked. A parameter that is named in `least` or `free` is known, another is not.
    `rest` is for those that are no POST to one address.
    """

    name: str
    output: Mapping[str, Shape]
    needed: tuple[str, ...]
    least: Mapping[str, int] = field(default_factory=dict)
    free: tuple[str, ...] = ()
    rest: Rest | None = None

    def is_whole(self, found: Mapping[str, Any]) -> bool:
        """Tell whether an answer holds all that is always there."""
        inner = found.get(self.rest.answer) or {} if self.rest and self.rest.answer else found
        return all(name in inner for name in self.needed)

    def takes(self, parameters: Mapping[str, Any]) -> bool:
        """Tell whether the parameters are all known here, and none of them is wrong as it stands."""
        return all(self._is_right(name, value) for name, value in parameters.items())

    def _is_right(self, name: str, value: Any) -> bool:
        if name in self.free:
            return True
        if name not in self.least:
            return False
        if isinstance(value, list | tuple):
            is_long_enough = len(value) >= self.least[name]
            return is_long_enough and all(self._is_right(f"{name}[]", member) for member in value)
        if isinstance(value, Mapping):
            return all(self._is_right(f"{name}.{key}", member) for key, member in value.items())
        if isinstance(value, str):
            return len(value) >= self.least[name]
        return isinstance(value, int) and value >= self.least[name]


@dataclass(frozen=True)
class Service:
    """How a service is spoken to; `version` is the query protocol's, `target` the JSON protocol's."""

    name: str
    protocol: str
    signing_name: str
    operations: Mapping[str, Operation]
    version: str = ""
    target: str = ""


_CREDENTIALS: Shape = {
    "AccessKeyId": TEXT,
    "SecretAccessKey": TEXT,
    "SessionToken": TEXT,
    "Expiration": TIMESTAMP,
}
_PARAMETER: Shape = {
    **dict.fromkeys(("Name", "Type", "Value", "Selector", "SourceResult", "ARN", "DataType"), TEXT),
    "Version": INTEGER,
    "LastModifiedDate": TIMESTAMP,
}
_DESCRIPTION: Shape = {
    **dict.fromkeys(("Name", "ARN", "Type", "KeyId", "LastModifiedUser", "Description"), TEXT),
    **dict.fromkeys(("AllowedPattern", "Tier", "DataType"), TEXT),
    "Version": INTEGER,
    "LastModifiedDate": TIMESTAMP,
    "Policies": [{"PolicyText": TEXT, "PolicyType": TEXT, "PolicyStatus": TEXT}],
}
_ROLE: Shape = {
    **dict.fromkeys(("Path", "RoleName", "RoleId", "Arn", "Description"), TEXT),
    "CreateDate": TIMESTAMP,
    "AssumeRolePolicyDocument": POLICY,
    **dict.fromkeys(("MaxSessionDuration", "MaxSigninSessionDuration"), INTEGER),
    "PermissionsBoundary": dict.fromkeys(("PermissionsBoundaryType", "PermissionsBoundaryArn"), TEXT),
    "Tags": [{"Key": TEXT, "Value": TEXT}],
    "RoleLastUsed": {"LastUsedDate": TIMESTAMP, "Region": TEXT},
    "SourceRoleTemplate": {"TemplateArn": TEXT, "TemplateMinorVersion": INTEGER},
}
_SIZES: Mapping[str, Shape] = {"SessionTokenUtilization": INTEGER, "SessionTokenSize": INTEGER}
_LEAST_SIZE = {"MinimumSessionTokenSize": 0}
_DEVICE = {"SerialNumber": 9, "TokenCode": 6, "DurationSeconds": 900}


def _by_name(*operations: Operation) -> Mapping[str, Operation]:
    return {operation.name: operation for operation in operations}


STS = Service(
    "sts",
    "query",
    "sts",
    version="2011-06-15",
    operations=_by_name(
        Operation(
            "GetCallerIdentity", {"UserId": TEXT, "Account": TEXT, "Arn": TEXT}, ("UserId", "Account", "Arn")
        ),
        Operation(
            "GetSessionToken",
            {"Credentials": _CREDENTIALS, **_SIZES},
            ("Credentials",),
            {**_DEVICE, **_LEAST_SIZE},
        ),
        Operation(
            "GetScopedCredentials",
            {
                "Credentials": _CREDENTIALS,
                "SessionInfo": {"ScopedSessionId": TEXT, "Arn": TEXT},
                **_SIZES,
                "ScopedPoliciesCount": INTEGER,
                "SourceIdentity": TEXT,
            },
            ("Credentials",),
            {"Policy": 1, "DurationSeconds": 1, "ScopedSessionDescription": 2, **_LEAST_SIZE},
        ),
        Operation(
            "AssumeRole",
            {
                "Credentials": _CREDENTIALS,
                "AssumedRoleUser": {"AssumedRoleId": TEXT, "Arn": TEXT},
                "PackedPolicySize": INTEGER,
                "SourceIdentity": TEXT,
                **_SIZES,
            },
            ("Credentials", "AssumedRoleUser"),
            {
                **_DEVICE,
                **_LEAST_SIZE,
                "RoleArn": 20,
                "RoleSessionName": 2,
                "ExternalId": 2,
                "SourceIdentity": 2,
                "Policy": 1,
                "Tags": 0,
                "Tags[]": 0,
                "Tags[].Key": 1,
                "Tags[].Value": 0,
                "TransitiveTagKeys": 0,
                "TransitiveTagKeys[]": 1,
                "PolicyArns": 0,
                "PolicyArns[]": 0,
                "PolicyArns[].arn": 20,
            },
        ),
    ),
)
IAM = Service(
    "iam",
    "query",
    "iam",
    version="2010-05-08",
    operations=_by_name(
        Operation(
            "ListRoleTags",
            {"Tags": [{"Key": TEXT, "Value": TEXT}], "IsTruncated": BOOLEAN, "Marker": TEXT},
            ("Tags",),
            {"RoleName": 1, "Marker": 1},
        ),
        Operation("GetRole", {"Role": _ROLE}, ("Role",), {"RoleName": 1}),
        Operation(
            "ListMFADevices",
            {
                "MFADevices": [{"UserName": TEXT, "SerialNumber": TEXT, "EnableDate": TIMESTAMP}],
                "IsTruncated": BOOLEAN,
                "Marker": TEXT,
            },
            ("MFADevices",),
            {"UserName": 1, "Marker": 1, "MaxItems": 1},
        ),
    ),
)
SSM = Service(
    "ssm",
    "json",
    "ssm",
    target="AmazonSSM",
    operations=_by_name(
        Operation(
            "GetParameter", {"Parameter": _PARAMETER}, ("Parameter",), {"Name": 1}, ("WithDecryption",)
        ),
        Operation(
            "GetParameters",
            {"Parameters": [_PARAMETER], "InvalidParameters": [TEXT]},
            ("Parameters",),
            {"Names": 1, "Names[]": 1},
            ("WithDecryption",),
        ),
        Operation(
            "GetParametersByPath",
            {"Parameters": [_PARAMETER], "NextToken": TEXT},
            ("Parameters",),
            {"Path": 1, "MaxResults": 1, "NextToken": 0},
            ("WithDecryption", "Recursive"),
        ),
        Operation(
            "DescribeParameters",
            {"Parameters": [_DESCRIPTION], "NextToken": TEXT},
            ("Parameters",),
            {
                "MaxResults": 1,
                "NextToken": 0,
                "ParameterFilters": 0,
                "ParameterFilters[]": 0,
                "ParameterFilters[].Key": 1,
                "ParameterFilters[].Option": 1,
                "ParameterFilters[].Values": 1,
                "ParameterFilters[].Values[]": 1,
            },
        ),
    ),
)
SSO = Service(
    "sso",
    "rest-json",
    "awsssoportal",
    operations=_by_name(
        Operation(
            "GetRoleCredentials",
            {
                "roleCredentials": {
                    "accessKeyId": TEXT,
                    "secretAccessKey": TEXT,
                    "sessionToken": TEXT,
                    "expiration": INTEGER,
                }
            },
            ("roleCredentials",),
            {"roleName": 0, "accountId": 0, "accessToken": 0},
            rest=Rest(
                "GET",
                "/federation/credentials",
                {"roleName": "role_name", "accountId": "account_id"},
                {"accessToken": "x-amz-sso_bearer_token"},
            ),
        ),
    ),
)
SIGNIN = Service(
    "signin",
    "rest-json",
    "signin",
    operations=_by_name(
        Operation(
            "CreateOAuth2Token",
            {
                "tokenOutput": {
                    "accessToken": dict.fromkeys(("accessKeyId", "secretAccessKey", "sessionToken"), TEXT),
                    **dict.fromkeys(("tokenType", "refreshToken", "idToken"), TEXT),
                    "expiresIn": INTEGER,
                }
            },
            ("accessToken", "expiresIn", "refreshToken"),
            {
                "tokenInput": 0,
                **dict.fromkeys(("tokenInput.clientId", "tokenInput.grantType"), 0),
                **dict.fromkeys(("tokenInput.code", "tokenInput.redirectUri", "tokenInput.refreshToken"), 1),
                "tokenInput.codeVerifier": 43,
            },
            rest=Rest("POST", "/v1/token", body="tokenInput", answer="tokenOutput"),
        ),
    ),
)
SERVICES = {service.name: service for service in (STS, IAM, SSM, SSO, SIGNIN)}
