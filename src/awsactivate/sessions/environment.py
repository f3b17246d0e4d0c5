"""What an activation does to an environment, as data.

Two statements are enough: a name gets a value, or is hidden. What a name was before, and putting it back,
is the shell's own business (it must work without a process); it learns the names from `held_names`.
Nothing here knows about shells, AWS's network, or this process's own environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from awsactivate.frozen import dataclass, field
from awsactivate.sessions import names
from awsactivate.sessions.credentials import Session, rfc3339

# What tells to what a session is narrowed, where it is.
SCOPE = "AWSACTIVATE_SCOPE"
# How each name begins that a wrapper in `shell/` gives to this process and to nobody else.
PRIVATE_PREFIX = "_AWSACTIVATE_"
# What a wrapper in `shell/` sets, to its own version, for the one command that it runs.
WRAPPER_MARK = "_AWSACTIVATE_WRAPPER"
# And to `doctor`: what keeps its hook from being run before each prompt.
HOOK = "_AWSACTIVATE_HOOK"
# And what its session's renewal is to say.
AGAIN = "_AWSACTIVATE_AGAIN"
# And, in parts, the session that its shell holds, where the environment is that of before.
HANDED_OVER = "_AWSACTIVATE_NOW_"
# And, where this is set, those held whose names begin as it says stand in their own place: they may be as
# large as the system allows, so that no copy fits. One that was there before has a copy all the same.
IN_PLACE = "_AWSACTIVATE_IN_PLACE"
# And what tells a program that is configured to give credentials or codes for whom it does.
WAY = "AWSACTIVATE_WAY"
# And the programs of COMMAND's profiles where to fetch their credentials, and by which token.
SERVE_URI, SERVE_TOKEN = "AWSACTIVATE_SERVE_URI", "AWSACTIVATE_SERVE_TOKEN"
# What tells which session is held, where one is.
_HELD = (
    *("AWSACTIVATE_PROFILE", "AWSACTIVATE_ROLE_ARN", "AWSACTIVATE_ASSUMED_ROLE_ID"),
    *("AWSACTIVATE_SOURCE_PROFILE", "AWSACTIVATE_EXPIRATION", "AWSACTIVATE_VARS", SCOPE),
)
# What is for this process only, and not for a command that it runs.
OURS_ALONE = ("AWSACTIVATE_MFA_CODE", WRAPPER_MARK, AGAIN)

# For a command that is to have no other credentials than its session's: where SDKs would look for others.
_NO_FILE = "/dev/null"
NOTHING_ELSE = {
    "AWS_CONFIG_FILE": _NO_FILE,
    "AWS_SHARED_CREDENTIALS_FILE": _NO_FILE,
    "BOTO_CONFIG": _NO_FILE,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# And how older SDKs name keys and the files of keys.
_OLD_NAMES = (
    *("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY"),
    *("AWS_CREDENTIAL_FILE", "AWS_CREDENTIAL_PROFILES_FILE"),
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True)
class Set:
    """Give `name` a value while the session is active, exported."""

    name: str
    value: str = field(repr=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if "\0" in self.value:
            raise ValueError(f"the value of {self.name} holds a NUL byte, which no environment can")


@dataclass(frozen=True)
class Unset:
    """Hide `name` while the session is active."""

    name: str

    def __post_init__(self) -> None:
        _check_name(self.name)


Change = tuple[Set | Unset, ...]


def activation(session: Session, extra: Mapping[str, str] | None = None) -> Change:
    """List what must be set and hidden for `session` to be this environment's only AWS identity.

    `extra` holds further variables (such as `TF_VAR_…`) that live and end with the session.
    """
    wanted: dict[str, str | None] = {
        "AWS_ACCESS_KEY_ID": session.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.credentials.secret_access_key,
        "AWS_SESSION_TOKEN": session.credentials.session_token,
    }
    # A renewal whose source names no expiration must hide the old one: so both names are always held.
    expiration = session.credentials.expiration
    wanted["AWS_CREDENTIAL_EXPIRATION"] = rfc3339(expiration) if expiration else None
    wanted |= _whose(session)
    wanted["AWSACTIVATE_ASSUMED_ROLE_ID"] = session.assumed_role_id
    wanted["AWSACTIVATE_SOURCE_PROFILE"] = session.source_profile
    wanted["AWSACTIVATE_EXPIRATION"] = str(int(expiration.timestamp())) if expiration else None
    wanted.update(dict.fromkeys(names.HIDDEN))
    wanted.update(extra or {})
    return _change(wanted)


def serving(session: Session, uri: str, token: str) -> Change:
    """List what must be set and hidden for SDKs to fetch `session`, and those that follow it, at `uri`.

    No credentials are in it but `token`, which `uri` alone takes.
    """
    hidden = (*names.CREDENTIALS, "AWS_CREDENTIAL_EXPIRATION", *names.HIDDEN)
    wanted: dict[str, str | None] = dict.fromkeys(hidden)
    wanted |= _whose(session)
    wanted["AWSACTIVATE_ASSUMED_ROLE_ID"] = None  # each renewal has another
    wanted["AWSACTIVATE_SOURCE_PROFILE"] = session.source_profile
    wanted["AWSACTIVATE_EXPIRATION"] = None
    wanted["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = uri
    wanted["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = token
    return _change(wanted)


def serving_profiles(default: str, uri: str, token: str) -> Change:
    """List what must be set and hidden for SDKs to see the profiles that are served at `uri`.

    It holds no session then: `default` is only the profile that is taken where none is named.
    """
    hidden = (*names.CREDENTIALS, "AWS_CREDENTIAL_EXPIRATION", *names.HIDDEN, *_HELD)
    wanted: dict[str, str | None] = dict.fromkeys(hidden)
    wanted |= {"AWS_PROFILE": default, SERVE_URI: uri, SERVE_TOKEN: token}
    wanted["AWS_SDK_LOAD_CONFIG"] = "1"  # or the first SDKs of Go and JavaScript read the other file alone
    return tuple(Unset(name) if value is None else Set(name, value) for name, value in wanted.items())


def _whose(session: Session) -> dict[str, str | None]:
    region = dict.fromkeys(names.REGIONS, session.region) if session.region else {}
    return {
        **region,
        **dict.fromkeys(session.put_aside),
        **session.settings,
        "AWSACTIVATE_PROFILE": session.profile,
        "AWSACTIVATE_ROLE_ARN": session.role_arn,
        **({SCOPE: session.scope} if session.scope else {}),
    }


def _change(wanted: dict[str, str | None]) -> Change:
    wanted["AWSACTIVATE_VARS"] = " ".join([*wanted, "AWSACTIVATE_VARS"])
    return tuple(Unset(name) if value is None else Set(name, value) for name, value in wanted.items())


def held_names(change: Change) -> tuple[str, ...]:
    """Name every variable that `change` touches, in its order."""
    return tuple(statement.name for statement in change)


def apply(change: Change, environ: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `environ` with `change` made: the environment of a child process."""
    changed = dict(environ)
    for statement in change:
        if isinstance(statement, Set):
            changed[statement.name] = statement.value
        else:
            changed.pop(statement.name, None)
    return changed


