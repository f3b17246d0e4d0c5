"""An account to bootstrap, on whichever AWS a test brings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import boto3.session
from botocore.config import Config

from awsactivate.account.desired import desired, people
from awsactivate.account.resources import Planned
from awsactivate.account.settings import Settings, checked
from awsactivate.aws import secure_account
from awsactivate.aws.resources.access import Access
from awsactivate.aws.resources.kinds import KINDS
from awsactivate.sessions.credentials import Credentials

REGION = "eu-west-1"

_session = boto3.session.Session()


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing of the program runs any more."""


@dataclass(frozen=True)
class Account:
    """Where to call, and as whom."""

    id: str
    endpoint_url: str
    credentials: Credentials
    pause: Callable[[float], None]

    def settings(self, **chosen: Any) -> Settings:
        """Describe this account."""
        return checked(Settings(account_id=self.id, region=REGION, **chosen))

    def access(self, *, after_call: Callable[[str], None] | None = None, **chosen: Any) -> Access:
        """Open it; `after_call` hears the name of each operation once it is done."""

        def make_client(service: str) -> Any:
            client = _session.client(
                service,
                region_name=REGION,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=self.credentials.access_key_id,
                aws_secret_access_key=self.credentials.secret_access_key,
                aws_session_token=self.credentials.session_token,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )
            if after_call:
                client.meta.events.register("after-call", lambda model, **_: after_call(model.name))
            return client

        return Access(self.settings(**chosen), make_client, self.pause)

    def with_what_stays(self, **chosen: Any) -> Access:
        """Open it as the commands do."""
        access = self.access(**chosen)
        return replace(access, settings=secure_account.add_what_stays(access))

    def plan(self, **chosen: Any) -> tuple[Planned, ...]:
        """Plan as `bootstrap plan` does."""
        return secure_account.plan(self.with_what_stays(**chosen))

    def apply(
        self,
        say: Callable[[str], None] = lambda _: None,
        after_call: Callable[[str], None] | None = None,
        **chosen: Any,
    ) -> None:
        """Apply as `bootstrap apply` does."""
        access = self.with_what_stays(after_call=after_call, **chosen)
        secure_account.apply(access, secure_account.plan(access), say)

    def apply_people(self, **chosen: Any) -> None:
        """Make the roles, groups and users alone: for a test that keeps no state, in a third of the time."""
        access = self.with_what_stays(**chosen)
        wanted = [resource for one in access.settings.each for resource in people(access.settings, one)]
        secure_account.apply(access, secure_account.plan(access, wanted), lambda _: None)

    def actions(self, **chosen: Any) -> dict[str, str]:
        """Say what a plan would do about each resource, where that is anything."""
        return {str(p.resource): p.action for p in self.plan(**chosen) if p.action != "unchanged"}

    def snapshot(self, **chosen: Any) -> str:
        """Write down everything that is there, the account's number left out."""
        access = self.access(**chosen)
        iam, kms = access.client("iam"), access.client("kms")
        found = {}
        for resource in desired(access.settings):
            read = KINDS[resource.type].read(access, resource)
            found[str(resource)] = (
                None
                if read is None
                else [read.properties, read.ours, read.unfinished, read.conflict, read.notes]
            )
        found["names"] = {
            "roles": [role["RoleName"] for role in iam.list_roles()["Roles"]],
            "groups": [group["GroupName"] for group in iam.list_groups()["Groups"]],
            "users": [user["UserName"] for user in iam.list_users()["Users"]],
            "keys": [
                kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
                for key in kms.list_keys()["Keys"]
            ],
            "buckets": [bucket["Name"] for bucket in access.client("s3").list_buckets()["Buckets"]],
            "tables": access.client("dynamodb").list_tables()["TableNames"],
        }
        return json.dumps(found, indent=1, sort_keys=True, default=str).replace(self.id, "ACCOUNT")


def changed_properties(planned: Sequence[Planned]) -> set[tuple[str, str]]:
    """Name what a plan would change."""
    return {(str(p.resource), c.property) for p in planned if p.action == "change" for c in p.changes}
