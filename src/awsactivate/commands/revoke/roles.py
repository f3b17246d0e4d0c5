"""Which role a revocation is about, where the command line does not say."""

from __future__ import annotations

import time

from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError, UsageError
from awsactivate.files.user_folders import state_folder
from awsactivate.opening.signer import Signer
from awsactivate.person import terminal
from awsactivate.profiles.read import read_profiles
from awsactivate.revocation.known_sessions import KnownSessionsFile
from awsactivate.sessions import arns

_SEVERAL_SHOWN = 8


def read_option(text: str) -> arns.RoleArn:
    """Read `--role-arn`."""
    try:
        return arns.role_arn(text)
    except ValueError as error:
        raise UsageError(f"--role-arn {error}") from error


def find_the_one(given: str | None, context: Context) -> arns.RoleArn:
    """Return the role named, or this shell's, or the only one of the profiles."""
    if given is not None:
        return read_option(given)
    if active := context.environ.get("AWSACTIVATE_ROLE_ARN"):
        return read_option(active)
    known = list_of_profiles(context)
    if len(known) != 1:
        names = ", ".join(role.text for role in known[:_SEVERAL_SHOWN]) or "none"
        raise UsageError(f"which role is meant? the profiles have {names}", "add --role-arn ARN")
    return known[0]


def list_of_a_kind(role: arns.RoleArn, signer: Signer, user: str | None = None) -> list[arns.RoleArn]:
    """List the role and those that `bootstrap` made of its kind; of a user, those that know the user, if any.

    Raises AccessDeniedError where the signer may not ask.
    """
    from awsactivate.aws import revocation, roles_of_a_kind

    try:
        found = roles_of_a_kind.read(signer.iam(role.partition), role.name, time.sleep)
    except revocation.NoSuchRoleError:
        return [role]  # said of the call that is meant
    known = [tags for tags in found if user is not None and tags.key_of(user) is not None]
    before = role.text.removesuffix(role.name)
    return [read_option(before + tags.role_name) for tags in known or found]


def list_of_a_kind_or_alone(role: arns.RoleArn, signer: Signer) -> list[arns.RoleArn]:
    """List the role, and those of its kind where the signer may ask."""
    try:
        return list_of_a_kind(role, signer)
    except AccessDeniedError:
        return [role]


def list_own(given: str | None, context: Context) -> list[arns.RoleArn]:
    """List the roles of which the user may have sessions: those of the profiles, and those seen here."""
    if given is not None:
        return [read_option(given)]
    known = {role.text: role for role in list_of_profiles(context)}
    seen = KnownSessionsFile(state_folder(context.environ), warn=terminal.say_of_state).read()
    texts = [session.role_arn for session in seen.sessions.values()]
    if active := context.environ.get("AWSACTIVATE_ROLE_ARN"):
        texts.append(active)
    for text in texts:
        known.setdefault(text, read_option(text))
    return list(known.values())


def list_of_profiles(context: Context) -> list[arns.RoleArn]:
    """List the roles that the profiles name, each once."""
    found: dict[str, arns.RoleArn] = {}
    for profile in read_profiles(context.environ).values():
        if profile.role_arn:
            try:
                role = arns.role_arn(profile.role_arn)
            except ValueError:
                continue  # told when that profile is used
            found.setdefault(role.text, role)
    return list(found.values())