def of_command(change: Change, environ: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `environ` for COMMAND: with `change` made, and without what is for us alone."""
    return {
        name: value
        for name, value in apply(change, environ).items()
        if name not in OURS_ALONE and not name.startswith(HANDED_OVER)
    }


def alone(environ: Mapping[str, str], carried: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with all hidden in which SDKs would find credentials beside the session's.

    `carried` is what the hidden files say of regions and endpoints, as variables, if `environ` does not.
    Hidden is not locked: who looks for the files by their own path finds them.
    """
    kept = {name: value for name, value in environ.items() if name not in _OLD_NAMES}
    return {**carried, **kept, **NOTHING_ELSE}


def without_session(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without the session of ours that it holds, so that no session assumes itself.

    What was there before is known to the shell that activated: its wrapper gives that environment to this
    program by itself, and says so by `WRAPPER_MARK`. A script that inherited a session can't.
    """
    environ = {name: value for name, value in environ.items() if name != SCOPE}  # whole, until it is narrowed
    held = environ.get("AWSACTIVATE_VARS", "").split()
    if WRAPPER_MARK in environ or "AWS_ACCESS_KEY_ID" not in held:
        return environ
    known = (*names.CREDENTIALS, "AWS_CREDENTIAL_EXPIRATION")
    gone = {name for name in held if name in known or names.is_adoptable(name)}
    return {name: value for name, value in environ.items() if name not in gone}


def in_place(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name what a wrapper handed over in its own place: it is the session's, and was not there before."""
    prefix = environ.get(IN_PLACE)
    if not prefix:
        return ()
    return tuple(
        name
        for name in dict.fromkeys(environ.get("AWSACTIVATE_VARS", "").split())
        if name.startswith(prefix) and name in environ and HANDED_OVER + name not in environ
    )


def as_handed_over(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the shell as it is, where its wrapper gave the one of before.

    Beside that one stands each variable that the session holds and the shell exports; our own only once.
    """
    now = {
        name.removeprefix(HANDED_OVER): value
        for name, value in environ.items()
        if name.startswith(HANDED_OVER)
    }
    if not now:
        return dict(environ)
    hidden = {name for name in environ.get("AWSACTIVATE_VARS", "").split() if names.is_adoptable(name)}
    gone = {*(name for name in hidden if not name.startswith("AWSACTIVATE_")), *names.CREDENTIALS}
    gone |= {WRAPPER_MARK, AGAIN}
    before = {
        name: value
        for name, value in environ.items()
        if name not in gone and not name.startswith(HANDED_OVER)
    }
    return {**before, **now}


def of_helper(environ: Mapping[str, str], *, knows_aws: bool = False) -> dict[str, str]:
    """Return the environment of a program that is no COMMAND of the person's: one that helps this one.

    No helper gets a session of ours, nor what a shell gave to this process alone; and one that has nothing to
    do with AWS gets nothing of AWS's or terraform's at all. A program that is configured to give credentials
    or codes, which `knows_aws`, gets what the person has set.
    """
    gone = ("AWSACTIVATE_", PRIVATE_PREFIX) if knows_aws else ("AWS", "_AWS", "TF_VAR_")
    before = without_session(environ)
    return {
        name: value
        for name, value in before.items()
        if not name.startswith(gone) or (knows_aws and name in (WAY, SERVE_URI, SERVE_TOKEN))
    }


def for_nobody_else(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name what of `environ` is a secret that no program inherits by itself, whoever starts it."""
    session = environ.keys() - without_session(environ).keys()
    return tuple(
        name
        for name in environ
        if name.startswith(PRIVATE_PREFIX)
        or name == "AWSACTIVATE_MFA_CODE"
        or (name in session and (name in names.CREDENTIALS or name.startswith("TF_VAR_")))
    )


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not the name of an environment variable")
