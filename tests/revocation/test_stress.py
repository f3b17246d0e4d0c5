"""Twenty processes revoke five hundred sessions at once: none is lost, and none is lifted on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from account.accounts import Account
from awsactivate.account import policies
from awsactivate.demo.aws import EmbeddedAws
from awsactivate.revocation import tag as revocation_tag

ROOT = Path(__file__).parents[2]


class Watch:
    """Every revocation that a worker said to stand must be seen in each look at the tags from then on."""

    def __init__(self) -> None:
        self.standing: list[tuple[str, str]] = []
        self.lifted: set[str] = set()

    def hear(self, user: str, process: subprocess.Popen[str]) -> None:
        """Take down what a worker says."""
        assert process.stdout is not None
        for line in process.stdout:
            self.standing.append((user, line.strip()))

    def look(self, tags: dict[str, str], before: int) -> None:
        """Compare the tags with what stood `before` they were read."""
        for user, id_ in self.standing[:before]:
            found = revocation_tag.parse(tags[policies.revoked_tag(user)])
            if not (id_ in found.revoked or (found.all_since is not None and id_ not in found.exempt)):
                self.lifted.add(id_)


@pytest.mark.parametrize(
    ("users", "shells", "count"),
    [(2, 2, 5), pytest.param(10, 2, 25, marks=pytest.mark.long, id="500 revocations")],
)
def test_no_revocation_is_lost_or_lifted(
    embedded_aws: EmbeddedAws, account: str, tmp_path: Path, users: int, shells: int, count: int
) -> None:
    admin = embedded_aws.account(account)
    names = [f"u{number:02}" for number in range(users)]
    Account(account, embedded_aws.endpoint_url, admin, pause=lambda _seconds: None).apply(
        users=tuple(names), revoke_without_mfa=True
    )
    iam = embedded_aws.client("iam", admin)
    role_id = iam.get_role(RoleName="terraform")["Role"]["RoleId"]
    keys = {name: iam.create_access_key(UserName=name)["AccessKey"] for name in names}
    watch = Watch()
    workers, ears = [], []
    for number in range(users * shells):
        name = names[number % users]
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path / name),  # two shells of one user share its state
            "AWS_ENDPOINT_URL": embedded_aws.endpoint_url,
            "AWS_ACCESS_KEY_ID": keys[name]["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys[name]["SecretAccessKey"],
        }
        role_arn = f"arn:aws:iam::{account}:role/terraform"
        worker = subprocess.Popen(
            [
                sys.executable,
                ROOT / "tests/revocation/worker.py",
                role_arn,
                role_id,
                name,
                str(number),
                str(count),
            ],
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        workers.append(worker)
        ears.append(threading.Thread(target=watch.hear, args=(name, worker)))
        ears[-1].start()
    while any(worker.poll() is None for worker in workers):
        before = len(watch.standing)
        read = iam.list_role_tags(RoleName="terraform")["Tags"]
        watch.look({tag["Key"]: tag["Value"] for tag in read}, before)
        time.sleep(0.05)
    for ear in ears:
        ear.join()
    assert [worker.returncode for worker in workers] == [0] * len(workers)
    assert len(set(watch.standing)) == users * shells * count
    read = iam.list_role_tags(RoleName="terraform")["Tags"]
    watch.look({tag["Key"]: tag["Value"] for tag in read}, len(watch.standing))
    assert watch.lifted == set()
    assert max(len(tag["Value"]) for tag in read) <= 256
