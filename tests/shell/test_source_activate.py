"""`source activate PROFILE`: ours first on PATH, and whatever is not ours goes to whose it is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.lab import FOLDER, INHERITED, NOT_ADOPTED, Lab
from harness.shells import Result
from harness.states import changes, dump, read_state
from needs import needs_program

pytestmark = pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)

CONFIG = """[default]
region = eu-west-1
# [profile commented]
[profile prod]
role_arn = arn:aws:iam::111122223333:role/prod
[profile "my own"]
[profile crlf]\r
[sso-session corp]
[profile 'last']"""


@pytest.fixture
def other(lab: Lab) -> Path:
    """A folder on PATH behind ours, with an `activate` of somebody's; its path has a quote in it."""
    folder = lab.folder / "some body's" / "bin"
    folder.mkdir(parents=True)
    (folder / "activate").write_text('echo "theirs: $# $*"\ndeclare -x THEIRS=kept\nreturn 7\n', "utf-8")
    (lab.home / ".aws").mkdir()
    (lab.home / ".aws" / "config").write_bytes(CONFIG.encode())
    (lab.home / ".aws" / "credentials").write_text("[keys]\naws_access_key_id = AKIA\n", "utf-8")
    lab.environ["PATH"] = f"{FOLDER / 'bin'}:{folder}:/usr/bin:/bin"
    return folder


def sourced(lab: Lab, shell: str, words: str) -> Result:
    """Source `activate WORDS` in a script, then tell the status and the session."""
    return lab.script(shell, f'source activate {words}\necho "$? ${{AWSACTIVATE_PROFILE-}} ${{THEIRS-}}"\n')


@pytest.mark.parametrize("profile", ["default", "prod", "'my own'", "crlf", "last", "keys"])
def test_a_profile_is_activated(lab: Lab, shell: str, other: Path, profile: str) -> None:
    assert sourced(lab, shell, profile) == Result(
        0, f"0 {profile.strip(chr(39))} \n", f"activated {profile.strip(chr(39))}\n"
    )


@pytest.mark.parametrize("words", ["base", "commented", "corp", "'two words' x", "profile"])
def test_what_is_no_profile_goes_to_the_next_activate_with_its_words(
    lab: Lab, shell: str, other: Path, words: str
) -> None:
    count, text = (2, "two words x") if words.startswith("'") else (1, words)
    assert sourced(lab, shell, words) == Result(0, f"theirs: {count} {text}\n7  kept\n")


def test_options_and_arns_are_ours(lab: Lab, shell: str, other: Path) -> None:
    for words in ("--help", "arn:aws:iam::111122223333:role/prod"):
        assert "theirs" not in sourced(lab, shell, words).output


def test_without_any_other_activate_the_core_says_what_is_wrong(lab: Lab, shell: str) -> None:
    lab.environ["PATH"] = f"{FOLDER / 'bin'}:/usr/bin:/bin"
    assert sourced(lab, shell, "fail") == Result(
        0, "3  \n", "awsactivate: error: there is no profile 'fail'\n"
    )


def test_no_argument_goes_to_whoever_else_has_an_activate(lab: Lab, shell: str, other: Path) -> None:
    # conda's means its base environment
    assert sourced(lab, shell, "") == Result(0, "theirs: 0 \n7  kept\n")


def test_no_argument_is_ours_where_nobody_else_has_one(lab: Lab, shell: str) -> None:
    lab.environ["PATH"] = f"{FOLDER / 'bin'}:/usr/bin:/bin"
    assert sourced(lab, shell, "") == Result(0, "0 default \n", "activated default\n")


def test_no_argument_beside_a_pyvenv_cfg_is_the_virtual_environments(
    lab: Lab, shell: str, other: Path
) -> None:
    folder = lab.folder / "venv" / "bin"
    folder.mkdir(parents=True)
    (folder.parent / "pyvenv.cfg").touch()
    shutil.copy(other / "activate", folder / "activate")
    done = lab.script(shell, f"cd '{folder}'\nsource {FOLDER}/bin/activate\necho $?\n")
    assert done == Result(0, "theirs: 0 \n7\n")


def test_a_name_that_goes_to_a_virtual_environment_is_told_of(lab: Lab, shell: str, other: Path) -> None:
    (other.parent / "pyvenv.cfg").touch()
    assert sourced(lab, shell, "prd") == Result(
        0,
        "theirs: 1 prd\n7  kept\n",
        f"awsactivate: note: prd is no profile: {other}/activate goes on\n",
    )


