"""Whatever becomes of the core, the shell is what it was: every fault in each shell, idle and active."""

from __future__ import annotations

from pathlib import Path

import pytest

from awsactivate.sessions import environment
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.shells.dialects import activation_text
from harness.lab import Lab
from harness.states import changes

SIGNALS = ("KILL", "TERM", "HUP", "INT", "QUIT", "SEGV", "PIPE")
STATUSES = (1, 2, 3, 4, 5, 6, 7, 126, 127, 130, 255)

# The core's body; $WHOLE is the file with a whole answer, whose size is $SIZE.
FAULTS: dict[str, str] = {
    **{f"exits {status}": f"exit {status}" for status in STATUSES},
    **{f"answers, yet exits {status}": f'cat "$WHOLE"; exit {status}' for status in (1, 5, 130)},
    **{f"dies of SIG{name}": f"kill -{name} $$; sleep 1" for name in SIGNALS},
    **{f"dies of SIG{name} half-way": f'head -c $((SIZE / 2)) "$WHOLE"; kill -{name} $$' for name in SIGNALS},
    **{
        f"stops after {part}/8 of its answer": f'head -c $((SIZE * {part} / 8)) "$WHOLE"' for part in range(8)
    },
    "leaves its last two bytes out": 'head -c $((SIZE - 2)) "$WHOLE"',
    "says something before its answer": 'echo "Warning: deprecated"; cat "$WHOLE"',
    "says something after its answer": 'cat "$WHOLE"; echo done',
    "answers nothing": "exit 0",
    "answers a line": "echo",
    "answers bytes": "head -c 3000 /dev/urandom",
    "answers zeros": "head -c 3000 /dev/zero",
    "answers code of its own": "echo 'touch pwned; EVIL=1; export EVIL'",
    "answers much": "head -c 3000000 /dev/zero | tr '\\\\0' x",
    "closes its stdout": "exec >&-; exit 0",
    "closes its stderr and fails": "exec 2>&-; exit 6",
}


def whole_answer(shell: str) -> str:
    """Write what a core answers that has succeeded."""
    session = Session(
        "prod", Credentials("ASIAFAULT", "secret-of-fault", "token-of-fault"), region="eu-west-1"
    )
    return activation_text(environment.activation(session), shell, message="activated prod")


@pytest.mark.parametrize("active", [False, True], ids=["idle", "active"])
def test_no_fault_of_the_core_changes_the_shell(shell: str, active: bool, tmp_path: Path) -> None:
    assert len(FAULTS) >= 30
    whole = tmp_path / "whole"
    whole.write_text(whole_answer(shell))
    core, body = tmp_path / "core", tmp_path / "body"
    core.write_text(
        f"#!/bin/sh\nWHOLE={whole}\nSIZE={whole.stat().st_size}\n. {body}\n",
    )
    core.chmod(0o755)
    lab = Lab(tmp_path, core=str(core))
    lab.environ |= {"AWS_PROFILE": "mine", "AWS_REGION": "us-west-2"}
    with lab.terminal(shell) as terminal:
        if active:
            body.write_text('cat "$WHOLE"\n')
            assert "activated prod" in terminal.call("activate prod").output
        terminal.call("activate warm-up")
        before = terminal.state()
        for name, text in FAULTS.items():
            body.write_text(text + "\n")
            result = terminal.call("activate fault")
            assert result.status != 0, name
            assert "ASIAFAULT" not in result.output, name
            assert "secret-of-fault" not in result.output, name
            assert changes(before, terminal.state()) == {}, name
        # and after all that a good core still works
        body.write_text('cat "$WHOLE"\n')
        assert "activated prod" in terminal.call("activate prod").output
        assert terminal.call("deactivate").status == 0
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("core", ["missing", "a folder", "not executable"])
def test_a_core_that_cannot_start_changes_nothing(shell: str, core: str, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "awsactivate"
    if core == "a folder":
        path.mkdir(parents=True)
    elif core == "not executable":
        path.parent.mkdir()
        path.write_text("#!/bin/sh\n")
        path.chmod(0o644)
    lab = Lab(tmp_path, core=str(path))
    lab.environ["PATH"] = "/usr/bin:/bin"
    with lab.terminal(shell) as terminal:
        before = terminal.state()
        assert terminal.call("activate prod").status != 0
        assert changes(before, terminal.state()) == {}
