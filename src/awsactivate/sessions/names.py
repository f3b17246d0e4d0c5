"""The names of the variables that a session sets or hides, beside our own.

Loaded whenever a shell starts by `eval "$(awsactivate init …)"`, so it imports nothing.
"""

from __future__ import annotations

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

# The AWS CLI reads the second alone, other SDKs the first.
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")

# Each of these could win over the session's keys in some SDK, or mislead a person or a prompt beside them.
HIDDEN = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)

# In which a session carries what its profile says of endpoints and certificates.
ENDPOINT, BUNDLE = "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"
FIPS, DUALSTACK = "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"
SETTINGS = (ENDPOINT, BUNDLE, FIPS, DUALSTACK)

# Which names a shell may take, besides those of every session, from the list of one that it inherited. The
# list is only a variable: whoever can set it could otherwise have a shell unset anything.
ADOPTABLE = (*REGIONS, *HIDDEN, *SETTINGS)
# And how others of them begin: the endpoint of one service, a secret for terraform.
ADOPTABLE_PREFIXES = (f"{ENDPOINT}_", "TF_VAR_")
# Both as the files in `shell/` are given them: the last words, which end in `_`, are prefixes.
ADOPTABLE_WORDS = " ".join((*ADOPTABLE, *ADOPTABLE_PREFIXES))


def is_adoptable(name: str) -> bool:
    """Tell whether a shell may take `name` from the list of a session that it inherited."""
    return name in ADOPTABLE or name.startswith(ADOPTABLE_PREFIXES)
