"""The region that an environment names."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Mapping


def region_of(environ: Mapping[str, str]) -> str | None:
    """Return the region that SDKs would take from `environ`; None where it names none."""
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None
