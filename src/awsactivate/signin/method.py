"""How a person is to sign in: by the browser of this machine, or by a code in whatever browser there is."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.frozen import dataclass

_OVER_SSH = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


@dataclass(frozen=True)
class Method:
    """How it is done, and why so."""

    by_browser: bool
    """Else by a code that is shown here, and typed in a browser anywhere."""
    reason: str = ""
    """'' where nothing need be said of it."""


def choose(environ: Mapping[str, str], platform: str, *, device_code: bool = False) -> Method:
    """Choose it; a browser of another machine can't come to an address on this one's loopback."""
    if device_code:
        return Method(by_browser=False)
    if any(environ.get(name) for name in _OVER_SSH):
        return Method(by_browser=False, reason="over SSH")
    has_display = platform in ("darwin", "win32") or any(environ.get(name) for name in _DISPLAYS)
    if not has_display and not environ.get("BROWSER"):
        return Method(by_browser=False, reason="without a display")
    return Method(by_browser=True)
