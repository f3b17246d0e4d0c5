"""The versions of this program, of what it rests on, and of the shells on PATH."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib import metadata

from awsactivate.commandline import Context
from awsactivate.diagnosis.finding import Finding
from awsactivate.sessions.environment import of_helper
from awsactivate.version import version

_SECONDS = 5.0  # for what may never answer
_OLDEST = {"bash": (3, 2), "zsh": (5, 0), "fish": (3, 1)}


def read_versions(context: Context) -> Iterator[Finding]:
    """Tell the versions of all that takes part."""
    parts = [f"awsactivate {version()}", f"Python {platform.python_version()}"]
    parts += [f"{name} {metadata.version(name)}" for name in ("boto3", "botocore", "keyring")]
    yield Finding("versions", "ok", ", ".join(parts))
    for shell, oldest in _OLDEST.items():
        path = shutil.which(shell, path=context.environ.get("PATH", os.defpath))
        found = _ask_version(path, context.environ) if path else None
        if path is None or found is None:
            continue
        if tuple(int(number) for number in found.split(".")[:2]) < oldest:
            message = f"{shell} {found} is older than {'.'.join(map(str, oldest))}"
            yield Finding("versions", "warning", message, f"install a newer {shell}", path)
        else:
            yield Finding("versions", "ok", f"{shell} {found}", file=path)


def _ask_version(path: str, environ: Mapping[str, str]) -> str | None:
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=of_helper(environ),
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):  # a shell that does not start tells no version
        return None
    match = re.search(r"\d+(?:\.\d+)+", done.stdout)
    return match[0] if match else None
