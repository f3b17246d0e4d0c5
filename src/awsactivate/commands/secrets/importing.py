"""The values of a file moved into Parameter Store, proved, and then the file removed if one wants that."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from awsactivate.commandline import Context, Parser
from awsactivate.commands.secrets.services import open_store
from awsactivate.commands.secrets.storing import Store, add_tags, add_tier, store, tags
from awsactivate.errors import AwsactivateError, AwsError, UsageError
from awsactivate.files import file_changes
from awsactivate.frozen import dataclass
from awsactivate.parameter_store import chamber, imports
from awsactivate.parameter_store.imports import Secret
from awsactivate.parameter_store.literals import FileRefusedError
from awsactivate.person import terminal
from awsactivate.person.progress import Progress
from awsactivate.person.tables import table

if TYPE_CHECKING:
    from awsactivate.aws.parameters import Description, Parameter, Ssm


def add_arguments(parser: Parser) -> None:
    """Take a file, and the service that its values go to."""
    parser.add_argument("file", metavar="FILE", help="`-` for stdin")
    parser.add_argument("--service", metavar="S", required=True, help="where the values go")
    parser.add_argument("--format", choices=imports.FORMATS, help="default: what the file's name says")
    parser.add_argument(
        "--normalize-keys",
        action="store_true",
        help="take variables whose names are not lower case, though terraform will not find them again",
    )
    parser.add_argument(
        "--only", metavar="KEY", action="append", default=[], help="take KEY, and no other (repeatable)"
    )
    parser.add_argument(
        "--except",
        dest="leave_out",
        metavar="KEY",
        action="append",
        default=[],
        help="leave KEY out, as the file spells it (repeatable)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would be written, and write nothing"
    )
    parser.add_argument(
        "--delete-file", action="store_true", help="remove the file once every value has been read back equal"
    )
    parser.add_argument(
        "--yes", action="store_true", help="of no effect here: whether to delete a file is always asked"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array")
    add_tags(parser)
    add_tier(parser)


@dataclass(frozen=True)
class _Change:
    """What a secret of the file means to what is stored."""

    secret: Secret
    name: str
    latest: Parameter | None
    described: Description | None

    @property
    def action(self) -> str:
        if self.latest is None:
            return "create"
        return "unchanged" if self.latest.value == self.secret.value else "change"


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Write what is new or changed, read all of it back, and only then think of the file."""
    path = None if arguments.file == "-" else Path(arguments.file)
    _check(arguments, path)
    data = _read_contents(path)
    if path is not None and arguments.delete_file:
        _check_deletable(path)
    secrets = _parse_secrets(data, arguments, path)
    names = {secret.key: chamber.parameter_name(arguments.service, secret.key) for secret in secrets}
    target = store(arguments, context.environ, open_store(arguments, context))
    changes = _find_changes(secrets, names, chamber.service_path(arguments.service), target.ssm)
    for change in changes:
        if change.action == "create":
            target.check_new(change.secret.key)  # before the first is written
    if target.tags and (there := [change.secret.key for change in changes if change.latest is not None]):
        terminal.say(f"tags are given to new secrets only, not to {', '.join(there)}")
    if not arguments.dry_run:
        _write(changes, target)
        _prove(changes, target.ssm)
    _tell(changes, arguments, context)
    if path is not None and changes and not arguments.dry_run:
        _offer_to_delete(path, data, arguments)
    return 0


def _check(arguments: argparse.Namespace, path: Path | None) -> None:
    tags(arguments)
    if path is None and arguments.format is None:
        raise UsageError(
            "stdin has no name that tells its format", f"add --format {'|'.join(imports.FORMATS)}"
        )
    if path is None and arguments.delete_file:
        raise UsageError("--delete-file needs a file, and stdin is none")
    if path is None and arguments.mfa_code == "-":
        raise UsageError("stdin can't give both the values and the MFA code")
    if arguments.delete_file and arguments.dry_run:
        raise UsageError("--dry-run writes nothing, so --delete-file would lose the values")


def _read_contents(path: Path | None) -> bytes:
    if path is None:
        return sys.stdin.buffer.read() if sys.stdin else b""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error


