"""Prompts of other people's making, really run: a session shows in them, and the status is still theirs."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from harness.lab import Lab, bash_version
from harness.shells import Shell
from needs import needs_program
from shell import documentation

STARSHIP = """\
add_newline = false
format = "$aws$status$character"
{aws}
[status]
disabled = false
pipestatus = true
format = "[$status] "
pipestatus_format = "<$pipestatus> "
pipestatus_segment_format = "$status"
pipestatus_separator = " "
[character]
format = "end "
"""
PIPE = {
    "bash": "(exit 3) | true | (exit 5)",
    "zsh": "(exit 3) | true | (exit 5)",
    "fish": "t_is 3 | true | t_is 5",
}


def told(terminal: Shell, line: str, pattern: str) -> str:
    """Run `line` and return what of the prompt after it matches `pattern`."""
    terminal.send(line)
    return terminal.search(pattern)[0]


def start(lab: Lab, shell: str, framework: str, first: str) -> Shell:
    """Start a shell in which the framework, or ours, was loaded before the other."""
    if first == "theirs":
        return lab.terminal(shell, before=framework)
    terminal = lab.terminal(shell)
    file = lab.folder / f"framework.{shell}"
    file.write_text(framework, "utf-8")
    terminal.call(f"source '{file}'")
    return terminal


@pytest.fixture
def starship(lab: Lab) -> None:
    """Put starship on the shells' PATH, with a prompt that says the session and every status."""
    beside = Path(sys.executable).with_name("starship")
    folder = lab.folder / "starship"
    folder.mkdir()
    # its package leaves the program without the right to be executed
    shutil.copy(beside if beside.exists() else needs_program("starship"), folder / "starship")
    (folder / "starship").chmod(0o755)
    (folder / "config").write_text(
        STARSHIP.replace("{aws}", documentation.blocks("starship")["toml"]), "utf-8"
    )
    lab.environ |= {
        "PATH": f"{folder}:{lab.environ['PATH']}",
        "STARSHIP_CONFIG": str(folder / "config"),
        "STARSHIP_CACHE": str(folder),
        "TERM": "xterm",  # with a dumb one it draws nothing
    }


@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_starship_shows_the_session_and_every_status(
    lab: Lab, shell: str, starship: None, first: str
) -> None:
    lines = {
        "bash": 'eval "$(starship init bash)"\n',
        "zsh": 'eval "$(starship init zsh)"\n',
        "fish": "function t_is; return $argv[1]; end\nstarship init fish | source\n",
    }
    # before 4.1 bash has no statuses for starship, and shows no prompt that is made behind a $( ), without us
    # too, until our hook is the last
    is_old = shell == "bash" and bash_version() < (4, 1)
    statuses = "" if is_old else "<3 0 5>"
    with start(lab, shell, lines[shell], first) as terminal:
        assert is_old or "(prod" not in told(terminal, "true", r"[^\n]*end ")
        terminal.call("activate prod")
        assert re.search(r"\(prod (1h0m0s|59m\d+s)\)", told(terminal, "true", r"\([^\n]*end "))
        shown = told(terminal, PIPE[shell], rf"\(prod[^\n]*{statuses}[^\n]*end ")
        assert "(prod 60m)" not in shown
        terminal.call("activate over")
        assert "(over " in told(terminal, "true", r"\([^\n]*end ")
        terminal.call("activate endless")
        told(terminal, "true", r"\(endless\)[^\n]*end ")
        terminal.call("deactivate")
        assert "over" not in told(terminal, PIPE[shell], rf"[^\n]*{statuses}[^\n]*end ")


def powerline(part: str) -> Path:
    """Return a file of powerline's, wherever it is installed."""
    needs_program("powerline-render")
    for root in ("/usr/share/powerline", "/usr/local/share/powerline"):
        if (file := Path(root) / "bindings" / part).exists():
            return file
    pytest.skip("powerline is installed without its shell bindings")


@pytest.mark.long
# as slow as powerline itself
@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_powerline_stands_behind_the_session(lab: Lab, shell: str, first: str) -> None:
    parts = {"bash": "bash/powerline.sh", "zsh": "zsh/powerline.zsh", "fish": "fish/powerline-setup.fish"}
    file = powerline(parts[shell])
    lab.environ |= {"POWERLINE_NO_ZSH_ZPYTHON": "1", "TERM": "xterm"}
    lines = f"source '{file}'\n"
    if shell == "fish":
        lines = f"set fish_function_path $fish_function_path '{file.parent}'\n{lines}powerline-setup\n"
    with start(lab, shell, lines, first) as terminal:
        terminal.call("true")
        terminal.call("activate prod")
        terminal.call("true")
        shown = terminal.shown_prompt()
        assert re.search(r"\(prod 60m\).*(lab|pytest|test_)", shown, re.DOTALL), shown
        terminal.call("deactivate")
        assert "prod" not in terminal.shown_prompt()


P9K = """\
POWERLEVEL9K_MODE=compatible
{snippet}
POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(${{POWERLEVEL9K_LEFT_PROMPT_ELEMENTS:#vcs}} status)
POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=()
POWERLEVEL9K_STATUS_VERBOSE=true
source {theme}
"""


@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_powerlevel9k_shows_the_session_as_a_segment(lab: Lab, first: str) -> None:
    theme = needs_program("/usr/share/powerlevel9k/powerlevel9k.zsh-theme")
    lab.environ |= {"TERM": "xterm-256color"}
    with start(
        lab, "zsh", P9K.format(theme=theme, snippet=documentation.blocks("powerlevel9k")["sh"]), first
    ) as terminal:
        terminal.call("true")
        terminal.call("activate prod")
        # a line of its own: the prompt before may be shown before or after the line is typed
        shown = told(terminal, "echo; (exit 7)", r"\n[^\n]*\(prod 60m\)[^\n]*↵[^\n]*m7 ")
        assert shown.count("prod") == 1
        terminal.call("deactivate")
        assert "prod" not in terminal.shown_prompt()


@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_the_segment_placed_by_hand_stands_where_it_was_put(lab: Lab, shell: str, first: str) -> None:
    own = documentation.blocks("Placed by yourself")[shell]
    with start(lab, shell, own, first) as terminal:
        terminal.call("activate prod")
        told(terminal, "sh -c 'exit 7'", r"\[7\] [^ \n]+ \(prod 60m\) [$#%>] ")
        terminal.call("deactivate")
        told(terminal, "sh -c 'exit 7'", r"\[7\] [^ \n]+ [$#%>] ")
