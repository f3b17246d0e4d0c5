"""The flags that say which secure account is meant, and the account itself, opened."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from awsactivate.account.settings import LOCKS, Settings, checked
from awsactivate.commandline import Context, Parser
from awsactivate.errors import ProfileError
from awsactivate.opening import caller
from awsactivate.opening.signer import Signer
from awsactivate.sessions import durations

if TYPE_CHECKING:
    from awsactivate.aws.resources.access import Access

DEFAULTS = Settings(account_id="0" * 12, region="ap-southeast-1")


def add_names(parser: Parser) -> None:
    """Add what the role and the group are called."""
    group = parser.add_argument_group("names")
    group.add_argument("--role-name", default=DEFAULTS.role_name, metavar="NAME", help="default: %(default)s")
    group.add_argument(
        "--group-name", default=DEFAULTS.group_name, metavar="NAME", help="default: %(default)s"
    )


def add_places(parser: Parser) -> None:
    """Add what the buckets, the lock and the key for secrets are called."""
    add_named_places(parser).add_argument(
        "--lock",
        default=DEFAULTS.lock,
        choices=LOCKS,
        help="a lock file beside the state, a DynamoDB table, or both (default: %(default)s)",
    )


def add_named_places(parser: Parser) -> argparse._ArgumentGroup:
    """Add what the buckets and the key for secrets are called, whose policies name the role."""
    group = parser.add_argument_group("places")
    group.add_argument(
        "--prefix", default=DEFAULTS.prefix, metavar="P", help="of the buckets' names (default: %(default)s)"
    )
    group.add_argument(
        "--secrets-alias",
        default=DEFAULTS.secrets_alias,
        metavar="ALIAS",
        help="of the KMS key for secrets (default: %(default)s)",
    )
    return group


def add_choices(parser: Parser) -> None:
    """Add who may assume the role, for how long, and what it may do."""
    group = parser.add_argument_group("the role and its people")
    group.add_argument(
        "--user", action="append", default=[], metavar="NAME", help="one who may assume the role (repeatable)"
    )
    group.add_argument(
        "--policy-arn",
        action="append",
        default=[],
        metavar="ARN",
        help="what the role may do (repeatable; default: AdministratorAccess)",
    )
    group.add_argument("--permissions-boundary", metavar="ARN", help="the most that the role may do")
    group.add_argument(
        "--max-session",
        default="1h",
        metavar="1h",
        help="the longest session, 1h to 12h (default: %(default)s)",
    )
    group.add_argument(
        "--plain-session-names",
        action="store_true",
        help="let a session have the bare user's name, as the console's Switch Role needs; then all of a"
        " user's sessions share one name, and revoking one hits later ones too",
    )
    group.add_argument(
        "--revoke-without-mfa",
        action="store_true",
        help="let the access key alone write revocations; whoever steals the key can then lift them too"
        " (kept as the role's tag)",
    )
    group.add_argument("--revoke-needs-mfa", action="store_true", help="accepted: it is so anyway")


def add_all(parser: Parser) -> None:
    """Add everything that describes the account."""
    add_names(parser)
    add_places(parser)
    add_choices(parser)


def settings(arguments: argparse.Namespace, account_id: str, partition: str, region: str) -> Settings:
    """Gather what was chosen; what this command does not ask keeps its default."""
    chosen = {
        name: value
        for name, value in vars(arguments).items()
        if name in ("role_name", "group_name", "prefix", "lock", "secrets_alias", "permissions_boundary")
        or name in ("plain_session_names", "revoke_without_mfa")
    }
    return checked(
        Settings(
            account_id=account_id,
            region=region,
            partition=partition,
            users=tuple(getattr(arguments, "user", ())),
            policy_arns=tuple(getattr(arguments, "policy_arn", ())),
            max_session=_seconds(arguments),
            **chosen,
        )
    )


def open_account(arguments: argparse.Namespace, context: Context) -> tuple[Access, Signer, str]:
    """Find out as whom and where; return the account, its caller, and the caller's ARN."""
    from awsactivate.aws.resources.access import Access
    from awsactivate.aws.secure_account import ask_identity

    found = caller.find_caller(arguments, context)
    account_id, partition, arn = ask_identity(found.client("sts"))
    if found.region is None:
        raise ProfileError("a region is needed here, and the profile names none", "add --region REGION")
    chosen = settings(arguments, account_id, partition, found.region)
    return Access(chosen, found.client), found, arn


def _seconds(arguments: argparse.Namespace) -> int:
    text = getattr(arguments, "max_session", None)
    return DEFAULTS.max_session if text is None else durations.seconds("--max-session", text)
