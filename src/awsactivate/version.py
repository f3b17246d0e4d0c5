"""The version of this package, and the day of its release."""

from __future__ import annotations

# Read at every start of the command, so it is no look-up in the installed metadata (which costs 20 ms);
# a test holds it to the version in pyproject.toml.
_VERSION = "0.1.0"
RELEASED = "2026-11-23"


def version() -> str:
    """Return the version, such as `0.1.0`."""
    return _VERSION
