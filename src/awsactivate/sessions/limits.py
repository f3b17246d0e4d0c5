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

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICIES_OF_A_ROLE = 10_240  # characters, white space not counted, all inline policies together
