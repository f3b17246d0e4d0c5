"""chamber's check that an environment asks for exactly the secrets that it gets."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.errors import AwsactivateError

PLACEHOLDER = "chamberme"


def filled(environ: Mapping[str, str], values: Mapping[str, str], placeholder: str) -> dict[str, str]:
    """Return those of `values` whose variable holds `placeholder` in `environ`.

    AwsactivateError names the variables that hold something else although there is a secret, and those that
    hold the placeholder although there is none; never what they hold.
    """
    waiting = {name for name, value in environ.items() if value == placeholder}
    problems = []
    for reason, names in (
        ("hold a value already", {name for name in values if name in environ} - waiting),
        ("wait for a secret that there is not", waiting - values.keys()),
    ):
        if names:
            problems.append(f"{reason}: {', '.join(sorted(names))}")
    if problems:
        raise AwsactivateError(f"--strict: {'; '.join(problems)}")
    return {name: value for name, value in values.items() if name in waiting}
