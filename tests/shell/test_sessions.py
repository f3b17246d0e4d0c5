"""What `activate` and `deactivate` do to a shell: everything they should, and nothing else."""

from __future__ import annotations

import json
import os
import re

import pytest

from awsactivate.sessions.environment import HANDED_OVER, in_place
from harness.lab import INHERITED, NOT_ADOPTED, Lab, assigning, exporting, unsetting
from harness.shells import SHELLS
from harness.states import changes, dump, read_state
from needs import needs_shell
from shell.fake_core import secret

STATUS = {"bash": "$?", "zsh": "$?", "fish": "$status"}
HIDDEN = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
]
BEFORE = {
    "AWS_ACCESS_KEY_ID": "AKIAOLD",
    "AWS_SECRET_ACCESS_KEY": "old 'secret'\n",
    "AWS_REGION": "",
    "AWS_PROFILE": "mine",
    "AWS_ROLE_ARN": "arn:aws:iam::1:role/mine",
    "AWS_VAULT": "somebody's",
}


def status(shell: str) -> str:
    """Return the line that prints the last status."""
    return f"echo status={STATUS[shell]}\n"


def before(shell: str) -> str:
    """Return lines for every state that a variable can be in: set, empty, not exported, unset."""
    lines = [exporting(shell, name, value) for name, value in BEFORE.items()]
    return "".join(lines) + assigning(shell, "AWS_DEFAULT_REGION", "local only")


def environment(state: dict[str, str]) -> dict[str, str]:
    """Return the exported AWS variables of a state."""
    names = {name.removeprefix("environment ") for name in state if name.startswith("environment AWS")}
    return {name: state[f"environment {name}"] for name in names}


def test_an_active_session_is_exactly_the_environment_that_was_promised(lab: Lab, shell: str) -> None:
    file = lab.folder / "active"
    done = lab.script(shell, before(shell) + "activate prod\n" + status(shell) + dump(file))
    assert (done.output, done.errors) == ("status=0\n", "activated prod\n")
    active = environment(read_state(shell, file))
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", active.pop("AWS_CREDENTIAL_EXPIRATION"))
    assert re.fullmatch(r"[0-9]{10}", active.pop("AWSACTIVATE_EXPIRATION"))
    del active["AWSACTIVATE_VARS"]
    assert active == {
        "AWS_ACCESS_KEY_ID": "ASIAPROD",
        "AWS_SECRET_ACCESS_KEY": secret("prod"),
        "AWS_SESSION_TOKEN": "TOKEN/prod",
        "AWS_REGION": "prod-region-1",
        "AWS_DEFAULT_REGION": "prod-region-1",
        "AWSACTIVATE_PROFILE": "prod",
        "AWSACTIVATE_ROLE_ARN": "arn:aws:iam::111122223333:role/prod",
        "AWSACTIVATE_ASSUMED_ROLE_ID": "AROAEXAMPLE:prod",
        "AWSACTIVATE_SOURCE_PROFILE": "base",
        "AWS_VAULT": "somebody's",
    }


