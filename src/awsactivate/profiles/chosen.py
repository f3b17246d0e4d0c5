"""Which profile an environment names."""

from __future__ import annotations

from collections.abc import Mapping

NAMES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


def profile_in(environ: Mapping[str, str]) -> str | None:
    """Return the profile that AWS_PROFILE names, else AWS_DEFAULT_PROFILE; None where neither does."""
    return next((environ[name] for name in NAMES if environ.get(name)), None)


def variable_in(environ: Mapping[str, str]) -> str:
    """Name the variable that the profile comes from."""
    return next((name for name in NAMES if environ.get(name)), NAMES[0])


def note_in(environ: Mapping[str, str]) -> str | None:
    """Say whose word is taken where the two variables differ; None where they don't."""
    taken, other = (environ.get(name) for name in NAMES)
    if not taken or not other or taken == other:
        return None
    return f"AWS_PROFILE={taken} is taken, not AWS_DEFAULT_PROFILE={other}, which botocore would prefer"
