"""The region that an environment names."""

from __future__ import annotations

from awsactivate.sessions.names import REGIONS

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Mapping


def region_of(environ: Mapping[str, str]) -> str | None:
    """Return the region that SDKs would take from `environ`; None where it names none."""
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None


def without_regions(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without the region that it names."""
    return {name: value for name, value in environ.items() if name not in REGIONS}
