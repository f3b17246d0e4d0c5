"""`awsactivate install`: what it writes, what it leaves alone, and that all of it goes again."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from awsactivate.commandline import Context, Parser
from awsactivate.commands import install
from awsactivate.errors import AwsactivateError, UsageError
from awsactivate.version import version
from needs import needs_shell

PROGRAM = str(Path(sys.executable).parent / "awsactivate")
SHELLS = ["bash", "zsh", "fish"]
STARTUP = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
DATA = ".local/share/awsactivate"

Tree = dict[str, tuple[int, bytes]]


@pytest.fixture(autouse=True)
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home folder whose name must be quoted; what a test made read-only is writable again at its end."""
    folder = tmp_path / "it's a home"
    folder.mkdir()
    yield folder
    for place, _, _ in os.walk(folder):
        Path(place).chmod(0o755)


def run(home: Path, *argv: str, environ: Mapping[str, str] | None = None) -> str:
    parser = Parser(prog="awsactivate install")
    install.add_arguments(parser)
    arguments: argparse.Namespace = parser.parse(list(argv))
    context = Context(
        environ={"HOME": str(home), **(environ or {})},
        clock=lambda: 0.0,
        program=PROGRAM,
        release_stdout=lambda: None,
    )
    assert install.run(arguments, context) == 0
    return "".join(context.output)


