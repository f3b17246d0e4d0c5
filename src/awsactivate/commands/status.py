"""Tell what session this shell holds; exit 0 if one is active, 1 if none is or it has expired."""

from __future__ import annotations

from typing import NamedTuple

from awsactivate.sessions import arn_parts
from awsactivate.sessions.arn_parts import account_of
from awsactivate.sessions.names import SETTINGS
from awsactivate.sessions.regions import region_of

TYPE_CHECKING = False  # this command is run at prompts, and argparse would be a third of it
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from awsactivate.commandline import Context, Parser

# What a wrapper in shell/ sets for this one command: the MFA session's device, and its end since the epoch.
MFA_SESSION_SHOWN = "_AWSACTIVATE_MFA_SHOWN"

# By either of these an SDK finds the session; the second one is what `exec --serve` gives.
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_SIGN_INS = b'"sign_ins"'
_LONGEST_INDEX = 4 * 1024 * 1024  # bytes
_LONGEST_TIME = 11  # digits of a time that `time` can write


def add_arguments(parser: Parser) -> None:
    """Take the form of the answer, and how much time must be left."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument(
        "--format",
        metavar="TEXT",
        help="print TEXT with {profile}, {role}, {role_arn}, {account}, {region}, {session_name}, "
        "{expiration}, {seconds_left}, {minutes} and {scope} filled in; nothing while no session is active",
    )
    parser.add_argument(
        "--tree",
        action="store_true",
        help="show all sessions of this machine that live, each with what was narrowed from it for whom",
    )
    parser.add_argument(
        "--min-ttl", metavar="D", default="0", help="exit 1 unless this long is left: 15m, 1h or seconds"
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Read the session out of the environment, and the index of sign-ins: no network, no keyring."""
    from awsactivate.sessions.durations import seconds

    held = describe(context.environ, context.clock())
    minimum = seconds("--min-ttl", arguments.min_ttl)
    if arguments.tree:
        return _read_tree(arguments, context)
    text, status = answer(held, minimum=minimum, as_json=arguments.json)
    context.write(text if arguments.format is None else filled(arguments.format, held))
    return status


def _read_tree(arguments: argparse.Namespace, context: Context) -> int:
    from awsactivate.errors import UsageError
    from awsactivate.journal import entry, file, shown
    from awsactivate.person import terminal
    from awsactivate.person.printable import json_text, printable

    if arguments.format is not None:
        raise UsageError("--tree and --format exclude each other")
    if file.is_off(context.environ):
        terminal.say(f"{file.SWITCH}=off: what was begun since is not known")
    nodes = entry.tree(file.read(context.environ), context.clock())
    held = context.environ.get("AWS_ACCESS_KEY_ID", "")
    if arguments.json:
        context.write(json_text(shown.document(nodes, held=held, runs=_is_running)))
    else:
        drawn = shown.text(nodes, now=context.clock(), held=held, runs=_is_running)
        context.write("".join(f"{printable(line)}\n" for line in drawn.splitlines()))
    return 0 if nodes else 1


def _is_running(process: int) -> bool:
    import os

    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return process > 0


class MfaSessionHeld(NamedTuple):
    """What a shell holds besides, to assume roles from without a code."""

    serial: str
    expiration: str
    seconds_left: int


class SignInHeld(NamedTuple):
    """A sign-in that was begun here, by what the index tells of it: no keyring is opened."""

    kind: str
    name: str
    until: str
    seconds_left: int
    renews: bool


class Held(NamedTuple):
    """What an environment says of its session; None where it says nothing."""

    profile: str | None = None
    role_arn: str | None = None
    account: str | None = None
    region: str | None = None
    session_name: str | None = None
    expiration: str | None = None
    seconds_left: int | None = None
    """Never below 0."""
    mfa_session: MfaSessionHeld | None = None
    settings: dict[str, str] | None = None
    """The endpoints and certificates that the profile brought."""
    scope: str | None = None
    """What the session is narrowed to."""
    sign_ins: tuple[SignInHeld, ...] = ()


def describe(environ: Mapping[str, str], now: float) -> Held:
    """Read `environ`, in which nothing is trusted to be what we would have put there."""
    profile = environ.get("AWSACTIVATE_PROFILE") or None
    mfa_session = _mfa_session(environ.get(MFA_SESSION_SHOWN, ""), now)
    sign_ins = _sign_ins(environ, now)
    if profile is None or not any(name in environ for name in _CREDENTIALS):
        return Held(mfa_session=mfa_session, sign_ins=sign_ins)
    role_arn = environ.get("AWSACTIVATE_ROLE_ARN") or None
    expires = environ.get("AWSACTIVATE_EXPIRATION", "")
    return Held(
        profile=profile,
        role_arn=role_arn,
        account=account_of(role_arn),
        region=region_of(environ),
        session_name=arn_parts.session_of(environ.get("AWSACTIVATE_ASSUMED_ROLE_ID", "")) or None,
        expiration=environ.get("AWS_CREDENTIAL_EXPIRATION") or None,
        seconds_left=max(0, int(expires) - int(now)) if _is_time(expires) else None,
        mfa_session=mfa_session,
        settings=_settings(environ),
        scope=environ.get("AWSACTIVATE_SCOPE") or None,
        sign_ins=sign_ins,
    )


