"""The commands that mend a sign-in."""

from __future__ import annotations

import shlex


def login_hint(name: str) -> str:
    """Return the command that signs in to a profile or session."""
    return f"awsactivate login {shlex.quote(name)}"
