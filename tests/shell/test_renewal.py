"""A session begun anew by its shell, and the MFA session that a shell keeps beside it."""

from __future__ import annotations

import pytest

from harness.lab import Lab, assigning
from harness.states import changes
from shell import fake_core

ERROR = "awsactivate: error: no renewal\n"


def renewing(shell: str, value: str = "1") -> str:
    """Return the line by which a person asks for renewals."""
    return assigning(shell, "AWSACTIVATE_AUTO_RENEW", value)


def test_a_renewal_says_what_the_activation_said_and_is_one_switch(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_AGAIN"] = '--tag=it\'s="here" -- two words'
    lab.environ["AWS_PROFILE"] = "mine"
    with lab.terminal(shell) as terminal:
        terminal.state()
        before = terminal.state()
        terminal.call("activate prod")
        assert "activated prod-renewed" in terminal.call("activate --renew").output
        seen = lab.log()
        assert seen["argv"] == ["_activate", shell, "--renew"]
        assert seen["environ"]["_AWSACTIVATE_AGAIN"] == '--tag=it\'s="here" -- two words'
        assert seen["environ"]["AWSACTIVATE_PROFILE"] == "prod"
        assert seen["environ"]["AWS_PROFILE"] == "mine"
        assert "AWS_SESSION_TOKEN" not in seen["environ"]
        assert "prod-renewed 60m" in terminal.shown_prompt()
        terminal.call("deactivate")
        assert changes(before, terminal.state()) == {}


def test_no_other_child_gets_the_words_of_a_renewal(lab: Lab, shell: str) -> None:
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        assert "AGAIN" not in terminal.call("env").output


def test_a_session_about_to_end_is_renewed_at_the_prompt(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_SILENT"] = "yes"
    with lab.terminal(shell, before=renewing(shell)) as terminal:
        # the prompt comes before the line that tells the status
        assert "activated soon-renewed" in terminal.call("activate soon").output
        assert lab.log()["argv"] == ["_activate", shell, "--renew", "--if-silent"]
        assert "soon-renewed 60m" in terminal.shown_prompt()
        terminal.call("deactivate")
        assert terminal.call("awsdeactivate").status == 1


@pytest.mark.parametrize(
    ("profile", "silent", "value"),
    [
        ("prod", "yes", "1"),
        ("endless", "yes", "1"),
        ("soon", "", "1"),
        ("soon", "yes", "0"),
        ("soon", "yes", ""),
    ],
)
def test_nothing_is_renewed_early_or_with_a_question_or_unasked(
    lab: Lab, shell: str, profile: str, silent: str, value: str
) -> None:
    if silent:
        lab.environ["FAKE_CORE_SILENT"] = silent
    with lab.terminal(shell, before=renewing(shell, value)) as terminal:
        terminal.call(f"activate {profile}")
        terminal.call("true")
        terminal.call("true")
        assert lab.log()["argv"] == ["_activate", shell, profile]


def test_a_renewal_that_fails_is_told_once_and_leaves_the_session(lab: Lab, shell: str) -> None:
    lab.environ |= {"FAKE_CORE_SILENT": "yes", "FAKE_CORE_RENEWAL": "7"}
    with lab.terminal(shell, before=renewing(shell)) as terminal:
        shown = "".join(terminal.call(line).output for line in ("activate soon", "true", "true"))
        assert shown.count(ERROR) == 1
        assert "(soon 10m)" in terminal.shown_prompt()
        assert terminal.call("deactivate").status == 0


def test_the_status_of_the_command_before_outlives_a_renewal(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_SILENT"] = "yes"
    with lab.terminal(shell) as terminal:
        terminal.call("activate soon")
        failing = "false" if shell == "fish" else "(exit 7)"
        done = terminal.call(renewing(shell).strip() + f"; {failing}")
        assert "activated soon-renewed" in done.output
        assert done.status == (1 if shell == "fish" else 7)


def test_an_inherited_variable_never_runs_as_arithmetic(lab: Lab, shell: str) -> None:
    pwned = lab.folder / "pwned"
    lab.environ |= {"FAKE_CORE_SILENT": "yes", "_awsactivate_tried": f"a[$(touch {pwned})]"}
    with lab.terminal(shell, before=renewing(shell)) as terminal:
        assert "activated soon-renewed" in terminal.call("activate soon").output
    assert not pwned.exists()


def test_an_mfa_session_is_kept_for_the_core_alone_until_all_is_ended(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_MFA"] = "yes"
    with lab.terminal(shell) as terminal:
        terminal.state()
        before = terminal.state()
        terminal.call("activate prod")
        children = terminal.state()
        shown = {name: text for name, text in children.items() if name.startswith("environment")}
        assert not any(
            fake_core.MFA_SECRET in text or "AWSACTIVATE_MFA" in name for name, text in shown.items()
        )
        terminal.call("activate stage")
        assert lab.log()["environ"]["_AWSACTIVATE_MFA_SESSION"] == fake_core.MFA_SECRET
        terminal.call("awsactivate exec prod -- true")
        assert lab.log()["environ"]["_AWSACTIVATE_MFA_SESSION"] == fake_core.MFA_SECRET
        terminal.call("awsactivate console prod")
        assert lab.log()["environ"]["_AWSACTIVATE_MFA_SESSION"] == fake_core.MFA_SECRET
        assert lab.log()["environ"]["AWSACTIVATE_PROFILE"] == "stage"
        for other in ("show prod", "doctor", "list", "status"):
            terminal.call(f"awsactivate {other}")
            assert not any(lab.log()["environ"].get("_AWSACTIVATE_MFA_SESSION", ""))
        assert lab.log()["environ"]["_AWSACTIVATE_MFA_SHOWN"] == fake_core.MFA_SHOWN
        note = "awsactivate: note: the MFA session stays; awsdeactivate --all ends it\n"
        assert terminal.call("deactivate").output.count(note) == 1
        terminal.call("activate prod")
        assert lab.log()["environ"]["_AWSACTIVATE_MFA_SESSION"] == fake_core.MFA_SECRET
        assert "note" not in terminal.call("deactivate --all").output
        assert changes(before, terminal.state()) == {}


def test_all_ends_an_mfa_session_that_is_left_alone(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_MFA"] = "yes"
    with lab.terminal(shell) as terminal:
        terminal.call("activate prod")
        terminal.call("deactivate")
        assert terminal.call("awsdeactivate --all").status == 0
        assert terminal.call("awsdeactivate --all").status == 1
        assert not any("AWSACTIVATE_MFA" in name for name in terminal.state())


def test_no_trace_shows_an_mfa_session(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_MFA"] = "yes"
    options = {"bash": "set -xv", "zsh": "setopt xtrace verbose", "fish": "set -g fish_trace 1"}
    text = (
        f"{options[shell]}\nactivate prod\nactivate stage\nawsactivate exec prod -- true\ndeactivate --all\n"
    )
    done = lab.script(shell, text)
    assert done.status == 0
    assert "MFA-SECRET" not in done.output + done.errors


def test_an_mfa_session_from_the_environment_is_nobodys(lab: Lab, shell: str) -> None:
    lab.environ |= {"_AWSACTIVATE_MFA_SESSION": "planted", "_AWSACTIVATE_AGAIN": "planted"}
    lab.script(shell, "activate prod\n")
    seen = lab.log()["environ"]
    assert seen.get("_AWSACTIVATE_MFA_SESSION", "") == seen.get("_AWSACTIVATE_AGAIN", "") == ""
