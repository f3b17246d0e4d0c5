"""What the real terraform reads: from files of values, and from the environment."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from needs import needs_program


class RefusedByTerraformError(Exception):
    """terraform would not take the file or the variables."""


def reading(
    folder: Path, variables: Mapping[str, str], *, environ: Mapping[str, str] | None = None, file: str = ""
) -> dict[str, Any]:
    """Return the values that terraform gives to `variables` (their types by name), numbers exactly.

    They come from a `file` of values in `folder`, and from `environ`.
    """
    declared = "".join(
        f'variable "{name}" {{{f" type = {kind} " if kind else ""}}}\n' for name, kind in variables.items()
    )
    (folder / "main.tf").write_text(declared)
    names = ", ".join(f"{name} = var.{name}" for name in variables)
    done = subprocess.run(
        [needs_program("terraform"), "console", *([f"-var-file={file}"] if file else [])],
        input=f"base64encode(jsonencode({{{names}}}))\n".encode(),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "CHECKPOINT_DISABLE": "1", **(environ or {})},
        capture_output=True,
        check=False,
    )
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode or not lines or not lines[-1].startswith('"'):
        raise RefusedByTerraformError(
            done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
        )
    found: dict[str, Any] = exactly(base64.b64decode(json.loads(lines[-1])).decode())
    return found


def exactly(text: str) -> Any:
    """Parse JSON without rounding a number."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)