def test_files_named_by_the_environment_are_read(lab: Lab, shell: str, other: Path) -> None:
    (lab.home / "elsewhere").write_text("[profile moved]\n", "utf-8")
    lab.environ["AWS_CONFIG_FILE"] = "~/elsewhere"
    assert sourced(lab, shell, "moved").output == "0 moved \n"
    assert sourced(lab, shell, "prod").output == "theirs: 1 prod\n7  kept\n"


def test_it_works_in_a_script_that_has_not_loaded_the_integration(lab: Lab, shell: str, other: Path) -> None:
    lab.environ["PATH"] = f"{lab.folder / 'core'}:" + lab.environ["PATH"]
    script = lab.folder / "bare"
    script.write_text('source activate prod\necho "$? $AWS_ACCESS_KEY_ID"\ndeactivate\necho $?\n', "utf-8")
    done = subprocess.run(
        [needs_program(shell), str(script)], env=lab.environ, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("0 ASIAPROD\n0\n", "activated prod\n")


def test_such_a_script_gives_back_all_of_a_session_that_it_inherits(
    lab: Lab, shell: str, other: Path
) -> None:
    kept = {name: value for name, value in NOT_ADOPTED.items() if name != "AWS_CONFIG_FILE"}
    lab.environ |= INHERITED | kept
    lab.environ["PATH"] = f"{lab.folder / 'core'}:" + lab.environ["PATH"]
    script = lab.folder / "bare"
    script.write_text("source activate prod\ndeactivate\nenv -0 >left\n", "utf-8")
    assert lab.run(needs_program(shell), str(script)) == Result(0, "", "activated prod\n")
    entries = (lab.folder / "left").read_text("utf-8").split("\0")
    assert dict(e.partition("=")[::2] for e in entries if e.startswith(("AWS", "TF_VAR"))) == kept


def test_a_script_with_set_e_ends_where_activating_fails(lab: Lab, shell: str, other: Path) -> None:
    (lab.home / ".aws" / "config").write_text("[profile fail]\n", "utf-8")
    done = lab.script(shell, "set -e\nsource activate fail\necho on\n")
    assert (done.status, done.output) == (3, "")


def test_it_leaves_nothing_of_its_own(lab: Lab, shell: str, other: Path) -> None:
    first, last = lab.folder / "first", lab.folder / "last"
    lab.script(shell, f"{dump(first)}\nsource activate prod\ndeactivate\n{dump(last)}\n")
    assert changes(read_state(shell, first), read_state(shell, last)) == {}
    lab.script(shell, f"{dump(first)}\nsource activate base\nunset THEIRS\n{dump(last)}\n")
    assert changes(read_state(shell, first), read_state(shell, last)) == {}


@pytest.mark.parametrize("runner", ["bash", "zsh", "sh", ""])
@pytest.mark.parametrize("name", ["bin/activate", "activate"])
def test_executed_instead_of_sourced_it_says_so(lab: Lab, shell: str, runner: str, name: str) -> None:
    if not runner and name == "activate":
        return  # only the one on PATH can be executed by its name
    word = "source activate PROFILE" if name == "bin/activate" else "source shell/activate PROFILE"
    done = subprocess.run(
        [*([needs_program(runner)] if runner else []), str(FOLDER / name), "prod"],
        env=lab.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"awsactivate: error: activate must be sourced, by bash or zsh\nawsactivate: hint: {word}\n"
    )


def test_from_a_checkout_one_line_is_enough(lab: Lab, shell: str) -> None:
    checkout = lab.folder / "check out"
    shutil.copytree(FOLDER, checkout / "shell")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(lab.core, checkout / ".venv" / "bin" / "awsactivate")
    script = lab.folder / "bare"
    script.write_text(
        f"cd '{checkout}'\nsource shell/activate prod\necho \"$? $AWS_ACCESS_KEY_ID\"\ndeactivate\necho $?\n",
        "utf-8",
    )
    done = subprocess.run(
        [needs_program(shell), str(script)], env=lab.environ, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("0 ASIAPROD\n0\n", "activated prod\n")


def test_the_folder_goes_first_on_path_once(lab: Lab, shell: str) -> None:
    lab.environ["PATH"] = "/usr/bin:/bin"
    text = f"echo $PATH\n{lab.prelude(shell, bin='/its/bin')}echo $PATH\n"
    assert lab.script(shell, text, bin="/its/bin").output == "/its/bin:/usr/bin:/bin\n" * 2


def test_a_virtual_environment_does_not_take_the_first_place(lab: Lab, shell: str) -> None:
    lab.environ["PATH"] = "/usr/bin:/bin"
    with lab.terminal(shell, bin="/its/bin") as terminal:
        terminal.call("VIRTUAL_ENV=/v PATH=/v/bin:$PATH")
        assert terminal.state()["environment PATH"] == "/its/bin:/v/bin:/its/bin:/usr/bin:/bin"
