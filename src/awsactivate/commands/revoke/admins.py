"""`revoke --user NAME` and `--everyone`: all sessions up to now, by an administrator."""

from __future__ import annotations

import argparse
import time

from awsactivate.account import policies
from awsactivate.commandline import Context
from awsactivate.commands.revoke import by_policy, roles, signers
from awsactivate.commands.revoke.target import instant_before, refuse_what_cannot_be
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError, UsageError
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal
from awsactivate.revocation import inline_policy
from awsactivate.revocation.inline_policy import Denial
from awsactivate.sessions import arns


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Say what will be denied to whom until when, ask, and deny."""
    if arguments.user is not None and not arns.is_name(arguments.user):
        raise UsageError(f"--user must be an IAM user's name, not {arguments.user!r}")
    role = roles.find_the_one(arguments.role_arn, context)
    refuse_what_cannot_be(role)
    choice = signers.choice_of(context.environ, arguments.profile, arguments.mfa_code)
    refusals: list[str] = []
    is_agreed = arguments.yes
    for signer in signers.open_signers(choice, role.text, context):
        if signer.identity.account_id != role.account_id:
            raise AwsError(
                f"{signer.words} is of account {signer.identity.account_id}, the role of {role.account_id}",
                "add --profile P of an administrator there",
                code="OtherAccount",
            )
        denial = _denial(arguments, signer, context)
        targets = _find_targets(role, signer, arguments.user)
        if arguments.dry_run:
            context.write("".join(by_policy.preview(denial, one, signer) for one in targets))
            return 0
        if not is_agreed:
            _agree(denial, targets, signer)
            is_agreed = True
        try:
            _write(denial, targets, signer, context, wait=not arguments.no_wait)
        except _NoneWrittenError as error:
            refusals.append(error.message)
        else:
            return 0
    raise AwsError(
        "; ".join(dict.fromkeys(refusals)), "add --profile P of an administrator", code="AccessDenied"
    )


class _NoneWrittenError(AccessDeniedError):
    """The signer may not deny anything: another one may."""


def _find_targets(role: arns.RoleArn, signer: Signer, user: str | None) -> list[arns.RoleArn]:
    try:
        return roles.list_of_a_kind(role, signer, user)
    except AccessDeniedError as error:
        terminal.say(f"only {role} is meant: whether there are more roles of its kind is not known ({error})")
        return [role]


def _write(
    denial: Denial, targets: list[arns.RoleArn], signer: Signer, context: Context, *, wait: bool
) -> None:
    """Write the denial on each role, also where it fails on one; raise what failed, with what was done."""
    done: list[str] = []
    failures: list[AwsError] = []
    for role in targets:
        try:
            context.write(by_policy.write(denial, role, signer, context, wait=wait))
        except AccessDeniedError as error:
            if not done:
                raise _NoneWrittenError(error.message, code=error.code) from error
            failures.append(error)
        except AwsError as error:
            failures.append(error)
        else:
            done.append(role.name)
            if denial.kind == "user" and not _enforces_names(role, signer):
                _warn_of_other_names(denial, role)
    if failures:
        so_far = f"; revoked on {', '.join(done)}" if done else ""
        message = "; ".join(error.message for error in failures)
        raise AwsError(f"{message}{so_far}", failures[0].hint, code=failures[0].code) from failures[0]


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
    before = instant_before(signer.now(context))
    return (
        inline_policy.of_everyone(before)
        if arguments.everyone
        else inline_policy.of_user(arguments.user, before)
    )


def _agree(denial: Denial, targets: list[arns.RoleArn], signer: Signer) -> None:
    role, *more = targets
    terminal.say(by_policy.will_be(denial, role, by_policy.ask_longest(role, signer)))
    beside = f", and on {', '.join(one.name for one in more)}" if more else ""
    if more:
        terminal.say(f"the same{beside.removeprefix(', and')}: more roles of its kind")
    if not terminal.confirm(f"revoke {by_policy.whom(denial, role)}{beside}?"):
        raise AwsactivateError("nothing was changed")
