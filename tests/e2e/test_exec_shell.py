"""`exec` without COMMAND opens the person's shell, and one within another has a session of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from e2e.conftest import World
from e2e.test_sources import run
from harness.shells import PROGRAM, Shell
from needs import needs_shell

PRINT = "import json, os; print(json.dumps(dict(os.environ)))"
# where each reads what a person writes for it
START = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
PROMPTS = {
    "bash": "PS1='inner> '\nbind 'set enable-bracketed-paste off'\n",
    "zsh": "PROMPT='inner> '\nunsetopt prompt_cr prompt_sp zle\n",
    "fish": "function fish_prompt; echo -n 'inner> '; end\nfunction fish_greeting; end\n",
}


def start_file(world: World, name: str) -> None:
    """Have the person's shell load the integration."""
    load = f"'{PROGRAM}' init {name}"
    path = world.home / START[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    # a fish that finds this reads no man page of the machine in the background
    (world.home / ".local/share/fish/generated_completions").mkdir(parents=True, exist_ok=True)
    path.write_text(PROMPTS[name] + (f"{load} | source\n" if name == "fish" else f'eval "$({load})"\n'))


def test_on_a_terminal_it_is_the_persons_shell_which_knows_of_its_session(world: World, shell: Shell) -> None:
    start_file(world, shell.name)
    program = needs_shell(shell.name)
    shell.run(f"set -gx SHELL {program}" if shell.name == "fish" else f"export SHELL={program}")
    before = shell.state()
    shell.send(f"awsactivate exec prod --mfa-code {world.device.code()}")
    said = shell.expect("(prod 60m) inner> ")
    assert f"awsactivate: {program} gets a session of prod, and `exit` ends it\n" in said
    shell.send("printf '<%s>' $AWS_ACCESS_KEY_ID $AWS_REGION; deactivate")
    shell.expect("<ASIA")
    shell.expect("<eu-west-1>")
    shell.send("printf '<%s>' \"left:$AWS_ACCESS_KEY_ID\"; exit 7")
    shell.expect("<left:>")
    shell.prompt()
    assert shell.status() == 7
    assert shell.state() == before


@pytest.mark.parametrize(
    "words", [("exec", "prod"), ("exec", "--serve", "prod"), ("exec", "prod", "--scope", "read-only")]
)
def test_without_a_terminal_it_is_a_mistake_that_costs_nothing(world: World, words: tuple[str, ...]) -> None:
    world.aws.requests.clear()
    done = run(world, *words, "--mfa-code", world.device.code(), SHELL="/bin/sh")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: there is no command to run, and no terminal to open a shell on\n" in done.stderr
    assert "hint: awsactivate exec TARGET -- COMMAND\n" in done.stderr
    assert world.operations() == []


@pytest.mark.parametrize(("profile", "region"), [("alice", "us-east-1"), ("nowhere", None)])
def test_one_within_another_takes_nothing_of_its_session(
    world: World, profile: str, region: str | None, tmp_path: Path
) -> None:
    """The region of the outer one was taken for the person's own."""
    world.add_profile("[profile nowhere]\nsource_profile = alice\n")
    inner = tmp_path / "inner"
    inner.write_text(f"#!/bin/sh\nexec {PROGRAM} exec {profile} -- {sys.executable} -c '{PRINT}'\n")
    inner.chmod(0o755)
    done = run(world, "exec", "prod", "--mfa-code", world.device.code(), "--", str(inner))
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen.get("AWS_REGION"), seen.get("AWS_DEFAULT_REGION")) == (region, region)
    assert seen["AWSACTIVATE_PROFILE"] == profile
    assert "AWSACTIVATE_ROLE_ARN" not in seen
