"""The stamp that heads an installed integration file: which version wrote it, with which options."""

from __future__ import annotations

import re

from awsactivate.frozen import dataclass
from awsactivate.shells import table

_FORM = re.compile(
    rb"\A# awsactivate (?P<version>[^ \n]+): written by `awsactivate install (?P<shell>[a-z]+)"
    rb"(?P<options>(?: --[a-z-]+)*)`, anew after every upgrade\n"
)


@dataclass(frozen=True)
class Stamp:
    """What an integration file was written by, for and with."""

    version: str
    shell: str
    short_names: bool = True
    """Whether it defines `activate` and `deactivate`."""
    source_activate: bool = True
    """Whether it puts the folder on PATH in which `source activate` finds ours."""

    @property
    def options(self) -> str:
        """The options of `install` and `init` that ask for this, each after a space."""
        return ("" if self.short_names else " --no-short-names") + (
            "" if self.source_activate else " --no-source-activate"
        )


def stamped(text: str, stamp: Stamp) -> bytes:
    """Return the content of an integration file: `text`, headed by `stamp`."""
    head = (
        f"# awsactivate {stamp.version}: written by `awsactivate install {stamp.shell}{stamp.options}`, "
        "anew after every upgrade\n"
    )
    return (head + text).encode("utf-8", "surrogateescape")


def read_stamp(content: bytes) -> Stamp | None:
    """Return the stamp of an integration file, None where `content` is no such file of ours."""
    found = _FORM.match(content)
    if found is None or found["shell"].decode() not in table.INSTALLED:
        return None
    options = found["options"].decode().split()
    return Stamp(
        version=found["version"].decode("utf-8", "replace"),
        shell=found["shell"].decode(),
        short_names="--no-short-names" not in options,
        source_activate="--no-source-activate" not in options,
    )
