"""The integration of tcsh, in the real one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from awsactivate.shells import quoting
from harness.lab import INHERITED, NOT_ADOPTED, Lab
from harness.shells import Result
from harness.terminals import Terminal
from needs import needs_program
from shell import fake_core

ENVIRONMENT = (
    f"{sys.executable} -c 'import json, os; print(json.dumps({{k: v for k, v in os.environ.items() "
    'if k.startswith(("AWS", "_AWS", "_aws", "TF_VAR"))}))\''
)
SECRET = fake_core.secret("prod")
# each kind of what csh could read as something else
HOSTILE = 'it\'s "all" !here! $HOME `id` \\n \\\\ *?[a]{b,c}~ =1 ^x ;&|<>()# \t\n\n\x1f%é!!'


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A home and a core, where there is a tcsh."""
    needs_program("tcsh")
    return Lab(tmp_path)


def run(lab: Lab, text: str, *options: str, **settings: str) -> Result:
    """Run `text` with the integration loaded, and no terminal."""
    file = lab.folder / "script"
    file.write_text(lab.prelude("tcsh", **settings) + text, encoding="utf-8")
    return lab.run("tcsh", "-f", *options, str(file))


def environments(result: Result) -> list[dict[str, str]]:
    """Return what each child of a script saw of the session."""
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_session_is_in_the_environment_of_children_and_then_it_is_not(lab: Lab) -> None:
    lab.environ |= {"AWS_PROFILE": HOSTILE, "AWS_ACCESS_KEY_ID": "AKIAOLD", "AWS_REGION": ""}
    done = run(lab, f"activate prod\n{ENVIRONMENT}\ndeactivate\n{ENVIRONMENT}\n")
    assert (done.status, done.errors) == (0, "activated prod\n")
    during, after = environments(done)
    assert during["AWS_SECRET_ACCESS_KEY"] == SECRET
    assert during["AWS_REGION"] == during["AWS_DEFAULT_REGION"] == "prod-region-1"
    assert "AWS_PROFILE" not in during
    assert [name for name in during if name.startswith("_")] == []
    assert after == {"AWS_PROFILE": HOSTILE, "AWS_ACCESS_KEY_ID": "AKIAOLD", "AWS_REGION": ""}


@pytest.mark.parametrize("value", [HOSTILE, "", " ", "u", "x", "-e", "a" * 9000, "'" * 50, "\n", "!", "\\"])
def test_every_value_comes_and_goes_byte_for_byte(lab: Lab, value: str) -> None:
    lab.environ |= {"FAKE_CORE_EXTRA": json.dumps({"TF_VAR_a": value}), "TF_VAR_a": value + "before"}
    done = run(lab, f"activate prod\n{ENVIRONMENT}\nactivate dev\ndeactivate\n{ENVIRONMENT}\n")
    during, after = environments(done)
    assert during["TF_VAR_a"] == value
    assert after == {"TF_VAR_a": value + "before"}
    assert not Path("/tmp/pwned").exists()


def test_a_switch_keeps_what_was_before_the_first_session(lab: Lab) -> None:
    lab.environ["AWS_REGION"] = "before"
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps({"TF_VAR_a": "1"})
    text = f"activate one\nsetenv FAKE_CORE_EXTRA '{{}}'\nactivate two\n{ENVIRONMENT}\n"
    text += f"awsdeactivate\n{ENVIRONMENT}\n"
    during, after = environments(run(lab, text))
    assert during["AWSACTIVATE_PROFILE"] == "two"
    assert "TF_VAR_a" not in during
    assert after == {"AWS_REGION": "before"}


def test_the_core_sees_the_environment_of_before(lab: Lab) -> None:
    lab.environ["AWS_ACCESS_KEY_ID"] = "AKIAOLD"
    run(lab, "activate one\nactivate 'two \"words\"' -q\n")
    seen = lab.log()
    assert seen["argv"] == ["_activate", "tcsh", 'two "words"', "-q"]
    assert seen["environ"]["AWS_ACCESS_KEY_ID"] == "AKIAOLD"
    assert seen["environ"]["AWSACTIVATE_PROFILE"] == "one"
    assert "AWS_SECRET_ACCESS_KEY" not in seen["environ"]


def test_what_somebody_changed_meanwhile_stays(lab: Lab) -> None:
    text = f"activate prod\nsetenv AWS_REGION new\nsetenv AWS_PROFILE mine\ndeactivate\n{ENVIRONMENT}\n"
    assert environments(run(lab, text)) == [{"AWS_REGION": "new", "AWS_PROFILE": "mine"}]


