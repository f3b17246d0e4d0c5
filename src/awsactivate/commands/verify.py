"""Check the account against what `bootstrap` describes, and try what it must refuse.

Every property is read from the live account; then the role is asked for without MFA, under another user's
name and with a session tag, and the buckets are read over plain HTTP. `-` marks what could not be tried.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING, Any

from awsactivate.account import policies
from awsactivate.account.checks import Check, all_ok, not_tried, of_resource, said_of_administrators
from awsactivate.account.desired import desired
from awsactivate.account.settings import Settings
from awsactivate.commandline import Context, Parser
from awsactivate.commands.bootstrap import flags
from awsactivate.commands.revoke import trial
from awsactivate.frozen import replace
from awsactivate.opening import caller, plan_for
from awsactivate.opening.signer import Signer, load_credentials
from awsactivate.person import terminal
from awsactivate.person.printable import json_text
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import arn_parts, session_names
from awsactivate.sessions.steps import Options

if TYPE_CHECKING:
    from awsactivate.aws.resources.access import Access
    from awsactivate.sessions.credentials import Credentials

_MARKS = {True: "✓", False: "✗", None: "-"}
_SHOWN_WHOLE = 60  # characters of what is as it should be


def add_arguments(parser: Parser) -> None:
    """Take what describes the account, and how much to try."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--probe",
        action="store_true",
        help="make a throw-away user with MFA and no rights, see it refused, and delete it (takes a minute)",
    )
    parser.add_argument(
        "--revocation",
        action="store_true",
        help="try only this: begin a session of --profile, revoke it, see AWS refuse it (two MFA codes)",
    )
    flags.add_all(parser)
    caller.add_arguments(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write one line a check; 1 where one failed."""
    if arguments.revocation:
        return _report(trial.run(arguments, context), arguments, context)
    return _report(_run_all(arguments, context), arguments, context)


def _run_all(arguments: argparse.Namespace, context: Context) -> list[Check]:
    from awsactivate.aws import secure_account

    access, found, arn = flags.open_account(arguments, context)
    access = replace(access, settings=secure_account.add_what_stays(access))
    checks = [
        check
        for resource in desired(access.settings)
        for check in of_resource(resource, secure_account.read(access, resource))
    ]
    checks += _run_attempts(access, found, arn, context)
    checks += _try_member_without_mfa(access, found, context, probe=arguments.probe)
    checks.append(said_of_administrators())
    return checks


def _report(checks: list[Check], arguments: argparse.Namespace, context: Context) -> int:
    if arguments.json:
        context.write(_json(checks))
    else:
        context.write("".join(_line(check) for check in checks))
    return 0 if all_ok(checks) else 1


def _run_attempts(access: Access, found: Signer, arn: str, context: Context) -> list[Check]:
    from awsactivate.aws import attempts

    settings = access.settings
    keys = _load_long_term_keys(found, context)
    is_user = f":iam::{settings.account_id}:user/" in arn
    trials = attempts.Trials(
        role_arn=settings.role_arn,
        user=arn_parts.principal_of(arn) if is_user else None,
        nonce=plan_for.fresh_nonce(context),
        keys=_sts(found, keys) if keys else None,
        with_mfa=_sts(found, found.credentials) if is_user and not found.credentials.is_long_term else None,
    )
    checks = []
    for one in settings.each if is_user else settings.each[:1]:
        tried = attempts.try_assume_role(replace(trials, role_arn=one.role_arn))
        checks += [_of_role(check, one) for check in tried]
    # a long-term key sends no token that somebody on the way could read
    signer = keys or found.credentials
    for bucket in (settings.bootstrap_bucket, settings.state_bucket):
        checks.append(attempts.try_plain_http(access.client("s3"), signer, bucket, settings.account_id))
    return checks


def _of_role(check: Check, one: Settings) -> Check:
    """Name the role in a check, where it is not the first."""
    return replace(check, check=f"{check.check}: {one.role_name}") if one.is_shard else check


def _try_member_without_mfa(access: Access, found: Signer, context: Context, *, probe: bool) -> list[Check]:
    """Try the throw-away user outside the group, then its bare key as a member's, where that may be done."""
    from awsactivate.aws import attempts

    check, should = attempts.TAG_WITHOUT_MFA, attempts.REFUSED
    if access.settings.revoke_without_mfa:
        untried = not_tried(check, "the account's people chose --revoke-without-mfa", should)
        return [*(_try_outsider(access, found, context) if probe else []), untried]
    if not probe:
        return [not_tried(check, "it takes a throw-away user: add --probe", should)]
    return _try_outsider(access, found, context)


def _try_outsider(access: Access, found: Signer, context: Context) -> list[Check]:
    from awsactivate.aws import attempts, outsider

    def wait(seconds: float) -> None:
        terminal.countdown(
            seconds, "waiting for the throw-away user's next code", clock=context.clock, sleep=time.sleep
        )

    settings, key = access.settings, policies.revoked_tag(outsider.NAME)
    with outsider.outsider(access, lambda keys: _sts(found, keys), context.clock, wait) as stranger:
        name = session_names.session_name(outsider.NAME, plan_for.fresh_nonce(context))
        checks = [
            _of_role(attempts.try_outsider(stranger.sts, one.role_arn, name), one) for one in settings.each
        ]
        if settings.revoke_without_mfa:
            return checks
        outsider.let_in(access)
        iam = replace(found, credentials=stranger.keys).client("iam")
        tried = attempts.try_tag_without_mfa(iam, settings.role_name, key, access.pauses())
        if tried.ok is False:
            access.call_until_settled(
                access.client("iam").untag_role, RoleName=settings.role_name, TagKeys=[key]
            )
        return [*checks, tried]


def _load_long_term_keys(found: Signer, context: Context) -> Credentials | None:
    """Return the access key behind the caller, which signs without MFA; None where there is none at hand."""
    if found.credentials.is_long_term:
        return found.credentials
    if found.profile is None:
        return None
    profiles = read_profiles(context.environ)
    plan = plan_for.plan_of(found.profile, profiles, context, Options())
    if plan.source.kind not in ("profile", "keyring", "environment"):
        return None
    loaded = load_credentials(plan.source, profiles, context, target_profile=plan.profile)
    return loaded if loaded.is_long_term else None


def _sts(found: Signer, keys: Credentials) -> Any:
    return replace(found, credentials=keys).client("sts")


def _json(checks: list[Check]) -> str:
    rows = [{"check": c.check, "ok": c.ok, "is": c.is_, "should": c.should} for c in checks]
    return json_text({"ok": all_ok(checks), "checks": rows})


def _line(check: Check) -> str:
    said = f"{_MARKS[check.ok]} {check.check}"
    if check.ok is None:
        return f"{said}: {check.is_}\n"
    if check.ok:
        is_ = _text(check.is_)
        return f"{said}: {is_ if len(is_) <= _SHOWN_WHOLE else 'as described'}\n"
    return f"{said}: is {_text(check.is_)}, should be {_text(check.should)}\n"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
