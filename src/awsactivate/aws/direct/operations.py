"""The operations that this way knows, one row each; one more is one more row.

A test compares the rows with botocore's models.
"""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.aws.direct.operation import Operation, Service, by_name
from awsactivate.aws.direct.shapes import BOOLEAN, INTEGER, POLICY, TEXT, TIMESTAMP, Shape
from awsactivate.aws.direct.sign_in_operations import SIGNIN, SSO, SSO_OIDC

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


STS = Service(
    "sts",
    "query",
    "sts",
    version="2011-06-15",
    operations=by_name(
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
    operations=by_name(
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
    operations=by_name(
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
SERVICES = {service.name: service for service in (STS, IAM, SSM, SSO, SSO_OIDC, SIGNIN)}