@pytest.mark.parametrize(("profile", "status"), [("fail", 3), ("half", 137), ("open", 1), ("garbage", 1)])
def test_a_core_that_fails_changes_nothing(lab: Lab, profile: str, status: int) -> None:
    lab.environ["AWS_PROFILE"] = "mine"
    done = run(lab, f"activate {profile}\necho $status\n{ENVIRONMENT}\nset\nalias\n")
    assert done.output.splitlines()[0] == str(status)
    assert json.loads(done.output.splitlines()[1]) == {"AWS_PROFILE": "mine"}
    assert "SECRET" not in done.output + done.errors


@pytest.mark.parametrize("options", [["-x"], ["-v"], ["-X"], ["-V"], ["-xv"]])
def test_no_trace_shows_a_secret(lab: Lab, options: list[str]) -> None:
    lab.environ["AWS_SECRET_ACCESS_KEY"] = "SECRET/old"
    text = f"activate prod\nactivate dev\ndeactivate\n{ENVIRONMENT} >after\n"
    text += "if ($?echo || $?verbose) echo traced\n"
    done = run(lab, text, *options)
    assert "SECRET" not in done.output + done.errors
    assert "traced" in done.output
    assert json.loads((lab.folder / "after").read_text()) == {"AWS_SECRET_ACCESS_KEY": "SECRET/old"}


@pytest.mark.parametrize(
    "setting",
    [
        "set backslash_quote",
        "set noglob",
        "set nonomatch",
        "set echo_style=none",
        "set printexitvalue",
        "set noclobber",
        "set correct=all",
        "set anyerror",
    ],
)
def test_no_setting_breaks_a_session_or_is_changed(lab: Lab, setting: str) -> None:
    lab.environ["AWS_PROFILE"] = HOSTILE
    text = f"{setting}\nset >before\nactivate prod\n{ENVIRONMENT}\ndeactivate\nset >after\n{ENVIRONMENT}\n"
    during, after = environments(run(lab, text))
    assert during["AWS_SECRET_ACCESS_KEY"] == SECRET
    assert after == {"AWS_PROFILE": HOSTILE}
    before, now = ((lab.folder / name).read_text() for name in ("before", "after"))
    assert now == before


def test_nothing_of_a_session_is_left_in_the_shell(lab: Lab) -> None:
    done = run(
        lab, "set >before\nalias >>before\nactivate prod\ndeactivate\nset >after\nalias >>after\nhistory\n"
    )
    assert done.status == 0
    before, after = ((lab.folder / name).read_text() for name in ("before", "after"))
    assert after == before
    assert "SECRET" not in after + done.output


def test_an_inherited_session_is_adopted_and_can_be_ended(lab: Lab) -> None:
    lab.environ["FAKE_CORE_EXTRA"] = json.dumps(
        {"TF_VAR_a": "1", "AWS_CA_BUNDLE": "/b", "AWS_ENDPOINT_URL_S3": "http://s"}
    )
    file = lab.folder / "inner"
    file.write_text(lab.prelude("tcsh") + f"deactivate\n{ENVIRONMENT}\n", encoding="utf-8")
    assert environments(run(lab, f"activate prod\ntcsh -f {file}\n")) == [{}]


def test_an_inherited_list_of_names_takes_no_other(lab: Lab) -> None:
    lab.environ |= {
        "AWSACTIVATE_PROFILE": "x",
        "AWSACTIVATE_VARS": "HOME PATH `id` $x TF_VAR_a",
        "HOME": "/kept",
    }
    done = run(lab, "deactivate\necho $HOME\n")
    assert (done.output, done.errors) == ("/kept\n", "")


def test_each_name_that_a_session_may_hold_is_adopted_and_no_other(lab: Lab) -> None:
    lab.environ |= INHERITED | NOT_ADOPTED
    assert environments(run(lab, f"deactivate\n{ENVIRONMENT}\n")) == [NOT_ADOPTED]


def test_without_a_session_deactivate_says_so(lab: Lab) -> None:
    done = run(lab, "awsdeactivate || echo $status\n")
    assert (done.output, done.errors) == ("1\n", "awsactivate: error: no session is active in this shell\n")


