"""Tell what session this shell holds; exit 0 if one is active, 1 if none is or it has expired."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False  # this command is run at prompts, and argparse would be a third of it
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from awsactivate.commandline import Context, Parser


def add_arguments(parser: Parser) -> None:
    """Take the form of the answer, and how much time must be left."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--min-ttl", metavar="D", default="0", help="exit 1 unless this long is left: 15m, 1h or seconds"
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Read the session out of the environment alone: no network, no file."""
    from awsactivate.durations import seconds

    held = describe(context.environ, context.clock())
    minimum = seconds("--min-ttl", arguments.min_ttl)
    text, status = answer(held, minimum=minimum, as_json=arguments.json)
    context.write(text)
    return status


class Held(NamedTuple):
    """What an environment says of its session; None where it says nothing.

    `seconds_left` is never below 0.
    """

    profile: str | None = None
    role_arn: str | None = None
    account: str | None = None
    region: str | None = None
    session_name: str | None = None
    expiration: str | None = None
    seconds_left: int | None = None


def describe(environ: Mapping[str, str], now: float) -> Held:
    """Read `environ`, in which nothing is trusted to be what we would have put there."""
    profile = environ.get("AWSACTIVATE_PROFILE") or None
    if profile is None or "AWS_ACCESS_KEY_ID" not in environ:
        return Held()
    role_arn = environ.get("AWSACTIVATE_ROLE_ARN") or None
    expires = environ.get("AWSACTIVATE_EXPIRATION", "")
    return Held(
        profile=profile,
        role_arn=role_arn,
        account=role_arn.split(":")[4] if role_arn and role_arn.count(":") >= 5 else None,
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None,
        session_name=environ.get("AWSACTIVATE_ASSUMED_ROLE_ID", "").partition(":")[2] or None,
        expiration=environ.get("AWS_CREDENTIAL_EXPIRATION") or None,
        seconds_left=max(0, int(expires) - int(now)) if expires.isascii() and expires.isdigit() else None,
    )


def answer(held: Held, *, minimum: float, as_json: bool) -> tuple[str, int]:
    """Return what to print of `held`, and the exit status: 0 if more than `minimum` seconds are left."""
    left = held.seconds_left
    active = held.profile is not None and (left is None or left > minimum)
    status = 0 if active else 1
    if as_json:
        import json

        return json.dumps({"active": active, **held._asdict()}, indent=2) + "\n", status
    if held.profile is None:
        return "no session is active in this shell\n", status
    return _text(held), status


def _text(held: Held) -> str:
    left = held.seconds_left
    lines = {
        "profile": held.profile,
        "role": held.role_arn,
        "account": held.account,
        "region": held.region,
        "session name": held.session_name,
        "expiration": held.expiration,
        "left": None if left is None else "expired" if left == 0 else f"{-(-left // 60)} min",
    }
    return "".join(f"{name:<13} {_shown(value)}\n" for name, value in lines.items() if value is not None)


def _shown(text: str) -> str:
    return text if text.isprintable() else repr(text)
