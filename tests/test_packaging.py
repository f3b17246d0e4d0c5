"""The built distributions: what they hold, and that they work installed each way."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from awsactivate.version import version
from needs import needs_program, needs_shell

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = ("activate.1", "awsactivate.1", "deactivate.1")
# no setting of this machine's, no index, no source tree
BARE = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


def run(*command: str | Path, environ: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        env={**BARE, **(environ or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def build(tree: Path, kind: str, destination: Path) -> Path:
    """Build the `kind` ("wheel" or "sdist") of the project in `tree`, as a front end of PEP 517 does."""
    hook = f"import sys, hatchling.build; print(hatchling.build.build_{kind}(sys.argv[1]))"
    name = run(sys.executable, "-c", hook, destination, cwd=tree).splitlines()[-1]
    return destination / name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


def held(wheel: Path) -> dict[str, bytes]:
    """What a wheel holds, by path."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sources(folder: str) -> dict[str, bytes]:
    """The files below `folder` of this tree, but those that Python makes beside them."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {
        path.relative_to(ROOT / folder).as_posix(): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts
    }


def test_the_version_is_the_same_everywhere(wheel: Path) -> None:
    assert PYPROJECT["project"]["version"] == version()
    assert wheel.name == f"awsactivate-{version()}-py3-none-any.whl"


def test_the_wheel_holds_the_package_the_shell_files_and_the_man_pages_and_nothing_else(wheel: Path) -> None:
    expected = {f"awsactivate/{name}": data for name, data in sources("src/awsactivate").items()}
    expected |= {f"awsactivate/shell/{name}": data for name, data in sources("shell").items()}
    pages = f"awsactivate-{version()}.data/data/share/man/man1"
    expected |= {f"{pages}/{name}": data for name, data in sources("docs/man").items() if name in PAGES}
    expected[f"awsactivate-{version()}.data/scripts/awsactivate"] = sources("src/bin")["awsactivate"]
    found = {name: data for name, data in held(wheel).items() if ".dist-info/" not in name}
    assert sorted(found) == sorted(expected)
    assert found == expected


def test_the_wheel_has_one_script_and_none_that_a_virtual_environment_has_too(wheel: Path) -> None:
    files = held(wheel)
    assert [name for name in files if name.endswith("entry_points.txt")] == []
    script = f"awsactivate-{version()}.data/scripts/awsactivate"
    assert [name for name in files if ".data/scripts/" in name] == [script]
    assert files[script] == (ROOT / "src/bin/awsactivate").read_bytes()
    assert files[script].startswith(b"#!python\n")  # for the installer to put its interpreter's path there


def test_the_wheel_tells_its_licence_and_what_it_needs(wheel: Path) -> None:
    files = held(wheel)
    metadata = message_from_bytes(files[f"awsactivate-{version()}.dist-info/METADATA"])
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert files[f"awsactivate-{version()}.dist-info/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    needed = [text for text in metadata.get_all("Requires-Dist", []) if "extra ==" not in text]
    assert sorted(map(requirement, needed)) == sorted(map(requirement, PYPROJECT["project"]["dependencies"]))


def test_a_wheel_made_from_the_sdist_is_the_same(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build(tmp_path / f"awsactivate-{version()}", "wheel", tmp_path)
    assert held(again) == held(wheel)


def test_the_sdist_holds_what_it_takes_to_test_and_lint_it(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Makefile", "LICENSE", "README.md", "CONTRIBUTING.md", "scripts/setup", "scripts/venv"}
    assert wanted | {"pyproject.toml", "tests/test_packaging.py", "shell/bin/activate"} <= names
    assert [name for name in names if "node_modules" in name or ".venv" in name] == []


def test_a_copy_of_the_tree_without_a_repository_builds_the_same(wheel: Path, tmp_path: Path) -> None:
    for name in ("src", "shell", "docs/man"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "out").mkdir()
    assert held(build(tmp_path, "wheel", tmp_path / "out")) == held(wheel)


def requirement(text: str) -> str:
    """The name of a requirement, as packages are compared."""
    found = re.match(r"[A-Za-z0-9._-]+", text)
    assert found is not None, text
    return found[0].lower().replace("_", "-")


@pytest.fixture
def links(wheel: Path, tmp_path: Path) -> Path:
    """A folder to install from with no network: our wheel, and an empty one for each that it needs."""
    folder = tmp_path / "links"
    folder.mkdir()
    shutil.copy(wheel, folder)
    for needed in PYPROJECT["project"]["dependencies"]:
        empty_wheel(folder, requirement(needed).replace("-", "_"))
    return folder


def empty_wheel(folder: Path, name: str) -> None:
    info = f"{name}-999.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 999\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={digest(data)},{len(data)}\n" for path, data in files.items())
    with zipfile.ZipFile(folder / f"{name}-999-py3-none-any.whl", "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def check_installed(program: Path, tmp_path: Path) -> None:
    """Use an installation as people do, in an empty home and with this source tree out of sight."""
    home = tmp_path / "home"
    home.mkdir()
    environ = {"HOME": str(home), "TERM": "dumb"}
    assert run(program, "--version", environ=environ) == f"awsactivate {version()}\n"
    where = Path(run(program, "init", "bash", "--path", environ=environ).strip())
    assert not where.is_relative_to(ROOT)
    for shell in ("bash", "zsh", "fish"):
        text = run(program, "init", shell, environ=environ)
        assert str(program) in text.splitlines()[0]
        assert (ROOT / f"shell/awsactivate.{shell}").read_text(encoding="utf-8") in text
        run(program, "install", shell, environ=environ)
        asked = "functions -q activate" if shell == "fish" else "typeset -f activate >/dev/null"
        run(
            needs_shell(shell),
            "-i",
            "-c",
            f"{asked}; and true" if shell == "fish" else asked,
            environ=environ,
        )
        run(program, "install", shell, "--uninstall", environ=environ)
    assert sorted(path.name for path in home.rglob("*awsactivate*")) == []
    check_present_folder(program, tmp_path)


# What Python itself loads first is its own affair, such as a sitecustomize: no script can be before that.
HOSTILE = (
    *("re.py", "argparse.py", "typing.py", "json.py", "resource.py"),
    *("awsactivate/__init__.py", "boto3.py"),
)


def check_present_folder(program: Path, tmp_path: Path, interpreter: Path | None = None) -> None:
    """Run the program in a folder of somebody else's, which PYTHONPATH may mean without naming it.

    `interpreter` is the program's, where that can't be read in it.
    """
    first_line = program.read_text(encoding="utf-8").splitlines()[0]
    python = interpreter or first_line.removeprefix("#!").split()[0]  # pipx adds an option
    loaded_by_itself = run(python, "-c", "import sys; print(*sys.modules)").split()
    folder = tmp_path / "clone"
    pwned = tmp_path / "pwned"
    for place in (folder, folder / "lib"):
        for name in HOSTILE:
            if name.removesuffix(".py") in loaded_by_itself:  # by a .pth file in that installation
                continue
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(f"open({str(pwned)!r}, 'w').close()\nraise SystemExit(66)\n")
    for path in ("", ":", ":/nonexistent", "/nonexistent:", "/nonexistent::/other", ".", "./lib", "lib"):
        environ = {"HOME": str(tmp_path), "PYTHONPATH": path}
        for words in (("--version",), ("list",), ("show", "--help")):
            run(program, *words, environ=environ, cwd=folder)
            assert not pwned.exists(), (path, words)
    environ = {**BARE, "PYTHONPATH": ":/nonexistent"}
    control = subprocess.run([sys.executable, "-c", "import boto3"], env=environ, cwd=folder, check=False)
    assert control.returncode == 66, "the folder is not searched at all: this proves nothing"
    pwned.unlink()


def test_an_installed_man_page_is_found_by_each_name(wheel: Path, tmp_path: Path) -> None:
    groff = [needs_program("groff"), "-man", "-ww", "-Tascii", "-P-cbou", "-I", tmp_path / "share/man"]
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--ignore-installed", "--prefix", tmp_path]
    run(*pip, wheel)
    assert sorted(path.name for path in (tmp_path / "share/man/man1").iterdir()) == list(PAGES)
    shown = {run(*groff, tmp_path / "share/man/man1" / name) for name in PAGES}
    assert len(shown) == 1
    assert f"awsactivate {version()} " in shown.pop().splitlines()[-1]


@pytest.mark.long
def test_pip_installs_into_a_virtual_environment_which_stays_as_it_was(wheel: Path, tmp_path: Path) -> None:
    """Uninstalled again, it must still be one that can be activated."""
    folder = tmp_path / "venv"
    venv.create(folder, symlinks=True)
    scripts = {path.name: path.read_bytes() for path in (folder / "bin").glob("[aA]ctivate*")}
    assert "activate" in scripts
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin/python"]
    run(*pip, "install", "--no-deps", wheel)
    assert {path.name for path in (folder / "bin").iterdir() if not path.is_symlink()} - scripts.keys() == {
        "awsactivate"
    }
    assert {name: (folder / "bin" / name).read_bytes() for name in scripts} == scripts
    check_installed(folder / "bin/awsactivate", tmp_path)
    run(*pip, "uninstall", "--yes", "awsactivate")
    assert not (folder / "bin/awsactivate").exists()
    assert list(folder.rglob("*.1")) == []
    assert {name: (folder / "bin" / name).read_bytes() for name in scripts} == scripts
    activated = run("bash", "-c", '. "$0" && printf %s "$VIRTUAL_ENV"', folder / "bin/activate")
    assert activated == str(folder)


@pytest.mark.long
def test_pip_installs_for_one_user(wheel: Path, tmp_path: Path) -> None:
    # of a virtual environment that lets the user's own packages be seen, as the system's Python does
    folder = tmp_path / "python"
    venv.create(folder, symlinks=True, system_site_packages=True, with_pip=True)
    base = {"PYTHONUSERBASE": str(tmp_path / "base"), "HOME": str(tmp_path)}
    run(folder / "bin/pip", "install", "--user", "--no-deps", "--ignore-installed", wheel, environ=base)
    program = tmp_path / "base/bin/awsactivate"
    assert run(program, "--version", environ=base) == f"awsactivate {version()}\n"
    with_base = tmp_path / "program" / "awsactivate"  # a program by the same name that knows the base
    with_base.parent.mkdir()
    with_base.write_text(f'#!/bin/sh\nPYTHONUSERBASE={base["PYTHONUSERBASE"]} exec "{program}" "$@"\n')
    with_base.chmod(0o755)
    check_present_folder(with_base, tmp_path, folder / "bin/python")


@pytest.mark.long
def test_an_editable_installation_has_the_same_program(tmp_path: Path) -> None:
    for name in ("src", "shell", "docs/man"):
        shutil.copytree(ROOT / name, tmp_path / "tree" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / "tree")
    hook = "import sys, hatchling.build; print(hatchling.build.build_editable(sys.argv[1]))"
    name = run(sys.executable, "-c", hook, tmp_path, cwd=tmp_path / "tree").splitlines()[-1]
    venv.create(tmp_path / "venv", symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", tmp_path / "venv/bin/python"]
    run(*pip, "install", "--no-deps", tmp_path / name)
    program = tmp_path / "venv/bin/awsactivate"
    assert run(program, "--version", environ={"HOME": str(tmp_path)}) == f"awsactivate {version()}\n"
    check_present_folder(program, tmp_path)


@pytest.mark.long
def test_uv_tool_installs_and_uninstalls(links: Path, tmp_path: Path) -> None:
    uv = own_program("uv")
    places = {
        name: str(tmp_path / name) for name in ("UV_TOOL_DIR", "UV_TOOL_BIN_DIR", "UV_CACHE_DIR", "HOME")
    }
    environ = {**places, "UV_NO_CONFIG": "1", "UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never"}
    options = ["--no-index", "--find-links", links, "--python", sys.executable]
    run(uv, "tool", "install", *options, "awsactivate", environ=environ)
    programs = tmp_path / "UV_TOOL_BIN_DIR"
    assert [path.name for path in programs.iterdir()] == ["awsactivate"]
    check_installed(programs / "awsactivate", tmp_path)
    run(uv, "tool", "uninstall", "awsactivate", environ=environ)
    assert list(programs.iterdir()) == []


@pytest.mark.long
def test_pipx_installs_and_uninstalls(links: Path, tmp_path: Path) -> None:
    # with uv as its backend, because with pip it begins by fetching the newest pip
    pipx, uv = own_program("pipx"), own_program("uv")
    places = {
        name: str(tmp_path / name)
        for name in ("PIPX_HOME", "PIPX_BIN_DIR", "PIPX_MAN_DIR", "UV_CACHE_DIR", "HOME")
    }
    offline = {"UV_NO_CONFIG": "1", "UV_OFFLINE": "1", "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(links)}
    path = {"PATH": f"{uv.parent}:{BARE['PATH']}", "PIPX_DEFAULT_PYTHON": sys.executable}
    environ = {**places, **offline, **path}
    run(pipx, "install", "--backend", "uv", "awsactivate", environ=environ)
    programs = tmp_path / "PIPX_BIN_DIR"
    assert [path.name for path in programs.iterdir()] == ["awsactivate"]
    pages = tmp_path / "PIPX_MAN_DIR/man1"
    assert sorted(path.name for path in pages.iterdir()) == list(PAGES)
    check_installed(programs / "awsactivate", tmp_path)
    run(pipx, "uninstall", "awsactivate", environ=environ)
    assert [*programs.iterdir(), *pages.iterdir()] == []


def own_program(name: str) -> Path:
    """A program of this virtual environment's, or of PATH's."""
    beside = Path(sys.executable).parent / name
    return beside if beside.exists() else Path(needs_program(name))
