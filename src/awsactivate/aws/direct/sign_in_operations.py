"""The operations by which a person signs in: rows as in `operations`. None of them is signed."""

from __future__ import annotations

from awsactivate.aws.direct.operation import Operation, Rest, Service, by_name
from awsactivate.aws.direct.shapes import INTEGER, TEXT

_BEARER = {"accessToken": "x-amz-sso_bearer_token"}
_PAGE = {"nextToken": "next_token", "maxResults": "max_result"}
SSO = Service(
    "sso",
    "rest-json",
    "awsssoportal",
    operations=by_name(
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
                _BEARER,
            ),
        ),
        Operation(
            "ListAccounts",
            {
                "nextToken": TEXT,
                "accountList": [{"accountId": TEXT, "accountName": TEXT, "emailAddress": TEXT}],
            },
            ("accountList",),
            {"nextToken": 0, "maxResults": 1, "accessToken": 0},
            rest=Rest("GET", "/assignment/accounts", _PAGE, _BEARER),
        ),
        Operation(
            "ListAccountRoles",
            {"nextToken": TEXT, "roleList": [{"roleName": TEXT, "accountId": TEXT}]},
            ("roleList",),
            {"nextToken": 0, "maxResults": 1, "accessToken": 0, "accountId": 0},
            rest=Rest("GET", "/assignment/roles", {**_PAGE, "accountId": "account_id"}, _BEARER),
        ),
        Operation("Logout", {}, (), {"accessToken": 0}, rest=Rest("POST", "/logout", headers=_BEARER)),
    ),
)
_CLIENT = {"clientId": 0, "clientSecret": 0}
SSO_OIDC = Service(
    "sso-oidc",
    "rest-json",
    "sso-oauth",
    operations=by_name(
        Operation(
            "RegisterClient",
            {
                **dict.fromkeys(("clientId", "clientSecret"), TEXT),
                **dict.fromkeys(("clientIdIssuedAt", "clientSecretExpiresAt"), INTEGER),
                **dict.fromkeys(("authorizationEndpoint", "tokenEndpoint"), TEXT),
            },
            ("clientId", "clientSecret", "clientSecretExpiresAt"),
            {
                **dict.fromkeys(("clientName", "clientType", "issuerUrl"), 0),
                **dict.fromkeys(("scopes", "scopes[]", "redirectUris", "redirectUris[]"), 0),
                **dict.fromkeys(("grantTypes", "grantTypes[]"), 0),
            },
            rest=Rest("POST", "/client/register"),
        ),
        Operation(
            "StartDeviceAuthorization",
            {
                **dict.fromkeys(
                    ("deviceCode", "userCode", "verificationUri", "verificationUriComplete"), TEXT
                ),
                **dict.fromkeys(("expiresIn", "interval"), INTEGER),
            },
            ("deviceCode", "userCode", "verificationUri"),
            {**_CLIENT, "startUrl": 0},
            rest=Rest("POST", "/device_authorization"),
        ),
        Operation(
            "CreateToken",
            {
                **dict.fromkeys(("accessToken", "tokenType", "refreshToken", "idToken"), TEXT),
                "expiresIn": INTEGER,
            },
            ("accessToken", "expiresIn"),
            {
                **_CLIENT,
                **dict.fromkeys(("grantType", "deviceCode", "code", "refreshToken", "redirectUri"), 0),
                "codeVerifier": 0,
            },
            rest=Rest("POST", "/token"),
        ),
    ),
)
SIGNIN = Service(
    "signin",
    "rest-json",
    "signin",
    operations=by_name(
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
