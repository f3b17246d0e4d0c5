"""The integration of the other POSIX shells, in each that there is: dash, busybox ash, ksh93 and mksh."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.lab import INHERITED, NOT_ADOPTED, Lab
from harness.shells import Result
from harness.terminals import Terminal
from needs import needs_program
from shell import fake_core

SHELLS = {"dash": ["dash"], "ash": ["busybox", "ash"], "ksh93": ["ksh93"], "mksh": ["mksh"]}
# a child that writes the environment it got; the shell's own variables are none of the session's
ENVIRONMENT = (
    f"{sys.executable} -c 'import json, os; print(json.dumps({{k: v for k, v in os.environ.items() "
    'if k.startswith(("AWS", "_AWS", "_aws", "TF_VAR"))}))\''
)
# what changes by itself
COUNTERS = {"_", "EPOCHREALTIME", "LINENO", "RANDOM", "SECONDS"}
SECRET = fake_core.secret("prod")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """One of the shells, if it is there."""
    needs_program(SHELLS[request.param][0])
    return str(request.param)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A home and a core."""
    return Lab(tmp_path)


def run(lab: Lab, shell: str, text: str, *options: str, **settings: str) -> Result:
    """Run `text` with the integration loaded, and no terminal."""
    file = lab.folder / "script"
    file.write_text(lab.prelude("sh", **settings) + text, encoding="utf-8")
    return lab.run(*SHELLS[shell], *options, str(file))


def environments(result: Result) -> list[dict[str, str]]:
    """Return what each child of a script saw of the session."""
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_session_is_in_the_environment_of_children_and_then_it_is_not(lab: Lab, shell: str) -> None:
    lab.environ |= {"AWS_PROFILE": "it's\nmine", "AWS_ACCESS_KEY_ID": "AKIAOLD"}
    text = f"AWS_REGION=own\nactivate prod\n{ENVIRONMENT}\ndeactivate\n{ENVIRONMENT}\n"
    text += "printf '\"%s\"' $AWS_REGION"
    done = run(lab, shell, text)
    assert (done.status, done.errors) == (0, "activated prod\n")
    during, after = environments(Result(0, done.output.rpartition("\n")[0], ""))
    assert done.output.rpartition("\n")[2] == '"own"'
    assert during["AWS_SECRET_ACCESS_KEY"] == SECRET
    assert during["AWS_REGION"] == during["AWS_DEFAULT_REGION"] == "prod-region-1"
    assert "AWS_PROFILE" not in during
    assert [name for name in during if name.startswith("_")] == []
    assert after == {"AWS_PROFILE": "it's\nmine", "AWS_ACCESS_KEY_ID": "AKIAOLD"}


def test_a_switch_keeps_what_was_before_the_first_session(lab: Lab, shell: str) -> None:
    lab.environ["AWS_REGION"] = "before"
    done = run(lab, shell, f"activate one\nactivate two\n{ENVIRONMENT}\nawsdeactivate\n{ENVIRONMENT}\n")
    during, after = environments(done)
    assert during["AWSACTIVATE_PROFILE"] == "two"
    assert after == {"AWS_REGION": "before"}


def test_the_core_sees_the_environment_of_before(lab: Lab, shell: str) -> None:
    lab.environ["AWS_ACCESS_KEY_ID"] = "AKIAOLD"
    run(lab, shell, "activate one\nactivate two -q\n")
    seen = lab.log()
    assert seen["argv"] == ["_activate", "sh", "two", "-q"]
    assert seen["environ"]["AWS_ACCESS_KEY_ID"] == "AKIAOLD"
    assert seen["environ"]["AWSACTIVATE_PROFILE"] == "one"
    assert "AWS_SECRET_ACCESS_KEY" not in seen["environ"]


def test_what_somebody_changed_meanwhile_stays(lab: Lab, shell: str) -> None:
    done = run(lab, shell, f"activate prod\nexport AWS_REGION=new\ndeactivate\n{ENVIRONMENT}\n")
    assert environments(done) == [{"AWS_REGION": "new"}]


@pytest.mark.parametrize(("profile", "status"), [("fail", 3), ("half", 137), ("open", 1), ("garbage", 1)])
def test_a_core_that_fails_changes_nothing(lab: Lab, shell: str, profile: str, status: int) -> None:
    lab.environ["AWS_PROFILE"] = "mine"
    done = run(lab, shell, f"activate {profile} || echo $? >&2\n{ENVIRONMENT}\nset\n")
    # ksh93 counts signals from 256 on
    assert int(done.errors.splitlines()[-1]) in (status, status + 128 * (status > 128))
    assert json.loads(done.output.splitlines()[0]) == {"AWS_PROFILE": "mine"}
    assert "SECRET" not in done.output + done.errors


def test_a_readonly_variable_is_told_and_nothing_is_changed(lab: Lab, shell: str) -> None:
    done = run(lab, shell, f"readonly AWS_SESSION_TOKEN=x\nactivate prod || echo $?\n{ENVIRONMENT}\nset\n")
    assert done.output.splitlines()[:2] == ["1", "{}"]
    assert "a variable of the session is readonly in this shell: nothing was changed" in done.errors
    assert "SECRET" not in done.output + done.errors


