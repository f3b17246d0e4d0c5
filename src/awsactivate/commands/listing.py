"""List the profiles that can be activated; `*` marks the one this shell holds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from awsactivate import identities
from awsactivate.commandline import Context, Parser
from awsactivate.configuration import read_profiles
from awsactivate.environment import without_session
from awsactivate.errors import ProfileError
from awsactivate.identities import IndexEntry
from awsactivate.plan import make_plan
from awsactivate.profiles import Profiles
from awsactivate.steps import Options
from awsactivate.tables import table

_NO_OPTIONS = Options()


def add_arguments(parser: Parser) -> None:
    """Take the form of the answer."""
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write one row a profile, in the files' order."""
    found = rows(context)
    if arguments.json:
        context.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    elif not found:
        context.write("no profile is configured\n")
    else:
        context.write(_table(found))
    return 0


def rows(context: Context) -> list[dict[str, object]]:
    """Return what is known of each profile, in the files' order; `error` is why one can't be activated."""
    profiles = read_profiles(context.environ)
    index = identities.read(context.environ)
    kept = (name for name, entry in index.items() if entry.has_keys)
    names = dict.fromkeys((*profiles.names, *kept))
    environ = without_session(context.environ)
    return [_row(name, profiles, index, environ) for name in names]


def _row(
    name: str, profiles: Profiles, index: Mapping[str, IndexEntry], environ: Mapping[str, str]
) -> dict[str, object]:
    active = environ.get("AWSACTIVATE_PROFILE") == name
    empty = dict.fromkeys(("role_arn", "account", "source", "mfa_serial", "region"))
    try:
        plan = make_plan(
            name, profiles, _NO_OPTIONS, environ=environ, login_name="", nonce="0" * 10, index=index
        )
    except ProfileError as error:
        return {"profile": name, **empty, "active": active, "error": error.message}
    return {
        "profile": name,
        "role_arn": plan.steps[-1].role_arn if plan.steps else None,
        "account": plan.expected_account_id,
        "source": {"kind": plan.source.kind, "name": plan.source.name},
        "mfa_serial": plan.steps[0].mfa_serial if plan.steps else None,
        "region": plan.region,
        "active": active,
        "error": None,
    }


def _table(rows: list[dict[str, object]]) -> str:
    lines = [("", "PROFILE", "ROLE", "ACCOUNT", "SOURCE", "MFA")]
    for row in rows:
        source = row["source"]
        lines.append(
            (
                "*" if row["active"] else "",
                str(row["profile"]),
                str(row["role_arn"] or "-").partition(":role/")[2] or "-",
                str(row["account"] or "-"),
                f"{source['kind']} {source['name']}" if isinstance(source, dict) else f"({row['error']})",
                "yes" if row["mfa_serial"] else "no",
            )
        )
    return table(lines)