@pytest.mark.parametrize(
    "lines", ["activate prod", "activate prod\nactivate dev", "activate prod\nactivate fail"]
)
@pytest.mark.parametrize("end", ["deactivate", "awsdeactivate", "awsactivate deactivate"])
def test_after_a_session_the_shell_is_what_it_was(lab: Lab, shell: str, lines: str, end: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    text = f"{before(shell)}{dump(first)}\n{lines}\n{end}\n{status(shell)}{dump(last)}\n"
    done = lab.script(shell, text)
    assert done.output == "status=0\n"
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


def test_after_a_session_no_secret_of_it_is_left_anywhere(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps({"TF_VAR_db": "SECRET/tf"})
    active, last = lab.folder / "active", lab.folder / "last"
    lab.script(shell, f"activate prod\n{dump(active)}\nactivate dev\ndeactivate\n{dump(last)}\n")
    assert "SECRET/prod" in active.read_text("utf-8")
    state = read_state(shell, last)
    left = "\n".join(value for name, value in state.items() if "FAKE_CORE" not in name)
    assert [word for word in ("SECRET/", "TOKEN/", "ASIA") if word in left] == []


def test_what_was_before_is_kept_where_no_child_sees_it(lab: Lab, shell: str) -> None:
    file = lab.folder / "active"
    everything_exported = "" if shell == "fish" else "set -a\n"
    done = lab.script(shell, f"{everything_exported}{before(shell)}activate prod\n{dump(file)}\n")
    assert done.errors == "activated prod\n"
    state = read_state(shell, file)
    kept = [name for name in state if "_AWSACTIVATE_OLD_AWS_SECRET_ACCESS_KEY" in name]
    assert kept
    assert [name for name in state if re.match(r"environment .*_?awsactivate_", name, re.IGNORECASE)] == [
        name for name in state if name.startswith("environment AWSACTIVATE_")
    ]
    assert "old 'secret'" not in " ".join(environment(state).values())


def test_a_switch_keeps_what_was_before_the_first_session(lab: Lab, shell: str) -> None:
    first, second, last = (lab.folder / name for name in ("first", "second", "last"))
    text = (
        f"{before(shell)}{dump(first)}\nactivate prod\nactivate nowhere\n{dump(second)}\n"
        f"deactivate\n{dump(last)}\n"
    )
    lab.script(shell, text)
    active = environment(read_state(shell, second))
    # this profile names no region, so the user's own is back already
    assert (active["AWS_ACCESS_KEY_ID"], active["AWS_REGION"]) == ("ASIANOWHERE", "")
    assert "AWS_DEFAULT_REGION" not in active
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


@pytest.mark.parametrize("profile", ["fail", "half", "open", "garbage"])
def test_a_switch_that_fails_leaves_the_old_session_on(lab: Lab, shell: str, profile: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    text = (
        f"activate prod\n{dump(first)}\nactivate {profile}\n{status(shell)}{dump(last)}\n"
        f"deactivate\n{status(shell)}"
    )
    done = lab.script(shell, text)
    expected = {"fail": 3, "half": 137, "open": 1, "garbage": 1}[profile]
    assert done.output == f"status={expected}\nstatus=0\n"
    assert changes(read_state(shell, first), read_state(shell, last)) == {}
    if profile in ("open", "garbage"):
        assert done.errors.splitlines()[-1] == (
            f"awsactivate: error: the answer of {lab.core} is not whole: nothing was changed"
        )


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_a_readonly_variable_is_named_and_nothing_is_changed(lab: Lab, shell: str) -> None:
    for options in ((), ("-o", "posix") if shell == "bash" else ("-o", "posixbuiltins")):
        first, last = lab.folder / "first", lab.folder / "last"
        text = (
            f"activate prod\nreadonly AWS_REGION\n{dump(first)}\nactivate dev\n{status(shell)}{dump(last)}\n"
        )
        done = lab.script(shell, text, *options)
        assert done.output == "status=1\n"
        assert done.errors.splitlines()[-2:] == [
            "awsactivate: error: readonly in this shell, so nothing was changed: AWS_REGION",
            "awsactivate: hint: open a new shell",
        ]
        assert changes(read_state(shell, first), read_state(shell, last)) == {}


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_a_name_made_readonly_meanwhile_does_not_keep_the_others(lab: Lab, shell: str) -> None:
    for options in ((), ("-o", "posix") if shell == "bash" else ("-o", "posixbuiltins")):
        file = lab.folder / "last"
        text = f"activate prod\nreadonly AWS_REGION\ndeactivate\n{status(shell)}{dump(file)}\n"
        done = lab.script(shell, text, *options)
        assert done.output == "status=1\n"
        assert "AWS_REGION" in done.errors
        assert environment(read_state(shell, file)) == {"AWS_REGION": "prod-region-1"}


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_what_fails_only_outside_the_copy_ends_the_session(lab: Lab, shell: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    done = lab.script(
        shell, f"{before(shell)}{dump(first)}\nactivate only-in-a-copy\n{status(shell)}{dump(last)}\n"
    )
    assert done.output == "status=1\n"
    assert done.errors.splitlines() == [
        "awsactivate: error: not every variable could be set: the session was ended"
    ]
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


def test_what_the_user_changed_meanwhile_stays_but_the_keys_never(lab: Lab, shell: str) -> None:
    file = lab.folder / "last"
    text = (
        before(shell)
        + "activate prod\n"
        + exporting(shell, "AWS_REGION", "changed")
        + exporting(shell, "AWS_PROFILE", "changed")
        + exporting(shell, "AWS_SECRET_ACCESS_KEY", "changed")
        + unsetting(shell, "AWS_DEFAULT_REGION")
        + f"deactivate\n{dump(file)}\n"
    )
    lab.script(shell, text)
    state = read_state(shell, file)
    assert environment(state) == {**BEFORE, "AWS_REGION": "changed", "AWS_PROFILE": "changed"}
    assert [name for name in state if "AWS_DEFAULT_REGION" in name] == []


def test_the_core_sees_what_was_before_the_session(lab: Lab, shell: str) -> None:
    lab.script(shell, before(shell) + "activate prod\nactivate dev --duration 1h\n")
    log = lab.log()
    assert log["argv"] == ["_activate", shell, "dev", "--duration", "1h"]
    seen = {name: value for name, value in log["environ"].items() if name.startswith("AWS_")}
    assert seen == BEFORE
    assert log["environ"]["AWSACTIVATE_PROFILE"] == "prod"
    assert log["environ"]["_AWSACTIVATE_WRAPPER"] == "0.1.0"


@pytest.mark.parametrize("command", ["exec", "export", "show"])
def test_commands_that_start_from_a_source_see_what_was_before(lab: Lab, shell: str, command: str) -> None:
    lab.environ["FAKE_CORE_STATUS"] = "9"
    done = lab.script(
        shell, f"{before(shell)}activate prod\nawsactivate {command} dev -- 'a b'\n{status(shell)}"
    )
    assert done.output == f"the core ran {command} dev -- a b\nstatus=9\n"
    seen = {name: value for name, value in lab.log()["environ"].items() if name.startswith("AWS_")}
    assert seen == BEFORE


def test_exec_is_handed_a_session_of_any_size_and_what_is_exported_of_it(lab: Lab, shell: str) -> None:
    """With a second copy there would be more than a program may be started with, or a variable too long."""
    longest = 32 * 4096 - 2
    room = int(0.7 * os.sysconf("SC_ARG_MAX"))
    large = {f"TF_VAR_{at:03}": longest - len("TF_VAR_000=") for at in range(room // longest)}
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps(
        {**large, **dict.fromkeys(("TF_VAR_mine", "TF_VAR_changed", "TF_VAR_kept_in"), "theirs")}
    )
    hidden = "set -g -u {0} ${0}\n" if shell == "fish" else "export -n {0}\n"
    hidden = "typeset +x {0}\n" if shell == "zsh" else hidden
    text = before(shell) + exporting(shell, "TF_VAR_mine", "mine") + "activate prod\n"
    text += exporting(shell, "TF_VAR_changed", "since")
    text += hidden.format("TF_VAR_kept_in") + hidden.format("AWS_REGION")
    done = lab.script(shell, f"{text}awsactivate exec dev -- true\n{status(shell)}")
    assert (done.output, done.errors) == ("the core ran exec dev -- true\nstatus=0\n", "activated prod\n")
    environ = lab.log()["environ"]
    assert {name: value for name, value in environ.items() if name.startswith("AWS_")} == BEFORE
    now = {name.removeprefix(HANDED_OVER): value for name, value in environ.items() if HANDED_OVER in name}
    assert sorted(now) == [
        *("AWS_ACCESS_KEY_ID", "AWS_CREDENTIAL_EXPIRATION", "AWS_DEFAULT_REGION", "AWS_SECRET_ACCESS_KEY"),
        *("AWS_SESSION_TOKEN", "TF_VAR_changed", "TF_VAR_mine"),
    ]
    assert (now["TF_VAR_mine"], environ["TF_VAR_mine"]) == ("theirs", "mine")
    assert (now["TF_VAR_changed"], environ["TF_VAR_changed"]) == ("since", "since")
    assert set(in_place(environ)) == set(large)
    assert "TF_VAR_kept_in" not in environ


def test_no_shell_lingers_between_this_one_and_the_core(lab: Lab, shell: str) -> None:
    own = "echo $fish_pid\n" if shell == "fish" else "echo $$\n"
    done = lab.script(shell, f"{own}activate prod\nawsactivate exec prod -- true\n")
    assert lab.log()["parent"] == int(done.output.splitlines()[0])


def test_every_other_command_sees_the_session(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_STATUS"] = "4"
    done = lab.script(shell, f"activate prod\nawsactivate status --json\n{status(shell)}")
    assert done.output == "the core ran status --json\nstatus=4\n"
    assert lab.log()["environ"]["AWS_ACCESS_KEY_ID"] == "ASIAPROD"


def test_help_changes_nothing(lab: Lab, shell: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    done = lab.script(shell, f"{dump(first)}\nactivate --help\n{status(shell)}{dump(last)}\n")
    assert (done.output, done.errors) == ("status=0\n", "usage: activate\n")
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


@pytest.mark.parametrize("command", ["awsdeactivate", "awsactivate deactivate"])
def test_ending_no_session_says_so_in_one_line(lab: Lab, shell: str, command: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    done = lab.script(shell, f"{dump(first)}\n{command}\n{status(shell)}{dump(last)}\n")
    assert (done.output, done.errors) == (
        "status=1\n",
        "awsactivate: error: no session is active in this shell\n",
    )
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


def test_deactivate_has_help_and_refuses_what_it_does_not_know(lab: Lab, shell: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    text = (
        f"activate prod\n{dump(first)}\n"
        f"deactivate --help\n{status(shell)}deactivate -h\n{status(shell)}"
        f"deactivate --frob\n{status(shell)}deactivate nondestructive\n{status(shell)}{dump(last)}\n"
    )
    done = lab.script(shell, text)
    help_text = (
        "usage: deactivate [--all] [--revoke [--no-wait] [--mfa-code CODE]]\n\n"
        "End the AWS session of this shell: every variable becomes what it was before.\n"
        "With --revoke AWS refuses every copy of it too; --no-wait does not wait for the proof.\n"
        "With --all this shell also forgets its MFA session, and asks for a code again.\n"
    )
    assert done.output == f"{help_text}status=0\n{help_text}status=0\nstatus=2\nstatus=0\n"
    assert done.errors.splitlines()[1:] == [
        "awsactivate: error: deactivate takes no argument --frob",
        "awsactivate: hint: deactivate --help",
    ]
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


def test_deactivate_is_a_name_only_while_a_session_is_on(lab: Lab, shell: str) -> None:
    lab.environ["PATH"] = "/usr/bin:/bin"
    known = "functions -q deactivate" if shell == "fish" else "typeset -f deactivate >/dev/null"
    text = (
        f"{known}\n{status(shell)}activate prod\n{known}\n{status(shell)}deactivate\n{known}\n{status(shell)}"
    )
    assert lab.script(shell, text).output == "status=1\nstatus=0\nstatus=1\n"


def test_without_short_names_there_is_one_name_only(lab: Lab, shell: str) -> None:
    file, last = lab.folder / "active", lab.folder / "last"
    text = f"awsactivate activate prod\n{dump(file)}\nawsactivate deactivate\n{status(shell)}{dump(last)}\n"
    done = lab.script(shell, text, short_names="no")
    assert (done.output, done.errors) == ("status=0\n", "activated prod\n")
    state = read_state(shell, file)
    assert (
        re.findall(r"^(?:function )?(activate|deactivate|awsdeactivate)\b", state["functions"], re.MULTILINE)
        == []
    )
    assert environment(read_state(shell, last)) == {}


def test_a_core_that_is_gone_is_an_error_with_a_hint(lab: Lab, shell: str) -> None:
    lab.environ["PATH"] = "/usr/bin:/bin"
    done = lab.script(
        shell, f"activate prod\n{status(shell)}awsactivate list\n{status(shell)}", core="/nowhere/awsactivate"
    )
    lines = (
        "awsactivate: error: there is no program /nowhere/awsactivate any more\n"
        "awsactivate: hint: install awsactivate again, then open a new shell\n"
    )
    assert (done.output, done.errors) == ("status=1\nstatus=1\n", lines * 2)


@pytest.mark.parametrize(
    "script",
    [
        "#!/nowhere/bin/python3\n",
        "#!/bin/sh\nexec /nowhere/python3 -m awsactivate\n",
        "#!/bin/sh\nexit 126\n",
    ],
)
def test_a_core_whose_python_is_gone_is_told_with_the_command_that_mends_it(
    lab: Lab, shell: str, script: str
) -> None:
    """The sample: Python was upgraded, and what pipx or uv had made with the old one is broken."""
    core = lab.folder / "broken/awsactivate"
    core.parent.mkdir()
    core.write_text(script)
    core.chmod(0o755)
    done = lab.script(
        shell, f"activate prod\n{status(shell)}awsactivate list\n{status(shell)}", core=str(core)
    )
    lines = (
        f"awsactivate: error: {core} can't be started: the Python that it was installed with is gone\n"
        "awsactivate: hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate\n"
    )
    assert re.fullmatch("(status=12[67]\n){2}", done.output)
    assert done.errors.count(lines) == 2


def test_a_session_ends_without_the_core(lab: Lab, shell: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    broken = lab.folder / "broken"
    broken.write_text("#!/nowhere/bin/python3\n")
    broken.chmod(0o755)
    breaks = f"set -g _awsactivate_core {broken}" if shell == "fish" else f"_awsactivate_core={broken}"
    done = lab.script(
        shell,
        f"{before(shell)}{dump(first)}\nactivate prod\n{breaks}\ndeactivate\n{status(shell)}{dump(last)}\n",
    )
    assert (done.output, done.errors) == ("status=0\n", "activated prod\n")
    assert environment(read_state(shell, last)) == environment(read_state(shell, first))


def test_a_commands_own_127_is_not_taken_for_it(lab: Lab, shell: str) -> None:
    core = lab.folder / "broken/awsactivate"
    core.parent.mkdir()
    core.write_text("#!/bin/sh\nexit 127\n")
    core.chmod(0o755)
    done = lab.script(
        shell, f"awsactivate secrets exec s -- x\n{status(shell)}awsactivate exec p -- x\n", core=str(core)
    )
    assert (done.output, done.errors) == ("status=127\n", "")


def test_a_core_that_moved_is_found_on_the_path(lab: Lab, shell: str) -> None:
    lab.environ["PATH"] = f"{lab.folder / 'core'}:/usr/bin:/bin"
    done = lab.script(shell, f"activate prod\n{status(shell)}", core="/nowhere/awsactivate")
    assert (done.output, done.errors) == ("status=0\n", "activated prod\n")


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_a_subshell_is_told_that_the_session_ends_with_it(lab: Lab, shell: str) -> None:
    done = lab.script(
        shell, '(activate prod; echo "in: $AWS_ACCESS_KEY_ID")\necho "out: ${AWS_ACCESS_KEY_ID-}"\n'
    )
    assert (done.output, done.errors) == (
        "in: ASIAPROD\nout: \n",
        "activated prod\nawsactivate: note: this is a subshell, and the session ends with it\n",
    )


@pytest.mark.parametrize("child", SHELLS)
def test_a_child_shell_adopts_the_session_and_can_end_it(lab: Lab, shell: str, child: str) -> None:
    needs_shell(child)
    file, active, last = lab.folder / f"child.{child}", lab.folder / "active", lab.folder / "last"
    carried = dict.fromkeys(
        (
            *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE"),
            *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
        ),
        "carried",
    )
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps({"TF_VAR_db": "secret of terraform", **carried})
    file.write_text(
        lab.prelude(child) + f"env -0 >'{active}'\nawsactivate_prompt_info\ndeactivate\nenv -0 >'{last}'\n",
        "utf-8",
    )
    done = lab.script(shell, f"{before(shell)}activate prod\nexec {child} {file}\n")
    assert (done.output, done.errors) == ("(prod 60m) ", "activated prod\n")
    assert "TF_VAR_db=secret of terraform" in active.read_text("utf-8").split("\0")
    left = [entry for entry in last.read_text("utf-8").split("\0") if entry.startswith(("AWS", "TF_VAR"))]
    assert left == ["AWS_VAULT=somebody's"]


def test_an_inherited_list_of_names_is_not_believed(lab: Lab, shell: str) -> None:
    lab.environ |= {
        "AWSACTIVATE_PROFILE": "prod",
        "AWSACTIVATE_EXPIRATION": "a[$(touch pwned)]",
        "AWSACTIVATE_VARS": "PATH HOME AWS_CONFIG_FILE AWS_REGION $(touch pwned) a;b * TF_VAR_x AWS_ROLE_ARN",
        "AWS_CONFIG_FILE": "/file",
        "AWS_REGION": "theirs",
        "TF_VAR_x": "theirs",
        "_AWSACTIVATE_OLD_AWS_REGION": "xinjected",
        "_awsactivate_pending": "touch pwned",
        "_awsactivate_names": "HOME",
    }
    done = lab.script(
        shell, f"awsactivate_prompt_info\ndeactivate\n{status(shell)}{dump(lab.folder / 'last')}\n"
    )
    assert (done.output, done.errors) == ("(prod) status=0\n", "")
    state = read_state(shell, lab.folder / "last")
    assert (state["environment HOME"], state["environment PATH"]) == (str(lab.home), lab.environ["PATH"])
    assert environment(state) == {"AWS_CONFIG_FILE": "/file"}
    assert "environment TF_VAR_x" not in state
    assert not (lab.folder / "pwned").exists()


def test_each_name_that_a_session_may_hold_is_adopted_and_no_other(lab: Lab, shell: str) -> None:
    lab.environ |= INHERITED | NOT_ADOPTED
    done = lab.script(shell, f"deactivate\nenv -0 >'{lab.folder / 'last'}'\n")
    assert (done.output, done.errors) == ("", "")
    entries = (lab.folder / "last").read_text("utf-8").split("\0")
    left = dict(entry.partition("=")[::2] for entry in entries if entry.startswith(("AWS", "TF_VAR")))
    assert left == NOT_ADOPTED


def test_without_the_list_no_name_is_adopted_but_those_of_every_session(lab: Lab, shell: str) -> None:
    """As where somebody sources a file of `shell/` alone."""
    mine = NOT_ADOPTED | {"AWS_REGION": "mine", "TF_VAR_x": "mine", "PWD_": "mine"}
    lab.environ |= mine | {"AWSACTIVATE_PROFILE": "prod", "AWSACTIVATE_VARS": " ".join(["a;b", *mine])}
    done = lab.script(shell, f"deactivate\nenv -0 >'{lab.folder / 'last'}'\n", adoptable="")
    assert (done.output, done.errors) == ("", "")
    entries = (lab.folder / "last").read_text("utf-8").split("\0")
    left = dict(entry.partition("=")[::2] for entry in entries)
    assert {name: left.get(name) for name in mine} == mine


def test_loading_twice_keeps_the_session_and_what_was_before(lab: Lab, shell: str) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    text = (
        f"{before(shell)}{dump(first)}\nactivate prod\n{lab.prelude(shell)}"
        f"deactivate\n{status(shell)}{dump(last)}\n"
    )
    done = lab.script(shell, text)
    assert (done.output, done.errors) == ("status=0\n", "activated prod\n")
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


def test_the_name_is_told_to_starship_as_long_as_the_session_lasts(lab: Lab, shell: str) -> None:
    lab.environ |= {"STARSHIP_SHELL": shell, "AWSUME_PROFILE": "before"}
    first, last = lab.folder / "first", lab.folder / "last"
    lab.script(shell, f"activate prod\nactivate dev\n{dump(first)}\ndeactivate\n{dump(last)}\n")
    assert read_state(shell, first)["environment AWSUME_PROFILE"] == "dev"
    assert read_state(shell, last)["environment AWSUME_PROFILE"] == "before"


def test_a_function_activate_of_the_users_stays(lab: Lab, shell: str) -> None:
    own = "function activate; echo mine; end\n" if shell == "fish" else "activate() { echo mine; }\n"
    done = lab.script(shell, f"activate prod\nawsactivate activate prod\n{status(shell)}", before=own)
    assert (done.output, done.errors) == ("mine\nstatus=0\n", "activated prod\n")


@pytest.mark.parametrize("words", ["--mfa-code -", "--mfa-code=-"])
def test_a_code_can_come_in_by_stdin(lab: Lab, shell: str, words: str) -> None:
    lines = {
        "bash": f"activate prod {words} < <(echo 123456)\n",
        "zsh": f"echo 123456 | activate prod {words}\n",
        "fish": f"echo 123456 | activate prod {words}\n",
    }
    done = lab.script(shell, lines[shell] + status(shell) + "printenv AWS_ACCESS_KEY_ID\n")
    assert (done.output, done.errors) == (
        "status=0\nASIAPROD\n",
        "the code was 123456\nactivated prod\n",
    )


def test_a_universal_variable_of_fish_is_warned_about_and_survives(lab: Lab) -> None:
    text = (
        "set -U -x AWS_PROFILE universal\nset -U -x AWS_REGION everywhere\nset -U AWS_ROLE_ARN kept\n"
        "activate prod\nprintenv AWS_REGION AWS_PROFILE AWS_ROLE_ARN\ndeactivate\n"
        'echo "$AWS_PROFILE $AWS_REGION"; set -q -U AWS_PROFILE; and set -q -U AWS_REGION; and echo both\n'
    )
    done = lab.script("fish", text, plain=False)
    assert done.output == "prod-region-1\nuniversal\nuniversal everywhere\nboth\n"
    assert sorted(done.errors.splitlines()) == [
        "activated prod",
        # the region is the session's, and what is not exported reaches no command: nothing is said
        "awsactivate: note: AWS_PROFILE is a universal variable, which no session hides: "
        "set -e -U AWS_PROFILE",
    ]
