"""One of many processes that revoke sessions of a user at once: writes each id when it stands.

usage: worker.py ROLE_ARN ROLE_ID USER NUMBER COUNT, with the user's keys and the endpoint in the environment
"""

from __future__ import annotations

import os
import sys
import time

import boto3.session
from botocore.config import Config

from awsactivate.aws import revocation
from awsactivate.commandline import Context
from awsactivate.revoking import own_list
from awsactivate.sessions import arns, session_names


def main(role_arn: str, role_id: str, user: str, number: str, count: str) -> None:
    """Revoke COUNT sessions, one after another."""
    role = arns.role_arn(role_arn)
    iam = boto3.session.Session().client(
        "iam", region_name="us-east-1", config=Config(retries={"total_max_attempts": 10})
    )
    context = Context(
        environ=dict(os.environ), clock=time.time, program="awsactivate", release_stdout=lambda: None
    )
    minutes = (int(time.time()) - session_names.EPOCH_2026) // 60
    for turn in range(int(count)):
        name = f"{user}={session_names.nonce(minutes, f'{int(number):02}{turn:03}')}"
        tags = revocation.read(iam, role.name, time.sleep)
        own = own_list.open_own_list(iam, role, user, tags, time.time(), context)
        own.revoke([f"{role_id}:{name}"])
        print(f"{role_id}:{name}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
