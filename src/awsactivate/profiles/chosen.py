"""Which profile an environment names."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from awsactivate.profiles import encodings

_NAMES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


def profile_in(environ: Mapping[str, str]) -> str | None:
    """Return the profile that AWS_PROFILE names, else AWS_DEFAULT_PROFILE; None where neither does."""
    name = environ.get(variable_in(environ))
    return encodings.as_typed(name, sys.getfilesystemencoding()) if name else None


def variable_in(environ: Mapping[str, str]) -> str:
    """Name the variable that the profile comes from."""
    return next((name for name in _NAMES if environ.get(name)), _NAMES[0])


def note_in(environ: Mapping[str, str]) -> str | None:
    """Say whose word is taken where the two variables differ; None where they don't."""
    taken, other = (environ.get(name) for name in _NAMES)
    if not taken or not other or taken == other:
        return None
    return f"AWS_PROFILE={taken} is taken, not AWS_DEFAULT_PROFILE={other}, which botocore would prefer"
