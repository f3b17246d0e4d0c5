"""The text that a shell evaluates at its start: what this installation knows, then the shell's own file."""

from __future__ import annotations

from awsactivate.sessions import names
from awsactivate.shells import quoting, shell_files, table
from awsactivate.version import version


def text(
    shell: str, program: str, bin_folder: str | None, *, short_names: bool, file: str | None = None
) -> str:
    """Compose the integration of `shell`.

    `program` is the absolute path of the core, `bin_folder` the folder for PATH (None leaves PATH alone).
    `file` is the absolute path of the file that it is written into; None where a shell evaluates it.
    """
    settings = {
        "_awsactivate_core": program,
        "_awsactivate_version": version(),
        "_awsactivate_adoptable": names.ADOPTABLE_WORDS,
    }
    row = table.ALL[shell]
    if not short_names or row.dialect == "json":  # those shells may not ask for a variable that is not there
        settings["_awsactivate_short_names"] = "yes" if short_names else "no"
    if bin_folder:
        settings["_awsactivate_bin"] = bin_folder
    if row.completes or row.is_sourced:
        # What TAB and `deactivate --revoke` need is read then, so that a shell starts no later for it.
        settings["_awsactivate_folder"] = shell_files.folder()
    if row.is_sourced:  # its shell makes one line of what a command prints, and has no functions
        return row.assignments(settings) + f"source {quoting.quote_csh(shell_files.path(row.file))}\n"
    if len(row.files) > 1:
        settings["_awsactivate_whole"] = "yes"  # the parts follow each other here
    files = list(row.files)
    if row.short_names_file and short_names:
        files.append(row.short_names_file)
    if row.sleep_file and file:
        settings["_awsactivate_file"] = file
    elif row.sleep_file:
        files.remove(row.sleep_file)
    return row.assignments(settings) + "".join(map(shell_files.read_text, files))


def bin_folder(shell: str) -> str | None:
    """Return the folder for PATH by which `source activate` works; None where `source` does not search it."""
    return shell_files.path("bin") if table.ALL[shell].has_source_activate else None
