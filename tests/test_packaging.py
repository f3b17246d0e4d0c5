"""What is built is what works: the wheel and the sdist, without the source tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from awsactivate.version import version

ROOT = Path(__file__).parents[1]
SHELL_FILES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "shell").rglob("*") if path.is_file())


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both from a copy of the tree that has no .git, as a distribution does."""
    tree = tmp_path_factory.mktemp("tree") / "awsactivate"
    left_out = shutil.ignore_patterns(".*", "__pycache__", "dist", "node_modules")
    shutil.copytree(ROOT, tree, ignore=left_out)
    target = tmp_path_factory.mktemp("dist")
    for kind in ("wheel", "sdist"):
        script = (
            "import os, sys; from hatchling import build; os.chdir(sys.argv[1]); "
            f"print(build.build_{kind}(sys.argv[2]))"
        )
        subprocess.run(
            [sys.executable, "-c", script, str(tree), str(target)], check=True, capture_output=True
        )
    return target


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    """The wheel."""
    return next(built.glob("*.whl"))


def test_the_version_is_the_same_everywhere(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == version()
    assert wheel.name == f"awsactivate-{version()}-py3-none-any.whl"


def test_the_wheel_holds_the_shell_files_and_exactly_one_script(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = archive.read(
            next(name for name in names if name.endswith("entry_points.txt"))
        ).decode()
    assert sorted(
        name.removeprefix("awsactivate/") for name in names if name.startswith("awsactivate/shell/")
    ) == (SHELL_FILES)
    assert entry_points.split() == ["[console_scripts]", "awsactivate", "=", "awsactivate.cli:main"]
    # a script of the name `activate` would overwrite that of the virtual environment it is installed into
    assert not [name for name in names if ".data/" in name]


def test_the_sdist_holds_all_that_the_wheel_is_made_of(built: Path, wheel: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            if name.startswith("awsactivate/shell/"):
                assert name.removeprefix("awsactivate/") in inside
            elif name.startswith("awsactivate/"):
                assert f"src/{name}" in inside
    assert {"pyproject.toml", "LICENSE", "README.md", "Makefile"} <= inside


@pytest.fixture
def home(tmp_path: Path, wheel: Path) -> Path:
    """A virtual environment with the wheel in it; its libraries are those of the tests' own."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    own = sysconfig.get_path("purelib")
    # after the wheel's own folder, and without the .pth file that leads to the source tree
    (site / "libraries.pth").write_text(f"{own}\n")
    activate = (folder / "bin/activate").read_bytes()
    pip(folder, "install", "--no-deps", "--no-index", str(wheel))
    assert (folder / "bin/activate").read_bytes() == activate
    return folder


def pip(folder: Path, *words: str) -> None:
    """Run the tests' own pip on another virtual environment."""
    command = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "-q", *words]
    subprocess.run(command, check=True, capture_output=True)


def run(folder: Path, *words: str) -> str:
    """Run the installed program, far from the source tree."""
    done = subprocess.run(
        [str(folder / "bin/awsactivate"), *words],
        env={"HOME": str(folder), "PATH": os.environ["PATH"]},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_an_installed_wheel_works_from_its_own_files(home: Path) -> None:
    assert run(home, "--version") == f"awsactivate {version()}\n"
    where = run(home, "init", "bash", "--path").strip()
    assert where.startswith(str(home / "lib"))
    for shell in ("bash", "zsh", "fish"):
        text = run(home, "init", shell)
        assert str(home / "bin/awsactivate") in text.splitlines()[0]
        assert (ROOT / f"shell/awsactivate.{shell}").read_text() in text


def test_the_virtual_environment_stays_activatable_even_after_uninstalling(home: Path) -> None:
    before = (home / "bin/activate").read_bytes()
    pip(home, "uninstall", "-y", "awsactivate")
    assert (home / "bin/activate").read_bytes() == before
    assert not (home / "bin/awsactivate").exists()
    subprocess.run(["bash", "-c", f". '{home}/bin/activate' && test -n \"$VIRTUAL_ENV\""], check=True)
