"""By browser or by code: a browser elsewhere can't come to this machine's loopback."""

from __future__ import annotations

import pytest

from awsactivate.signin.method import Method, choose

BROWSER = Method(by_browser=True)


@pytest.mark.parametrize(
    ("environ", "platform", "device_code", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", False, BROWSER),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", False, BROWSER),
        ({"BROWSER": "firefox"}, "linux", False, BROWSER),
        ({}, "darwin", False, BROWSER),
        ({"DISPLAY": ":0"}, "linux", True, Method(by_browser=False)),
        ({}, "darwin", True, Method(by_browser=False)),
        ({}, "linux", False, Method(by_browser=False, reason="without a display")),
        ({"DISPLAY": ""}, "linux", False, Method(by_browser=False, reason="without a display")),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, "linux", False, Method(False, "over SSH")),
        ({"SSH_CONNECTION": "1 2 3 4"}, "darwin", False, Method(False, "over SSH")),
        ({"SSH_CLIENT": "1 2 3", "BROWSER": "x"}, "linux", False, Method(False, "over SSH")),
    ],
)
def test_the_method_is_told_by_where_one_sits(
    environ: dict[str, str], platform: str, device_code: bool, expected: Method
) -> None:
    assert choose(environ, platform, device_code=device_code) == expected
