"""What a run has learned, written to the file of `--policy-out` when COMMAND has ended."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from awsactivate.errors import AwsactivateError
from awsactivate.files import private_files
from awsactivate.guard import learned
from awsactivate.guard.call import Asked
from awsactivate.person import terminal


def write(path: Path, command: str, wanted: Iterable[Asked], refused: Iterable[Asked]) -> None:
    """Write the policy of all that was `wanted` and passed; say what of it is in no policy.

    Where it can't be written there, the person gets it on the terminal: it can't be learned again so soon.
    """
    found = learned.policy_of(wanted)
    try:
        private_files.write(path, found.policy)
    except AwsactivateError:
        terminal.say(f"what {command} did is allowed by {json.dumps(json.loads(found.policy))}")
        raise
    terminal.say(f"what {command} did is allowed by {path}: --allow {path}")
    if not found.fits_scope:
        terminal.say("note: it is too long for --scope, where AWS takes 2,048 characters")
    if found.unnamed:
        terminal.say(f"note: no policy can name {', '.join(found.unnamed)}")
    if left_out := dict.fromkeys(one.action for one in refused):
        terminal.say(f"note: refused, and not in it: {', '.join(left_out)}")
