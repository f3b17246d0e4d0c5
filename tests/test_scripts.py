"""The scripts by which `make` sets a machine up: what they do where something is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import needs

TESTS = Path(__file__).parent
SCRIPTS = TESTS.parent / "scripts"
TABLE = needs.systems(needs.PROGRAMS.read_text("utf-8"))
SYSTEM = ("sh", "dirname", "env", "cat", "chmod")

# stands in for the real one: "installs" a program of the package's name into the first folder of PATH
APT_GET = """\
#!/bin/sh
for word; do :; done
case " $* " in
  *" never "*) exit 100 ;;
  *" install "*) ;;
  *) exit 0 ;;
esac
printf '#!/bin/sh\\n' >"${PATH%%:*}/$word"
chmod +x "${PATH%%:*}/$word"
echo "noise of apt-get"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder to be the whole PATH, with the few programs that the scripts themselves use."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in SYSTEM:
        (folder / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


# stands in for brew in the same way
BREW = """\
#!/bin/sh
[ "$1 $2" = "install --quiet" ] || exit 64
[ "$3" != pinentry ] || set -- install --quiet pinentry-curses
printf '#!/bin/sh\\n' >"${PATH%%:*}/$3"
chmod +x "${PATH%%:*}/$3"
"""
MACOS = "#!/bin/sh\necho Darwin\n"


def setup(path: Path, *wanted: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [path / "sh", SCRIPTS / "setup", *wanted], env={"PATH": str(path)}, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def test_where_nothing_is_missing_nothing_is_done_or_said(path: Path) -> None:
    program(path, "apt-get", APT_GET)
    assert setup(path, "sh:dash", "env:coreutils") == (0, "", "")


def test_root_installs_what_is_missing_and_names_what_is_not_to_be_had(path: Path) -> None:
    program(path, "id", "#!/bin/sh\necho 0\n")
    program(path, "apt-get", APT_GET)
    assert setup(path, "sh:dash", "never:never", "fish:fish") == (
        0,
        "setup: installed: fish\nsetup: missing: never (apt-get could not install them)\n",
        "",
    )


def test_a_sudo_that_asks_for_no_password_is_used(path: Path) -> None:
    program(path, "id", "#!/bin/sh\necho 1000\n")
    program(path, "apt-get", APT_GET)
    program(path, "sudo", '#!/bin/sh\n[ "$1" = -n ] || exit 9\nshift\n[ "$1" = true ] || exec "$@"\n')
    assert setup(path, "fish:fish") == (0, "setup: installed: fish\n", "")


@pytest.mark.parametrize("sudo", [None, "#!/bin/sh\nexit 1\n"])
def test_without_the_right_to_install_the_missing_are_named(path: Path, sudo: str | None) -> None:
    program(path, "id", "#!/bin/sh\necho 1000\n")
    program(path, "apt-get", APT_GET)
    program(path, "apt-get", APT_GET)
    if sudo is not None:
        program(path, "sudo", sudo)
    assert setup(path, "fish:fish", "ps:procps") == (
        0,
        "setup: missing: fish procps (install them, or run this as root)\n",
        "",
    )


def test_where_there_is_no_apt_get_the_missing_are_named(path: Path) -> None:
    program(path, "id", "#!/bin/sh\necho 0\n")
    assert setup(path, "fish:fish") == (
        0,
        "setup: missing: fish (there is no apt-get here to install them)\n",
        "",
    )


def test_on_macos_brew_installs_what_the_table_has_for_it(path: Path) -> None:
    program(path, "uname", MACOS)
    program(path, "brew", BREW)
    program(path, "apt-get", "#!/bin/sh\nexit 9\n")
    told = (0, "setup: installed: fish pinentry\n", "")
    assert setup(path, "fish", "pinentry-curses", "strace", "dash") == told
    (path / "brew").unlink()
    told = (0, "setup: missing: zsh (there is no brew here to install them)\n", "")
    assert setup(path, "zsh") == told


def test_a_name_of_the_table_is_installed_as_the_package_that_has_it(path: Path) -> None:
    program(path, "id", "#!/bin/sh\necho 0\n")
    program(path, "apt-get", APT_GET)
    assert setup(path, "tmux", "starship", "sh") == (0, "setup: installed: tmux\n", "")


def test_every_program_that_a_test_asks_for_has_a_line_or_a_target_of_its_own() -> None:
    """Else it would have to be on macOS too, where some do not exist."""
    asked = {
        name
        for file in TESTS.rglob("*.py")
        for name in re.findall(r'needs_(?:program|shell)\("([\w./-]+)"\)', file.read_text("utf-8"))
    }
    own_target = {"node", "terraform"}
    installed_beside = {"uv", "xonsh"}
    assert asked - set(TABLE) == own_target | installed_beside
    assert {*TABLE} > {"fish", "busybox", "ksh93", "mksh", "dash", "elvish", "tcsh", "pwsh"}


@pytest.mark.parametrize(
    ("program", "system", "has_to"),
    [
        ("zsh", "linux", True),
        ("zsh", "macos", True),
        ("strace", "linux", True),
        ("strace", "macos", False),
        ("pwsh", "linux", False),
        ("unheard-of", "macos", True),
    ],
)
def test_under_ci_a_program_has_to_be_where_the_table_says(
    program: str, system: str, has_to: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "SYSTEM", system)
    monkeypatch.setenv("CI", "true")
    assert needs.has_to_be_here(program) == has_to
    monkeypatch.delenv("CI")
    assert not needs.has_to_be_here(program)


def test_each_line_of_the_table_says_where_to_get_what_has_to_be_there() -> None:
    for line in needs.PROGRAMS.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, apt, brew, where = line.split()
        assert set(where.split(",")) <= {"linux", "macos"} or where == "-", name
        assert (
            apt != "-" or brew != "-" or name in ("/proc", "/usr/sbin/sshd", "pyenv", "pwsh", "chromium")
        ), name


def test_the_tests_run_on_each_python_that_is_named_in_an_environment_of_its_own(
    path: Path, tmp_path: Path
) -> None:
    shutil.copy(SCRIPTS.parent / "Makefile", tmp_path)
    (tmp_path / "scripts").mkdir()
    program(tmp_path / "scripts", "setup", "#!/bin/sh\n")
    venv = '#!/bin/sh\nmkdir -p "$VENV/bin"; cp pytest "$VENV/bin"; echo "$VENV of $PYTHON"\n'
    program(tmp_path / "scripts", "venv", venv)
    program(tmp_path, "pytest", '#!/bin/sh\necho "run by $0"; [ "$0" != .venv-python3.11/bin/pytest ]\n')
    (tmp_path / "pyproject.toml").touch()
    for minor in (11, 14):
        program(path, f"python{minor}", f"#!/bin/sh\necho 3.{minor}\n")
    environ = {"PATH": os.defpath, "AWSACTIVATE_TEST_PYTHONS": f"{path}/python11:{path}/python14"}
    make = ["make", "-s", "-C", tmp_path, "test-pythons"]
    done = subprocess.run(make, env=environ, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr  # one of them failed, and the other ran nevertheless
    assert [line for line in done.stdout.splitlines() if not line.startswith("test-pythons")] == [
        f".venv-python3.11 of {path}/python11",
        "run by .venv-python3.11/bin/pytest",
        f".venv-python3.14 of {path}/python14",
        "run by .venv-python3.14/bin/pytest",
    ]
    done = subprocess.run(make, env={"PATH": os.defpath}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("test-pythons: error: AWSACTIVATE_TEST_PYTHONS names no Python\n")


def test_a_python_that_does_not_run_or_is_too_old_is_passed_over(path: Path, tmp_path: Path) -> None:
    """A version manager's stand-in answers `command not found`; only what runs counts."""
    tree = tmp_path / "a tree"
    shutil.copytree(SCRIPTS, tree / "scripts")
    for name in ("python3.14", "python3.13"):
        program(path, name, f"#!/bin/sh\necho '{name}: command not found' >&2\nexit 127\n")
    # answers each question that is asked of a Python with yes, and makes a venv of itself
    program(
        path,
        "python3",
        '#!/bin/sh\ncase $* in *" venv "*) ;; *) exit ;; esac\n'
        'for to; do :; done; "$MKDIR" -p "$to/bin" && "$CP" "$0" "$to/bin/python"\n',
    )
    environ = {"PATH": str(path), "MKDIR": "/bin/mkdir", "CP": "/bin/cp"}
    command = [path / "sh", tree / "scripts/venv", "-e", "."]
    first = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == f"setup: making .venv with {path}/python3\nsetup: installing into .venv\n"
    again = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert again.stdout == "setup: installing into .venv\n"
    beside = subprocess.run(command, env={**environ, "VENV": "other place"}, capture_output=True, text=True)
    assert (
        beside.stdout
        == f"setup: making other place with {path}/python3\nsetup: installing into other place\n"
    )


def test_without_a_python_there_is_one_line_that_says_so(path: Path, tmp_path: Path) -> None:
    shutil.copytree(SCRIPTS, tmp_path / "scripts")
    program(path, "python3", "#!/bin/sh\nexit 1\n")
    done = subprocess.run(
        [path / "sh", tmp_path / "scripts/venv"], env={"PATH": str(path)}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "setup: error: there is no Python 3.11 or newer on PATH (or name one: make PYTHON=/path/to/python3)\n"
    )


def test_the_page_of_evidence_is_what_the_script_writes() -> None:
    done = subprocess.run([sys.executable, SCRIPTS / "evidence", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