def tree(folder: Path) -> Tree:
    """Every file below `folder`: its path, mode and bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode & 0o7777, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def startup(home: Path, shell: str, content: bytes) -> Path:
    file = home / STARTUP[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("content", [None, b"", b"# mine\n", b"# mine", b"# mine\r\n", b"# caf\xe9\n"])
def test_uninstall_leaves_every_file_as_it_was(home: Path, shell: str, content: bytes | None) -> None:
    if content is not None:
        startup(home, shell, content).chmod(0o640)
    before = tree(home)
    run(home, shell)
    assert tree(home) != before
    run(home, shell, "--uninstall")
    assert tree(home) == before
    assert not (home / DATA).exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_second_run_changes_nothing(home: Path, shell: str) -> None:
    first = run(home, shell)
    before = tree(home)
    second = run(home, shell)
    assert tree(home) == before
    assert "up to date" not in first
    assert [line.split()[0] for line in second.splitlines()[:-1]] == ["up"] * (len(first.splitlines()) - 1)


def test_it_tells_each_file_and_how_to_go_on(home: Path) -> None:
    quoted = str(home / DATA / "awsactivate.bash").replace("'", "'\\''")
    assert run(home, "bash") == (
        f"wrote {home}/{DATA}/awsactivate.bash\n"
        f"wrote {home}/{DATA}/bin/activate\n"
        f"put into {home}/.bashrc: [ -r '{quoted}' ] && . '{quoted}'\n"
        f"open a new shell, or: . '{quoted}'\n"
    )
    assert run(home, "bash", "--uninstall") == (
        f"removed {home}/.bashrc\n"
        + f"removed {home}/{DATA}/awsactivate.bash\n"
        + f"removed {home}/{DATA}/bin/activate\n"
    )
    assert run(home, "bash", "--uninstall") == "nothing is installed for bash\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("options", [(), ("--no-short-names",)])
def test_a_new_shell_has_the_integration(home: Path, shell: str, options: tuple[str, ...]) -> None:
    executable = needs_shell(shell)
    run(home, shell, *options)
    asked = (
        "type activate awsactivate; true" if shell != "fish" else "functions -q awsactivate; type activate"
    )
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    shown = subprocess.run(
        [executable, "-i", "-c", asked], env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert ("activate is a" in shown.stdout.replace("awsactivate is a", "")) == (not options), shown


def test_in_a_new_shell_source_finds_our_activate_unless_it_was_left_out(home: Path) -> None:
    run(home, "bash")
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    command = ["bash", "-i", "-c", "type -P activate"]
    found = subprocess.run(command, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert found.stdout == f"{home}/{DATA}/bin/activate\n"
    told = run(home, "bash", "--no-source-activate")
    assert f"removed {home}/{DATA}/bin/activate\n" in told
    assert sorted(tree(home)) == [".bashrc", f"{DATA}/awsactivate.bash"]
    found = subprocess.run(command, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert found.stdout == ""


def test_what_two_shells_share_stays_until_the_last_has_gone(home: Path) -> None:
    for shell in SHELLS:
        run(home, shell)
    run(home, "bash", "--uninstall")
    assert sorted(name for name in tree(home / DATA)) == [
        "awsactivate.fish",
        "awsactivate.zsh",
        "bin/activate",
    ]
    run(home, "zsh", "--uninstall")
    assert sorted(name for name in tree(home / DATA)) == ["awsactivate.fish"]


def test_other_files_in_the_data_folder_stay(home: Path) -> None:
    run(home, "fish")
    (home / DATA / "identities.json").write_text("{}")
    run(home, "fish", "--uninstall")
    assert sorted(tree(home / DATA)) == ["identities.json"]


def test_a_link_stays_a_link_and_its_file_is_changed(home: Path) -> None:
    dotfiles = home / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "bashrc").write_bytes(b"# mine\n")
    (home / ".bashrc").symlink_to("dotfiles/bashrc")
    run(home, "bash")
    assert (home / ".bashrc").readlink() == Path("dotfiles/bashrc")
    assert (dotfiles / "bashrc").read_bytes().startswith(b"# mine\n[ -r ")
    assert sorted(place.name for place in dotfiles.iterdir()) == ["bashrc"]


def test_a_link_to_nothing_yet_makes_the_file_that_it_names(home: Path) -> None:
    (home / ".zshrc").symlink_to("dotfiles/zshrc")
    run(home, "zsh")
    assert (home / "dotfiles/zshrc").is_file()
    run(home, "zsh", "--uninstall")
    assert (home / ".zshrc").is_symlink()
    assert not (home / "dotfiles/zshrc").exists()


def test_another_name_of_the_same_file_is_still_one(home: Path) -> None:
    file = startup(home, "bash", b"# mine\n")
    os.link(file, home / "other-name")
    run(home, "bash")
    assert file.samefile(home / "other-name")
    run(home, "bash", "--uninstall")
    assert (home / "other-name").read_bytes() == b"# mine\n"


@pytest.mark.parametrize(
    ("shell", "name", "place"),
    [("zsh", "ZDOTDIR", "z/.zshrc"), ("fish", "XDG_CONFIG_HOME", "c/fish/config.fish")],
)
def test_the_places_that_the_environment_names_are_used(
    home: Path, shell: str, name: str, place: str
) -> None:
    environ = {name: str(home / place.split("/")[0]), "XDG_DATA_HOME": str(home / "d")}
    run(home, shell, "--no-source-activate", environ=environ)
    assert sorted(tree(home)) == sorted([place, f"d/awsactivate/awsactivate.{shell}"])


def test_on_macos_bash_is_installed_where_a_login_shell_looks(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    run(home, "bash", "--no-source-activate")
    assert sorted(tree(home)) == [".bash_profile", f"{DATA}/awsactivate.bash"]


def test_the_shell_is_that_of_the_environment(home: Path) -> None:
    run(home, "--no-source-activate", environ={"SHELL": "/opt/bin/zsh"})
    assert sorted(tree(home)) == sorted([".zshrc", f"{DATA}/awsactivate.zsh"])


@pytest.mark.parametrize("environ", [{}, {"SHELL": "/usr/bin/elvish"}])
def test_where_a_start_up_file_is_not_known_the_line_is_told(home: Path, environ: dict[str, str]) -> None:
    with pytest.raises(UsageError) as raised:
        run(home, *([] if environ else ["elvish"]), environ=environ)
    assert (raised.value.message, raised.value.hint) == (
        "install knows no start-up file of elvish",
        "put this into it: eval (awsactivate init elvish | slurp)",
    )
    assert tree(home) == {}


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "$SHELL is not set: name one of bash, zsh, fish"),
        ({"SHELL": "/bin/rc"}, "$SHELL is '/bin/rc': name one of bash, zsh, fish"),
    ],
)
def test_a_shell_that_is_not_ours_must_be_named(home: Path, environ: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        run(home, environ=environ)
    assert (raised.value.message, raised.value.hint) == (message, "awsactivate install bash")


def test_a_data_folder_that_no_line_can_name_is_refused(home: Path) -> None:
    for folder in ("relative", "/two\nlines"):
        with pytest.raises(UsageError, match="is no absolute path on one line"):
            run(home, "bash", environ={"XDG_DATA_HOME": folder})
    assert tree(home) == {}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("what", ["file", "folder", "missing in a read-only folder"])
def test_what_is_read_only_is_named_and_nothing_is_done(home: Path, shell: str, what: str) -> None:
    file = startup(home, shell, b"# mine\n")
    if what == "file":
        file.chmod(0o444)
        reason = "it is read-only"
    else:
        if what != "folder":
            file.unlink()
        file.parent.chmod(0o555)
        reason = f"the folder {file.parent} is read-only"
    before = tree(home)
    # where the home folder itself is read-only, the data folder must be elsewhere to come that far
    environ = {"XDG_DATA_HOME": str(home.parent / "data")}
    with pytest.raises(AwsactivateError) as raised:
        run(home, shell, environ=environ)
    by_hand = f"'{PROGRAM}' init {shell}"
    by_hand = f"{by_hand} | source" if shell == "fish" else f'eval "$({by_hand})"'
    assert raised.value.message == f"{file} can't be changed: {reason}"
    assert raised.value.hint == f"add this line to {file} by hand: {by_hand}"
    assert raised.value.exit_code == 1
    assert tree(home) == before
    assert not (home.parent / "data").exists()


def test_a_start_up_file_stays_when_the_data_folder_can_t_be_made(home: Path) -> None:
    startup(home, "bash", b"# mine\n")
    (home / ".local").write_text("in the way")
    before = tree(home)
    with pytest.raises(AwsactivateError, match=r"/\.local/share/awsactivate/awsactivate\.bash can't be"):
        run(home, "bash")
    assert tree(home) == before


def test_a_folder_or_a_circle_of_links_in_its_place_is_named(home: Path) -> None:
    (home / ".bashrc").mkdir()
    (home / ".zshrc").symlink_to(".zshrc")
    with pytest.raises(AwsactivateError, match=r"/\.bashrc can't be read: it is no regular file"):
        run(home, "bash")
    with pytest.raises(AwsactivateError, match=r"/\.zshrc can't be read: "):
        run(home, "zsh")
    assert tree(home) == {}


def test_a_read_only_file_keeps_all_of_it_when_uninstalling(home: Path) -> None:
    run(home, "bash")
    (home / ".bashrc").chmod(0o444)
    before = tree(home)
    with pytest.raises(AwsactivateError) as raised:
        run(home, "bash", "--uninstall")
    assert raised.value.message == f"{home}/.bashrc can't be changed: it is read-only"
    assert raised.value.hint == f"take the line that ends in `# awsactivate` out of {home}/.bashrc by hand"
    assert tree(home) == before


@pytest.mark.parametrize("shell", SHELLS)
def test_the_line_to_add_by_hand_works(home: Path, shell: str) -> None:
    executable = needs_shell(shell)
    startup(home, shell, b"").chmod(0o444)
    with pytest.raises(AwsactivateError) as raised:
        run(home, shell)
    _, _, line = (raised.value.hint or "").partition("by hand: ")
    asked = "functions -q activate" if shell == "fish" else "typeset -f activate >/dev/null"
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run([executable, "-c", f"{line}\n{asked}"], env=environ, check=True, stdin=subprocess.DEVNULL)


def test_an_error_is_a_line_and_a_hint_and_no_output(home: Path) -> None:
    startup(home, "bash", b"").chmod(0o444)
    done = subprocess.run(
        [PROGRAM, "install", "bash"], env={"HOME": str(home), "PATH": "/bin"}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.partition(": ")[2].split(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]


def age(file: Path) -> None:
    """Make an installed file one of version 0.0.1, with another text."""
    content = file.read_bytes().replace(version().encode(), b"0.0.1")
    file.write_bytes(content + b"# the text of 0.0.1\n")


@pytest.mark.parametrize("options", [(), ("--no-short-names",), ("--no-source-activate",)])
def test_what_an_older_version_wrote_is_renewed_with_its_options(
    home: Path, options: tuple[str, ...]
) -> None:
    for shell in SHELLS:
        run(home, shell, *options)
    fresh = tree(home)
    for shell in SHELLS:
        age(home / DATA / f"awsactivate.{shell}")
    if "--no-source-activate" not in options:
        (home / DATA / "bin/activate").write_text("older")
    renewed = install.renew({"HOME": str(home)}, PROGRAM)
    assert tree(home) == fresh
    assert sorted(renewed) == [str(home / name) for name in sorted(fresh) if name.startswith(DATA)]
    assert install.renew({"HOME": str(home)}, PROGRAM) == []


def test_what_another_installation_wrote_is_not_renewed(home: Path) -> None:
    run(home, "bash")
    age(home / DATA / "awsactivate.bash")
    before = tree(home)
    assert install.renew({"HOME": str(home)}, "/another/awsactivate") == []
    assert tree(home) == before


def test_what_can_not_be_renewed_stays_without_a_word(home: Path) -> None:
    run(home, "bash")
    age(home / DATA / "awsactivate.bash")
    (home / DATA).chmod(0o555)
    before = tree(home)
    assert install.renew({"HOME": str(home)}, PROGRAM) == []
    assert tree(home) == before


def test_where_nothing_is_installed_nothing_is_renewed(home: Path) -> None:
    assert install.renew({"HOME": str(home)}, PROGRAM) == []
    assert install.renew({"HOME": str(home), "XDG_DATA_HOME": "relative"}, PROGRAM) == []
    assert tree(home) == {}


def test_an_installed_file_is_renewed_by_installing_again(home: Path) -> None:
    run(home, "zsh")
    fresh = tree(home)
    age(home / DATA / "awsactivate.zsh")
    assert run(home, "zsh").splitlines()[:3] == [
        f"wrote {home}/{DATA}/awsactivate.zsh",
        f"up to date: {home}/{DATA}/bin/activate",
        f"up to date: {home}/.zshrc",
    ]
    assert tree(home) == fresh


@pytest.mark.parametrize("shell", SHELLS)
def test_nobody_else_may_write_what_is_installed_under_a_loose_umask(home: Path, shell: str) -> None:
    """A folder on PATH with mode 0777 lets every user of the machine run what he likes as this one."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'umask 000; exec "$@"', "sh", PROGRAM, "install", shell],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    made = [place for place in home.rglob("*") if not place.is_symlink()]
    assert len(made) >= 4
    assert {str(place): oct(place.stat().st_mode) for place in made if place.stat().st_mode & 0o022} == {}