def _sign_ins(environ: Mapping[str, str], now: float) -> tuple[SignInHeld, ...]:
    """Read the index of sign-ins, if it has any: most people's has none, and a prompt waits for this."""
    folder = environ.get("XDG_DATA_HOME") or f"{environ.get('HOME', '')}/.local/share"
    try:
        with open(f"{folder}/awsactivate/identities.json", "rb") as file:  # noqa: PTH123  (pathlib takes longer)
            if _SIGN_INS not in file.read(_LONGEST_INDEX):
                return ()
    except OSError:
        return ()  # there is none, or none that can be read: doctor tells
    from datetime import datetime

    from awsactivate.errors import ProfileError
    from awsactivate.keychain import index
    from awsactivate.signin import key

    found = []
    try:
        for text, entry in index.read_sign_ins(environ).items():
            named = key.read(text)
            left = int(datetime.fromisoformat(entry.until).timestamp() - now)
            if named is not None:
                found.append(SignInHeld(named.kind, named.name, entry.until, max(0, left), entry.renews))
    except (ProfileError, ValueError, TypeError):
        return ()  # it is damaged, which doctor tells
    return tuple(found)


def _settings(environ: Mapping[str, str]) -> dict[str, str] | None:
    held = [name for name in environ.get("AWSACTIVATE_VARS", "").split() if name.startswith(SETTINGS)]
    if not held:
        return None
    from awsactivate.sessions import addresses

    return {name: addresses.shown(environ[name]) for name in held if name in environ} or None


def _mfa_session(text: str, now: float) -> MfaSessionHeld | None:
    serial, _, expires = text.partition(" ")
    if not _is_time(expires):
        return None
    import time

    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(expires)))
    left = int(expires) - int(now)
    return MfaSessionHeld(serial, moment, left) if left > 0 else None


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_TIME


def filled(template: str, held: Held) -> str:
    """Put the values of `held` in place of their names in braces; a doubled brace stands for itself.

    '' where there is no session; a value that is not known is ''. UsageError where there is no such name.
    """
    import re

    known = {name: "" if value is None else str(value) for name, value in held._asdict().items()}
    del known["mfa_session"], known["settings"], known["sign_ins"]
    known["role"] = arn_parts.principal_of(known["role_arn"])
    known["minutes"] = "" if held.seconds_left is None else str(-(-held.seconds_left // 60))

    def value_of(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        if match[1] not in known:
            from awsactivate.errors import UsageError

            raise UsageError(f"--format: there is no {match[0]}", f"use {{{'}, {'.join(known)}}}")
        return _shown(known[match[1]])

    text = re.sub(r"\{\{|\}\}|\{([^{}]*)\}|[{}]", value_of, template)
    return text + "\n" if held.profile is not None else ""


def answer(held: Held, *, minimum: float, as_json: bool) -> tuple[str, int]:
    """Return what to print of `held`, and the exit status: 0 if more than `minimum` seconds are left."""
    left = held.seconds_left
    active = held.profile is not None and (left is None or left > minimum)
    status = 0 if active else 1
    if as_json:
        import json

        whole = {"active": active, **held._asdict()}
        del whole["mfa_session"], whole["settings"], whole["scope"], whole["sign_ins"]
        if held.scope:
            whole["scope"] = held.scope
        if held.settings:
            whole["settings"] = held.settings
        if held.mfa_session:
            whole["mfa_session"] = held.mfa_session._asdict()
        if held.sign_ins:
            whole["sign_ins"] = [one._asdict() for one in held.sign_ins]
        return json.dumps(whole, indent=2) + "\n", status
    if held.profile is None:
        return "no session is active in this shell\n" + _mfa_text(held) + _sign_in_text(held), status
    return _text(held) + _mfa_text(held) + _sign_in_text(held), status


def _text(held: Held) -> str:
    left = held.seconds_left
    lines = {
        "profile": held.profile,
        "narrowed to": held.scope,
        "role": held.role_arn,
        "account": held.account,
        "region": held.region,
        "session name": held.session_name,
        "expiration": held.expiration,
        "left": None if left is None else "expired" if left == 0 else f"{-(-left // 60)} min",
    }
    text = "".join(_line(name, value) for name, value in lines.items() if value is not None)
    settings = held.settings or {}
    return text + "".join(_line("setting", f"{name}={value}") for name, value in settings.items())


def _mfa_text(held: Held) -> str:
    if held.mfa_session is None:
        return ""
    serial, expiration, left = held.mfa_session
    return _line("MFA session", f"{serial} until {expiration} ({-(-left // 60)} min)")


def _sign_in_text(held: Held) -> str:
    lines = []
    for one in held.sign_ins:
        when = f"until {one.until} ({-(-one.seconds_left // 60)} min)" if one.seconds_left else "has ended"
        renewed = "renewed when it is used" if not one.seconds_left else "then renewed by itself"
        lines.append(_line("sign-in", f"{one.name} {when}{f', {renewed}' if one.renews else ''}"))
    return "".join(lines)


def _line(name: str, value: str) -> str:
    return f"{name:<13} {_shown(value)}\n"


def _shown(text: str) -> str:
    return text if text.isprintable() else repr(text)
