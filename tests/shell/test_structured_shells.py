"""The integration of xonsh, elvish, nushell and PowerShell, which take the change of environment as JSON.

nushell comes by npm (`npm install` in tests/node/), so its tests are marked `node`. PowerShell comes by no
package registry and not by apt-get: its tests run where it is already, as on the runners of the workflows.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from awsactivate.shells import integration, table
from harness.lab import FOLDER, INHERITED, NOT_ADOPTED, Lab
from harness.shells import Result
from needs import needs_program
from shell import fake_core

NUSHELL = FOLDER.parent / "tests/node/node_modules/.bin/nu"
SECRET = fake_core.secret("prod")
# prints, as a child sees it, what of its environment could be the session's
SHOW = f"""#!{sys.executable}
import json, os
print(json.dumps({{k: v for k, v in os.environ.items() if k.startswith(("AWS", "_AWS", "_aws", "TF_VAR"))}}))
"""
# how each shell loads the integration (`{file}`), and goes on when a command fails
LOADS = {
    "xonsh": "source {file}",
    "elvish": "var ns = $nil; eval (slurp < {file}) &on-end={{|all| set ns = $all }}",
    "nu": "source {file}",
    "pwsh": ". {file}",
}
OURS = ("activate", "deactivate", "awsactivate")
TRIES = {
    "xonsh": "{0} || echo failed",
    "elvish": "try {{ {0} }} catch {{ echo failed }}",
    "nu": "try {{ {0} }} catch {{ print failed }}",
    "pwsh": "{0}; if ($LASTEXITCODE) {{ 'failed' }}",
}
OPTIONS = {
    "xonsh": ["--no-rc"],
    "elvish": ["-norc"],
    "nu": ["--no-config-file"],
    "pwsh": ["-NoLogo", "-NoProfile"],
}
EXTENSIONS = {"xonsh": "xsh", "elvish": "elv", "nu": "nu", "pwsh": "ps1"}
SETS = {
    "xonsh": "$AWS_REGION = 'new'",
    "elvish": "set-env AWS_REGION new",
    "nu": "$env.AWS_REGION = 'new'",
    "pwsh": "$env:AWS_REGION = 'new'",
}
STRUCTURED = ["xonsh", "elvish", pytest.param("nu", marks=pytest.mark.node), "pwsh"]


def program(shell: str) -> str:
    """Return the shell's path, or skip or fail the test."""
    if shell == "xonsh":
        beside = Path(sys.executable).with_name("xonsh")  # of the tests' own virtual environment
        return str(beside) if beside.exists() else needs_program("xonsh")
    if shell == "nu":
        return needs_program(str(NUSHELL))
    return needs_program(shell)