def test_a_wrong_word_ends_nothing(lab: Lab) -> None:
    done = run(lab, f"activate prod\ndeactivate now || echo $status\n{ENVIRONMENT}\ndeactivate --help\n")
    assert done.output.splitlines()[0] == "2"
    assert "AWS_SESSION_TOKEN" in json.loads(done.output.splitlines()[1])
    assert done.output.splitlines()[2] == "usage: deactivate"
    assert "deactivate takes no argument now" in done.errors


def test_the_command_itself_works_with_and_without_the_short_names(lab: Lab) -> None:
    lab.environ["FAKE_CORE_STATUS"] = "4"
    text = f"awsactivate activate prod\n{ENVIRONMENT}\nawsactivate exec prod -- true\necho $status\n"
    text += "awsactivate list\necho $status\nawsactivate\necho $status\nawsactivate deactivate\nalias\n"
    done = run(lab, text, short_names="no")
    lines = done.output.splitlines()
    assert json.loads(lines[0])["AWSACTIVATE_PROFILE"] == "prod"
    assert lines[1:7] == [
        "the core ran exec prod -- true",
        "4",
        "the core ran list",
        "4",
        "the core ran ",
        "4",
    ]
    assert [line.split("\t")[0] for line in lines[7:]] == ["awsactivate"]


def test_the_words_reach_the_core_and_exec_starts_from_what_was_before(lab: Lab) -> None:
    lab.environ["AWS_PROFILE"] = "mine"
    run(lab, "activate prod\nawsactivate exec dev -- sh -c 'echo \"$HOME\" *'\n")
    seen = lab.log()
    assert seen["argv"] == ["exec", "dev", "--", "sh", "-c", 'echo "$HOME" *']
    assert seen["environ"]["AWS_PROFILE"] == "mine"
    assert "AWS_SESSION_TOKEN" not in seen["environ"]


def test_an_alias_of_the_persons_own_stays(lab: Lab) -> None:
    file = lab.folder / "script"
    file.write_text(
        "alias activate 'echo mine'\n" + lab.prelude("tcsh") + "activate prod\n", encoding="utf-8"
    )
    done = subprocess.run(
        ["tcsh", "-f", str(file)], env=lab.environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "mine prod\n"


def test_init_prints_one_line_that_a_start_up_file_evaluates(lab: Lab) -> None:
    program = Path(sys.executable).parent / "awsactivate"
    (lab.home / ".tcshrc").write_text(f'eval "`{program} init tcsh`"\n')
    done = subprocess.run(
        ["tcsh", "-c", "alias activate; echo $_awsactivate_core:q"],
        env=lab.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "tcsh/start.tcsh" in done.stdout.splitlines()[0]
    assert done.stdout.splitlines()[1] == str(program)
    assert done.stderr == ""


def test_a_prompt_tells_the_session_and_its_end_and_then_does_not(lab: Lab) -> None:
    file = lab.folder / "start.tcsh"
    file.write_text("set prompt = '@@%% '\n" + lab.prelude("tcsh"), encoding="utf-8")
    terminal = Terminal(["tcsh", "-f", "-i"], lab.environ, inherits=False, folder=lab.folder, echo=False)
    try:
        terminal.send(f"unset edit; source {quoting.quote_posix(str(file))}")
        terminal.expect("@@% ")
        terminal.send("activate prod")
        terminal.search(r"\(prod until [0-9]{2}:[0-9]{2}Z\) @@% ")
        terminal.send("activate dev")
        terminal.search(r"\(dev until [0-9]{2}:[0-9]{2}Z\) @@% ")
        terminal.send("deactivate")
        assert "until" not in terminal.expect("@@% ")
        terminal.send("activate ask")
        terminal.expect("code? ")
        terminal.send("123456")
        terminal.expect("(ask until ")
    finally:
        terminal.close()


@pytest.mark.parametrize(
    "script", ["#!/nowhere/bin/python3\n", "#!/bin/sh\nexec /nowhere/python3 -m awsactivate\n"]
)
def test_a_core_whose_python_is_gone_is_told_with_the_command_that_mends_it(lab: Lab, script: str) -> None:
    core = lab.folder / "broken"
    core.write_text(script)
    core.chmod(0o755)
    lab.core = str(core)
    done = run(lab, "activate prod\necho status=$status\n")
    assert done.errors.endswith(
        f"awsactivate: error: {core} can't be started: the Python that it was installed with is gone\n"
        "awsactivate: hint: pipx reinstall awsactivate, or: uv tool install --reinstall awsactivate\n"
    )