@pytest.mark.parametrize("flags", ["-x", "-v", "-a", "-eu", "-xvaeu"])
def test_no_setting_shows_a_secret_or_is_changed(lab: Lab, shell: str, flags: str) -> None:
    lab.environ["AWS_SECRET_ACCESS_KEY"] = "SECRET/old"
    kept = "".join(letter for letter in flags[1:])
    told = "for f in " + " ".join(kept) + "; do case $- in (*$f*) ;; (*) echo lost $f ;; esac; done"
    done = run(lab, shell, f"set {flags}\nactivate prod\ndeactivate\n{told}\n{ENVIRONMENT}\n")
    assert (done.status, environments(done)) == (0, [{"AWS_SECRET_ACCESS_KEY": "SECRET/old"}])
    assert "SECRET/prod" not in done.errors
    assert "SECRET/old" not in done.errors


def test_nothing_of_a_session_is_left_in_the_shell(lab: Lab, shell: str) -> None:
    done = run(lab, shell, "set >before\nactivate prod\ndeactivate\nset >after\n")
    assert done.status == 0
    before, after = ((lab.folder / name).read_text() for name in ("before", "after"))
    more = {line.partition("=")[0] for line in after.splitlines() if line not in before.splitlines()}
    assert {name for name in more if not name.startswith("_awsactivate_")} <= COUNTERS
    assert "SECRET" not in after
    assert "_AWSACTIVATE_O" not in after


def test_an_inherited_session_is_adopted_and_can_be_ended(lab: Lab, shell: str) -> None:
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps({"AWS_CA_BUNDLE": "/b", "AWS_ENDPOINT_URL_S3": "http://s"})
    file = lab.folder / "inner"
    file.write_text(lab.prelude("sh") + f"deactivate\n{ENVIRONMENT}\n", encoding="utf-8")
    done = run(lab, shell, f"activate prod\n{' '.join(SHELLS[shell])} {file}\n")
    assert environments(done) == [{}]


def test_each_name_that_a_session_may_hold_is_adopted_and_no_other(lab: Lab, shell: str) -> None:
    lab.environ |= INHERITED | NOT_ADOPTED
    assert environments(run(lab, shell, f"deactivate\n{ENVIRONMENT}\n")) == [NOT_ADOPTED]


def test_without_the_list_no_name_is_adopted_but_those_of_every_session(lab: Lab, shell: str) -> None:
    """As where somebody sources a file of `shell/` alone."""
    mine = NOT_ADOPTED | {"AWS_REGION": "mine", "TF_VAR_x": "mine"}
    lab.environ |= mine | {"AWSACTIVATE_PROFILE": "prod", "AWSACTIVATE_VARS": " ".join(["a;b", *mine])}
    assert environments(run(lab, shell, f"deactivate\n{ENVIRONMENT}\n", adoptable="")) == [mine]


def test_without_a_session_deactivate_says_so(lab: Lab, shell: str) -> None:
    done = run(lab, shell, "awsdeactivate || echo $?\n")
    assert (done.output, done.errors) == ("1\n", "awsactivate: error: no session is active in this shell\n")


def test_a_word_that_deactivate_does_not_know_ends_nothing(lab: Lab, shell: str) -> None:
    done = run(lab, shell, f"activate prod\ndeactivate --all-of-it || echo $?\n{ENVIRONMENT}\n")
    status, seen = done.output.splitlines()
    assert (status, json.loads(seen)["AWSACTIVATE_PROFILE"]) == ("2", "prod")


def test_a_virtual_environment_keeps_its_deactivate(lab: Lab, shell: str) -> None:
    text = "deactivate() { unset -f deactivate; VIRTUAL_ENV=; }\nVIRTUAL_ENV=/v\nactivate prod\n"
    done = run(lab, shell, f'{text}deactivate\necho "[$VIRTUAL_ENV]" >&2\nawsdeactivate\n{ENVIRONMENT}\n')
    assert environments(done) == [{}]
    assert done.errors.splitlines()[1:] == ["[]"]


def test_without_short_names_the_long_ones_do_all(lab: Lab, shell: str) -> None:
    text = f"awsactivate activate prod\nawsactivate deactivate\n{ENVIRONMENT}\ncommand -V activate"
    done = run(lab, shell, text, short_names="no")
    assert environments(Result(0, done.output.splitlines()[0], "")) == [{}]
    assert "function" not in done.output.splitlines()[-1]


@pytest.fixture
def terminal(lab: Lab, shell: str) -> Iterator[Terminal]:
    """The shell on a terminal, with the integration loaded from its start-up file."""
    startup = lab.folder / "startup"
    startup.write_text("PS1='$ '\n" + lab.prelude("sh"), encoding="utf-8")
    opened = Terminal(
        [*SHELLS[shell], "-i"],
        lab.environ | {"ENV": str(startup)},
        inherits=False,
        folder=lab.folder,
        size=(50, 500),
        echo=False,
    )
    opened.expect("$ ")
    yield opened
    opened.close()


def test_the_prompt_shows_the_session_until_it_ends(terminal: Terminal, shell: str) -> None:
    terminal.send("activate prod")
    left = r"\(prod (60|59)m\) \$ " if shell in ("ksh93", "mksh") else r"\(prod until \d\d:\d\dZ\) \$ "
    terminal.search(left)
    terminal.send("deactivate; echo en'd'")
    terminal.expect("end")
    terminal.search(r"\r?\n\$ ")


def test_ctrl_c_at_the_code_leaves_the_shell_as_it_was(terminal: Terminal) -> None:
    terminal.send("activate ask")
    terminal.expect("code? ")
    terminal.interrupt()
    terminal.expect("$ ")
    terminal.send('echo "<${AWS_ACCESS_KEY_ID-none}>"; stty -a | grep -o -- "-*icanon"')
    terminal.expect("<none>")
    terminal.search(r"\sicanon")
