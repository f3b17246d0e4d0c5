"""`revoke --user NAME` and `--everyone`: all sessions up to now, by an administrator."""

from __future__ import annotations

import argparse
import re
import time

from awsactivate.account import policies
from awsactivate.commandline import Context
from awsactivate.commands.revoke import by_policy, one, roles, signers
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError, UsageError
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal
from awsactivate.revocation import inline_policy
from awsactivate.revocation.inline_policy import Denial
from awsactivate.sessions import arns

_USER = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Say what will be denied to whom until when, ask, and deny."""
    if arguments.user is not None and not _USER.fullmatch(arguments.user):
        raise UsageError(f"--user must be an IAM user's name, not {arguments.user!r}")
    role = roles.the_one(arguments.role_arn, context)
    one.refuse_what_cannot_be(role)
    choice = signers.choice_of(context.environ, arguments.profile, arguments.mfa_code)
    refusals: list[str] = []
    is_agreed = arguments.yes
    for signer in signers.signers(choice, role.text, context):
        if signer.identity.account_id != role.account_id:
            raise AwsError(
                f"{signer.words} is of account {signer.identity.account_id}, the role of {role.account_id}",
                "add --profile P of an administrator there",
                code="OtherAccount",
            )
        denial = _denial(arguments, signer, context)
        if arguments.dry_run:
            context.write(by_policy.preview(denial, role, signer))
            return 0
        if not is_agreed:
            _agree(denial, role, signer)
            is_agreed = True
        try:
            context.write(by_policy.write(denial, role, signer, context, wait=not arguments.no_wait))
            if denial.kind == "user" and not _enforces_names(role, signer):
                _warn_of_other_names(denial, role)
        except AccessDeniedError as error:
            refusals.append(error.message)
        else:
            return 0
    raise AwsError(
        "; ".join(dict.fromkeys(refusals)), "add --profile P of an administrator", code="AccessDenied"
    )


def _enforces_names(role: arns.RoleArn, signer: Signer) -> bool:
    from awsactivate.aws import revocation

    try:
        answer = revocation.call(signer.iam(role.partition).get_role, time.sleep, RoleName=role.name)
    except AccessDeniedError:
        return False  # where it can't be known, nothing is claimed
    return policies.enforces_session_names(answer["Role"]["AssumeRolePolicyDocument"])


def _warn_of_other_names(denial: Denial, role: arns.RoleArn) -> None:
    user = denial.who
    terminal.say(
        f"{role.name} does not hold its users to their names: denied are sessions called {user} or {user}=…,"
        f" and one that {user} called otherwise lives on"
    )
    terminal.say(f"hint: awsactivate revoke --everyone --role-arn {role}")


def _denial(arguments: argparse.Namespace, signer: Signer, context: Context) -> Denial:
    before = one.instant_before(signer.now(context))
    return (
        inline_policy.of_everyone(before)
        if arguments.everyone
        else inline_policy.of_user(arguments.user, before)
    )


def _agree(denial: Denial, role: arns.RoleArn, signer: Signer) -> None:
    terminal.say(by_policy.will_be(denial, role, by_policy.longest(role, signer)))
    if not terminal.confirm(f"revoke {by_policy.whom(denial, role)}?"):
        raise AwsactivateError("nothing was changed")
