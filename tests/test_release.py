"""How a release is made: by a script that runs anywhere, and a workflow that adds the publishing alone."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from awsactivate.version import RELEASED, version

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SCRIPT: dict[str, Any] = runpy.run_path(str(ROOT / "scripts/release-check"))
CHANGELOG = f"""# Changelog

## [Unreleased]

- to come

## [{version()}] - {RELEASED}

- here

## [0.0.1] - 2026-01-01

- old
"""


def test_the_notes_are_what_the_changelog_says_of_this_version() -> None:
    assert SCRIPT["notes"](CHANGELOG, f"v{version()}") == "- here\n"
    assert SCRIPT["notes"](CHANGELOG, None) == "- to come\n"
    with pytest.raises(SCRIPT["ReleaseError"], match="has no heading"):
        SCRIPT["notes"]("# Changelog\n\n## [Unreleased]\n", f"v{version()}")


@pytest.mark.parametrize("tag", ["v0.0.1", version(), f"v{version()}-rc1"])
def test_a_tag_of_another_version_is_refused(tag: str) -> None:
    SCRIPT["check_tag"](f"v{version()}")
    with pytest.raises(SCRIPT["ReleaseError"], match=re.escape(f"the tag {tag} is not v{version()}")):
        SCRIPT["check_tag"](tag)


def test_nothing_is_published_under_an_address_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    place, named = (
        "https://forge.invalid/a/b",
        "https://forge.invalid/a/b in pyproject.toml is no address yet",
    )
    with pytest.raises(SCRIPT["ReleaseError"], match=f"{named}: nothing is published until it is one"):
        SCRIPT["check_address"]("v1.0.0", place)
    SCRIPT["check_address"](None, place)
    assert capsys.readouterr().out == f"release-check: note: {named}\n"
    SCRIPT["check_address"]("v1.0.0", "https://example.com/a/b")
    assert capsys.readouterr().out == ""


def test_the_address_stands_in_one_place() -> None:
    folders = ("src", "shell", "scripts", "docs", "packaging", ".github")
    files = [*ROOT.glob("*.*"), *(path for name in folders for path in (ROOT / name).rglob("*"))]
    texts = [path for path in files if path.is_file() and path.suffix != ".pyc"]
    holds = [path for path in texts if SCRIPT["ADDRESS"] in path.read_text("utf-8", "replace")]
    assert holds == [ROOT / "pyproject.toml"]


@pytest.mark.skipif(not (ROOT / "packaging").is_dir(), reason="an sdist has no recipes, which hold its hash")
@pytest.mark.parametrize("name", SCRIPT["RECIPES"])
def test_a_recipe_names_the_release_and_all_that_it_needs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdist = tmp_path / f"awsactivate-{version()}.tar.gz"
    sdist.write_bytes(b"abc")
    monkeypatch.setitem(SCRIPT["write_recipes"].__globals__, "DIST", tmp_path)
    SCRIPT["write_recipes"](sdist, "boto3==1.0 \\\n    --hash=sha256:00\n")
    text = (tmp_path / name).read_text()
    assert not re.search(r"@\w+@", text.replace("python@3", ""))
    assert f"{SCRIPT['ADDRESS']}/releases/download/v{version()}/{sdist.name}" in text
    if name == "flake.nix":
        assert '"sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="' in text
        assert re.search(r"with python; \[ (?=.*\bboto3 )(?=.*\bkeyring )(?=.*\bpyyaml )[a-z0-9 -]+ \]", text)
    else:
        assert '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"' in text
        assert text.endswith("__END__\nboto3==1.0 \\\n    --hash=sha256:00\n")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_hash_and_may_do_nothing_by_themselves(workflow: Path) -> None:
    text = workflow.read_text()
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)
    assert yaml.safe_load(text)["permissions"] == {}


def test_the_workflow_of_a_release_checks_as_anybody_can_and_publishes_without_a_secret() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text()
    jobs = yaml.safe_load(text)["jobs"]
    assert 'make release-check TAG="$GITHUB_REF_NAME"' in [step.get("run") for step in jobs["check"]["steps"]]
    assert jobs["check"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["needs"] == "check"
    assert "secrets." not in text


def test_what_is_tried_on_the_wheel_is_there_and_looks_into_no_source_tree() -> None:
    left_out = {ROOT / word.removeprefix("--ignore=") for word in SCRIPT["TESTS"] if word.startswith("-")}
    taken = [ROOT / word for word in SCRIPT["TESTS"] if not word.startswith("-")]
    files = {file for path in taken for file in (path.rglob("test_*.py") if path.is_dir() else [path])}
    assert left_out < files
    for file in files - left_out:
        assert not re.search(r"parents\[\d\]\)? / \"(src|shell)", file.read_text()), file
