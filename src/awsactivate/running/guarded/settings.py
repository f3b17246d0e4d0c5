"""What a person asks of the guard on the command line, checked before any code is typed."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

from awsactivate.errors import UsageError
from awsactivate.files import private_files
from awsactivate.frozen import dataclass
from awsactivate.guard import rules

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.guard.surroundings import DoorKind

USAGE = "awsactivate exec --guard TARGET -- COMMAND"
USAGE_OF_PART = "awsactivate exec --guard TARGET --scope SCOPE -- COMMAND"
_DOORS: tuple[DoorKind, ...] = ("proxy", "endpoint")


@dataclass(frozen=True)
class Settings:
    """How COMMAND is guarded."""

    law: rules.Rules
    door: DoorKind
    policy_out: Path | None
    """Where to write what the run has learned."""

    @property
    def usage(self) -> str:
        """What to type where something is missing."""
        preset = self.law.preset
        return USAGE if preset == rules.ASK else USAGE.replace("--guard", f"--guard={preset}")


def read_asked(arguments: argparse.Namespace) -> Settings | None:
    """Read `--guard` with what goes with it; None where it was not given. UsageError says what is wrong."""
    if arguments.guard is False:
        for flag, given in _given(arguments):
            if given:
                raise UsageError(f"{flag} goes with --guard", USAGE)
        return None
    preset = rules.ASK if arguments.guard is True else arguments.guard
    if preset not in rules.PRESETS:
        raise UsageError(f"--guard={preset}: it is one of {', '.join(rules.PRESETS)}", USAGE)
    if arguments.serve is not False:
        raise UsageError("--guard and --serve exclude each other: what is guarded gets no credentials", USAGE)
    door = arguments.door or "proxy"
    if door not in _DOORS:
        raise UsageError(f"--door {door}: it is one of {', '.join(_DOORS)}", USAGE)
    law = rules.Rules(preset, tuple(_read(arguments.deny, "deny")), tuple(_read(arguments.allow, "allow")))
    return Settings(law, door, _policy_out(arguments.policy_out, preset))


def _given(arguments: argparse.Namespace) -> Iterator[tuple[str, object]]:
    yield "--door", arguments.door
    yield "--allow", arguments.allow
    yield "--deny", arguments.deny
    yield "--policy-out", arguments.policy_out


def _read(files: list[str], kind: str) -> Iterator[rules.Document]:
    for file in files:
        try:
            text = private_files.read(Path(file)).decode("utf-8")
        except OSError as error:
            raise UsageError(f"--{kind} {file} can't be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"--{kind} {file} is no text in UTF-8") from error
        yield rules.read(text, file, kind.capitalize())


def _policy_out(file: str | None, preset: str) -> Path | None:
    hint = "awsactivate exec --guard=learn --policy-out FILE TARGET -- COMMAND"
    if (file is None) is (preset == rules.LEARN):
        missing, with_ = (
            ("--guard=learn", "--policy-out") if file is None else ("--policy-out", "--guard=learn")
        )
        verb = "needs" if file is None else "goes with"
        raise UsageError(f"{missing} {verb} {with_}", hint)
    if file is None:
        return None
    path = Path(os.path.abspath(file))  # noqa: PTH100  (links stay)
    if path.exists() and not path.is_file():
        raise UsageError(f"--policy-out {file}: it is no regular file")
    if path.exists() and not _may_be_replaced(path):
        raise UsageError(f"--policy-out {file}: what is there is no policy, and would be lost")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"--policy-out {file}: nothing can be written into {path.parent}")
    return path


def _may_be_replaced(path: Path) -> bool:
    try:
        text = private_files.read(path)
        return not text.strip() or "Statement" in json.loads(text)
    except (OSError, ValueError, TypeError):
        return False
