"""The text that a shell evaluates at its start: what this installation knows, then the shell's own file."""

from __future__ import annotations

from awsactivate import shell_files
from awsactivate.quoting import assignments
from awsactivate.version import version


def text(shell: str, program: str, bin_folder: str | None, *, short_names: bool) -> str:
    """Compose the integration of `shell`.

    `program` is the absolute path of the core, `bin_folder` the folder for PATH (None leaves PATH alone).
    """
    settings = {"_awsactivate_core": program, "_awsactivate_version": version()}
    if not short_names:
        settings["_awsactivate_short_names"] = "no"
    if bin_folder:
        settings["_awsactivate_bin"] = bin_folder
    # What TAB needs is read when TAB is pressed: in the start-up text it would be a quarter of the time.
    settings["_awsactivate_completion"] = shell_files.path("completion")
    return assignments(settings, shell) + shell_files.integration(shell)


def bin_folder(shell: str) -> str | None:
    """Return the folder for PATH by which `source activate` works; None for fish, whose `source` has none."""
    return None if shell == "fish" else shell_files.path("bin")
