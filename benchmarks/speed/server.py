"""The embedded AWS as a process of its own: tells what is in it as JSON, and ends with its stdin."""

from __future__ import annotations

import json
import sys

from awsactivate.demo.aws import EmbeddedAws

ACCOUNT = "111122223333"
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def trust(mfa: str) -> dict[str, object]:
    """Trust the account's users, with MFA or without."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
    }
    if mfa == "needed":
        statement["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    return {"Version": "2012-10-17", "Statement": [statement]}


# what activations call
CALLS = ("AssumeRole", "GetCallerIdentity", "GetScopedCredentials", "GetSessionToken", "ListRoleTags")


def main(users: int, answers_after: float) -> None:
    """Serve a role for everybody, one that wants a code, and so many users with a device each."""
    with EmbeddedAws() as aws:
        for operation in CALLS if answers_after else ():
            aws.levers.delay_next(operation, answers_after, times=1_000_000)
        plain = aws.role("plain", trust=trust("not needed"), policies={"all": ANYTHING}, account=ACCOUNT)
        guarded = aws.role("guarded", trust=trust("needed"), policies={"all": ANYTHING}, account=ACCOUNT)
        # whose lists of revoked sessions the profiles called marked… know of
        marked = aws.role("marked", trust=trust("needed"), policies={"all": ANYTHING}, account=ACCOUNT)
        made = []
        for number in range(users):
            user = aws.user(f"user{number}", policies={"all": ANYTHING}, account=ACCOUNT)
            device = aws.mfa_device(user)
            keys = user.credentials
            made.append([keys.access_key_id, keys.secret_access_key, device.serial, device.seed])
        told = {
            "url": aws.endpoint_url,
            "plain": plain.arn,
            "guarded": guarded.arn,
            "marked": marked.arn,
            "users": made,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
