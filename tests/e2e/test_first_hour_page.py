"""docs/first-hour.md shows what the demo prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from harness.shells import PROGRAM, environment

PAGE = (Path(__file__).parents[2] / "docs/first-hour.md").read_text("utf-8")
PROMPT = re.compile(r"^(?:\([^)]*\) )?~ \$ (.*)$", re.MULTILINE)
PLAYED = ("awsactivate list", "awsactivate show demo", "activate demo", "awsactivate status", "deactivate")
VARYING = (
    (r"alice=\w{10}", "alice=…"),  # the session's own name
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "a time"),
    (r"MFA code for .*\n", ""),  # asked for on a terminal alone
    (r"~ \$$", ""),  # the last prompt
)


def shown() -> list[tuple[str, str]]:
    """Return the commands that the page shows on the demo's screens, and what it says that they print."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        _, *parts = PROMPT.split(block)
        found += list(zip(parts[::2], parts[1::2], strict=True))
    return found


def constant(text: str) -> str:
    """Leave out of a screen what is another one each time."""
    for pattern, instead in VARYING:
        text = re.sub(pattern, instead, text)
    return text.strip("\n")


def test_its_screens_are_what_the_demo_prints(tmp_path: Path) -> None:
    # the fourth part shows the same for a profile of one's own
    screens = [(command.replace("prod", "demo"), told.replace("prod", "demo")) for command, told in shown()]
    played = [(command, constant(told)) for command, told in screens if command in PLAYED]
    assert {command for command, _ in played} == set(PLAYED)
    script = tmp_path / "script"
    lines = [command for command, _ in played]
    with_code = {"activate demo": 'activate demo --mfa-code "$(demo-code)"'}
    script.write_text("".join(f"{with_code.get(line, line)} 2>&1\necho '<end>'\n" for line in lines))
    done = subprocess.run(
        [str(PROGRAM), "demo", "--shell", "bash", "--script", str(script)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    printed = [constant(text) for text in done.stdout.split("<end>\n")[:-1]]
    assert list(zip(lines, printed, strict=True)) == played