def _parse_secrets(data: bytes, arguments: argparse.Namespace, path: Path | None) -> list[Secret]:
    form = arguments.format or imports.format_of(path.name if path else "")
    try:
        return imports.secrets(
            data,
            form,
            normalize_keys=arguments.normalize_keys,
            only=arguments.only,
            leaving_out=arguments.leave_out,
        )
    except FileRefusedError as error:
        place = f"{path or 'stdin'}, line {error.line}" if error.line else str(path or "stdin")
        raise UsageError(f"{place}: {error.reason}; nothing was written") from error


def _find_changes(secrets: list[Secret], names: dict[str, str], path: str, ssm: Ssm) -> list[_Change]:
    from awsactivate.aws import parameter_values, parameters

    described = {one.name: one for page in parameters.list_descriptions(ssm, path) for one in page}
    # chamber's import keeps a key's capitals: where it is spelt exactly so, that one is meant
    for secret in secrets:
        if (exact := f"{path}/{secret.name}") in described:
            names[secret.key] = exact
    there = [name for name in names.values() if name in described]
    with Progress("secrets that are there:") as progress:
        latest = {one.name: one for one in parameter_values.fetch_named(ssm, there, progress=progress)}
    return [
        _Change(secret, names[secret.key], latest.get(names[secret.key]), described.get(names[secret.key]))
        for secret in secrets
    ]


def _write(changes: list[_Change], target: Store) -> None:
    if any(change.action != "unchanged" for change in changes):
        target.tell_price()
    with Progress("secrets written:") as progress:
        for count, change in enumerate(changes):
            try:
                target.put(change.name, change.secret.value, change.latest, change.described)
            except BaseException:
                _tell_how_far(changes[:count], changes[count:])
                raise
            progress(count + 1)


def _tell_how_far(done: list[_Change], left: list[_Change]) -> None:
    """Say which keys are as the file has them, and which are not, or may not be."""
    for what, changes in (("as the file has it in Parameter Store", done), ("not written", left)):
        keys = [change.secret.key for change in changes if change.action != "unchanged"]
        if keys:
            terminal.say(f"{what}: {', '.join(keys)}")
    terminal.say("the file stays; run this again: it goes on with what was not written")


def _prove(changes: list[_Change], ssm: Ssm) -> None:
    from awsactivate.aws.parameter_values import fetch_named

    with Progress("secrets read back:") as progress:
        stored = fetch_named(ssm, [change.name for change in changes], progress=progress)
    values = {one.name: one.value for one in stored}
    different = [change.name for change in changes if values.get(change.name) != change.secret.value]
    if different:
        raise AwsError(f"{', '.join(different)} read back different from what was written; the file stays")


def _tell(changes: list[_Change], arguments: argparse.Namespace, context: Context) -> None:
    rows = [{"key": change.secret.key, "action": change.action} for change in changes]
    if arguments.json:
        context.write(json.dumps(rows, indent=2) + "\n")
    elif rows:
        context.write(table([("KEY", "ACTION"), *((row["key"], row["action"]) for row in rows)]))
    else:
        context.write("the file holds no values\n")


def _check_deletable(path: Path) -> None:
    if path.is_symlink():
        raise AwsactivateError(f"{path} is a link, so that deleting it would leave the values where it leads")
    if not path.is_file():
        raise AwsactivateError(f"{path} can't be deleted: it is no regular file")
    file_changes.try_out({path: None})


def _offer_to_delete(path: Path, data: bytes, arguments: argparse.Namespace) -> None:
    if not arguments.delete_file:
        try:
            wanted = terminal.confirm(f"every value reads back equal; delete {path}?")
        except UsageError:  # there is nobody to ask, which answers it
            wanted = False
        if not wanted:
            terminal.say(f"{path} stays, with its values readable; --delete-file removes it")
            return
    _check_deletable(path)
    try:
        if path.read_bytes() != data:
            raise AwsactivateError(f"{path} has changed while its values were written, so it stays")
        path.unlink()
    except OSError as error:
        raise AwsactivateError(f"{path} can't be deleted: {error.strerror}") from error
    terminal.say(f"deleted {path}; copies of it in backups, or in git, still hold the values")