@pytest.fixture(params=STRUCTURED)
def shell(request: pytest.FixtureRequest) -> str:
    """One of the shells, if it is there."""
    program(str(request.param))
    return str(request.param)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A home, a core, and a command `tell`."""
    lab = Lab(tmp_path)
    child = tmp_path / "bin" / "tell"
    child.parent.mkdir()
    child.write_text(SHOW, encoding="utf-8")
    child.chmod(0o755)
    lab.environ["PATH"] = f"{child.parent}{os.pathsep}{lab.environ['PATH']}"
    lab.environ["XONSH_SHOW_TRACEBACK"] = "0"
    lab.environ |= {"POWERSHELL_TELEMETRY_OPTOUT": "1", "POWERSHELL_UPDATECHECK": "Off"}
    return lab


def load(lab: Lab, shell: str, *, short_names: bool = True) -> str:
    """Write the integration, and return the line that loads it."""
    file = lab.folder / f"integration.{EXTENSIONS[shell]}"
    file.write_text(integration.text(shell, lab.core, None, short_names=short_names), encoding="utf-8")
    return LOADS[shell].format(file=file)


def run(lab: Lab, shell: str, *lines: str, short_names: bool = True) -> Result:
    """Run the lines with the integration loaded and no terminal; one with a `?` may fail, and tells so."""
    text = load(lab, shell, short_names=short_names) + "\n"
    for line in lines:
        words = line.removeprefix("?")
        if shell == "elvish" and words.split()[0] in OURS:
            # what an evaluated text defines is not known to the one around it
            words = f"$ns[{words.replace(' ', '~] ', 1)}" if " " in words else f"$ns[{words}~]"
        text += (TRIES[shell].format(words) if line.startswith("?") else words) + "\n"
    script = lab.folder / f"script.{EXTENSIONS[shell]}"
    script.write_text(text, encoding="utf-8")
    return lab.run(program(shell), *OPTIONS[shell], str(script))


def environments(result: Result) -> list[dict[str, str]]:
    """Return what each child of a script saw of the session."""
    return [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]


def test_a_session_is_in_the_environment_of_children_and_then_it_is_not(lab: Lab, shell: str) -> None:
    before = {"AWS_PROFILE": "it's\nmine", "AWS_ACCESS_KEY_ID": "AKIAOLD"}
    lab.environ |= before
    done = run(lab, shell, "activate prod", "tell", "deactivate", "tell")
    during, after = environments(done)
    assert "activated prod" in done.errors
    assert during["AWS_SECRET_ACCESS_KEY"] == SECRET
    assert during["AWS_REGION"] == during["AWS_DEFAULT_REGION"] == "prod-region-1"
    assert "AWS_PROFILE" not in during
    assert [name for name in during if name.startswith("_")] == []
    assert after == before


def test_a_switch_keeps_what_was_before_the_first_session(lab: Lab, shell: str) -> None:
    lab.environ["AWS_REGION"] = "before"
    done = run(
        lab, shell, "awsactivate activate one", "activate two", "tell", "awsactivate deactivate", "tell"
    )
    during, after = environments(done)
    assert during["AWSACTIVATE_PROFILE"] == "two"
    assert after == {"AWS_REGION": "before"}


def test_the_core_sees_the_environment_of_before(lab: Lab, shell: str) -> None:
    lab.environ["AWS_ACCESS_KEY_ID"] = "AKIAOLD"
    run(lab, shell, "activate one", "activate two -q")
    seen = lab.log()
    assert seen["argv"] == ["_activate", shell, "two", "-q"]
    assert seen["environ"]["AWS_ACCESS_KEY_ID"] == "AKIAOLD"
    assert seen["environ"]["AWSACTIVATE_PROFILE"] == "one"
    assert "AWS_SECRET_ACCESS_KEY" not in seen["environ"]


def test_what_somebody_changed_meanwhile_stays(lab: Lab, shell: str) -> None:
    done = run(lab, shell, "activate prod", SETS[shell], "deactivate", "tell")
    assert environments(done) == [{"AWS_REGION": "new"}]


@pytest.mark.parametrize("profile", ["fail", "half", "open", "garbage"])
def test_a_core_that_fails_changes_nothing(lab: Lab, shell: str, profile: str) -> None:
    lab.environ["AWS_PROFILE"] = "mine"
    done = run(lab, shell, f"?activate {profile}", "tell")
    assert "failed" in done.output
    assert environments(done) == [{"AWS_PROFILE": "mine"}]
    assert "SECRET" not in done.output + done.errors


def test_a_failure_during_a_session_leaves_it_as_it_is(lab: Lab, shell: str) -> None:
    lab.environ["AWS_PROFILE"] = "mine"
    done = run(lab, shell, "activate prod", "tell", "?activate fail", "tell", "deactivate", "tell")
    before, after, ended = environments(done)
    assert before == after
    assert ended == {"AWS_PROFILE": "mine"}


def test_an_inherited_session_is_adopted_and_can_be_ended(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps({"AWS_CA_BUNDLE": "/b", "AWS_ENDPOINT_URL_S3": "http://s"})
    held = run(lab, shell, "activate prod", "tell")
    lab.environ |= environments(held)[0]
    assert environments(run(lab, shell, "deactivate", "tell")) == [{}]


def test_each_name_that_a_session_may_hold_is_adopted_and_no_other(lab: Lab, shell: str) -> None:
    lab.environ |= INHERITED | NOT_ADOPTED
    assert environments(run(lab, shell, "deactivate", "tell")) == [NOT_ADOPTED]


def test_without_a_session_deactivate_fails(lab: Lab, shell: str) -> None:
    assert run(lab, shell, "?deactivate").output == "failed\n"


def test_without_short_names_there_is_no_activate(lab: Lab, shell: str) -> None:
    done = run(lab, shell, "awsactivate activate prod", "awsactivate deactivate", "tell", short_names=False)
    assert environments(done) == [{}]


def test_the_prompt_counts_and_ctrl_c_leaves_the_session_as_it_was(lab: Lab, shell: str) -> None:
    needs_program("tmux")
    socket = lab.folder / "tmux"
    options = " ".join(OPTIONS[shell]) + (" --shell-type readline" if shell == "xonsh" else "")

    def tmux(*words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(socket), "-f", "/dev/null", *words],
            env=lab.environ | {"TERM": "xterm"},
            cwd=lab.folder,
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        return done.stdout

    def type_and_wait_for(line: str, *texts: str) -> None:
        tmux("send-keys", "-l", line)
        tmux("send-keys", "Enter")
        for text in texts:
            wait_for(text)

    def wait_for(text: str, times: int = 1) -> None:
        until = time.monotonic() + 20
        while tmux("capture-pane", "-p").count(text) < times:
            assert time.monotonic() < until, f"{text!r} is not in:\n{tmux('capture-pane', '-p')}"
            time.sleep(0.1)

    started = f"exec {program(shell)} {options}"
    pid = int(tmux("new-session", "-d", "-P", "-F", "#{pane_pid}", "-x", "150", "-y", "50", started))
    try:
        ends = {"xonsh": " @", "elvish": "#" if os.geteuid() == 0 else ">", "nu": ">", "pwsh": ">"}
        prompt = ends[shell]
        wait_for(prompt)
        type_and_wait_for(load(lab, shell).removeprefix("var ns = $nil; ").partition(" &on-end")[0])
        wait_for(prompt, 2 if shell == "xonsh" else 1)  # it throws away what is typed before it asks for it
        type_and_wait_for("activate soon", "activated soon")
        shown = "(soon until " if shell == "elvish" else "(soon 10m) "
        wait_for(shown)
        type_and_wait_for("activate ask", "code?")
        tmux("send-keys", "C-c")
        wait_for(shown, 2)
        type_and_wait_for("tell", '"AWSACTIVATE_PROFILE": "soon"')
        wait_for(shown, 3)
        type_and_wait_for("deactivate; tell", "{}")
    finally:
        tmux("kill-server")
        # xonsh may take no notice of a terminal that has gone, and would read it for ever
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("shell", STRUCTURED, indirect=True)
@pytest.mark.parametrize(
    "script", ["#!/nowhere/bin/python3\n", "#!/bin/sh\nexec /nowhere/python3 -m awsactivate\n"]
)
def test_a_core_whose_python_is_gone_is_told_with_the_command_that_mends_it(
    lab: Lab, shell: str, script: str
) -> None:
    core = lab.folder / "broken"
    core.write_text(script)
    core.chmod(0o755)
    lab.core = str(core)
    done = run(lab, shell, "activate prod")
    assert f"{core} can't be started: the Python that it was installed with is gone" in done.errors
    assert "pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate" in done.errors


def test_powershell_has_the_same_sentence_for_it() -> None:
    """Where there is no PowerShell to try it in, its text is at least compared."""
    text = (FOLDER / "awsactivate.ps1").read_text("utf-8")
    start = text.partition("function global:_awsactivate_Start")[2].partition("\nfunction ")[0]
    before, _, after = start.partition("if ($LASTEXITCODE -in 126, 127) {")
    assert "catch { $global:LASTEXITCODE = 127 }" in before
    assert "can't be started: \" +\n            'the Python that it was installed with is gone'" in after
    assert "pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate" in after


@pytest.mark.parametrize("shell", ["xonsh", "elvish", "nu", "pwsh"])
def test_the_integration_begins_with_what_the_installation_knows(shell: str) -> None:
    quote = {"xonsh": '"{}"', "elvish": "'{}'", "nu": '"{}"', "pwsh": "'{}'"}[shell]
    word = {"xonsh": "", "elvish": "var ", "nu": "const ", "pwsh": "$global:"}[shell]
    path = {"xonsh": "/it's/\\\\a", "elvish": "/it''s/\\a", "nu": "/it's/\\\\a", "pwsh": "/it''s/\\a"}[shell]
    text = integration.text(shell, "/it's/\\a", None, short_names=False)
    files = "".join((FOLDER / name).read_text("utf-8") for name in table.ALL[shell].files)
    assert text.splitlines()[0] == f"{word}_awsactivate_core = {quote.format(path)}"
    assert text.endswith(files)
