"""AWS's own limits of what this program sends, with the pages that tell them. Durations are seconds."""

from __future__ import annotations

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
LONGEST_ROLE_SESSION = 43_200
ASSUME_ROLE_SECONDS = range(900, LONGEST_ROLE_SESSION + 1)
CHAINED_SECONDS = 3600  # the most that a role assumed from a role gives
LONGEST_SESSION_NAME = 64  # characters
MOST_SESSION_TAGS = 50
MOST_SESSION_POLICIES = 10
LONGEST_SESSION_POLICY = 2048  # characters of an inline one, white space too

# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
GET_SESSION_TOKEN_SECONDS = range(900, 129_600 + 1)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html: what a role's MaxSessionDuration may be
SHORTEST_MAXIMUM = 3600
MAX_SESSION_DURATIONS = range(SHORTEST_MAXIMUM, LONGEST_ROLE_SESSION + 1)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
CONSOLE_SECONDS = range(900, LONGEST_ROLE_SESSION + 1)

# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html: then a person signs in anew
LONGEST_LOGIN = 43_200

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICIES_OF_A_ROLE = 10_240  # characters, white space not counted, all inline policies together
LONGEST_ROLE_NAME = 64
LONGEST_GROUP_NAME = 128
LONGEST_POLICY_NAME = 128
MOST_ROLE_TAGS = 50
MOST_ACCESS_KEYS = 2  # of a user

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
LONGEST_TAG_KEY = 128
LONGEST_TAG_VALUE = 256

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
LONGEST_LINK = 604_800  # for which a presigned URL is good

# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
STANDARD_PARAMETER_BYTES = 4096
ADVANCED_PARAMETER_BYTES = 8192

# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
LONGEST_PARAMETER_NAME = 1011

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
LONGEST_BUCKET_NAME = 63

# https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
LONGEST_KEY_RECOVERY_DAYS = 30

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MOST_TEMPLATE_RESOURCES = 500
